import { type HubPage, type HubQuery, searchWords } from "../../protocol/hub.ts";
import { SEARCH_WORDS_MAX } from "../../protocol/limits.ts";
import { type Cursor, cutPage } from "../http/paging.ts";
import { matchesOf, type Sought } from "./search-index.ts";
import { correct } from "./spelling.ts";
import { profileColumns, publicProfile, readRow, type StoredProfile } from "./store.ts";

type Hit = StoredProfile & { tier: number };

/**
 * One page of the Hub: nearest fit first (in the name, among the skills, anywhere), newest first within it. The cursor is a place in that
 * order, so a page is never cut differently by what was published since. Reads a fixed number of rows for each profile it shows.
 */
export async function searchHub(
  db: D1Database,
  query: HubQuery,
  cursor: Cursor,
): Promise<{ page: HubPage; rowsRead: number }> {
  const typed = [...new Set(searchWords(query.q))].slice(0, SEARCH_WORDS_MAX);
  const { corrections, rowsRead: lookedUp } = await correct(db, typed);
  const words: Sought[] = typed.map((word) => ({ typed: word, instead: corrections.get(word) ?? [] }));
  const nobody = query.q.trim() !== "" && typed.length === 0;
  const matches = nobody ? [] : matchesOf(query, words);

  const hits: Hit[] = [];
  let rowsRead = lookedUp;
  const [position, at] = cursor;
  const first = Number(at);
  for (const [tier, match] of matches.entries()) {
    if (tier < first) continue;
    const below = tier === first ? position : Number.MAX_SAFE_INTEGER;
    const wanted = query.limit + 1 - hits.length;
    const found = await (match === null
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
          .bind(below, wanted, match)
    ).all<StoredProfile>();
    rowsRead += found.meta.rows_read;
    for (const row of found.results) hits.push({ ...row, tier });
    if (hits.length > query.limit) break;
  }
  const { items, nextCursor } = cutPage(
    hits,
    query.limit,
    (hit) => publicProfile(readRow(hit)),
    (hit) => [hit.hubPosition ?? 0, String(hit.tier)],
  );
  const corrected = [...corrections].map(([word, sought]) => ({ typed: word, sought }));
  return { page: { items, nextCursor, corrected }, rowsRead };
}

/** A cursor of the Hub's names one of its tiers. */
export const isHubCursor = ([, tier]: Cursor) => /^[012]?$/.test(tier);
