import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fileNameOf } from "./file-name.ts";
import { RecordingName } from "./recordings.ts";

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
])("a name that plays tricks is made safe on disk: %j becomes %j", (name, safe) => {
  expect(fileNameOf(name)).toBe(safe);
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
