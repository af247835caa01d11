import { env } from "cloudflare:workers";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, test } from "vitest";
import * as schema from "../../migrations/schema.ts";
import { jobs } from "../cron/jobs.ts";
import { systemDeps } from "../platform/deps.ts";
import { SEALED } from "../testing/rows.ts";
import { db, fill } from "../testing/tables.ts";
import { inventory, sqlName, tableRules } from "./inventory.ts";
import type { Retention, Rule, TableName } from "./rules.ts";
import { endDue, overdueRows, sweepTable, sweptTables } from "./sweep.ts";

const launchMs = Date.parse("2027-03-01T00:00:00Z");
const here = { ...env, LAUNCH_DATE: "2027-03-01" };
type Timed = Parameters<typeof endDue>[2];
const timed = sweptTables.flatMap((table) =>
  (inventory[table].retention as readonly Retention<string>[])
    .filter((retention): retention is Timed => ["until", "after", "after-launch"].includes(retention.kind))
    .map((retention) => ({ table, retention })),
);

/** A row of any table, made from the table's own description; what it refers to is made first. */
async function insertRow(tableName: string, values: Record<string, unknown>): Promise<void> {
  const table = Object.entries(schema as Record<string, unknown>).find(([name]) => name === tableName)?.[1];
  if (!is(table, SQLiteTable)) throw new Error(`No table ${tableName}.`);
  const config = getTableConfig(table);
  const row: Record<string, unknown> = {};
  for (const [key, column] of Object.entries(getTableColumns(table))) {
    const foreign = config.foreignKeys.find((one) => one.reference().columns.some(({ name }) => name === column.name));
    if (key in values) row[key] = values[key];
    else if (foreign !== undefined && column.notNull) {
      const parent = Object.entries(schema as Record<string, unknown>).find(
        ([, other]) => is(other, SQLiteTable) && getTableName(other) === getTableName(foreign.reference().foreignTable),
      );
      const id = crypto.randomUUID();
      const parentColumn = foreign.reference().foreignColumns[0];
      const [parentKey = "id"] =
        Object.entries(getTableColumns(foreign.reference().foreignTable)).find(([, of]) => of === parentColumn) ?? [];
      await insertRow(parent?.[0] ?? "", { [parentKey]: id });
      row[key] = id;
    } else if (!column.notNull || column.hasDefault) continue;
    else if (column.dataType === "string") row[key] = column.enumValues?.[0] ?? `${crypto.randomUUID()}:AAAA`;
    else row[key] = 1;
  }
  await db.insert(table).values(row);
}

/** The moments of a table's other rules, so late that none of them is due; what may be empty is. */
function othersLater(tableName: TableName, retention: Timed): Record<string, number> {
  const table = Object.entries(schema as Record<string, unknown>).find(([name]) => name === tableName)?.[1];
  const columns = is(table, SQLiteTable) ? getTableColumns(table) : {};
  return Object.fromEntries(
    timed.flatMap((one): [string, number][] => {
      if (one.table !== tableName || one.retention === retention || one.retention.kind === "after-launch") return [];
      return columns[one.retention.column]?.notNull === true ? [[one.retention.column, 2 * launchMs]] : [];
    }),
  );
}

const countOf = async (table: string) =>
  (await env.DB.prepare(`SELECT COUNT(*) AS count FROM ${sqlName(table)}`).first<number>("count")) ?? -1;

/** When a row that was written at `fromMs` is to go. */
const endOf = (retention: Timed, fromMs: number) =>
  retention.kind === "until" ? fromMs : retention.kind === "after" ? fromMs + retention.ms : launchMs + retention.ms;

