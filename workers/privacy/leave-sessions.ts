import type { MemberId, SessionId } from "../../protocol/ids.ts";
import type { ApiBody } from "../../protocol/room.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { type Decision, deliver, enqueue } from "../rooms/room-outbox.ts";
import { closeSession, continueErasure } from "./session-erasure.ts";

interface Seat {
  sessionId: SessionId;
  memberId: MemberId;
  role: string;
  /** Who has been there longest of those who stay; `null` if nobody stays. */
  heir: MemberId | null;
  otherHosts: number;
}

/** Takes an account out of up to `limit` of its sessions. Returns how many there were. */
export async function leaveSessions(env: Env, deps: Deps, accountId: string, limit: number): Promise<number> {
  const { results } = await env.DB.prepare(
    `SELECT m.session_id AS sessionId, m.member_id AS memberId, m.role,
       (SELECT o.member_id FROM session_members o WHERE o.session_id = m.session_id AND o.account_id <> ?1
        ORDER BY o.role = 'observer', o.joined_at_ms, o.member_id LIMIT 1) AS heir,
       (SELECT COUNT(*) FROM session_members o WHERE o.session_id = m.session_id AND o.account_id <> ?1 AND o.role = 'host')
         AS otherHosts
     FROM session_members m WHERE m.account_id = ?1 LIMIT ?2`,
  )
    .bind(accountId, limit)
    .all<Seat>();
  for (const seat of results) await leave(env, deps, accountId, seat);
  return results.length;
}

/** A session that nobody else is in is deleted. Others keep theirs: whoever has been there longest hosts it, if no host stays. */
async function leave(env: Env, deps: Deps, accountId: string, seat: Seat): Promise<void> {
  const { sessionId, memberId, heir } = seat;
  if (heir === null) {
    // Nobody is named as who asked: the account will not be there to ask again.
    await env.DB.batch(closeSession(env.DB, sessionId, null, deps.now()));
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
    env.DB.prepare("DELETE FROM session_members WHERE session_id = ? AND account_id = ?").bind(sessionId, accountId),
  ]);
  // What the room cannot be told now, cron tells it.
  for (const call of calls) await deliver(env, deps, call);
}
