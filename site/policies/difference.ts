import { diffArrays, diffWordsWithSpace } from "diff";

/** Words that both versions have, or one alone. */
export interface Piece {
  text: string;
  isChanged: boolean;
}
/** A passage in two versions of a text, whole; `null` where one of them has no such passage. */
export interface Passage {
  before: readonly Piece[] | null;
  after: readonly Piece[] | null;
  isSame: boolean;
}
export interface Section {
  /** The newer version's, or the older one's where the section has gone; `null` before the first heading. */
  heading: Passage | null;
  passages: readonly Passage[];
}

const HEADING = /^#+ /;
const LINE = "- ";
/** Two passages that share fewer of their words than this are not one that was changed. */
const ALIKE = 0.3;

/** Blocks of a kept text, as `policyText` writes them. */
export const blocksOf = (text: string): string[] => text.split("\n\n").map((block) => block.trim());

/** What a block is compared as: a heading with headings, a line of the table with the line of the same place. */
function kindOf(block: string): string {
  if (HEADING.test(block)) return "heading";
  return block.startsWith(LINE) ? (block.split(/[:·]/)[0] ?? "") : "text";
}

/** Share of the words of both that both have, 0–1 (Jaccard). */
function alike(a: string, b: string): number {
  const words = new Set(a.split(/\s+/));
  const others = new Set(b.split(/\s+/));
  const shared = [...words].filter((word) => others.has(word)).length;
  return shared / (words.size + others.size - shared);
}

const whole = (text: string | undefined): Piece[] | null => (text === undefined ? null : [{ text, isChanged: true }]);

function passageOf(before: string | undefined, after: string | undefined): Passage {
  if (before === undefined || after === undefined) return { before: whole(before), after: whole(after), isSame: false };
  const pieces = diffWordsWithSpace(before, after);
  return {
    before: pieces.filter(({ added }) => !added).map(({ value, removed }) => ({ text: value, isChanged: removed })),
    after: pieces.filter(({ removed }) => !removed).map(({ value, added }) => ({ text: value, isChanged: added })),
    isSame: before === after,
  };
}

/** Of a stretch in which the versions differ: which passage became which, in the newer one's order. */
function paired(gone: readonly string[], come: readonly string[]): Passage[] {
  const passages: Passage[] = [];
  let at = 0;
  for (const after of come) {
    const found = gone.findIndex(
      (before, index) =>
        index >= at && kindOf(before) === kindOf(after) && (kindOf(after) !== "text" || alike(before, after) >= ALIKE),
    );
    if (found === -1) {
      passages.push(passageOf(undefined, after));
      continue;
    }
    for (const before of gone.slice(at, found)) passages.push(passageOf(before, undefined));
    passages.push(passageOf(gone[found], after));
    at = found + 1;
  }
  return [...passages, ...gone.slice(at).map((before) => passageOf(before, undefined))];
}

const textOf = ({ before, after }: Passage) => (after ?? before ?? []).map(({ text }) => text).join("");

/** Two versions of the policy side by side: passage by passage, under the headings they stand under, with the words marked that one of them alone has. */
export function compareTexts(before: string, after: string): Section[] {
  const passages: Passage[] = [];
  let gone: string[] = [];
  for (const { value, added, removed } of diffArrays(blocksOf(before), blocksOf(after))) {
    if (removed) {
      gone = value;
      continue;
    }
    passages.push(...(added ? paired(gone, value) : [...paired(gone, []), ...value.map((one) => passageOf(one, one))]));
    gone = [];
  }
  passages.push(...paired(gone, []));
  const sections: { heading: Passage | null; passages: Passage[] }[] = [];
  for (const passage of passages) {
    const section = sections.at(-1);
    if (HEADING.test(textOf(passage))) sections.push({ heading: passage, passages: [] });
    else if (section === undefined) sections.push({ heading: null, passages: [passage] });
    else section.passages.push(passage);
  }
  return sections;
}
