import { leastSquares, yOf } from "./line-fit.ts";

/**
 * How late a DAW's metronome is heard, by what was captured while it rolled from a beat on: the DAW's own latency, its output's and the way back in, which
 * no message that it sends can tell. Its tempo need not be known, since beats are evenly apart, and the first of them is where the roll began.
 */

/** Fainter than this is a noise, and no click. */
const PEAK_MIN = 0.003;
/** A click begins where this share of the loudest is reached; an unaccented beat is quieter than a bar's first. */
const ONSET_SHARE = 0.2;
/** Clicks are short: what follows sooner than this is the same one. No metronome is faster. */
const APART_MS = 120;
const CLICKS_MIN = 4;
/** A beat that came a little before it was to is that beat, and not a late one of before. */
const EARLY_MAX_MS = 20;
/** Clicks that stray further than this from evenly are music. */
const STRAY_MAX_MS = 5;

export interface ClickLate {
  /** Less than nothing where it was a little early: a DAW that plays its click ahead of a card, by which it was not heard. */
  lateMs: number;
  /** How far the farthest click lies from where evenly spaced ones would be. */
  strayMs: number;
  clicks: number;
}

/** Where clicks begin in what was captured, in frames. */
export function onsetsOf(samples: Float32Array, rateHz: number): number[] {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  if (peak < PEAK_MIN) return [];
  const apartFrames = (APART_MS / 1000) * rateHz;
  const onsets: number[] = [];
  let loudAt = Number.NEGATIVE_INFINITY;
  for (const [at, sample] of samples.entries()) {
    if (Math.abs(sample) < peak * ONSET_SHARE) continue;
    if (at - loudAt > apartFrames) onsets.push(at);
    loudAt = at;
  }
  return onsets;
}

/**
 * How late clicks are that began at these instants, in milliseconds since the roll began at a beat; `null` where they are too few, or not evenly apart.
 * A straight line through all of them is nearer to the truth than any one, and a first click that was swallowed is no matter.
 */
export function lateOfClicks(onsetsMs: readonly number[]): ClickLate | null {
  const [first = 0] = onsetsMs;
  if (onsetsMs.length < CLICKS_MIN) return null;
  const gaps = onsetsMs.slice(1).map((ms, at) => ms - (onsetsMs[at] ?? 0));
  const beatMs = gaps.toSorted((one, other) => one - other)[gaps.length >> 1] ?? Number.NaN;
  const beats = onsetsMs.map((ms) => ({ x: Math.round((ms - first) / beatMs), y: ms, weight: 1 }));
  const line = leastSquares(beats);
  const strayMs = Math.max(...beats.map(({ x, y }) => Math.abs(y - yOf(line, x))));
  if (!(strayMs <= STRAY_MAX_MS)) return null;
  const beatsBefore = Math.floor((line.at0 + EARLY_MAX_MS) / line.slope);
  return { lateMs: line.at0 - beatsBefore * line.slope, strayMs, clicks: beats.length };
}
