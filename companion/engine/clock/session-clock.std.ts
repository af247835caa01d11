import { leastSquares } from "../../../audio/line-fit.ts";
import { NumberRows } from "./number-rows.std.ts";

/** Session time less the machine's, and how it drifts, as known at an instant of the machine's clock; within how much it is certain. */
export interface SessionLine {
  localMs: number;
  offsetMs: number;
  driftPpm: number;
  errorMs: number;
}

/** Session time by such a line. */
export const sessionOf = ({ localMs, offsetMs, driftPpm }: SessionLine, atMs: number): number =>
  atMs + offsetMs + ((atMs - localMs) * driftPpm) / 1e6;

/** One ping to the room: when it left and came back by the local clock, and what the room's clock said between (P37). */
export interface ClockSample {
  sentLocalMs: number;
  receivedLocalMs: number;
  roomTimeMs: number;
}

export interface ClockEstimate {
  /** Session time minus local time, now. */
  offsetMs: number;
  /** The true offset lies within ± this of `offsetMs`, as long as the local clock drifts less than `DRIFT_MAX_PPM`. */
  errorMs: number;
  /** How much faster than the local clock session time runs; 0 until it can be told. */
  driftPpm: number;
  /** The shortest round trip among the samples in use. */
  roundTripMs: number;
  samples: number;
}

/** The room's clock shows whole milliseconds: the true time is up to this much later than what it says. */
const ROOM_STEP_MS = 1;
/** A quartz that is worse than this is broken; studio devices stay within 50 ppm. */
const DRIFT_MAX_PPM = 100;
/** What remains of drift once it has been measured for long, and how far off an estimate may be from which it is measured. */
const DRIFT_RESIDUAL_PPM = 15;
const ESTIMATE_OFF_MS = 0.5;
/** Ten minutes of pings: the more there are, the nearer the luckiest come to the truth. */
const SAMPLES_MAX = 1_200;
/** How far from the drift that is known the best line is looked for, and in how many thirds of that. */
const LINE_WITHIN_PPM = 20;
const LINE_STEPS = 24;
const HISTORY_MAX = 960;
/** So many samples in a row that contradict the rest are no accident. */
const RUN_SAMPLES = 8;
/** Drift is told from estimates that lie at least this far apart. */
const DRIFT_SPAN_MS = 20_000;

interface Interval {
  low: number;
  high: number;
}

const isOutside = (one: Interval, other: Interval): boolean => one.low > other.high || one.high < other.low;

/**
 * The interval that most of the given ones share (Marzullo 1984; RFC 5905, section 11.2.1). A single answer that lies, because it was
 * stale or its room had just moved, is outvoted instead of emptying the intersection.
 */
export function majority(intervals: readonly Interval[]): Interval {
  const shared = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  for (const { low, high } of intervals) {
    if (low > shared.low) shared.low = low;
    if (high < shared.high) shared.high = high;
  }
  // The common case, and a quick one: they all agree.
  if (shared.low <= shared.high) return shared;
  const edges = intervals
    .flatMap(({ low, high }) => [
      { at: low, step: 1 },
      { at: high, step: -1 },
    ])
    .sort((one, other) => one.at - other.at || other.step - one.step);
  let depth = 0;
  let deepest = 0;
  let best = shared;
  for (const [index, { at, step }] of edges.entries()) {
    depth += step;
    if (depth <= deepest) continue;
    deepest = depth;
    best = { low: at, high: edges[index + 1]?.at ?? at };
  }
  return best;
}

interface Point {
  ageMs: number;
  ms: number;
}

/**
 * Adds a point that is younger than all to the upper (`side` 1) or lower (−1) hull of those before it (Andrew 1979): whatever line is laid
 * over or under all points, it touches one of these few.
 */
function keepHull(hull: Point[], point: Point, side: 1 | -1): void {
  for (;;) {
    const [before, last] = [hull.at(-2), hull.at(-1)];
    if (before === undefined || last === undefined) break;
    const turn =
      (last.ageMs - before.ageMs) * (point.ms - before.ms) - (last.ms - before.ms) * (point.ageMs - before.ageMs);
    // Ages fall: over the points the way turns left.
    if (turn * side > 0) break;
    hull.pop();
  }
  hull.push(point);
}

