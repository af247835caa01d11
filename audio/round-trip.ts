/**
 * How long a sound takes out of a device and back into it, by what was heard of a known one: a sweep, found by matched filtering (Turin 1960), which
 * stands out of noise and of whatever a loudspeaker does to it.
 */
export const SWEEP_FRAMES = 2_048;
const [FROM_HZ, TO_HZ] = [400, 6_000];
/** A sweep that was heard is this much like the one that was sent; noise and music are far below. */
const LIKENESS_MIN = 0.35;
/** The look goes in steps first: the sweep has nothing that a quarter of its highest frequency would hide. */
const STEP = 4;

/** The sweep, full scale 1, faded at both ends so that nothing clicks. */
export function sweep(rateHz: number): Float32Array {
  const seconds = SWEEP_FRAMES / rateHz;
  return Float32Array.from({ length: SWEEP_FRAMES }, (_, at) => {
    const t = at / rateHz;
    const fade = 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / (SWEEP_FRAMES - 1));
    return 0.5 * fade * Math.sin(2 * Math.PI * (FROM_HZ * t + ((TO_HZ - FROM_HZ) * t * t) / (2 * seconds)));
  });
}

/** How alike the sweep and what was heard from a frame on are, −1 to 1, looking at each `step`th frame. */
function likeness(heard: Float32Array, sent: Float32Array, from: number, step: number): number {
  let [dot, power, sentPower] = [0, 0, 0];
  for (let at = 0; at < sent.length; at += step) {
    const one = heard[from + at] ?? 0;
    const other = sent[at] ?? 0;
    dot += one * other;
    power += one * one;
    sentPower += other * other;
  }
  return power < 1e-9 ? 0 : dot / Math.sqrt(power * sentPower);
}

/** After how many frames the sweep came back, in what was heard from the frame on at which it was sent; `null`: it did not. */
export function framesBack(heard: Float32Array, sent: Float32Array): number | null {
  let [best, found] = [0, -1];
  const look = (from: number, to: number, by: number, step: number) => {
    for (let at = Math.max(0, from); at <= to; at += by) {
      // Some inputs turn the sound's sign over.
      const alike = Math.abs(likeness(heard, sent, at, step));
      if (alike > best) [best, found] = [alike, at];
    }
  };
  const last = heard.length - sent.length;
  look(0, last, 1, STEP);
  if (found < 0) return null;
  const [near, coarse] = [found, best];
  best = 0;
  look(near - STEP, Math.min(last, near + STEP), 1, 1);
  return Math.max(best, coarse) < LIKENESS_MIN || best < LIKENESS_MIN ? null : found;
}

/** What several looks say together: the one in the middle, and how far the farthest of them is from it. `null`: too few agree. */
export function roundTripOf(
  frames: readonly (number | null)[],
  rateHz: number,
): { ms: number; errorMs: number } | null {
  const heard = frames.filter((one) => one !== null).sort((one, other) => one - other);
  const middle = heard[heard.length >> 1];
  if (middle === undefined || heard.length * 2 <= frames.length) return null;
  const off = Math.max(...heard.map((one) => Math.abs(one - middle)));
  return { ms: (middle / rateHz) * 1000, errorMs: ((off + 1) / rateHz) * 1000 };
}
