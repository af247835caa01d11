import type { SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { may } from "../../protocol/roles.ts";
import type { SessionErasure } from "../../protocol/sessions.ts";
import type { Deps } from "../deps.ts";
import type { Env } from "../env.ts";
import { log } from "../log.ts";
import { objectKey, sessionPrefix } from "../recordings/keys.ts";
import { findMembership } from "./guard.ts";
import { reachRoom } from "./room.ts";

/**
 * The life of a deletion (promise E2). One batch writes its clock and takes the members away: from that instant the session is a
 * 404 to everybody. Then, in steps that each may be repeated: the room ends, R2 empties by prefix, the rows go. The erasure is
 * finished when, after the last join ticket from before has expired, the room has been ended once more; cron does what a request
 * did not get to.
 */
const BATCH = 500;

const NOTICE =
  "The session's recordings, chat, notes, log and member list are deleted from our servers. Copies that collaborators " +
  "have on their own machines are theirs, and out of our reach.";

export async function findErasure(db: D1Database, sessionId: SessionId): Promise<SessionErasure | null> {
  const row = await db
    .prepare(
      `SELECT session_id AS sessionId, requested_at_ms AS requestedAtMs, due_at_ms AS dueAtMs,
              finished_at_ms AS finishedAtMs, recordings_deleted AS recordingsDeleted, objects_deleted AS objectsDeleted
       FROM session_erasures WHERE session_id = ?`,
    )
    .bind(sessionId)
    .first<Omit<SessionErasure, "notice">>();
  return row === null ? null : { ...row, notice: NOTICE };
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
        `INSERT INTO session_erasures (session_id, requested_by, requested_at_ms, due_at_ms)
         VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`,
      )
      .bind(sessionId, accountId, nowMs, nowMs + ERASURE_DEADLINE_MS),
    db.prepare("DELETE FROM session_members WHERE session_id = ?").bind(sessionId),
    db.prepare("DELETE FROM invites WHERE session_id = ?").bind(sessionId),
    db.prepare("DELETE FROM room_calls WHERE session_id = ?").bind(sessionId),
    db.prepare("UPDATE sessions SET name = '' WHERE id = ?").bind(sessionId),
    db
      .prepare(
        "UPDATE recordings SET state = 'ending', expires_at_ms = min(ifnull(expires_at_ms, ?2), ?2) WHERE session_id = ?1",
      )
      .bind(sessionId, nowMs),
  ];
}

/** Carries a requested deletion on, at most `batches` steps of bounded size. `true` when it is finished. */
export async function continueErasure(env: Env, deps: Deps, sessionId: SessionId, batches = 20): Promise<boolean> {
  const db = env.DB;
  if (!(await endRoom(env, deps, sessionId))) return false;
  for (let batch = 0; batch < batches; batch++) {
    const { results: rows } = await db
      .prepare("SELECT id, upload_id AS uploadId FROM recordings WHERE session_id = ?1 LIMIT ?2")
      .bind(sessionId, BATCH)
      .all<{ id: string; uploadId: string | null }>();
    for (const row of rows) await abortUpload(env.RECORDINGS, sessionId, row);
    const { objects } = await env.RECORDINGS.list({ prefix: sessionPrefix(sessionId) });
    if (objects.length > 0) await env.RECORDINGS.delete(objects.map((object) => object.key));
    if (rows.length === 0 && objects.length === 0) return await finish(env, deps, sessionId);
    // Rows go only when no object is left: a row is how the sweep would find one.
    const ids = JSON.stringify(objects.length === 0 ? rows.map((row) => row.id) : []);
    await db.batch([
      db
        .prepare(
          `UPDATE session_erasures SET objects_deleted = objects_deleted + ?2,
             recordings_deleted = recordings_deleted + (SELECT COUNT(*) FROM recordings WHERE id IN (SELECT value FROM json_each(?3)))
           WHERE session_id = ?1`,
        )
        .bind(sessionId, objects.length, ids),
      db.prepare("DELETE FROM recordings WHERE id IN (SELECT value FROM json_each(?))").bind(ids),
    ]);
  }
  return false;
}

async function endRoom(env: Env, deps: Deps, sessionId: SessionId): Promise<boolean> {
  try {
    await (await reachRoom(env, deps, sessionId)).end();
    return true;
  } catch {
    log({ event: "room-unreachable", call: "end" });
    return false;
  }
}

async function abortUpload(bucket: R2Bucket, sessionId: string, row: { id: string; uploadId: string | null }) {
  if (row.uploadId === null) return;
  // Gone already is as good; whatever else is wrong, R2 itself drops an unfinished upload after seven days.
  await bucket
    .resumeMultipartUpload(objectKey(sessionId, row.id), row.uploadId)
    .abort()
    .catch(() => undefined);
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
