import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { sessionMembers } from "../../migrations/schema.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import type { ApiBody } from "../../protocol/room.ts";
import { type Decision, enqueue } from "../rooms/room-outbox.ts";
import type { Membership } from "./guard.ts";

/** What D1 says after a change to a member was tried: the change happened exactly if its call to the room was recorded. */
export async function changeMember(
  db: D1Database,
  by: Membership,
  memberId: MemberId,
  body: ApiBody,
  nowMs: number,
): Promise<Result<Decision, "not-found" | "last-host">> {
  const eventId = crypto.randomUUID();
  const call = { eventId, sessionId: by.sessionId, fromMemberId: by.memberId, body };
  // The rule is part of the statement, so two hosts who demote each other at once cannot both succeed.
  const rule = `EXISTS (SELECT 1 FROM session_members WHERE session_id = ?2 AND member_id = ?6 AND (role <> 'host' OR ?7 = 'host'
    OR (SELECT COUNT(*) FROM session_members WHERE session_id = ?2 AND role = 'host') > 1))`;
  const role = body.kind === "role" ? body.role : "";
  const recorded = enqueue(db, call, nowMs, rule, [memberId, role]);
  const decided = "AND EXISTS (SELECT 1 FROM room_calls WHERE event_id = ?2)";
  const statements =
    body.kind === "role"
      ? [
          db
            .prepare(`UPDATE session_members SET role = ?3 WHERE member_id = ?1 ${decided}`)
            .bind(memberId, eventId, role),
        ]
      : [
          db.prepare(`DELETE FROM session_members WHERE member_id = ?1 ${decided}`).bind(memberId, eventId),
          // No invite from before brings them back.
          db
            .prepare(`UPDATE session_seats SET left_at_ms = ?3 WHERE member_id = ?1 ${decided}`)
            .bind(memberId, eventId, nowMs),
        ];
  const [, changed] = await db.batch([recorded, ...statements]);
  if ((changed?.meta.changes ?? 0) > 0) return ok(call);
  const isThis = and(eq(sessionMembers.sessionId, by.sessionId), eq(sessionMembers.memberId, memberId));
  const known = await drizzle(db).$count(sessionMembers, isThis);
  return refused(known === 0 ? "not-found" : "last-host");
}
