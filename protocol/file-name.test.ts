import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fileNameOf } from "./file-name.ts";
import { RecordingName } from "./recordings.ts";
import { SessionName } from "./sessions.ts";

test.each([
  ["Guitar take 3", "Guitar take 3"],
  ["../../etc/passwd", "_.._etc_passwd"],
  ["..", "take"],
  ["C:\\Windows\\evil", "C__Windows_evil"],
  ["a\u0000b\u202ecod.exe", "a_b_cod.exe"],
  ["CON", "_CON"],
  ["lpt1.wav", "_lpt1.wav"],
  ["conga", "conga"],
  [" . trailing. . ", "trailing"],
  ["Gitarre für Zoë", "Gitarre für Zoë"],
  ["", "take"],
  ["👩‍🎤 lead", "👩‍🎤 lead"],
  ["می\u200cخواهم", "می\u200cخواهم"],
  ["രാജന്\u200d 2", "രാജന്\u200d 2"],
  ["\u200dhidden", "_hidden"],
  ["..\u200dhidden", "_hidden"],
  ["a\u200d\u200db", "a\u200d_b"],
])("a name that plays tricks is made safe on disk: %j becomes %j", (name, safe) => {
  expect(fileNameOf(name)).toBe(safe);
});

test.each(["می\u200cخواهم", "👩‍🎤 lead", "രാജന്\u200d", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "♥\ufe0f"])(
  "names: %j is taken for a session and for a stem, joiners and emoji as they were written",
  (name) => {
    expect(SessionName.parse(name)).toBe(name);
    expect(RecordingName.parse(name)).toBe(name);
  },
);

test.each([
  "\u200dhidden",
  "a\u200d\u200db",
  "a \u200cb",
  "\u200c",
  "a\u200bb",
  "a\u202eb",
  "a\ufeffb",
  "a\u2028b",
  "a\u2029b",
  "a\u3164",
  "\u3164",
  "a\u115fb",
  "a\u2800",
])("names: %j hides something, and is refused for a session and for a stem", (name) => {
  expect([SessionName.safeParse(name).success, RecordingName.safeParse(name).success]).toEqual([false, false]);
});

test("whatever a name holds, it makes one file in one folder, and is a name that the protocol takes", () => {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-names-"));
  const piece = fc.constantFrom(
    "/",
    "\\",
    "..",
    ".",
    "\0",
    "\n",
    "\u202e",
    "\ud800",
    "𝄞",
    "👩‍🎤",
    "音",
    "é",
    "NUL",
    "\u200d",
    "\u200c",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "\u2028",
    "\u3164",
    " ",
    ":",
  );
  const names = fc
    .array(fc.oneof(piece, fc.string({ unit: "binary" })), { maxLength: 80 })
    .map((parts) => parts.join(""));
  let count = 0;
  fc.assert(
    fc.property(names, (name) => {
      const safe = fileNameOf(name);
      expect(RecordingName.safeParse(safe).success).toBe(true);
      expect(fileNameOf(safe)).toBe(safe);
      writeFileSync(join(folder, `${count++} ${safe} 0123ab.wav.json.part`), "");
      expect(readdirSync(folder).length).toBe(count);
    }),
  );
  rmSync(folder, { recursive: true });
});
