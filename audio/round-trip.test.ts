import { describe, expect, test } from "vitest";
import { framesBack, roundTripOf, SWEEP_FRAMES, sweep } from "./round-trip.ts";

const RATE_HZ = 48_000;
const sent = sweep(RATE_HZ);
/** Noise that is the same each time (Numerical Recipes, LCG). */
function noise(amplitude: number): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  };
}
function heardAfter(frames: number, gain: number, noiseLevel: number): Float32Array {
  const next = noise(noiseLevel);
  return Float32Array.from({ length: 12_000 }, (_, at) => {
    const from = at - frames;
    return next() + (from >= 0 && from < SWEEP_FRAMES ? gain * (sent[from] ?? 0) : 0);
  });
}

describe("a device's own round trip", () => {
  test.each([0, 1, 127, 1_753, 9_000])("is found to the frame: %i", (frames) => {
    expect(framesBack(heardAfter(frames, 1, 0.001), sent)).toBe(frames);
  });

  test("is found through a room: quiet, noisy and with its sign turned over", () => {
    expect(framesBack(heardAfter(2_000, 0.02, 0.004), sent)).toBe(2_000);
    expect(framesBack(heardAfter(2_000, -0.3, 0.02), sent)).toBe(2_000);
  });

  test("is not made up where nothing came back", () => {
    expect(framesBack(heardAfter(20_000, 1, 0.1), sent)).toBeNull();
    expect(framesBack(new Float32Array(12_000), sent)).toBeNull();
  });

  test("several looks are one figure with its error, and too few of them are none", () => {
    expect(roundTripOf([960, 961, 960, null, 958], RATE_HZ)).toEqual({ ms: 20, errorMs: (3 / RATE_HZ) * 1000 });
    expect(roundTripOf([960, null, null, null], RATE_HZ)).toBeNull();
    expect(roundTripOf([], RATE_HZ)).toBeNull();
  });
});
