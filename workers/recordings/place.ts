import type { SessionId } from "../../protocol/ids.ts";
import { TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";

/** A stem may say that it lies this far beyond where the transport has been: two clocks, and a count-in. */
const BEYOND_FRAMES = 60 * TIMELINE_RATE_HZ;

/**
 * Whether the session's transport was where a stem says that it lies. A few bytes said to lie a day from bar one are laid there on everybody's
 * disk. A room that does not answer keeps nobody from sharing: each companion bounds what it lays.
 */
export async function isReached(env: Env, deps: Deps, sessionId: SessionId, timelineFrames: number): Promise<boolean> {
  if (timelineFrames <= BEYOND_FRAMES) return true;
  try {
    const reached = await (await deps.reachRoom(env, sessionId)).reachedFrames();
    return timelineFrames <= reached + BEYOND_FRAMES;
  } catch {
    log({ event: "room-unreachable", call: "place" });
    return true;
  }
}
