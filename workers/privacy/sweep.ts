import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { launchAtMs } from "../platform/launch.ts";
import { inventory, sqlName, tableRules } from "./inventory.ts";
import type { Retention, TableName } from "./rules.ts";

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

/** The statement that ends what one rule says is due at `nowMs`; `null`: nothing can be due yet. */
export function dueStatement(env: Env, table: TableName, retention: Timed, nowMs: number, limit: number) {
  const name = sqlName(table);
  if (retention.kind === "after-launch") {
    const launchMs = launchAtMs(env);
    if (launchMs === null || nowMs < launchMs + retention.ms) return null;
    return env.DB.prepare(`DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} LIMIT ?)`).bind(limit);
  }
  const column = sqlName(retention.column);
  const untilMs = retention.kind === "after" ? nowMs - retention.ms : nowMs;
  const empty =
    retention.kind === "after" && retention.whileEmpty !== undefined
      ? `${sqlName(retention.whileEmpty)} IS NULL AND `
      : "";
  return env.DB.prepare(
    `DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} WHERE ${empty}${column} <= ?1 ORDER BY ${column} LIMIT ?2)`,
  ).bind(untilMs, limit);
}

/** One bounded run over one table. */
export async function sweepTable(env: Env, deps: Deps, table: TableName, limit: number): Promise<Swept> {
  const swept: Swept = { done: 0, rowsRead: 0, finished: true };
  for (const retention of (inventory[table].retention as readonly Retention<string>[]).filter(isTimed)) {
    const statement = dueStatement(env, table, retention, deps.now(), limit);
    if (statement === null) continue;
    const { meta } = await statement.run();
    swept.done += meta.changes;
    swept.rowsRead += meta.rows_read;
    swept.finished &&= meta.changes < limit;
  }
  return swept;
}
