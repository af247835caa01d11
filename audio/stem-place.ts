import { TIMELINE_RATE_HZ } from "../protocol/limits.ts";
import type { ClockPoint } from "../protocol/recordings.ts";
import type { TransportState } from "../protocol/room.ts";
import type { ClockLine } from "./clock-line.ts";

interface Started {
  timelineFrames: number;
  transportAtStart?: TransportState | null | undefined;
}

/** The map's own idea of a stem's start is followed if it is this near to what was noted when it began. */
const START_MOVED_MAX_FRAMES = 0.02 * TIMELINE_RATE_HZ;

/**
 * Where a stem's first frame lies on the timeline, in frames at its rate. When it began, session time was known as well as a few seconds
 * of pings allow; the whole map knows it better.
 */
export function placeOf(
  {
    timelineFrames,
    transportAtStart,
    clock,
    startedAtMs,
  }: Started & { clock: readonly ClockPoint[]; startedAtMs: number },
  { startMs }: ClockLine,
): number {
  if (transportAtStart == null || transportAtStart.motion === "stopped" || clock.length < 2) return timelineFrames;
  if (startMs === startedAtMs) return timelineFrames;
  const { positionFrames, atMs } = transportAtStart;
  const place = positionFrames + ((startMs - atMs) / 1000) * TIMELINE_RATE_HZ;
  return Math.abs(place - timelineFrames) > START_MOVED_MAX_FRAMES ? timelineFrames : Math.max(0, place);
}

/** Frames of the timeline between a stem's first frame and the place at which record was pressed. */
export function preRollOf({ timelineFrames, transportAtStart }: Started): number {
  if (transportAtStart == null || transportAtStart.motion !== "recording") return 0;
  return Math.max(0, transportAtStart.positionFrames - timelineFrames);
}
