import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { roomCalls } from "../../migrations/schema.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { ApiBody, DecidedState } from "../../protocol/room.ts";
import type { CallBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { allRows, readAll, rowsOf, SqlBoolean, StoredId } from "../platform/rows.ts";

/**
 * A host's decision is D1's first and the room's second. The call to the room is itself a row, written in the batch that decides:
 * if the Worker dies between the two, or the room cannot be reached, cron makes the call again.
 */
const DecisionRow = z.object({
  eventId: z.string(),
  sessionId: StoredId.session,
  fromMemberId: StoredId.member,
  body: z.string(),
});
/** `body`: parsed, by whoever reads the row. */
export type Decision = Omit<z.infer<typeof DecisionRow>, "body"> & { body: ApiBody };

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

const SessionRow = z.object({ number: z.int(), permitted: SqlBoolean });

/**
 * Tells the room all that D1 has decided, where a decision cannot be told by itself: its row does not parse any more, or the room knows
 * its id for something else. Number and members are read in one batch, so that they are of one moment.
 */
async function heal(env: Env, deps: Deps, sessionId: SessionId): Promise<boolean> {
  const [session, members] = await env.DB.batch([
    env.DB.prepare("SELECT decisions AS number, recording_permitted AS permitted FROM sessions WHERE id = ?").bind(
      sessionId,
    ),
    env.DB.prepare(
      `SELECT member_id AS memberId, role FROM session_members WHERE session_id = ?1
       UNION ALL SELECT member_id, role FROM session_guests WHERE session_id = ?1`,
    ).bind(sessionId),
  ]);
  const [row] = rowsOf(SessionRow, session);
  // Deleted meanwhile, and its room with it.
  if (row === undefined) return true;
  const state = DecidedState.parse({
    number: row.number,
    settings: { recordingPermitted: row.permitted },
    members: members?.results ?? [],
  });
  try {
    await (await deps.reachRoom(env, sessionId)).applyState(state);
    return true;
  } catch {
    log({ event: "room-unreachable", call: "state" });
    return false;
  }
}

/** Makes the call and forgets it. `false`: the room could not be reached; the row stays for cron. */
export async function deliver(env: Env, deps: Deps, call: Decision): Promise<boolean> {
  const row = await drizzle(env.DB).select().from(roomCalls).where(eq(roomCalls.eventId, call.eventId)).get();
  // Somebody else has delivered it.
  if (row === undefined) return true;
  try {
    const room = await deps.reachRoom(env, call.sessionId);
    const applied = await room.applyDecision(call.fromMemberId, call.eventId, row.number, call.body);
    if (!applied.ok && !(await heal(env, deps, call.sessionId))) return false;
  } catch {
    log({ event: "room-unreachable", call: "apply" });
    return false;
  }
  await forget(env.DB, call.eventId);
  return true;
}

/** A decision that the room has yet to hear, by its event's id. */
export async function findDecision(db: D1Database, eventId: string): Promise<Decision | null> {
  const { eventId: itsId, sessionId, fromMemberId, body: itsBody } = roomCalls;
  const found = await drizzle(db)
    .select({ eventId: itsId, sessionId, fromMemberId, body: itsBody })
    .from(roomCalls)
    .where(eq(itsId, eventId));
  const [row] = readAll(DecisionRow, found);
  const body = row === undefined ? null : readBody(row.body);
  return row === undefined || body === null ? null : { ...row, body };
}

const forget = (db: D1Database, eventId: string) => drizzle(db).delete(roomCalls).where(eq(roomCalls.eventId, eventId));

function readBody(text: string): ApiBody | null {
  try {
    return ApiBody.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Calls of one delivery: the row, the room, and to forget it; or the state in two statements. */
const DELIVERY_CALLS = 6;

/** Decisions older than a request could still be delivering; oldest first, so that a room hears them in the order they were made. */
export async function deliverLeft(
  env: Env,
  deps: Deps,
  limit: number,
  budget: CallBudget,
): Promise<{ done: number; rowsRead: number; finished: boolean }> {
  const { results, meta } = await allRows(
    DecisionRow,
    env.DB.prepare(`SELECT ${columns} FROM room_calls WHERE created_at_ms < ?1 ORDER BY created_at_ms LIMIT ?2`).bind(
      deps.now() - 30_000,
      limit,
    ),
  );
  let done = 0;
  for (const row of results) {
    if (!budget.allows(DELIVERY_CALLS)) break;
    const body = readBody(row.body);
    if (body === null) {
      // What no longer parses holds up nothing behind it: the room is told the state instead.
      log({ event: "row-unreadable", table: "room_calls", id: row.eventId });
      if (!(await heal(env, deps, row.sessionId))) continue;
      await forget(env.DB, row.eventId);
      done++;
    } else if (await deliver(env, deps, { ...row, body })) done++;
  }
  return { done, rowsRead: meta.rows_read, finished: done === results.length && results.length < limit };
}
