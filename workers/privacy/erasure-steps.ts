import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { accountErasures, accounts, recordings } from "../../migrations/schema.ts";
import { dropSamples } from "../hub/sample.ts";
import { findOwnId, unpublish } from "../hub/store.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";
import type { CallBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { eraseKey, eraseKeys, isForMail, openSealed, sealForMail } from "../platform/personal-keys.ts";
import { allRows, readAll, SqlBoolean, StoredId } from "../platform/rows.ts";
import { deleteRecordings, markDeletedOfAccount } from "../recordings/deletion.ts";
import { wishAllGone } from "../recordings/deliveries.ts";
import { Deletable, selectDeletable } from "../recordings/store.ts";
import { dropOneExport } from "./export.ts";
import { sqlName, tableRules } from "./inventory.ts";
import { leaveSessions } from "./leave-sessions.ts";
import type { Subject } from "./rules.ts";

/** A receipt that cannot be read is begun anew: what it counts may be less, and the erasure goes on. */
const COUNTS = "iif(json_valid(counts), counts, '{}')";

/** What one step does in one go: far below what a Worker may do in one invocation. */
const SESSIONS = 3;
const ROOMS = 10;
const RECORDINGS_AT_ONCE = 500;
const ROWS = 10_000;
/** Keys that R2 deletes at once. */
const KEYS = 1_000;
const KeyId = z.object({ id: z.string() });

/** Whether a statement changed as many rows as go at once: there may be more of them. */
const isFull = (result: D1Result | undefined) => result !== undefined && result.meta.changes >= ROWS;

export interface Work {
  erasureId: string;
  accountId: string;
}
/** `done`: the next step may begin; `more`: ask again; `blocked`: something does not answer just now. */
export type Stepped = "done" | "more" | "blocked";
type Step = (env: Env, deps: Deps, work: Work, budget: CallBudget) => Promise<Stepped>;

/** Adds the rows that the statement before it in its batch changed to the receipt, under a name. */
const count = (db: D1Database, { erasureId }: Work, name: string) =>
  db
    .prepare(
      `UPDATE erasure_receipts SET counts = json_set(${COUNTS}, '$.' || ?2, ifnull(json_extract(${COUNTS}, '$.' || ?2), 0) + changes())
       WHERE erasure_id = ?1 AND changes() > 0`,
    )
    .bind(erasureId, name);

/** A statement whose changes go on the receipt in the same batch. */
const counted = (db: D1Database, work: Work, name: string, statement: D1PreparedStatement) => [
  statement,
  count(db, work, name),
];

const Seat = z.object({ memberId: StoredId.member, sessionId: StoredId.session, isDeleted: SqlBoolean });

async function forgetRooms(env: Env, deps: Deps, { erasureId, accountId }: Work): Promise<Stepped> {
  const { results } = await allRows(
    Seat,
    env.DB.prepare(
      `SELECT member_id AS memberId, session_id AS sessionId,
       EXISTS (SELECT 1 FROM session_erasures e WHERE e.session_id = session_seats.session_id) AS isDeleted
     FROM session_seats WHERE account_id = ? LIMIT ?`,
    ).bind(accountId, ROOMS),
  );
  for (const { memberId, sessionId, isDeleted } of results) {
    let blanked = 0;
    try {
      const room = isDeleted ? null : await deps.reachRoom(env, sessionId);
      for (let afterSeq = 0; room !== null; ) {
        const part = await room.forgetMember(memberId, afterSeq);
        blanked += part.blanked;
        afterSeq = part.doneSeq;
        if (part.doneSeq >= part.headSeq) break;
      }
    } catch {
      log({ event: "room-unreachable", call: "forget" });
      return "blocked";
    }
    await env.DB.batch([
      env.DB.prepare("DELETE FROM session_seats WHERE member_id = ?").bind(memberId),
      env.DB.prepare(
        `UPDATE erasure_receipts SET counts = json_set(${COUNTS}, '$.rooms', ifnull(json_extract(${COUNTS}, '$.rooms'), 0) + 1,
           '$.roomLines', ifnull(json_extract(${COUNTS}, '$.roomLines'), 0) + ?2) WHERE erasure_id = ?1 AND changes() > 0`,
      ).bind(erasureId, blanked),
    ]);
  }
  return results.length < ROOMS ? "done" : "more";
}

async function endRecordings(env: Env, deps: Deps, work: Work, budget: CallBudget): Promise<Stepped> {
  const { accountId } = work;
  await markDeletedOfAccount(env.DB, accountId, deps.now()).run();
  const theirs = eq(recordings.accountId, accountId);
  const results = readAll(Deletable, await selectDeletable(env.DB, theirs).limit(RECORDINGS_AT_ONCE));
  if (results.length === 0) return "done";
  const gone = await deleteRecordings(env, deps, accountId, results, budget);
  await env.DB.prepare(
    `UPDATE erasure_receipts SET counts = json_set(${COUNTS}, '$.recordings', ifnull(json_extract(${COUNTS}, '$.recordings'), 0) + ?2)
     WHERE erasure_id = ?1`,
  )
    .bind(work.erasureId, gone)
    .run();
  return gone === 0 ? "blocked" : "more";
}

/** Calls of the batch that ends an erasure, and of what is asked before it. */
const END_CALLS = 30;
/** Calls of the step that needs most: that of the rows, each of which is counted, and the end. */
export const STEP_CALLS_MAX = END_CALLS + 2 * tableRules.flatMap(([, { subjects }]) => subjects).length;

/** SQL for what a column holds of the account ?1. */
const accountOf = (subject: Exclude<Subject<string>, { in: unknown }>) =>
  subject.is === "account" ? "?1" : "(SELECT email_index FROM accounts WHERE id = ?1)";

/** The statements by which the rules take an account's rows away, or their names out of rows that stay; so many rows each. */
function ruleStatements(db: D1Database, work: Work): D1PreparedStatement[][] {
  return tableRules.flatMap(([table, rule]) =>
    rule.subjects.flatMap((subject) => {
      if ("in" in subject || subject.erase === "step" || table === "accounts") return [];
      const [name, column] = [sqlName(table), sqlName(subject.column)];
      const rows = `rowid IN (SELECT rowid FROM ${name} WHERE ${column} = ${accountOf(subject)} LIMIT ?2)`;
      const sql =
        subject.erase === "delete"
          ? `DELETE FROM ${name} WHERE ${rows}`
          : `UPDATE ${name} SET ${column} = NULL WHERE ${rows}`;
      const label = subject.erase === "delete" ? table : `${table}.${subject.column}`;
      return [counted(db, work, label.replace(".", "_"), db.prepare(sql).bind(work.accountId, ROWS))];
    }),
  );
}

/** Ends the keys of rows that go with the person and have one of their own: their conversations, and a place on the waiting list. */
async function endOwnKeys(env: Env, deps: Deps, accountId: string): Promise<void> {
  for (const [table, { ownKey, subjects }] of tableRules) {
    if (ownKey === undefined) continue;
    const key = sqlName(ownKey);
    for (const subject of subjects) {
      if ("in" in subject) continue;
      const whose = `${sqlName(subject.column)} = ${accountOf(subject)}`;
      const next = env.DB.prepare(
        `SELECT ${key} AS id FROM ${sqlName(table)} WHERE ${whose} AND ${key} > ?2 ORDER BY ${key} LIMIT ?3`,
      );
      for (let after: string | undefined = ""; after !== undefined; ) {
        const { results } = await allRows(KeyId, next.bind(accountId, after, KEYS));
        const ids: string[] = results.map(({ id }) => id);
        await eraseKeys(env, deps, ids);
        after = ids.at(-1);
      }
    }
  }
}

async function endRows(env: Env, deps: Deps, work: Work, budget: CallBudget): Promise<Stepped> {
  const db = env.DB;
  // Who wrote to the person meanwhile, or about them, may have made a new one.
  await endOwnKeys(env, deps, work.accountId);
  await eraseKey(env, deps, work.accountId);
  // Whoever has very much of one kind has it of that kind: the others are not asked again.
  for (let rules = ruleStatements(db, work); rules.length > 0; ) {
    if (!budget.allows(2 * rules.length + END_CALLS)) return "more";
    const results = await db.batch(rules.flat());
    // Every second statement counts what the one before it changed.
    rules = rules.filter((_, at) => isFull(results[2 * at]));
  }
  const isThis = and(eq(accountErasures.id, work.erasureId), eq(accountErasures.cause, "person"));
  const byPerson = (await drizzle(db).$count(accountErasures, isThis)) > 0;
  const to = byPerson ? await addressOf(db, work.accountId) : null;
  const values = { link: `${env.PUBLIC_ORIGIN}/erasure/${work.erasureId}` };
  const nowMs = deps.now();
  await db.batch([
    ...counted(db, work, "accounts", db.prepare("DELETE FROM accounts WHERE id = ?").bind(work.accountId)),
    ...(to === null
      ? []
      : [
          await queueMail(env, deps, {
            id: `erased-${work.erasureId}`,
            to: { ...to, accountId: null },
            template: "erased",
            values,
          }),
        ]),
    db
      .prepare("UPDATE account_erasures SET account_id = NULL, step = '', finished_at_ms = ?2 WHERE id = ?1")
      .bind(work.erasureId, nowMs),
    db.prepare("UPDATE erasure_receipts SET finished_at_ms = ?2 WHERE erasure_id = ?1").bind(work.erasureId, nowMs),
  ]);
  return "done";
}

/**
 * Ends the person's key, and with it every copy of their address, in the tables and in all that these ever were. What is still to reach them
 * is sealed anew before, under the key of the day that mails go under, which ends a few days later.
 */
async function endKey(env: Env, deps: Deps, { accountId }: Work): Promise<Stepped> {
  const [row] = await drizzle(env.DB)
    .select({ email: accounts.email, emailIndex: accounts.emailIndex })
    .from(accounts)
    .where(eq(accounts.id, accountId));
  if (row !== undefined && !isForMail(row.email)) {
    const address = await openSealed(env, deps, "address", row.email);
    const anew = address === null ? null : await sealForMail(env, deps, "address", address);
    if (anew !== null)
      await env.DB.batch([
        env.DB.prepare("UPDATE mail_outbox SET address = ?2 WHERE address_index = ?1").bind(row.emailIndex, anew),
        env.DB.prepare("UPDATE accounts SET email = ?2 WHERE id = ?1").bind(accountId, anew),
      ]);
  }
  await endOwnKeys(env, deps, accountId);
  await eraseKey(env, deps, accountId);
  return "done";
}

/** In this order: first nobody sees the person any more, then their key, then what lies in other stores, and the account's own row last. */
export const steps: Record<string, Step> = {
  async profile(env, deps, { accountId }) {
    const profileId = await findOwnId(env, accountId);
    if (profileId === null) return "done";
    await unpublish(env, deps, accountId);
    await dropSamples(env, deps, profileId);
    return "done";
  },
  key: endKey,
  async sessions(env, deps, { accountId }, budget) {
    return (await leaveSessions(env, deps, accountId, SESSIONS, budget)) < SESSIONS ? "done" : "more";
  },
  rooms: forgetRooms,
  recordings: endRecordings,
  async copies(env, deps, work) {
    const wished = wishAllGone(env.DB, work.accountId, deps.now(), ROWS);
    const [done] = await env.DB.batch(counted(env.DB, work, "copies", wished));
    return isFull(done) ? "more" : "done";
  },
  async exports(env, deps, { accountId }) {
    return (await dropOneExport(env, deps, accountId)) ? "more" : "done";
  },
  rows: endRows,
};

/** The ways in, for the batch that begins an erasure: from then on nobody signs in to the account. */
export const closeDoors = (db: D1Database, work: Work): D1PreparedStatement[] =>
  ["sign_ins", "passwords", "passkeys", "second_factors", "recovery_codes", "challenges", "device_codes"].flatMap(
    (table) =>
      counted(
        db,
        work,
        table.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
        db.prepare(`DELETE FROM ${table} WHERE account_id = ?`).bind(work.accountId),
      ),
  );