describe("E6: the sweep is the rules", () => {
  test.each(timed)(
    "B3, E6: $table by $retention.kind $retention.column: not a millisecond early, and then gone, with a key of its own if it has one",
    async ({ table, retention }) => {
      const fromMs = launchMs - 5_000;
      const { ownKey } = inventory[table] as Rule<string>;
      const key = `keys/${table}`;
      if (ownKey !== undefined) await env.RECORDINGS.put(key, "a key");
      const values = {
        ...(ownKey === undefined ? {} : { [ownKey]: table }),
        ...(retention.kind === "after-launch"
          ? { confirmedAtMs: launchMs - 50 }
          : { ...othersLater(table, retention), [retention.column]: fromMs }),
      };
      await env.DB.prepare(`DELETE FROM ${sqlName(table)}`).run();
      await insertRow(table, values);
      const endMs = endOf(retention, fromMs);
      const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
      expect(await sweepTable(here, at(endMs - 1), table, 10)).toMatchObject({ done: 0, finished: true });
      expect(await countOf(table)).toBe(1);
      if (ownKey !== undefined) expect(await env.RECORDINGS.head(key)).not.toBeNull();
      // The report counts what the sweep takes, and nothing before.
      const reported = async (nowMs: number) =>
        (await overdueRows(here, nowMs)).filter(({ name }) => name === table).map(({ count }) => count);
      expect([await reported(endMs - 1), await reported(endMs)]).toEqual([[], [1]]);
      const swept = await sweepTable(here, at(endMs), table, 10);
      expect(swept).toMatchObject({ done: 1, finished: true });
      expect(await countOf(table)).toBe(0);
      expect(await env.RECORDINGS.head(key)).toBeNull();
      // What a run has read is what each of its rules has read.
      let rowsRead = 0;
      for (const one of timed.filter(({ table: of }) => of === table))
        rowsRead += (await endDue(here, table, one.retention, endMs, 10, false)).rowsRead;
      expect(await sweepTable(here, at(endMs), table, 10)).toEqual({ done: 0, rowsRead, finished: true });
    },
  );

  test("B3: what is kept until some time after the launch is not looked for before", async () => {
    const [rule] = timed.filter(({ retention }) => retention.kind === "after-launch");
    if (rule === undefined) throw new Error("Nothing is kept until the launch.");
    const { table, retention } = rule;
    const endMs = endOf(retention, launchMs);
    const nothing = { results: [], done: 0, rowsRead: 0, finished: true };
    expect(await endDue(here, table, retention, endMs - 1, 10, false)).toEqual(nothing);
    expect(await endDue({ ...here, LAUNCH_DATE: "" }, table, retention, 10 * endMs, 10, false)).toEqual(nothing);
  });

  test.each(timed)(
    "X22: $table by $retention.kind $retention.column: finds what is due by an index",
    async ({ table, retention }) => {
      if (retention.kind === "after-launch") return;
      const name = sqlName(table);
      const column = sqlName(retention.column);
      const empty =
        retention.kind === "after" && retention.whileEmpty !== undefined
          ? `${sqlName(retention.whileEmpty)} IS NULL AND `
          : "";
      const plan = await env.DB.prepare(
        `EXPLAIN QUERY PLAN SELECT rowid FROM ${name} WHERE ${empty}${column} <= 1 ORDER BY ${column} LIMIT 10`,
      ).all<{ detail: string }>();
      const detail = plan.results.map((row) => row.detail).join("; ");
      expect(detail).toMatch(/SEARCH .* USING (COVERING )?INDEX/);
      expect(detail).not.toContain("TEMP B-TREE");
    },
  );

  test("X22: ten days without cron, then twice at once: bounded batches, all caught up, nothing early", async () => {
    const nowMs = launchMs;
    const deps = { ...systemDeps, now: () => nowMs };
    await env.DB.prepare("DELETE FROM rate_limits").run();
    await fill(schema.rateLimits, 2_600, (at) => ({
      key: `k${at}`,
      tokens: 1,
      updatedAtMs: 0,
      expiresAtMs: nowMs - 2_500 + at,
    }));
    let runs = 0;
    for (let finished = false; !finished && runs < 10; runs++) {
      const both = await Promise.all([
        sweepTable(here, deps, "rateLimits", 500),
        sweepTable(here, deps, "rateLimits", 500),
      ]);
      for (const { done } of both) expect(done).toBeLessThanOrEqual(500);
      finished = both.every((outcome) => outcome.finished);
    }
    expect(runs).toBeGreaterThan(2);
    // 2,501 had their time; the rest is in the future.
    expect(await countOf("rateLimits")).toBe(99);
  });

  test.each([
    ["each at a time of its own", false, (at: number) => at],
    ["all at one time", false, () => 500],
    ["each at a time of its own, while somebody's data is held", true, (at: number) => at],
  ])("E6: no more than a run's rows go, %s, and three are read for each", async (_, isHeld, atMs) => {
    for (const table of ["sign_in_events", "holds", "accounts"]) await env.DB.prepare(`DELETE FROM ${table}`).run();
    await insertRow("accounts", { id: "acc_swept" });
    await insertRow("accounts", { id: "acc_held" });
    await fill(schema.signInEvents, 2_000, (at) => ({
      id: `evt_${at}`,
      accountId: "acc_swept",
      method: "password" as const,
      label: SEALED,
      atMs: atMs(at),
    }));
    if (isHeld) await insertRow("holds", { id: "hld_1", accountId: "acc_held", releasedAtMs: null });
    const swept = await sweepTable(here, { ...systemDeps, now: () => launchMs }, "signInEvents", 1_000);
    expect(swept).toMatchObject({ done: 1_000, finished: false });
    // Found, listed and deleted, and the few that end each search. While anything is held, whose each is is looked up twice.
    expect(swept.rowsRead).toBeLessThanOrEqual(isHeld ? 5_010 : 3_010);
    expect(swept.rowsRead).toBeGreaterThanOrEqual(3_000);
    expect(await countOf("signInEvents")).toBe(1_000);
  });

  test("E6: every rule has a job that keeps it", () => {
    const due = tableRules.flatMap(([table, rule]: [TableName, Rule<string>]) =>
      rule.retention.flatMap((retention) => {
        if (retention.kind === "job") return [retention.job];
        return ["until", "after", "after-launch"].includes(retention.kind) ? [`retention:${table}`] : [];
      }),
    );
    expect(due.filter((job) => !(job in jobs))).toEqual([]);
    expect(Object.keys(jobs).filter((job) => job.startsWith("retention:") && !due.includes(job))).toEqual([]);
  });
});
