import { z } from "zod";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { isAnyoneHeld, notHeld } from "../platform/held.ts";
import { launchAtMs } from "../platform/launch.ts";
import { eraseKeys } from "../platform/personal-keys.ts";
import { rowsOf } from "../platform/rows.ts";
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

/** What of a table one rule says is due at `nowMs`, with its only parameter; `null`: nothing can be due yet. */
function dueWhere(env: Env, retention: Timed, nowMs: number): { sql: string; order: string; untilMs: number } | null {
  if (retention.kind === "after-launch") {
    const launchMs = launchAtMs(env);
    return launchMs === null || nowMs < launchMs + retention.ms
      ? null
      : { sql: "?1 = ?1", order: "rowid", untilMs: nowMs };
  }
  const column = sqlName(retention.column);
  const untilMs = retention.kind === "after" ? nowMs - retention.ms : nowMs;
  const empty =
    retention.kind === "after" && retention.whileEmpty !== undefined
      ? `${sqlName(retention.whileEmpty)} IS NULL AND `
      : "";
  return { sql: `${empty}${column} <= ?1`, order: column, untilMs };
}

/** SQL that leaves out rows about an account which an investigation holds; nothing where no row is about one. */
const unlessHeld = (table: TableName): string =>
  (inventory[table].subjects as readonly Subject<string>[])
    .filter((subject) => !("in" in subject) && subject.is === "account")
    .map(({ column }) => ` AND (?3 = 0 OR ${notHeld(sqlName(column))})`)
    .join("");

/** The statement that ends what one rule says is due at `nowMs`; `null`: nothing can be due yet. */
export function dueStatement(
  env: Env,
  table: TableName,
  retention: Timed,
  nowMs: number,
  limit: number,
  isHeld: boolean,
) {
  const due = dueWhere(env, retention, nowMs);
  if (due === null) return null;
  const name = sqlName(table);
  const { ownKey } = inventory[table] as Rule<string>;
  return env.DB.prepare(
    `DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} WHERE ${due.sql}${unlessHeld(table)} ORDER BY ${due.order} LIMIT ?2)${ownKey === undefined ? "" : ` RETURNING ${sqlName(ownKey)} AS key`}`,
  ).bind(...(unlessHeld(table) === "" ? [due.untilMs, limit] : [due.untilMs, limit, isHeld ? 1 : 0]));
}

/** Rows counted of one table: beyond that it is many. */
const COUNTED_MAX = 10_000;
const Count = z.object({ n: z.number() });

/** The retention report: tables with rows over their time, and how many. What the next run of the sweep takes, and what is held. */
export async function overdueRows(env: Env, nowMs: number): Promise<{ name: string; count: number }[]> {
  const asked = sweptTables.flatMap((table) =>
    (inventory[table].retention as readonly Retention<string>[]).filter(isTimed).flatMap((retention) => {
      const where = dueWhere(env, retention, nowMs);
      return where === null ? [] : [{ table, ...where }];
    }),
  );
  const counts = await env.DB.batch(
    asked.map(({ table, sql, untilMs }) =>
      env.DB.prepare(
        `SELECT COUNT(*) AS n FROM (SELECT 1 FROM ${sqlName(table)} WHERE ${sql} LIMIT ${COUNTED_MAX})`,
      ).bind(untilMs),
    ),
  );
  return asked
    .map(({ table }, at) => ({ name: table, count: rowsOf(Count, counts[at])[0]?.n ?? 0 }))
    .filter(({ count }) => count > 0);
}

const KeyOf = z.object({ key: z.string() });

/** One bounded run over one table. */
export async function sweepTable(env: Env, deps: Deps, table: TableName, limit: number): Promise<Swept> {
  const swept: Swept = { done: 0, rowsRead: 0, finished: true };
  const isHeld = unlessHeld(table) !== "" && (await isAnyoneHeld(env.DB));
  for (const retention of (inventory[table].retention as readonly Retention<string>[]).filter(isTimed)) {
    const statement = dueStatement(env, table, retention, deps.now(), limit, isHeld);
    if (statement === null) continue;
    const { meta, results } = await statement.all();
    // A row that has a key of its own leaves none behind.
    const keys = results.flatMap((row) => KeyOf.safeParse(row).data?.key ?? []);
    if (keys.length > 0) await eraseKeys(env, deps, keys);
    swept.done += meta.changes;
    swept.rowsRead += meta.rows_read;
    swept.finished &&= meta.changes < limit;
  }
  return swept;
}
