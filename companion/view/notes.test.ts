import { expect, test } from "vitest";
import type { MemberId } from "../../protocol/ids.ts";
import type { Note } from "./model.std.ts";
import { draftOf, newDraft, sheetOf, theirsOf } from "./notes.std.ts";

const ben: MemberId = `mem_${"b".repeat(26)}`;
const note = (seq: number, text: string, about?: Note["about"]): Note => ({
  noteId: `note ${text}`,
  seq,
  from: ben,
  text,
  atMs: 0,
  about,
});

test("C5: the sheet has what stands on the timeline in its order, then the rest; a comment is its take's", () => {
  const notes = [
    note(1, "lyrics"),
    note(2, "chorus", { positionFrames: 960_000 }),
    note(3, "late", { takeId: "00000000-0000-4000-8000-000000000000", positionFrames: 10 }),
    note(4, "verse", { positionFrames: 96_000 }),
    note(5, "coda"),
  ];
  expect(sheetOf(notes).map(({ text }) => text)).toEqual(["verse", "chorus", "lyrics", "coda"]);
});

test("P76: whoever writes is shown what somebody else has made of the note meanwhile", () => {
  const before = note(1, "Em C");
  const draft = { ...draftOf(before), text: "Em C G" };
  expect(theirsOf(draft, [before])).toBeNull();
  expect(theirsOf(draft, [{ ...before, seq: 7, text: "Em Am" }])).toMatchObject({ text: "Em Am", from: ben, seq: 7 });
  expect(theirsOf(draft, [])).toMatchObject({ text: "" });
  expect(theirsOf(newDraft("note x"), [])).toBeNull();
});
