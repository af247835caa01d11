import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { ApiBody } from "../../protocol/room.ts";
import type { CallBudget } from "../platform/call-budget.ts";
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

const columns = "event_id AS eventId, session_id AS sessionId, from_member_id AS fromMemberId, body";

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
  const row = await env.DB.prepare("SELECT number FROM room_calls WHERE event_id = ?")
    .bind(call.eventId)
    .first<{ number: number }>();
  // Somebody else has delivered it.
  if (row === null) return true;
  try {
    const room = await deps.reachRoom(env, call.sessionId);
    await room.applyDecision(call.fromMemberId, call.eventId, row.number, call.body);
  } catch {
    log({ event: "room-unreachable", call: "apply" });
    return false;
  }
  await forget(env.DB, call.eventId);
  return true;
}

/** A decision that the room has yet to hear, by its event's id. */
export async function findDecision(db: D1Database, eventId: string): Promise<Decision | null> {
  const row = await db
    .prepare(`SELECT ${columns} FROM room_calls WHERE event_id = ?`)
    .bind(eventId)
    .first<Omit<Decision, "body"> & { body: string }>();
  const body = row === null ? null : readBody(row.body);
  return row === null || body === null ? null : { ...row, body };
}

const forget = (db: D1Database, eventId: string) =>
  db.prepare("DELETE FROM room_calls WHERE event_id = ?").bind(eventId).run();

function readBody(text: string): ApiBody | null {
  try {
    return ApiBody.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Calls of one delivery: to the room, and to forget it. */
const DELIVERY_CALLS = 2;

/** Decisions older than a request could still be delivering; oldest first, so that a room hears them in the order they were made. */
export async function deliverLeft(
  env: Env,
  deps: Deps,
  limit: number,
  budget: CallBudget,
): Promise<{ done: number; rowsRead: number; finished: boolean }> {
  const { results, meta } = await env.DB.prepare(
    `SELECT ${columns} FROM room_calls WHERE created_at_ms < ?1 ORDER BY created_at_ms LIMIT ?2`,
  )
    .bind(deps.now() - 30_000, limit)
    .all<{ eventId: string; sessionId: SessionId; fromMemberId: MemberId; body: string }>();
  let done = 0;
  for (const row of results) {
    if (!budget.allows(DELIVERY_CALLS)) break;
    const body = readBody(row.body);
    if (body === null) {
      // What no longer parses holds up nothing behind it; the room has the state from the next ticket.
      log({ event: "row-unreadable", table: "room_calls", id: row.eventId });
      await forget(env.DB, row.eventId);
    } else if (await deliver(env, deps, { ...row, body })) done++;
  }
  return { done, rowsRead: meta.rows_read, finished: done === results.length && results.length < limit };
}
