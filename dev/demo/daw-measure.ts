import { mtcDriver } from "../../companion/engine/midi/mtc.std.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { percentile } from "../percentile.ts";
import { type Dumped, JACK_RATE_HZ } from "./jack.ts";

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

/** A mark that everybody who listens hears in the same cycle of JACK: a system exclusive for experiments, with a number. */
const MARK = [0xf0, 0x7d];
export const markOf = (number: number): Uint8Array => Uint8Array.of(...MARK, number >> 7, number & 0x7f, 0xf7);

/** The frames at which a listener heard each mark. */
export const marksOf = (dumped: readonly Dumped[]): ReadonlyMap<number, number> =>
  new Map(
    dumped.flatMap(({ frame, bytes }) =>
      MARK.every((byte, at) => bytes[at] === byte) ? [[((bytes[2] ?? 0) << 7) | (bytes[3] ?? 0), frame]] : [],
    ),
  );

/** JACK's frame at an instant of the machine's clock: of all marks, the one that was heard soonest after it left says it best. */
export function frameClock(
  heard: ReadonlyMap<number, number>,
  leftLocalMs: readonly number[],
): (localMs: number) => number {
  const apart = leftLocalMs.flatMap((localMs, number) => {
    const frame = heard.get(number);
    return frame === undefined ? [] : [frame - localMs * FRAMES_PER_MS];
  });
  const least = Math.min(...apart);
  return (localMs) => Math.round(localMs * FRAMES_PER_MS + least);
}

/** The frames of a second listener told in those of a first one, by the marks that both have heard. Before their first mark there is none. */
export function alignTo(first: readonly Dumped[], second: readonly Dumped[]): Dumped[] {
  const marks = marksOf(first);
  let offset: number | undefined;
  return second.flatMap((one) => {
    const [[number] = []] = marksOf([one]);
    const frame = number === undefined ? undefined : marks.get(number);
    if (frame !== undefined) offset = frame - one.frame;
    return offset === undefined ? [] : [{ ...one, frame: one.frame + offset }];
  });
}

/** The places that timecode spells, label by label. */
export function placesOfTimecode(dumped: readonly Dumped[]): Place[] {
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
