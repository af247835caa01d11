import { z } from "zod";
import type { MemberId } from "../../protocol/ids.ts";
import type { LoggedEvent } from "../../protocol/room.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openSealed } from "../platform/personal-keys.ts";
import { keyIdOf } from "../platform/personal-seal.ts";
import { allRows, firstRow, StoredId } from "../platform/rows.ts";
import { inventory, sqlName, tableRules } from "./inventory.ts";
import type { Rule, Subject, TableName } from "./rules.ts";

/**
 * What an export reads (G1), made from the rules: for each table and each way in which its rows are about a person, the columns that are
 * theirs to see; after these the rooms they ever were in.
 */
export interface Source {
  /** The name in the archive. */
  key: string;
  table: TableName;
  subject: Subject<string>;
  columns: readonly string[];
}

/** Rows in one piece, and keys that are read for it. */
const ROWS = 500;
const KEYS = 8;

const shownBy = (rule: Rule<string>, subject: Subject<string>) =>
  !("in" in subject) && subject.shows !== undefined
    ? subject.shows
    : Object.entries(rule.columns)
        .filter(([, shown]) => shown === "export")
        .map(([column]) => column);

export const sources: readonly Source[] = tableRules.flatMap(([table, rule]) =>
  rule.subjects
    .map((subject, at) => ({
      key: at === 0 ? table : `${table}.${subject.column}`,
      table,
      subject,
      columns: shownBy(rule, subject),
    }))
    .filter(({ columns }) => columns.length > 0),
);

/** SQL for "this row is about the account ?1". */
export function isAbout(subject: Subject<string>): string {
  const column = sqlName(subject.column);
  if (!("in" in subject))
    return `${column} = ${subject.is === "account" ? "?1" : "(SELECT email_index FROM accounts WHERE id = ?1)"}`;
  const [onward] = inventory[subject.in].subjects as readonly Subject<string>[];
  if (onward === undefined) throw new Error(`${subject.in} leads on to nobody.`);
  return `${column} IN (SELECT ${sqlName(subject.key)} FROM ${sqlName(subject.in)} WHERE ${isAbout(onward)})`;
}

export interface Page {
  items: unknown[];
  /** Where the next page begins; `null`: that was the last. */
  after: number | null;
}

/** Beside its number, the columns that the source names. */
const SourceRow = z.looseObject({ _row: z.int() });

/** One page of a source's rows. What is sealed in them is opened: it is going to whom it was sealed for. */
export async function readRows(env: Env, deps: Deps, source: Source, accountId: string, after: number): Promise<Page> {
  const sealed = (inventory[source.table] as Rule<string>).sealed ?? {};
  const columns = source.columns.map((column) => `${sqlName(column)} AS "${column}"`).join(", ");
  const { results } = await allRows(
    SourceRow,
    env.DB.prepare(
      `SELECT rowid AS "_row", ${columns} FROM ${sqlName(source.table)}
       WHERE rowid > ?2 AND ${isAbout(source.subject)} ORDER BY rowid LIMIT ?3`,
    ).bind(accountId, after, ROWS),
  );
  const items: unknown[] = [];
  const keyIds = new Set<string>();
  let last = after;
  for (const { _row, ...row } of results) {
    const texts = Object.entries(sealed).flatMap(([column, kind]) => {
      const text = row[column];
      return kind !== undefined && typeof text === "string" && text !== "" ? [{ column, kind, text }] : [];
    });
    for (const { text } of texts) keyIds.add(keyIdOf(text) ?? "");
    // What others wrote lies under keys of theirs: the next piece goes on with them.
    if (keyIds.size > KEYS && items.length > 0) return { items, after: last };
    for (const { column, kind, text } of texts) row[column] = await openSealed(env, deps, kind, text);
    items.push(row);
    last = _row;
  }
  return { items, after: results.length < ROWS ? null : last };
}

export const SeatOf = z.object({ memberId: StoredId.member, sessionId: StoredId.session });
export type SeatOf = z.infer<typeof SeatOf>;

/** The room after the one of `memberId` that the person ever was in and that is still there. */
export async function nextSeat(db: D1Database, accountId: string, memberId: string): Promise<SeatOf | null> {
  return await firstRow(
    SeatOf,
    db
      .prepare(
        `SELECT member_id AS memberId, session_id AS sessionId FROM session_seats s WHERE account_id = ?1 AND member_id > ?2
         AND NOT EXISTS (SELECT 1 FROM session_erasures e WHERE e.session_id = s.session_id)
       ORDER BY member_id LIMIT 1`,
      )
      .bind(accountId, memberId),
  );
}

/** What a room's line has to do with a member: it is theirs, or it is about them. */
const concerns = (event: LoggedEvent, memberId: MemberId) =>
  event.from === memberId || ("memberId" in event.body && event.body.memberId === memberId);

/** One page of a room's log, reduced to what concerns the person: others' words are theirs. */
export async function readRoom(env: Env, deps: Deps, { memberId, sessionId }: SeatOf, after: number): Promise<Page> {
  const room = await deps.reachRoom(env, sessionId);
  const { events, headSeq } = await room.snapshot(after);
  const last = events.at(-1)?.seq ?? headSeq;
  return {
    items: events.filter((event) => concerns(event, memberId)),
    after: last >= headSeq ? null : last,
  };
}
