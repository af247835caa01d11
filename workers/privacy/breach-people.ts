import { and, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { breaches } from "../../migrations/schema.ts";
import { BreachScope } from "../../protocol/breaches.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { jsonColumn, readAll } from "../platform/rows.ts";
import { inventory, sqlName, tableRules } from "./inventory.ts";
import type { Subject, TableName } from "./rules.ts";

/**
 * Whom a breach affects (G4), computed from what the tables hold and from the rules that say whose a row is. A stretch of time narrows the
 * tables that say when a row was written; of the others everybody is counted, for too many told is better than one too few.
 */
const PEOPLE = 2_000;

/** Calls of one count of everybody: each way in which a row is about somebody, what is asked for, and the end. */
export const COUNT_CALLS_MAX = 2 + tableRules.reduce((calls, [, { subjects }]) => calls + subjects.length, 0);

const columnsOf = (table: TableName) => Object.keys(inventory[table].columns);
export const isTable = (name: string): name is TableName => name in inventory;

/** Whether a scope can be asked of the database: tables that there are, and of one session only what says whose session it is. */
export const fits = ({ tables, sessionId }: BreachScope): boolean =>
  tables.every((table) => isTable(table) && (sessionId === undefined || columnsOf(table).includes("sessionId")));

/** SQL for the rows of a table that a scope reaches; ?2 session, ?3 from, ?4 until. */
function reached(table: TableName, { sessionId, fromMs, untilMs }: BreachScope): string {
  const isDated = columnsOf(table).includes("createdAtMs");
  return [
    ...(sessionId === undefined ? [] : ["session_id = ?2"]),
    ...(fromMs === undefined || !isDated ? [] : ["created_at_ms >= ?3"]),
    ...(untilMs === undefined || !isDated ? [] : ["created_at_ms <= ?4"]),
    "1",
  ].join(" AND ");
}

/** SQL for the accounts, or the indices of addresses and these as they are sealed, behind the rows of a table that `where` selects. */
function whose(table: TableName, subject: Subject<string>, where: string): { is: "account" | "address"; sql: string } {
  const sealed = "sealed" in subject ? `${sqlName(subject.sealed)} AS sealed` : "NULL AS sealed";
  const rows = `SELECT ${sqlName(subject.column)} AS who, ${sealed} FROM ${sqlName(table)} WHERE ${where}`;
  if (!("in" in subject)) return { is: subject.is, sql: rows };
  const [onward] = inventory[subject.in].subjects as readonly Subject<string>[];
  if (onward === undefined) throw new Error(`${subject.in} leads on to nobody.`);
  return whose(subject.in, onward, `${sqlName(subject.key)} IN (SELECT who FROM (${rows}))`);
}

const Uncounted = z.object({ scope: jsonColumn(BreachScope) });

/** Notes more of the people, some thousand in one call. `true`: they are all there. */
export async function countPeople(env: Env, deps: Deps, breachId: string): Promise<boolean> {
  const { id, scope: itsScope, countedAtMs } = breaches;
  const uncounted = await drizzle(env.DB)
    .select({ scope: itsScope })
    .from(breaches)
    .where(and(eq(id, breachId), isNull(countedAtMs)));
  const [row] = readAll(Uncounted, uncounted);
  if (row === undefined) return true;
  const { scope } = row;
  for (const table of scope.tables.filter(isTable))
    for (const subject of inventory[table].subjects as readonly Subject<string>[]) {
      const { is, sql } = whose(table, subject, reached(table, scope));
      // An address that has an account is that account.
      const found =
        is === "account"
          ? `SELECT id AS account, NULL AS address, NULL AS sealed FROM accounts WHERE id IN (SELECT who FROM (${sql}))`
          : `SELECT a.id AS account, iif(a.id IS NULL, w.who, NULL) AS address, iif(a.id IS NULL, max(w.sealed), NULL) AS sealed
             FROM (${sql}) w LEFT JOIN accounts a ON a.email_index = w.who WHERE w.who <> '' GROUP BY w.who`;
      const { meta } = await env.DB.prepare(
        `INSERT INTO breach_people (id, breach_id, account_id, email_index, email)
         SELECT lower(hex(randomblob(16))), ?1, account, address, sealed FROM (SELECT DISTINCT account, address, sealed FROM (${found})) f
         WHERE NOT EXISTS (SELECT 1 FROM breach_people p WHERE p.breach_id = ?1 AND
           ((f.account IS NOT NULL AND p.account_id = f.account) OR (f.account IS NULL AND p.email_index = f.address))) LIMIT ?5`,
      )
        .bind(breachId, scope.sessionId ?? null, scope.fromMs ?? null, scope.untilMs ?? null, PEOPLE)
        .run();
      if (meta.changes >= PEOPLE) return false;
    }
  await env.DB.prepare(
    "UPDATE breaches SET affected = (SELECT COUNT(*) FROM breach_people WHERE breach_id = ?1), counted_at_ms = ?2 WHERE id = ?1",
  )
    .bind(breachId, deps.now())
    .run();
  return true;
}
