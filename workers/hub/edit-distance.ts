/**
 * Slips of the finger: one letter too many, too few, wrong, or two in the wrong order. Every word of a published profile is kept under
 * itself and under each of its spellings with one letter left out; a typed word is looked up the same way, and what is found is
 * measured. (Symmetric deletes: W. Garbe, SymSpell, 2012.)
 */
const SHORTEST = 4;
const LONGEST = 24;

export const isCorrectable = (word: string) => word.length >= SHORTEST && word.length <= LONGEST;

/** A word and its spellings with one letter left out. */
export function spellingsOf(word: string): string[] {
  const letters = [...word];
  return [...new Set([word, ...letters.map((_, at) => letters.toSpliced(at, 1).join(""))])];
}

/** Whether one slip makes one word of the other (optimal string alignment distance of at most one). */
export function isSlip(typed: string, word: string): boolean {
  const [a, b] = [[...typed], [...word]];
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  const rest = (letters: string[], skip: number) => letters.slice(start + skip).join("");
  if (rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2);
}

/** Each word under each of its spellings, as JSON. */
export const spellingPairs = (words: Iterable<string>): string =>
  JSON.stringify(
    [...new Set(words)].filter(isCorrectable).flatMap((word) => spellingsOf(word).map((spelling) => [spelling, word])),
  );
