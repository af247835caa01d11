import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { sessionMembers } from "../../migrations/schema.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import type { CallBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { deliver, enqueue, findDecision } from "../rooms/room-outbox.ts";
import { closeSession, continueErasure, findErasure } from "./session-erasure.ts";

/** Takes an account out of up to `limit` of its sessions. Returns how many there were. */
export async function leaveSessions(
  env: Env,
  deps: Deps,
  accountId: string,
  limit: number,
  budget: CallBudget,
): Promise<number> {
  const seats = await drizzle(env.DB)
    .select()
    .from(sessionMembers)
    .where(eq(sessionMembers.accountId, accountId))
    .limit(limit);
  for (const { sessionId, memberId } of seats) await leave(env, deps, sessionId, memberId, budget);
  return seats.length;
}

/**
 * Others keep their session: whoever has been there longest hosts it, if no host stays. One in which nobody is left is deleted. Both are
 * found out by the batch itself, so two who go at once leave neither a session without a host nor one without anybody.
 */
async function leave(
  env: Env,
  deps: Deps,
  sessionId: SessionId,
  memberId: MemberId,
  budget: CallBudget,
): Promise<void> {
  const db = env.DB;
  const nowMs = deps.now();
  const heirEventId = crypto.randomUUID();
  const going = {
    eventId: crypto.randomUUID(),
    sessionId,
    fromMemberId: memberId,
    body: { kind: "remove" as const, memberId },
  };
  await db.batch([
    enqueue(db, going, nowMs),
    db.prepare("DELETE FROM session_members WHERE member_id = ?").bind(memberId),
    db
      .prepare(
        `INSERT INTO room_calls (event_id, session_id, from_member_id, body, created_at_ms)
         SELECT ?1, ?2, ?3, json_object('kind', 'role', 'memberId', member_id, 'role', 'host'), ?4 FROM session_members
         WHERE session_id = ?2 AND NOT EXISTS (SELECT 1 FROM session_members WHERE session_id = ?2 AND role = 'host')
         ORDER BY role = 'observer', joined_at_ms, member_id LIMIT 1`,
      )
      .bind(heirEventId, sessionId, memberId, nowMs),
    db
      .prepare(
        `UPDATE session_members SET role = 'host'
         WHERE member_id = (SELECT body ->> 'memberId' FROM room_calls WHERE event_id = ?1)`,
      )
      .bind(heirEventId),
    // Nobody is named as who asked: the account will not be there to ask again.
    ...closeSession(db, sessionId, null, nowMs, "NOT EXISTS (SELECT 1 FROM session_members WHERE session_id = ?1)"),
  ]);
  if ((await findErasure(db, sessionId)) !== null) {
    await continueErasure(env, deps, sessionId, budget);
    return;
  }
  // What the room cannot be told now, cron tells it.
  const heir = await findDecision(db, heirEventId);
  for (const decision of [heir, going]) if (decision !== null) await deliver(env, deps, decision);
}
