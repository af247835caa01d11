import type { ClockPoint } from "../protocol/recordings.ts";
import { type Line, leastSquares, lineUnder, type Place, yOf } from "./line-fit.ts";

/** A straight line through a stem's clock map: frame 0 was captured at `startMs`, and `ratio` session frames pass for each of its own. */
export interface ClockLine {
  startMs: number;
  ratio: number;
}

/** A quartz is within 200 ppm; a map that says otherwise is wrong and is not followed. */
const DRIFT_MAX = 200e-6;
/** Points whose bounds exclude each other by more than this, or a line that leaves their middle by more, are not used as bounds. */
const CONTRADICTION_MAX_MS = 0.1;
const AWAY_MAX_MS = 3;

/** Quartzes warm up: a line is believed for this long, and the next one takes over from its middle on. */
const WINDOW_MS = 10 * 60 * 1000;
/** Lines of one take that differ by more were not drawn through the same clock. */
const BEND_MAX = 20e-6;

/** A stem's clock map as something to resample by. */
export interface ClockCurve extends ClockLine {
  /** The stem's frame, with its fraction, that was captured `frame` session frames after its first. Quick where asked in rising order. */
  stemFrameAt(frame: number): number;
}

/**
 * The clock map as a curve: one line for a take of some minutes, and for a longer one a line for every ten minutes, joined at their
 * middles. `startMs` is where the curve begins, `ratio` its mean.
 */
export function clockCurve(points: readonly ClockPoint[], rateHz: number, startedAtMs: number): ClockCurve {
  const whole = clockLine(points, rateHz, startedAtMs);
  const straight = { ...whole, stemFrameAt: (frame: number) => frame / whole.ratio };
  const endMs = ((points.at(-1)?.frame ?? 0) / rateHz) * 1000;
  const windows = Math.floor((2 * endMs) / WINDOW_MS) - 1;
  if (windows < 2 || whole.ratio === 1) return straight;
  const step = endMs / (windows + 1);
  const knots: { stemMs: number; atMs: number }[] = [];
  for (let window = 1; window <= windows; window++) {
    const [from, to] = [(window - 1) * step, (window + 1) * step];
    const inside = points.filter(({ frame }) => (frame / rateHz) * 1000 >= from && (frame / rateHz) * 1000 <= to);
    const { startMs, ratio } = clockLine(inside, rateHz, startedAtMs);
    if (inside.length < 3 || Math.abs(ratio - whole.ratio) > BEND_MAX) return straight;
    const at = (stemMs: number) => ({ stemMs, atMs: startMs + stemMs * ratio });
    if (window === 1) knots.push(at(0));
    knots.push(at(window * step));
    if (window === windows) knots.push(at(endMs));
  }
  const [first, last] = [knots[0], knots.at(-1)];
  if (first === undefined || last === undefined) return straight;
  let segment = 1;
  return {
    startMs: first.atMs,
    ratio: (last.atMs - first.atMs) / last.stemMs,
    stemFrameAt(frame) {
      const atMs = first.atMs + (frame / rateHz) * 1000;
      while (segment > 1 && atMs <= (knots[segment - 1]?.atMs ?? 0)) segment--;
      while (segment < knots.length - 1 && atMs > (knots[segment]?.atMs ?? 0)) segment++;
      const [one = first, two = last] = [knots[segment - 1], knots[segment]];
      const stemMs = one.stemMs + ((atMs - one.atMs) * (two.stemMs - one.stemMs)) / (two.atMs - one.atMs);
      return (stemMs / 1000) * rateHz;
    },
  };
}

/**
 * The line through a clock map. Each point says between which instants its frame was captured; so the truth is a line that passes under
 * all upper and over all lower bounds, and over a whole take the tightest of them leave little choice: the line half way between the
 * one that touches the upper bounds and the one that touches the lower ones (Moon, Skelly and Towsley 1999, "Estimation and removal of
 * clock skew from network delay measurements"). Where bounds contradict each other, a clock was set meanwhile, and weighed least squares
 * are the better guess. With fewer than two points: no drift.
 */
export function clockLine(points: readonly ClockPoint[], rateHz: number, startedAtMs: number): ClockLine {
  const [first] = points;
  if (first === undefined || points.length < 2) return { startMs: startedAtMs, ratio: 1 };
  const places = points.map(({ frame, atMs, errorMs }) => {
    const x = (frame / rateHz) * 1000;
    return { x, y: atMs - first.atMs - x, errorMs };
  });
  const middle = leastSquares(places.map(({ x, y, errorMs }) => ({ x, y, weight: 1 / (errorMs + 0.01) ** 2 })));
  const bounds = betweenBounds(places);
  const ends = [0, places.at(-1)?.x ?? 0];
  const isNear = (line: Line) => ends.every((x) => Math.abs(yOf(line, x) - yOf(middle, x)) <= AWAY_MAX_MS);
  const line = bounds !== null && isNear(bounds) ? bounds : middle;
  if (!Number.isFinite(line.slope) || Math.abs(line.slope) > DRIFT_MAX) return { startMs: startedAtMs, ratio: 1 };
  return { startMs: first.atMs + line.at0, ratio: 1 + line.slope };
}

function betweenBounds(places: readonly (Place & { errorMs: number })[]): Line | null {
  const under = lineUnder(places.map(({ x, y, errorMs }) => ({ x, y: y + errorMs })));
  const over = lineUnder(places.map(({ x, y, errorMs }) => ({ x, y: -(y - errorMs) })));
  if (under === null || over === null) return null;
  const [upper, lower] = [under, { slope: -over.slope, at0: -over.at0 }];
  const isOpen = [0, places.at(-1)?.x ?? 0].every((x) => yOf(upper, x) - yOf(lower, x) >= -CONTRADICTION_MAX_MS);
  return isOpen ? { slope: (upper.slope + lower.slope) / 2, at0: (upper.at0 + lower.at0) / 2 } : null;
}
