import { mtcDriver } from "../../companion/engine/midi/mtc.std.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { percentile } from "../percentile.ts";
import { JACK_RATE_HZ } from "./jack.ts";
import type { Heard } from "./jack-ear.ts";

export interface Spread {
  p50: number;
  p95: number;
  max: number;
  count: number;
}

/** Where a DAW said it was, at a frame of JACK's clock. */
export interface Place {
  frame: number;
  positionFrames: number;
}

/** Two places of one roll are not further apart; timecode says one every second frame of it. */
const ROLL_GAP_FRAMES = JACK_RATE_HZ / 5;
const FRAMES_PER_MS = JACK_RATE_HZ / 1000;
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { p50: Number.NaN, p95: Number.NaN, max: Number.NaN, count: 0 };
  return {
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    max: Math.max(...values),
    count: values.length,
  };
}

/** The places that timecode spells, label by label. */
export function placesOfTimecode(dumped: readonly Heard[]): Place[] {
  const driver = mtcDriver();
  return dumped.flatMap(({ frame, bytes }) =>
    driver
      .decode(bytes, { localMs: frame / FRAMES_PER_MS, map: initialMap })
      .flatMap((event) =>
        event.type === "position" || (event.type === "locate" && bytes[0] === 0xf1)
          ? [{ frame, positionFrames: event.positionFrames }]
          : [],
      ),
  );
}

/** How far two DAWs were apart at a frame of JACK's clock. */
export interface Skew {
  frame: number;
  ms: number;
}

/** How far two DAWs were apart at each place that the first reported while both rolled. */
export function skewsOf(one: readonly Place[], other: readonly Place[]): Skew[] {
  const skews: Skew[] = [];
  let at = 0;
  for (const { frame, positionFrames } of one) {
    while (at + 1 < other.length && (other[at + 1]?.frame ?? 0) <= frame) at++;
    const [before, after] = [other[at], other[at + 1]];
    if (before === undefined || after === undefined || before.frame > frame) continue;
    if (after.frame - before.frame > ROLL_GAP_FRAMES) continue;
    // A locate lies between them: neither says where it was here.
    if (Math.abs(after.positionFrames - before.positionFrames - (after.frame - before.frame)) > 8 * FRAMES_PER_MS)
      continue;
    skews.push({
      frame,
      ms: Math.abs(positionFrames - before.positionFrames - (frame - before.frame)) / FRAMES_PER_MS,
    });
  }
  return skews;
}
