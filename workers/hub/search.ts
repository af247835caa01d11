import type { HubPage, HubQuery } from "../../protocol/hub.ts";
import { phrasesOf } from "../../protocol/instrument-words.ts";
import { SEARCH_WORDS_MAX } from "../../protocol/limits.ts";
import { type TypedWord, typedWords } from "../../protocol/search-text.ts";
import { type Cursor, cutPage } from "../http/paging.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { allRows } from "../platform/rows.ts";
import { openProfiles, profileColumns, publicProfile, StoredProfile } from "./profile-row.ts";
import { anyMatchOf, isTier, matchesOf, type Sought } from "./search-index.ts";
import { correct } from "./spelling.ts";

type Hit = StoredProfile & { tier: number };

/**
 * One page of the Hub: nearest fit first (whole words before beginnings; in the name, among the skills, anywhere), newest first within it. The cursor is a place in that
 * order, so a page is never cut differently by what was published since. Reads a fixed number of rows for each profile it shows.
 */
export async function searchHub(
  env: Env,
  deps: Deps,
  query: HubQuery,
  cursor: Cursor,
): Promise<{ page: HubPage; rowsRead: number }> {
  const db = env.DB;
  const { words, corrections, dropped, rowsRead: lookedUp } = await readSearch(db, query);
  const nobody = query.q.trim() !== "" && words.length === 0;
  const matches = nobody ? [] : matchesOf(query, words);

  const hits: Hit[] = [];
  let rowsRead = lookedUp;
  let passedOver = 0;
  const [position, at] = cursor;
  const first = Number(at);
  for (const [tier, match] of matches.entries()) {
    if (tier < first) continue;
    const below = tier === first ? position : Number.MAX_SAFE_INTEGER;
    const wanted = query.limit + 1 - hits.length;
    const page =
      match === null
        ? db
            .prepare(
              `SELECT ${profileColumns} FROM profiles p JOIN accounts a ON a.id = p.account_id
               WHERE p.hub_position < ?1 ORDER BY p.hub_position DESC LIMIT ?2`,
            )
            .bind(below, wanted)
        : db
            .prepare(
              `SELECT ${profileColumns} FROM hub_search h CROSS JOIN profiles p ON p.hub_position = h.rowid
               CROSS JOIN accounts a ON a.id = p.account_id
               WHERE h.hub_search MATCH ?3 AND h.rowid < ?1 ORDER BY h.rowid DESC LIMIT ?2`,
            )
            .bind(below, wanted, match);
    const found = await allRows(StoredProfile, page);
    rowsRead += found.meta.rows_read;
    passedOver += found.passedOver;
    for (const row of found.results) hits.push({ ...row, tier });
    if (hits.length + passedOver > query.limit) break;
  }
  const { items, nextCursor } = cutPage(
    hits,
    query.limit,
    (hit) => hit,
    (hit) => [hit.hubPosition ?? 0, String(hit.tier)],
    passedOver,
  );
  const corrected = [...corrections].map(([word, sought]) => ({ typed: word, sought }));
  // A key for each who is shown: whoever goes just now is not.
  const people = (await openProfiles(env, deps, items)).map(publicProfile);
  return { page: { items: people, nextCursor, corrected, dropped }, rowsRead };
}

/** How many of those who have a word are looked at to say which word is the rarest. */
const COMMON = 8;

/**
 * What is looked for: the typed words as the index knows them, with what they mean. Where nobody has all of them, the rarest is left out,
 * and said, until somebody does.
 */
async function readSearch(db: D1Database, query: HubQuery) {
  const typed = [...new Map(typedWords(query.q).map((one) => [one.word, one])).values()].slice(0, SEARCH_WORDS_MAX);
  const byWord = new Map<string, TypedWord>(typed.map((one) => [one.word, one]));
  const formsOf = (word: string) => byWord.get(word)?.forms ?? [[word]];
  const phrases = phrasesOf(typed.map(({ word }) => word));
  const unknown = phrases
    .filter(({ meaning }) => meaning === null)
    .flatMap((phrase) => phrase.words.map((word) => ({ word, forms: formsOf(word) })));
  const { corrections, rowsRead: corrected } = await correct(db, unknown);
  let rowsRead = corrected;
  let words: Sought[] = phrases.map((phrase) => ({
    typed: phrase.words.join(" "),
    forms: joined(phrase.words.map(formsOf)),
    meaning: phrase.meaning,
    instead: phrase.words.length === 1 ? (corrections.get(phrase.words[0] ?? "") ?? []) : [],
  }));
  const dropped: string[] = [];
  const found = async (sought: readonly Sought[], filters: HubQuery | Record<string, never>, limit: number) => {
    const { results, meta } = await db
      .prepare("SELECT rowid FROM hub_search WHERE hub_search MATCH ?1 LIMIT ?2")
      .bind(anyMatchOf(filters, sought), limit)
      .all();
    rowsRead += meta.rows_read;
    return results.length;
  };
  const counts = new Map<Sought, number>();
  while (words.length > 1 && (await found(words, query, 1)) === 0) {
    if (counts.size === 0) for (const word of words) counts.set(word, await found([word], {}, COMMON));
    const [rarest] = words.toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
    dropped.push(rarest?.typed ?? "");
    words = words.filter((word) => word !== rarest);
  }
  return { words, corrections, dropped, rowsRead };
}

/** The forms of several words together: each combined with each. */
const joined = (forms: readonly (readonly (readonly string[])[])[]): string[][] =>
  forms.reduce<string[][]>((all, next) => all.flatMap((before) => next.map((form) => [...before, ...form])), [[]]);

/** A cursor of the Hub's names one of its tiers. */
export const isHubCursor = ([, tier]: Cursor) => isTier(tier);
