/**
 * Slips of the finger: one letter too many, too few, wrong, or two in the wrong order. Every word of a published profile is kept under
 * itself and under each of its spellings with one letter left out; a typed word is looked up the same way, and what is found is
 * measured. (Symmetric deletes: W. Garbe, SymSpell, 2012.)
 */
const SHORTEST = 4;
const LONGEST = 24;
/** Words of one profile that are kept for this; a profile's first words are its name and skills. */
const WORDS_MAX = 100;

const isCorrectable = (word: string) => word.length >= SHORTEST && word.length <= LONGEST;

/** A word and its spellings with one letter left out. */
function spellingsOf(word: string): string[] {
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

const pairsOf = (words: Iterable<string>): string =>
  JSON.stringify(
    [...new Set(words)]
      .filter(isCorrectable)
      .slice(0, WORDS_MAX)
      .flatMap((word) => spellingsOf(word).map((spelling) => [spelling, word])),
  );

/** Keeps the words of a profile, if it is published in this very version. */
export const keepWords = (db: D1Database, words: Iterable<string>, profileId: string, version: string) =>
  db
    .prepare(
      `INSERT INTO hub_spellings (spelling, word) SELECT value ->> 0, value ->> 1 FROM json_each(?1)
       WHERE EXISTS (SELECT 1 FROM profiles WHERE id = ?2 AND version = ?3 AND hub_position IS NOT NULL)
       ON CONFLICT DO NOTHING`,
    )
    .bind(pairsOf(words), profileId, version);

/** Forgets those words that no published profile holds any more; runs after the index has changed. */
export const dropWords = (db: D1Database, words: Iterable<string>) =>
  db
    .prepare(
      `DELETE FROM hub_spellings WHERE (spelling, word) IN (
         SELECT value ->> 0, value ->> 1 FROM json_each(?1)
         WHERE NOT EXISTS (SELECT 1 FROM hub_search WHERE hub_search MATCH '{name skills bio} : "' || (value ->> 1) || '"'))`,
    )
    .bind(pairsOf(words));

/** Words looked up in one search, and candidates for each: an upper bound on what a search reads here. */
const CORRECTED_MAX = 3;
const CANDIDATES_MAX = 24;
const INSTEAD_MAX = 5;

/** For each typed word that nobody uses, the words one slip away that somebody does. */
export async function correct(
  db: D1Database,
  typed: readonly string[],
): Promise<{ corrections: Map<string, string[]>; rowsRead: number }> {
  const corrections = new Map<string, string[]>();
  const doubtful = typed.filter(isCorrectable);
  if (doubtful.length === 0) return { corrections, rowsRead: 0 };
  const used = await db.batch(
    doubtful.map((word) =>
      db.prepare("SELECT 1 FROM hub_search WHERE hub_search MATCH ? LIMIT 1").bind(`{name skills bio} : "${word}"*`),
    ),
  );
  const unused = doubtful.filter((_, at) => used[at]?.results.length === 0).slice(0, CORRECTED_MAX);
  const found = await Promise.all(
    unused.map((word) =>
      db
        .prepare("SELECT word FROM hub_spellings WHERE spelling IN (SELECT value FROM json_each(?1)) LIMIT ?2")
        .bind(JSON.stringify(spellingsOf(word)), CANDIDATES_MAX)
        .all<{ word: string }>(),
    ),
  );
  for (const [at, word] of unused.entries()) {
    const near = new Set(found[at]?.results.map((row) => row.word).filter((known) => isSlip(word, known)));
    if (near.size > 0) corrections.set(word, [...near].sort().slice(0, INSTEAD_MAX));
  }
  const rowsRead = [...used, ...found].reduce((sum, { meta }) => sum + meta.rows_read, 0);
  return { corrections, rowsRead };
}
