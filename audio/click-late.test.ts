import fc from "fast-check";
import { expect, test } from "vitest";
import { lateOfClicks, onsetsOf } from "./click-late.ts";

const RATE_HZ = 48_000;

/** What a metronome sounds like that begins late, at any tempo: short tones that die away, the first of each bar louder, over some noise. */
function metronome(lateMs: number, bpm: number, { loud = 0.5, noise = 0.001, swallowed = 0 } = {}): Float32Array {
  const samples = new Float32Array(4 * RATE_HZ);
  let state = 1;
  for (const at of samples.keys()) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples[at] = (state / 2 ** 31 - 1) * noise;
  }
  for (let beat = swallowed; ; beat++) {
    const begins = Math.round(((lateMs + (beat * 60_000) / bpm) / 1000) * RATE_HZ);
    if (begins >= samples.length) return samples;
    const level = beat % 4 === 0 ? loud : loud / 2;
    for (let at = 0; at < 2_000 && begins + at < samples.length; at++)
      samples[begins + at] = (samples[begins + at] ?? 0) + level * Math.exp(-at / 400) * Math.cos(at / 7);
  }
}

const found = (samples: Float32Array) =>
  lateOfClicks(onsetsOf(samples, RATE_HZ).map((frame) => (frame / RATE_HZ) * 1000));

test("C4: a metronome's lateness is heard within half a millisecond, whatever its tempo, and without its first click", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 170, noNaN: true }),
      fc.integer({ min: 75, max: 300 }),
      fc.double({ min: 0.02, max: 0.9, noNaN: true }),
      fc.integer({ min: 0, max: 1 }),
      (lateMs, bpm, loud, swallowed) => {
        const late = found(metronome(lateMs, bpm, { loud, swallowed }));
        expect(late?.lateMs).toBeGreaterThan(lateMs - 0.5);
        expect(late?.lateMs).toBeLessThan(lateMs + 0.5);
        expect(late?.strayMs).toBeLessThan(0.5);
      },
    ),
    { numRuns: 40 },
  );
});

test("C4: silence, noise, too few clicks and music are no metronome", () => {
  expect(found(new Float32Array(RATE_HZ))).toBeNull();
  expect(found(metronome(10, 120, { loud: 0, noise: 0.5 }))).toBeNull();
  expect(lateOfClicks([0, 500, 1_000])).toBeNull();
  expect(lateOfClicks([0, 500, 1_000, 1_430, 2_000])).toBeNull();
  // One that was lost in the middle is no matter, and a beat that comes a little early is no late one.
  expect(lateOfClicks([-3, 497, 1_497, 1_997])).toEqual({
    lateMs: expect.closeTo(-3),
    strayMs: expect.closeTo(0),
    clicks: 4,
  });
});