/**
 * Session time, estimated from pings. The room handled a ping at some instant between its sending and its return, and its clock then
 * showed the true time less at most one step; so every sample bounds the offset from both sides, whatever the ways there and back
 * took. The estimate is the middle of what most recent samples allow, its error half the width. Samples with the least delay bound it
 * most (the minimum-delay filter of RFC 5905, section 10, falls out by itself), and the millisecond steps average out because pings
 * meet them at different phases. An older sample is widened by the drift that may have happened since.
 */
export class SessionClock {
  /** How coarse the other clock is. */
  readonly #stepMs: number;
  /** Of each when it left, when it came back, and what the room's clock said. */
  readonly #samples = new NumberRows(SAMPLES_MAX);
  /** Of each estimate when it was made, its offset and its error. */
  readonly #history = new NumberRows(HISTORY_MAX);
  #driftPpm = 0;
  #estimate: (ClockEstimate & { localMs: number }) | undefined;

  constructor(stepMs = ROOM_STEP_MS) {
    this.#stepMs = stepMs;
  }

  /** The latest estimate, as of the sample that came last. `undefined` before the first. */
  get estimate(): ClockEstimate | undefined {
    if (this.#estimate === undefined) return undefined;
    const { localMs: _, ...estimate } = this.#estimate;
    return estimate;
  }

  /**
   * How far the estimate itself may be off, as against its bound: what ways vary by is what a single sample says wrongly, and the extremes of
   * many come nearer to the truth in proportion to their number. A measure to compare two clocks by. Infinite before the first sample.
   */
  get noiseMs(): number {
    const { length } = this.#samples;
    const roundTripsMs = this.#roundTripsMs();
    const [sumMs, leastMs] = [roundTripsMs.reduce((sum, one) => sum + one, 0), Math.min(...roundTripsMs)];
    return length === 0 ? Number.POSITIVE_INFINITY : (sumMs / length - leastMs + this.#stepMs) / length;
  }

  addSample(sample: ClockSample): void {
    if (!Object.values(sample).every(Number.isFinite) || sample.receivedLocalMs < sample.sentLocalMs) return;
    this.#samples.push(sample.sentLocalMs, sample.receivedLocalMs, sample.roomTimeMs);
    let intervals = this.#intervals(sample.receivedLocalMs);
    let bounds = majority(intervals);
    const lastOnes = intervals.slice(-RUN_SAMPLES);
    // When the last few all contradict the many before them, a clock was set, or the machine slept: those are the new truth.
    if (this.#samples.length > RUN_SAMPLES && lastOnes.every((one) => isOutside(one, bounds))) {
      this.#samples.keepLast(RUN_SAMPLES);
      this.#history.keepLast(0);
      this.#driftPpm = 0;
      intervals = this.#intervals(sample.receivedLocalMs);
      bounds = majority(intervals);
    }
    const middleMs = (bounds.low + bounds.high) / 2;
    this.#followDrift(sample.receivedLocalMs, middleMs, (bounds.high - bounds.low) / 2);
    const lineMs = this.#centreLine(sample.receivedLocalMs, intervals, bounds) ?? middleMs;
    const offsetMs = Math.max(bounds.low, Math.min(bounds.high, lineMs));
    this.#estimate = {
      localMs: sample.receivedLocalMs,
      offsetMs,
      errorMs: Math.max(bounds.high - offsetMs, offsetMs - bounds.low),
      driftPpm: this.#driftPpm,
      roundTripMs: Math.min(...this.#roundTripsMs()),
      samples: this.#samples.length,
    };
  }

  /** Session time at an instant of the local clock. Throws before the first sample. */
  toSessionMs(localMs: number): number {
    return localMs + this.#offsetAt(localMs);
  }

  /** The local clock at an instant of session time. Throws before the first sample. */
  toLocalMs(sessionMs: number): number {
    const nearMs = sessionMs - this.#offsetAt(this.#estimate?.localMs ?? 0);
    return sessionMs - this.#offsetAt(nearMs);
  }

  #roundTripsMs(): number[] {
    return this.#samples.map((sentLocalMs, receivedLocalMs) => receivedLocalMs - sentLocalMs);
  }

  #offsetAt(localMs: number): number {
    if (this.#estimate === undefined) throw new Error("Session time is not known before the room's first answer.");
    return this.#estimate.offsetMs + ((localMs - this.#estimate.localMs) * this.#driftPpm) / 1e6;
  }

  /** What each sample allows, as of now. */
  #intervals(nowMs: number): Interval[] {
    // The shorter the time from which drift was told, the less it is known: a bound must not become tighter than the truth.
    const spanMs = Math.max(1, nowMs - (this.#history.first()?.[0] ?? nowMs));
    const unknownPpm = DRIFT_RESIDUAL_PPM + (ESTIMATE_OFF_MS / spanMs) * 1e6;
    const residualPpm = this.#driftPpm === 0 ? DRIFT_MAX_PPM : Math.min(DRIFT_MAX_PPM, unknownPpm);
    return this.#samples.map((sentLocalMs, receivedLocalMs, roomTimeMs) => {
      const ageMs = nowMs - receivedLocalMs;
      const movedMs = (ageMs * this.#driftPpm) / 1e6;
      const slackMs = (ageMs * residualPpm) / 1e6;
      return {
        low: roomTimeMs - receivedLocalMs + movedMs - slackMs,
        high: roomTimeMs + this.#stepMs - sentLocalMs + movedMs + slackMs,
      };
    });
  }

  /**
   * Where the straight line stands now that runs midway between what the samples allow from below and from above, with the most room on
   * both sides: of all samples, and not of the newest that drift has not widened yet. `undefined` until they span enough time.
   */
  #centreLine(nowMs: number, intervals: readonly Interval[], bounds: Interval): number | undefined {
    const [, firstMs = nowMs, firstRoomMs = 0] = this.#samples.first() ?? [];
    if (nowMs - firstMs < DRIFT_SPAN_MS) return undefined;
    const base = firstRoomMs - firstMs;
    const [lows, highs]: [Point[], Point[]] = [[], []];
    this.#samples.forEach((sentLocalMs, receivedLocalMs, roomTimeMs, at) => {
      // Whoever was outvoted has no say here either.
      if (isOutside(intervals[at] ?? bounds, bounds)) return;
      const ageMs = nowMs - receivedLocalMs;
      keepHull(lows, { ageMs, ms: roomTimeMs - receivedLocalMs - base }, 1);
      keepHull(highs, { ageMs, ms: roomTimeMs + this.#stepMs - sentLocalMs - base }, -1);
    });
    const between = (ppm: number): Interval => {
      let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (const { ageMs, ms } of lows) low = Math.max(low, ms + (ageMs * ppm) / 1e6);
      for (const { ageMs, ms } of highs) high = Math.min(high, ms + (ageMs * ppm) / 1e6);
      return { low, high };
    };
    const room = (ppm: number): number => {
      const { low, high } = between(ppm);
      return high - low;
    };
    let [from, to] = [this.#driftPpm - LINE_WITHIN_PPM, this.#driftPpm + LINE_WITHIN_PPM];
    for (let step = 0; step < LINE_STEPS; step++) {
      const third = (to - from) / 3;
      if (room(from + third) < room(to - third)) from += third;
      else to -= third;
    }
    const { low, high } = between((from + to) / 2);
    return base + (low + high) / 2;
  }

  /** A straight line through the estimates so far, once they span enough time: least squares, the widest bounds counting least. */
  #followDrift(localMs: number, offsetMs: number, errorMs: number): void {
    this.#history.push(localMs, offsetMs, errorMs);
    const [firstMs = localMs, firstOffsetMs = 0] = this.#history.first() ?? [];
    if (localMs - firstMs < DRIFT_SPAN_MS) return;
    const leastMs = Math.min(...this.#history.map((_at, _offset, ms) => ms));
    const { slope } = leastSquares(
      this.#history.map((atMs, pointMs, pointErrorMs) => ({
        x: atMs - firstMs,
        y: pointMs - firstOffsetMs,
        weight: 1 / (pointErrorMs - leastMs + 0.1) ** 2,
      })),
    );
    this.#driftPpm = Math.max(-DRIFT_MAX_PPM, Math.min(DRIFT_MAX_PPM, slope * 1e6));
  }
}
