import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { isCapturingAt, nextTurnAt, positionAt } from "../../../protocol/transport.ts";

const FRAMES_PER_MS = TIMELINE_RATE_HZ / 1000;
/** Places are whole frames and instants are sums: what lies this near is reached. */
const SLACK_MS = 0.02;

export interface CaptureChange {
  atMs: number;
  /** A take begins there, or the one that rolls ends and another begins; otherwise it only ends. */
  isCapturing: boolean;
  /** The playhead turns in its loop: what was played before belongs to the take before. */
  isTurn: boolean;
}

/**
 * The next instant of session time, after one, at which a recording goes over to another take by itself: the playhead enters or leaves the
 * punch range (P52), or turns in its loop (P51), where each turn is a take of its own. `undefined` where none comes.
 */
export function nextCaptureChange(state: TransportState, afterMs: number): CaptureChange | undefined {
  if (state.motion !== "recording") return undefined;
  const fromMs = Math.max(afterMs, state.atMs);
  const turnsAtMs = nextTurnAt(state, fromMs + SLACK_MS);
  const here = positionAt(state, fromMs);
  const edges = state.punch === undefined ? [] : [state.punch.startFrames, state.punch.endFrames];
  const reachedMs = edges
    .map((edge) => fromMs + (edge - here) / FRAMES_PER_MS)
    .filter((atMs) => atMs > fromMs + SLACK_MS && (turnsAtMs === undefined || atMs < turnsAtMs - SLACK_MS));
  const atMs = Math.min(...reachedMs, turnsAtMs ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(atMs)) return undefined;
  return { atMs, isCapturing: isCapturingAt(state, atMs + SLACK_MS), isTurn: atMs === turnsAtMs };
}
