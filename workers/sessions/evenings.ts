import { TZDate } from "@date-fns/tz";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { sessionEvenings } from "../../migrations/schema.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { Evening } from "../../protocol/sessions.ts";
import { log } from "../platform/log.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const daysBetween = { weekly: 7, fortnightly: 14 } as const;

/**
 * The instants at which a plan's coming evenings begin, the one that is under way included.
 *
 * Counted in days of the plan's place: an evening at 20:00 stays one at 20:00 when summer time ends between two of them. An hour that a
 * spring night leaves out is the one after it.
 */
export function comingEvenings(plan: Evening, nowMs: number, count: number): number[] {
  const wallMs = Date.parse(`${plan.startsAt}:00Z`);
  const lastsMs = plan.minutes * 60_000;
  const startOf = (day: number) => {
    const wall = new Date(wallMs + day * DAY_MS);
    return new TZDate(
      wall.getUTCFullYear(),
      wall.getUTCMonth(),
      wall.getUTCDate(),
      wall.getUTCHours(),
      wall.getUTCMinutes(),
      plan.timeZone,
    ).getTime();
  };
  if (plan.repeats === "never") return startOf(0) + lastsMs > nowMs ? [startOf(0)].slice(0, count) : [];
  const every = daysBetween[plan.repeats];
  // No zone is further than a day from UTC, and no evening longer than one.
  const skipped = Math.floor((nowMs - wallMs) / DAY_MS / every) - 1;
  const starts: number[] = [];
  for (let turn = Math.max(0, skipped); starts.length < count; turn++) {
    const startMs = startOf(turn * every);
    if (startMs + lastsMs > nowMs) starts.push(startMs);
  }
  return starts;
}

/** What is planned. A row that today's schema would refuse, such as one in a zone that has been given up since, is no plan: the session goes on. */
export async function findEvening(db: D1Database, sessionId: SessionId): Promise<Evening | null> {
  const { startsAt, timeZone, minutes, repeats } = sessionEvenings;
  const row = await drizzle(db)
    .select({ startsAt, timeZone, minutes, repeats })
    .from(sessionEvenings)
    .where(eq(sessionEvenings.sessionId, sessionId))
    .get();
  const plan = Evening.safeParse(row);
  if (plan.success) return plan.data;
  if (row !== undefined) log({ event: "row-unreadable", table: "session_evenings", id: sessionId });
  return null;
}

/** Plans a session's next evening, in place of what was planned before. */
export async function planEvening(db: D1Database, sessionId: SessionId, plan: Evening): Promise<void> {
  await db
    .prepare(
      `INSERT INTO session_evenings (session_id, starts_at, time_zone, minutes, repeats)
       SELECT id, ?2, ?3, ?4, ?5 FROM sessions WHERE id = ?1
       ON CONFLICT (session_id) DO UPDATE SET starts_at = ?2, time_zone = ?3, minutes = ?4, repeats = ?5`,
    )
    .bind(sessionId, plan.startsAt, plan.timeZone, plan.minutes, plan.repeats)
    .run();
}

export async function cancelEvening(db: D1Database, sessionId: SessionId): Promise<void> {
  await db.prepare("DELETE FROM session_evenings WHERE session_id = ?").bind(sessionId).run();
}
