import { expect, test } from "vitest";
import type { MemberId, RecordingId, SessionId } from "../../protocol/ids.ts";
import type { StudioCommand } from "../engine/studio/commands.std.ts";
import type { Boot } from "./boot.std.ts";
import { ViewCopies } from "./view-copies.dom.ts";

const sessionId: SessionId = `ses_${"a".repeat(26)}`;
const ben: MemberId = `mem_${"b".repeat(26)}`;
const recordingId: RecordingId = `rec_${"c".repeat(26)}`;
const boot: Boot = {
  sessionId,
  sessionName: "Night bus",
  memberId: ben,
  role: "host",
  accents: {},
  language: "en",
  sessionHref: "/",
  sound: { lanesUrl: "", deviceUrl: "" },
};
const wish = { recordingId, wishedAtMs: 5, name: "Guitar take 3", isHere: true };

test("P69: in the desktop app the studio is asked, and what it says is shown, with a receipt", async () => {
  const said: StudioCommand[] = [];
  const copies = new ViewCopies({
    boot,
    ask: () => Promise.reject(new Error("Not in the app.")),
  });
  copies.connect((command) => said.push(command));
  copies.hear({ type: "wishes", wishes: [wish] });
  expect(copies.wishes.value).toMatchObject([{ name: "Guitar take 3", memberId: null, isHere: true }]);
  await copies.answer(recordingId, "deleted");
  expect(said).toEqual([{ type: "copies" }, { type: "answer-wish", recordingId, answer: "deleted" }]);
  expect(copies.receipts.value).toEqual([]);
  copies.hear({ type: "wish-answered", recordingId, answer: "deleted" });
  expect(copies.receipts.value).toMatchObject([{ name: "Guitar take 3", answer: "deleted" }]);
});

test("C7: what comes to this computer is the studio's to tell and the person's to choose", () => {
  const said: StudioCommand[] = [];
  const copies = new ViewCopies({ boot, ask: () => Promise.resolve(null) });
  copies.choose(ben, false);
  copies.connect((command) => said.push(command));
  copies.hear({ type: "deliveries", report: { freeBytes: 1e9, stems: [] } });
  expect(copies.deliveries.value?.freeBytes).toBe(1e9);
  copies.choose(ben, false);
  copies.fetch(recordingId);
  expect(said.slice(1)).toEqual([
    { type: "deliver", of: ben, wanted: false },
    { type: "fetch", recordingId },
  ]);
});

test("P69: in a browser the owner is told over the API, and a refusal leaves the wish where it was", async () => {
  let answer: unknown = null;
  const asked: unknown[] = [];
  const copies = new ViewCopies({
    boot,
    ask: async (...request) => {
      asked.push(request);
      return answer;
    },
  });
  copies.hear({ type: "wishes", wishes: [wish] });
  await copies.answer(recordingId, "kept");
  expect(copies.wishes.value).toHaveLength(1);
  answer = {};
  await copies.answer(recordingId, "kept");
  expect(asked.at(-1)).toEqual(["POST", `/deletion-wishes/${recordingId}`, { answer: "kept" }]);
  expect(copies.wishes.value).toEqual([]);
  expect(copies.receipts.value).toMatchObject([{ answer: "kept" }]);
});
