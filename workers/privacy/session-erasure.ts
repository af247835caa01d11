import { and, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { recordings, sessionErasures } from "../../migrations/schema.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { may } from "../../protocol/roles.ts";
import { SessionErasure } from "../../protocol/sessions.ts";
import type { CallBudget } from "../platform/call-budget.ts";
import { isUnavailable } from "../platform/database.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { objectStore } from "../platform/object-store.ts";
import { eraseKey } from "../platform/personal-keys.ts";
import { allRows, firstRow, readAll, StoredId } from "../platform/rows.ts";
import { isGivenUp, markDeletedOfSession } from "../recordings/deletion.ts";
import { sessionPrefix } from "../recordings/keys.ts";
import { Deletable, selectDeletable } from "../recordings/store.ts";
import { findMembership } from "../sessions/guard.ts";
import { endGuests } from "../sessions/guest-store.ts";

/**
 * The life of a deletion (promise E2). One batch writes its clock, counts what is to go and takes the members away: from that instant
 * the session is a 404 to everybody. Then, in steps that each may be repeated: the room ends, R2 empties by prefix, the rows go. A session
 * in which nothing was ever shared is over with that, because its room keeps the mark of its end until the last join ticket from before has
 * expired; any other is looked at once more after that, for what was on its way. Cron does what a request did not get to, however often
 * either is killed (fault X20).
 */
const BATCH = 500;
/** Calls that a step may need before it asks again: an upload that R2 does not answer about is asked for four times. */
const STEP_CALLS = 8;
/** Between one account's deletions, if it has several waiting: what one of them takes of a run of cron. */
const TURN_MS = 10_000;

/** An investigation into somebody who was in it keeps a session's content; closed it is all the same. */
const HELD = `EXISTS (SELECT 1 FROM session_seats s JOIN holds h ON h.account_id = s.account_id
  WHERE s.session_id = session_erasures.session_id AND h.released_at_ms IS NULL)`;

const NOTICE =
  "The session's recordings, chat, notes, log and member list are deleted from our servers. Copies that collaborators " +
  "have on their own machines are theirs, and out of our reach.";

const Erasure = SessionErasure.omit({ notice: true }).extend({ sessionId: StoredId.session });

export async function findErasure(db: D1Database, sessionId: SessionId): Promise<SessionErasure | null> {
  const row = await firstRow(
    Erasure,
    db
      .prepare(
        `SELECT session_id AS sessionId, requested_at_ms AS requestedAtMs, due_at_ms AS dueAtMs,
              finished_at_ms AS finishedAtMs, objects_deleted AS objectsDeleted,
              recordings_deleted - (SELECT COUNT(*) FROM recordings r WHERE r.session_id = session_erasures.session_id) AS recordingsDeleted
       FROM session_erasures WHERE session_id = ?`,
      )
      .bind(sessionId),
  );
  return row === null ? null : { ...row, notice: NOTICE };
}

async function hasRequested(db: D1Database, sessionId: SessionId, accountId: string): Promise<boolean> {
  const { sessionId: session, requestedBy } = sessionErasures;
  return (await drizzle(db).$count(sessionErasures, and(eq(session, sessionId), eq(requestedBy, accountId)))) > 0;
}

/** The deletion as whoever asked for it may look at it again; `null` for everybody else. */
export async function findOwnErasure(db: D1Database, sessionId: SessionId, accountId: string) {
  return (await hasRequested(db, sessionId, accountId)) ? await findErasure(db, sessionId) : null;
}

/** Closes the session to everybody and starts the clock. Asking again by the same account is "requested" again. */
export async function requestErasure(
  db: D1Database,
  sessionId: SessionId,
  accountId: string,
  nowMs: number,
): Promise<"requested" | "not-found" | "forbidden"> {
  const member = await findMembership(db, sessionId, accountId);
  if (member === null) return (await hasRequested(db, sessionId, accountId)) ? "requested" : "not-found";
  if (!may(member.role, "session.delete")) return "forbidden";
  await db.batch(closeSession(db, sessionId, accountId, nowMs));
  return "requested";
}

/**
 * The batch that closes a session. Exported so that the erasure of an account can close the sessions in which nobody is left: `condition` is
 * SQL in which `?1` is the session.
 */
export function closeSession(
  db: D1Database,
  sessionId: SessionId,
  accountId: string | null,
  nowMs: number,
  condition = "1",
): D1PreparedStatement[] {
  const closed = "EXISTS (SELECT 1 FROM session_erasures e WHERE e.session_id = ?1)";
  const close = (sql: string) => db.prepare(`${sql} AND ${closed}`).bind(sessionId);
  return [
    db
      .prepare(
        `INSERT INTO session_erasures (session_id, requested_by, requested_at_ms, due_at_ms, next_try_at_ms, recordings_deleted)
         SELECT ?1, ?2, ?3, ?4,
           max(?3 + ?5, ifnull((SELECT next_try_at_ms + ?6 FROM session_erasures
                                WHERE requested_by = ?2 AND finished_at_ms IS NULL ORDER BY next_try_at_ms DESC LIMIT 1), 0)),
           (SELECT COUNT(*) FROM recordings WHERE session_id = ?1)
         WHERE ${condition} ON CONFLICT DO NOTHING`,
      )
      .bind(sessionId, accountId, nowMs, nowMs + ERASURE_DEADLINE_MS, TICKET_LIFETIME_MS, TURN_MS),
    close("DELETE FROM session_members WHERE session_id = ?1"),
    close("DELETE FROM invites WHERE session_id = ?1"),
    close("UPDATE session_guests SET expires_at_ms = min(expires_at_ms, joined_at_ms) WHERE session_id = ?1"),
    close("DELETE FROM room_calls WHERE session_id = ?1"),
    close("UPDATE sessions SET name = '' WHERE id = ?1"),
    markDeletedOfSession(db, sessionId, nowMs),
  ];
}

const Due = z.object({ sessionId: StoredId.session, requestedAtMs: z.number() });

/** Sessions whose deletion is due for a try, the one that has waited longest first. */
export async function dueErasures(db: D1Database, nowMs: number, limit: number) {
  return await allRows(
    Due,
    db
      .prepare(
        `SELECT session_id AS sessionId, requested_at_ms AS requestedAtMs FROM session_erasures
       WHERE finished_at_ms IS NULL AND next_try_at_ms <= ?1 AND NOT ${HELD} ORDER BY next_try_at_ms LIMIT ?2`,
      )
      .bind(nowMs, limit),
  );
}

/** Lets the others go first. */
export async function postponeErasure(db: D1Database, sessionId: SessionId, untilMs: number): Promise<void> {
  await db
    .prepare("UPDATE session_erasures SET next_try_at_ms = ?2 WHERE session_id = ?1 AND finished_at_ms IS NULL")
    .bind(sessionId, untilMs)
    .run();
}

/**
 * Carries a requested deletion on as far as the budget allows. `true` when it is finished. Whatever does not answer just now is left to the
 * next run: the session is closed already.
 */
export async function continueErasure(
  env: Env,
  deps: Deps,
  sessionId: SessionId,
  budget: CallBudget,
): Promise<boolean> {
  try {
    if (await isHeld(env.DB, sessionId)) return false;
    await eraseKey(env, deps, sessionId);
    if (!(await endRoom(env, deps, sessionId))) return false;
    await endGuests(env, deps, sessionId);
    if (!(await emptyPrefix(env, deps, sessionId, budget))) return false;
    if (!(await deleteRows(env, deps, sessionId, budget))) return false;
    // What a completion put there meanwhile.
    return (await emptyPrefix(env, deps, sessionId, budget)) && (await finish(env, deps, sessionId));
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
  return false;
}

/** Deletes the session's objects. `true` when none is left. */
async function emptyPrefix(env: Env, deps: Deps, sessionId: SessionId, budget: CallBudget): Promise<boolean> {
  const store = objectStore(env, deps);
  while (budget.allows(STEP_CALLS)) {
    const { objects } = await store.list(sessionPrefix(sessionId), 1_000);
    if (objects.length === 0) return true;
    await store.delete(objects.map(({ key }) => key));
    await env.DB.prepare("UPDATE session_erasures SET objects_deleted = objects_deleted + ?2 WHERE session_id = ?1")
      .bind(sessionId, objects.length)
      .run();
  }
  return false;
}

/**
 * Deletes the rows of recordings, whose objects are gone: a row is how anything would find an object again. A row whose upload R2 will not
 * give up stays for a later try, and the others do not wait for it. `true` when none is left.
 */
async function deleteRows(env: Env, deps: Deps, sessionId: SessionId, budget: CallBudget): Promise<boolean> {
  let after: string | undefined = "";
  let isEmpty = true;
  while (after !== undefined && budget.allows(STEP_CALLS)) {
    const next = and(eq(recordings.sessionId, sessionId), gt(recordings.id, after));
    const rows: Deletable[] = readAll(
      Deletable,
      await selectDeletable(env.DB, next).orderBy(recordings.id).limit(BATCH),
    );
    const gone: string[] = [];
    for (const row of rows) {
      if (row.uploadId === null) gone.push(row.id);
      else if (budget.allows(STEP_CALLS) && (await isGivenUp(env, deps, row, row.uploadId))) gone.push(row.id);
    }
    await env.DB.prepare("DELETE FROM recordings WHERE id IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(gone))
      .run();
    isEmpty &&= gone.length === rows.length;
    after = rows.length < BATCH ? undefined : rows.at(-1)?.id;
  }
  return isEmpty && after === undefined;
}

const isHeld = async (db: D1Database, sessionId: SessionId): Promise<boolean> =>
  (await db.prepare(`SELECT 1 FROM session_erasures WHERE session_id = ? AND ${HELD}`).bind(sessionId).first()) !==
  null;

async function endRoom(env: Env, deps: Deps, sessionId: SessionId): Promise<boolean> {
  try {
    await (await deps.reachRoom(env, sessionId)).end();
    return true;
  } catch {
    log({ event: "room-unreachable", call: "end" });
    return false;
  }
}

async function finish(env: Env, deps: Deps, sessionId: SessionId): Promise<boolean> {
  const nowMs = deps.now();
  const [, finished] = await env.DB.batch([
    env.DB.prepare("DELETE FROM sessions WHERE id = ?").bind(sessionId),
    // The room was ended at the start of this very call.
    env.DB.prepare(
      `UPDATE session_erasures SET finished_at_ms = ?2
       WHERE session_id = ?1 AND finished_at_ms IS NULL
         AND (requested_at_ms <= ?3 OR (recordings_deleted = 0 AND objects_deleted = 0))`,
    ).bind(sessionId, nowMs, nowMs - TICKET_LIFETIME_MS),
  ]);
  return finished?.meta.changes === 1;
}
