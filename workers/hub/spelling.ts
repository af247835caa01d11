import { z } from "zod";
import type { TypedWord } from "../../protocol/search-text.ts";
import { allRows } from "../platform/rows.ts";
import { isCorrectable, isSlip, spellingPairs, spellingsOf } from "./edit-distance.ts";

/** Keeps the words of a profile, if it is published in this very version. */
export const keepWords = (db: D1Database, words: Iterable<string>, profileId: string, version: string) =>
  db
    .prepare(
      `INSERT INTO hub_spellings (spelling, word) SELECT value ->> 0, value ->> 1 FROM json_each(?1)
       WHERE EXISTS (SELECT 1 FROM profiles WHERE id = ?2 AND version = ?3 AND hub_position IS NOT NULL)
       ON CONFLICT DO NOTHING`,
    )
    .bind(spellingPairs(words), profileId, version);

/** Forgets those words that no published profile holds any more; runs after the index has changed. */
export const dropWords = (db: D1Database, words: Iterable<string>) =>
  db
    .prepare(
      `DELETE FROM hub_spellings WHERE (spelling, word) IN (
         SELECT value ->> 0, value ->> 1 FROM json_each(?1)
         WHERE NOT EXISTS (SELECT 1 FROM hub_search WHERE hub_search MATCH '{name skills bio} : "' || (value ->> 1) || '"'))`,
    )
    .bind(spellingPairs(words));

/** Forgets every word that no published profile holds, by a look at each. */
export async function dropUnheldWords(db: D1Database): Promise<void> {
  await db
    .prepare(
      `DELETE FROM hub_spellings
       WHERE NOT EXISTS (SELECT 1 FROM hub_search WHERE hub_search MATCH '{name skills bio} : "' || word || '"')`,
    )
    .run();
}

/** Words looked up in one search, and candidates for each: an upper bound on what a search reads here. */
const CORRECTED_MAX = 3;
const CANDIDATES_MAX = 24;
const INSTEAD_MAX = 5;

const Spelling = z.object({ word: z.string() });

/** For each typed word that nobody uses, the words one slip away that somebody does. */
export async function correct(
  db: D1Database,
  typed: readonly TypedWord[],
): Promise<{ corrections: Map<string, string[]>; rowsRead: number }> {
  const corrections = new Map<string, string[]>();
  const doubtful = typed.filter(({ word }) => isCorrectable(word));
  if (doubtful.length === 0) return { corrections, rowsRead: 0 };
  const used = await db.batch(
    doubtful.map(({ forms }) => {
      const any = forms.map((form) => `(${form.map((word) => `"${word}"*`).join(" AND ")})`).join(" OR ");
      return db
        .prepare("SELECT 1 FROM hub_search WHERE hub_search MATCH ? LIMIT 1")
        .bind(`{name skills bio} : (${any})`);
    }),
  );
  const unused = doubtful
    .filter((_, at) => used[at]?.results.length === 0)
    .map(({ word }) => word)
    .slice(0, CORRECTED_MAX);
  const found = await Promise.all(
    unused.map((word) =>
      allRows(
        Spelling,
        db
          .prepare("SELECT word FROM hub_spellings WHERE spelling IN (SELECT value FROM json_each(?1)) LIMIT ?2")
          .bind(JSON.stringify(spellingsOf(word)), CANDIDATES_MAX),
      ),
    ),
  );
  for (const [at, word] of unused.entries()) {
    const near = new Set(found[at]?.results.map((row) => row.word).filter((known) => isSlip(word, known)));
    if (near.size > 0) corrections.set(word, [...near].sort().slice(0, INSTEAD_MAX));
  }
  const rowsRead = [...used, ...found].reduce((sum, { meta }) => sum + meta.rows_read, 0);
  return { corrections, rowsRead };
}
