import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { ApiBody } from "../../protocol/room.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";

/**
 * A host's decision is D1's first and the room's second. The call to the room is itself a row, written in the batch that decides:
 * if the Worker dies between the two, or the room cannot be reached, cron makes the call again.
 */
export interface Decision {
  eventId: string;
  sessionId: SessionId;
  fromMemberId: MemberId;
  body: ApiBody;
}

/** The row, for the batch that decides. `condition` is SQL that must hold for it, with `params` from ?6 on. */
export function enqueue(
  db: D1Database,
  call: Decision,
  nowMs: number,
  condition = "1",
  params: unknown[] = [],
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO room_calls (event_id, session_id, from_member_id, body, created_at_ms)
       SELECT ?1, ?2, ?3, ?4, ?5 WHERE ${condition}`,
    )
    .bind(call.eventId, call.sessionId, call.fromMemberId, JSON.stringify(call.body), nowMs, ...params);
}

/** Makes the call and forgets it. `false`: the room could not be reached; the row stays for cron. */
export async function deliver(env: Env, deps: Deps, call: Decision): Promise<boolean> {
  try {
    const room = await deps.reachRoom(env, call.sessionId);
    await room.applyDecision(call.fromMemberId, call.eventId, call.body);
  } catch {
    log({ event: "room-unreachable", call: "apply" });
    return false;
  }
  await env.DB.prepare("DELETE FROM room_calls WHERE event_id = ?").bind(call.eventId).run();
  return true;
}

/** Calls older than a request could still be making; oldest first, so that a room hears them in the order they were decided. */
export async function deliverLeft(env: Env, deps: Deps, limit: number): Promise<number> {
  const { results } = await env.DB.prepare(
    `SELECT event_id AS eventId, session_id AS sessionId, from_member_id AS fromMemberId, body
     FROM room_calls WHERE created_at_ms < ?1 ORDER BY created_at_ms LIMIT ?2`,
  )
    .bind(deps.now() - 30_000, limit)
    .all<{ eventId: string; sessionId: SessionId; fromMemberId: MemberId; body: string }>();
  let done = 0;
  for (const row of results) {
    const body = ApiBody.parse(JSON.parse(row.body));
    if (await deliver(env, deps, { ...row, body })) done++;
  }
  return done;
}
