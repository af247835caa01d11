import fc from "fast-check";
import { expect, test } from "vitest";
import { compareTexts, type Piece, type Section } from "./difference.ts";

const passagesOf = (sections: readonly Section[]) =>
  sections.flatMap(({ heading, passages }) => (heading === null ? passages : [heading, ...passages]));
const said = (pieces: readonly Piece[] | null) => pieces?.map(({ text }) => text).join("") ?? null;
const marked = (pieces: readonly Piece[] | null) =>
  pieces?.filter(({ isChanged }) => isChanged).map(({ text }) => text.trim()) ?? [];

test("G5: a passage in which a number changed stands beside what it was, with the number marked", () => {
  const sections = compareTexts(
    "# P\n\nWe keep it 7 days.\n\nNobody else sees it.",
    "# P\n\nWe keep it 5 days.\n\nNobody else sees it.",
  );
  expect(sections).toHaveLength(1);
  const [kept, same] = sections[0]?.passages ?? [];
  expect([marked(kept?.before ?? null), marked(kept?.after ?? null)]).toEqual([["7"], ["5"]]);
  expect(same?.isSame).toBe(true);
});

test("G5: what is new stands alone, and so does what has gone; neither is taken for the other", () => {
  const sections = compareTexts(
    "# P\n\n## A\n\nOne thing about cookies.",
    "# P\n\n## A\n\nGuests come in by a link with a name.",
  );
  const changed = passagesOf(sections).filter(({ isSame }) => !isSame);
  expect(changed.map(({ before, after }) => [said(before), said(after)])).toEqual(
    [
      ["One thing about cookies.", null],
      [null, "Guests come in by a link with a name."],
    ].reverse(),
  );
});

test("G5: a line of the table is compared with the line of the same place", () => {
  const sections = compareTexts(
    "- Takes (store): 7 days\n\n- Rooms (room): 1 day",
    "- Guests (room): 1 day\n\n- Rooms (room): 2 days",
  );
  expect(passagesOf(sections).map(({ before, after }) => [said(before), said(after)])).toEqual([
    [null, "- Guests (room): 1 day"],
    ["- Takes (store): 7 days", null],
    ["- Rooms (room): 1 day", "- Rooms (room): 2 days"],
  ]);
});

const block = fc
  .tuple(
    fc.constantFrom("", "# ", "## ", "- "),
    fc.array(fc.constantFrom("we", "keep", "it", "a", "day:", "·", "nobody"), { minLength: 1 }),
  )
  .map(([mark, words]) => mark + words.join(" "));
const text = fc.array(block, { minLength: 1, maxLength: 12 }).map((blocks) => blocks.join("\n\n"));

test("G5: whatever the two texts are, each side read down is its text, in its order, and nothing differs where they do not", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const passages = passagesOf(compareTexts(before, after));
      const down = (side: "before" | "after") => passages.map((one) => said(one[side])).filter((one) => one !== null);
      expect(down("before").join("\n\n")).toBe(before);
      expect(down("after").join("\n\n")).toBe(after);
      for (const { before: old, after: now, isSame } of passages) expect(isSame).toBe(said(old) === said(now));
      expect(passagesOf(compareTexts(before, before)).every(({ isSame }) => isSame)).toBe(true);
    }),
  );
});
