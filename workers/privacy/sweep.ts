import { z } from "zod";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { isAnyoneHeld, notHeld } from "../platform/held.ts";
import { launchAtMs } from "../platform/launch.ts";
import { eraseKeys } from "../platform/personal-keys.ts";
import { allRows, rowsOf } from "../platform/rows.ts";
import { inventory, sqlName, tableRules } from "./inventory.ts";
import type { Retention, Rule, Subject, TableName } from "./rules.ts";

/**
 * The retention sweep (E6), made from the rules: rows whose time has come, by an index, oldest first, so many in a run. A run that is
 * killed, missed or made twice at once does no harm: what is due is found again by its own time and by nothing else.
 */
interface Swept {
  done: number;
  rowsRead: number;
  finished: boolean;
}
type Timed = Extract<Retention<string>, { kind: "until" | "after" | "after-launch" }>;

const isTimed = (retention: Retention<string>): retention is Timed =>
  retention.kind === "until" || retention.kind === "after" || retention.kind === "after-launch";

/** Tables that the sweep empties: those with a time of their own. */
export const sweptTables: readonly TableName[] = tableRules
  .filter(([, rule]) => rule.retention.some(isTimed))
  .map(([table]) => table);

/** What of a table one rule says is due at `nowMs`: rows whose column is not beyond `until`. `null`: nothing can be due yet. */
function dueOf(env: Env, retention: Timed, nowMs: number): { only: string; column: string; until: number } | null {
  if (retention.kind === "after-launch") {
    const launchMs = launchAtMs(env);
    const isOver = launchMs !== null && nowMs >= launchMs + retention.ms;
    return isOver ? { only: "", column: "rowid", until: Number.MAX_SAFE_INTEGER } : null;
  }
  const isEmpty = retention.kind === "after" && retention.whileEmpty !== undefined;
  return {
    only: isEmpty ? `${sqlName(retention.whileEmpty ?? "")} IS NULL AND ` : "",
    column: sqlName(retention.column),
    until: retention.kind === "after" ? nowMs - retention.ms : nowMs,
  };
}

/** SQL that leaves out rows about an account which an investigation holds; nothing where no row is about one. */
const unlessHeld = (table: TableName): string =>
  (inventory[table].subjects as readonly Subject<string>[])
    .filter((subject) => !("in" in subject) && subject.is === "account")
    .map(({ column }) => ` AND ${notHeld(sqlName(column))}`)
    .join("");

const Last = z.object({ at: z.number(), row: z.int() });

/**
 * Ends what one rule says is due at `nowMs`, at most `limit` rows. The last of them is looked up first, by the index alone, and the rows
 * up to it are deleted as a range, which reads each of them twice (once where no foreign key is): handed their numbers by a query, SQLite
 * would go through that list as well.
 */
export async function endDue(
  env: Env,
  table: TableName,
  retention: Timed,
  nowMs: number,
  limit: number,
  isHeld: boolean,
): Promise<Swept & { results: unknown[] }> {
  const due = dueOf(env, retention, nowMs);
  if (due === null) return { results: [], done: 0, rowsRead: 0, finished: true };
  const { only, column, until } = due;
  const name = sqlName(table);
  const spared = isHeld ? unlessHeld(table) : "";
  const { ownKey } = inventory[table] as Rule<string>;
  const keys = ownKey === undefined ? "" : ` RETURNING ${sqlName(ownKey)} AS key`;
  const where = (bound: string) => `FROM ${name} WHERE ${only}${column} ${bound}${spared}`;
  const found = await allRows(
    Last,
    env.DB.prepare(
      `SELECT ${column} AS at, rowid AS row ${where("<= ?1")} ORDER BY ${column}, rowid LIMIT 1 OFFSET ?2`,
    ).bind(until, limit - 1),
  );
  const [last] = found.results;
  const ended = await env.DB.batch(
    last === undefined
      ? [env.DB.prepare(`DELETE ${where("<= ?1")}${keys}`).bind(until)]
      : [
          env.DB.prepare(`DELETE ${where("< ?1")}${keys}`).bind(last.at),
          // Many rows may have one time.
          env.DB.prepare(`DELETE ${where("= ?1 AND rowid <= ?2")}${keys}`).bind(last.at, last.row),
        ],
  );
  return {
    results: ended.flatMap(({ results }) => results),
    // What a trigger writes counts as a change too, and is no row of this table.
    done:
      keys === "" ? ended.reduce((sum, { meta }) => sum + meta.changes, 0) : ended.flatMap((one) => one.results).length,
    rowsRead: ended.reduce((sum, { meta }) => sum + meta.rows_read, found.meta.rows_read),
    finished: last === undefined,
  };
}

/** Rows counted of one table: beyond that it is many. */
const COUNTED_MAX = 10_000;
const Count = z.object({ n: z.number() });

/** The retention report: tables with rows over their time, and how many. What the next run of the sweep takes, and what is held. */
export async function overdueRows(env: Env, nowMs: number): Promise<{ name: string; count: number }[]> {
  const asked = sweptTables.flatMap((table) =>
    (inventory[table].retention as readonly Retention<string>[]).filter(isTimed).flatMap((retention) => {
      const due = dueOf(env, retention, nowMs);
      return due === null ? [] : [{ table, ...due }];
    }),
  );
  const counts = await env.DB.batch(
    asked.map(({ table, only, column, until }) =>
      env.DB.prepare(
        `SELECT COUNT(*) AS n FROM (SELECT 1 FROM ${sqlName(table)} WHERE ${only}${column} <= ?1 LIMIT ${COUNTED_MAX})`,
      ).bind(until),
    ),
  );
  return asked
    .flatMap(({ table }, at) => rowsOf(Count, counts[at]).map(({ n }) => ({ name: table, count: n })))
    .filter(({ count }) => count > 0);
}

const KeyOf = z.object({ key: z.string() });

/** One bounded run over one table. */
export async function sweepTable(env: Env, deps: Deps, table: TableName, limit: number): Promise<Swept> {
  const swept: Swept = { done: 0, rowsRead: 0, finished: true };
  const isHeld = unlessHeld(table) !== "" && (await isAnyoneHeld(env.DB));
  for (const retention of (inventory[table].retention as readonly Retention<string>[]).filter(isTimed)) {
    const { results, done, rowsRead, finished } = await endDue(env, table, retention, deps.now(), limit, isHeld);
    // A row that has a key of its own leaves none behind.
    const keys = results.flatMap((row) => KeyOf.safeParse(row).data?.key ?? []);
    await eraseKeys(env, deps, keys);
    swept.done += done;
    swept.rowsRead += rowsRead;
    swept.finished &&= finished;
  }
  return swept;
}
