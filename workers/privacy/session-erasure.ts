import type { SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { may } from "../../protocol/roles.ts";
import type { SessionErasure } from "../../protocol/sessions.ts";
import { Unavailable } from "../platform/database.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { persist } from "../recordings/bucket.ts";
import { type Deletion, isGivenUp } from "../recordings/deletion.ts";
import { sessionPrefix } from "../recordings/keys.ts";
import { findMembership } from "../sessions/guard.ts";

/**
 * The life of a deletion (promise E2). One batch writes its clock, counts what is to go and takes the members away: from that instant
 * the session is a 404 to everybody. Then, in steps that each may be repeated: the room ends, R2 empties by prefix, the rows go. The
 * erasure is finished when, after the last join ticket from before has expired, the room has been ended once more; cron does what a
 * request did not get to, however often either is killed (fault X20).
 */
const BATCH = 500;

const NOTICE =
  "The session's recordings, chat, notes, log and member list are deleted from our servers. Copies that collaborators " +
  "have on their own machines are theirs, and out of our reach.";

export async function findErasure(db: D1Database, sessionId: SessionId): Promise<SessionErasure | null> {
  const row = await db
    .prepare(
      `SELECT session_id AS sessionId, requested_at_ms AS requestedAtMs, due_at_ms AS dueAtMs,
              finished_at_ms AS finishedAtMs, objects_deleted AS objectsDeleted,
              recordings_deleted - (SELECT COUNT(*) FROM recordings r WHERE r.session_id = session_erasures.session_id) AS recordingsDeleted
       FROM session_erasures WHERE session_id = ?`,
    )
    .bind(sessionId)
    .first<Omit<SessionErasure, "notice">>();
  return row === null ? null : { ...row, notice: NOTICE };
}

/** The deletion as whoever asked for it may look at it again; `null` for everybody else. */
export async function findOwnErasure(db: D1Database, sessionId: SessionId, accountId: string) {
  const mine = await db
    .prepare("SELECT 1 FROM session_erasures WHERE session_id = ? AND requested_by = ?")
    .bind(sessionId, accountId)
    .first();
  return mine === null ? null : await findErasure(db, sessionId);
}

/** Closes the session to everybody and starts the clock. Asking again by the same account is "requested" again. */
export async function requestErasure(
  db: D1Database,
  sessionId: SessionId,
  accountId: string,
  nowMs: number,
): Promise<"requested" | "not-found" | "forbidden"> {
  const member = await findMembership(db, sessionId, accountId);
  if (member === null) {
    const mine = await db
      .prepare("SELECT 1 FROM session_erasures WHERE session_id = ? AND requested_by = ?")
      .bind(sessionId, accountId)
      .first();
    return mine === null ? "not-found" : "requested";
  }
  if (!may(member.role, "session.delete")) return "forbidden";
  await db.batch(closeSession(db, sessionId, accountId, nowMs));
  return "requested";
}

/** The batch that closes a session. Exported so that the erasure of an account can close the sessions it hosts alone. */
export function closeSession(db: D1Database, sessionId: SessionId, accountId: string | null, nowMs: number) {
  return [
    db
      .prepare(
        `INSERT INTO session_erasures (session_id, requested_by, requested_at_ms, due_at_ms, recordings_deleted)
         VALUES (?1, ?2, ?3, ?4, (SELECT COUNT(*) FROM recordings WHERE session_id = ?1)) ON CONFLICT DO NOTHING`,
      )
      .bind(sessionId, accountId, nowMs, nowMs + ERASURE_DEADLINE_MS),
    db.prepare("DELETE FROM session_members WHERE session_id = ?").bind(sessionId),
    db.prepare("DELETE FROM invites WHERE session_id = ?").bind(sessionId),
    db.prepare("DELETE FROM room_calls WHERE session_id = ?").bind(sessionId),
    db.prepare("UPDATE sessions SET name = '' WHERE id = ?").bind(sessionId),
    db
      .prepare(
        "UPDATE recordings SET state = 'deleting', expires_at_ms = min(ifnull(expires_at_ms, ?2), ?2) WHERE session_id = ?1",
      )
      .bind(sessionId, nowMs),
  ];
}

/**
 * Carries a requested deletion on, at most `batches` steps of bounded size. `true` when it is finished. Whatever does not answer just
 * now is left to the next run: the session is closed already.
 */
export async function continueErasure(env: Env, deps: Deps, sessionId: SessionId, batches = 20): Promise<boolean> {
  try {
    if (!(await endRoom(env, deps, sessionId))) return false;
    for (let batch = 0; batch < batches; batch++) {
      if (await emptyOneBatch(env, deps, sessionId)) return await finish(env, deps, sessionId);
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  return false;
}

/** `true` when nothing of the session's recordings is left, in R2 or in D1. */
async function emptyOneBatch(env: Env, deps: Deps, sessionId: SessionId): Promise<boolean> {
  const { results: rows } = await env.DB.prepare(
    `SELECT id, session_id AS sessionId, account_id AS accountId, upload_id AS uploadId, created_at_ms AS createdAtMs
     FROM recordings WHERE session_id = ?1 LIMIT ?2`,
  )
    .bind(sessionId, BATCH)
    .all<Deletion>();
  for (const row of rows) {
    if (row.uploadId !== null && !(await isGivenUp(env, deps, row, row.uploadId))) throw new Unavailable();
  }
  const prefix = sessionPrefix(sessionId);
  const { objects } = await persist(deps, "list", () => env.RECORDINGS.list({ prefix }));
  if (objects.length === 0) {
    // Rows go only when no object is left: a row is how the sweep would find one.
    const ids = JSON.stringify(rows.map((row) => row.id));
    await env.DB.prepare("DELETE FROM recordings WHERE id IN (SELECT value FROM json_each(?))").bind(ids).run();
    return rows.length < BATCH;
  }
  await persist(deps, "delete", () => env.RECORDINGS.delete(objects.map((object) => object.key)));
  await env.DB.prepare("UPDATE session_erasures SET objects_deleted = objects_deleted + ?2 WHERE session_id = ?1")
    .bind(sessionId, objects.length)
    .run();
  return false;
}

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
       WHERE session_id = ?1 AND finished_at_ms IS NULL AND requested_at_ms <= ?3`,
    ).bind(sessionId, nowMs, nowMs - TICKET_LIFETIME_MS),
  ]);
  return finished?.meta.changes === 1;
}
