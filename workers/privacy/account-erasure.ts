import type { MemberId, SessionId } from "../../protocol/ids.ts";
import type { ApiBody } from "../../protocol/room.ts";
import { dropSample } from "../hub/sample.ts";
import { editProfile, findOwn } from "../hub/store.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { type Deletion, deleteRecording } from "../recordings/deletion.ts";
import { type Decision, deliver, enqueue } from "../rooms/room-outbox.ts";
import { closeSession, continueErasure } from "./session-erasure.ts";

/** Recordings, and sessions, that are looked up at once. */
const BATCH = 100;

/**
 * Deletes an account with what belongs to it (A5), in steps that each may be repeated; the account's row goes last, so whoever asks again
 * after a crash finds it and goes on. First nobody sees the person any more, then sessions, recordings, and everything that hangs on the
 * account by its key. `false`: something was left, ask again.
 *
 * Chat and notes that were written into other people's sessions stay in their rooms until those end.
 */
export async function eraseAccount(env: Env, deps: Deps, accountId: string): Promise<boolean> {
  const db = env.DB;
  const profile = await findOwn(db, accountId);
  if (profile !== null) {
    await editProfile(db, deps, accountId, { published: false });
    await dropSample(env, profile.id);
  }
  await db.prepare("DELETE FROM sign_ins WHERE account_id = ?").bind(accountId).run();
  await leaveSessions(env, deps, accountId);
  if (!(await deleteRecordings(env, deps, accountId))) return false;
  const [, , gone] = await db.batch([
    db
      .prepare("DELETE FROM mail_outbox WHERE account_id = ?1 OR address = (SELECT email FROM accounts WHERE id = ?1)")
      .bind(accountId),
    db.prepare("DELETE FROM waitlist WHERE email = (SELECT email FROM accounts WHERE id = ?)").bind(accountId),
    db.prepare("DELETE FROM accounts WHERE id = ?").bind(accountId),
  ]);
  return (gone?.meta.changes ?? 0) > 0;
}

interface Seat {
  sessionId: SessionId;
  memberId: MemberId;
  role: string;
  /** Who has been there longest of those who stay; `null` if nobody stays. */
  heir: MemberId | null;
  otherHosts: number;
}

async function leaveSessions(env: Env, deps: Deps, accountId: string): Promise<void> {
  for (;;) {
    const { results } = await env.DB.prepare(
      `SELECT m.session_id AS sessionId, m.member_id AS memberId, m.role,
         (SELECT o.member_id FROM session_members o WHERE o.session_id = m.session_id AND o.account_id <> ?1
          ORDER BY o.role = 'observer', o.joined_at_ms, o.member_id LIMIT 1) AS heir,
         (SELECT COUNT(*) FROM session_members o WHERE o.session_id = m.session_id AND o.account_id <> ?1 AND o.role = 'host')
           AS otherHosts
       FROM session_members m WHERE m.account_id = ?1 LIMIT ?2`,
    )
      .bind(accountId, BATCH)
      .all<Seat>();
    for (const seat of results) await leave(env, deps, accountId, seat);
    if (results.length < BATCH) return;
  }
}

/** A session that nobody else is in is deleted. Others keep theirs: whoever has been there longest hosts it, if no host stays. */
async function leave(env: Env, deps: Deps, accountId: string, seat: Seat): Promise<void> {
  const { sessionId, memberId, heir } = seat;
  if (heir === null) {
    await env.DB.batch(closeSession(env.DB, sessionId, accountId, deps.now()));
    await continueErasure(env, deps, sessionId);
    return;
  }
  const needsHost = seat.role === "host" && seat.otherHosts === 0;
  const bodies: ApiBody[] = [
    ...(needsHost ? [{ kind: "role" as const, memberId: heir, role: "host" as const }] : []),
    { kind: "remove", memberId },
  ];
  const calls: Decision[] = bodies.map((body) => ({
    eventId: crypto.randomUUID(),
    sessionId,
    fromMemberId: memberId,
    body,
  }));
  await env.DB.batch([
    ...calls.map((call) => enqueue(env.DB, call, deps.now())),
    ...(needsHost ? [env.DB.prepare("UPDATE session_members SET role = 'host' WHERE member_id = ?").bind(heir)] : []),
    env.DB.prepare("DELETE FROM session_members WHERE member_id = ?").bind(memberId),
  ]);
  // What the room cannot be told now, cron tells it.
  for (const call of calls) await deliver(env, deps, call);
}

async function deleteRecordings(env: Env, deps: Deps, accountId: string): Promise<boolean> {
  await env.DB.prepare(
    "UPDATE recordings SET state = 'deleting', expires_at_ms = min(ifnull(expires_at_ms, ?2), ?2) WHERE account_id = ?1",
  )
    .bind(accountId, deps.now())
    .run();
  for (;;) {
    const { results } = await env.DB.prepare(
      `SELECT id, session_id AS sessionId, account_id AS accountId, upload_id AS uploadId, created_at_ms AS createdAtMs
       FROM recordings WHERE account_id = ? LIMIT ?`,
    )
      .bind(accountId, BATCH)
      .all<Deletion>();
    if (results.length === 0) return true;
    for (const recording of results) await deleteRecording(env, deps, recording);
    const left = await env.DB.prepare("SELECT 1 FROM recordings WHERE id = ?").bind(results[0]?.id).first();
    // The store does not give it up now; the sweep will, and whoever asks again finishes this.
    if (left !== null) return false;
  }
}
