import { expect, test } from "vitest";
import { findStem, isSameTransport, locateOnce, measureExact, measureLossy } from "./measure.ts";

const random = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
};
const noise = random(5);
const samples = Int32Array.from({ length: 48_000 * 4 }, () => Math.round(noise() * 2 ** 22));
const source = { samples, openedAtMs: 1_000 };

/** What is heard of the source, `delayFrames` after it was captured, in chunks of 128. */
function hear(delayFrames: number, change: (value: number, at: number) => number = (value) => value) {
  const heard = new Int32Array(48_000 * 2);
  const index = { frames: [] as number[], atMs: [] as number[], concealed: [] as boolean[], exact: [] as boolean[] };
  for (let at = 0; at < 48_000; at += 128) {
    index.frames.push(at);
    index.atMs.push(2_000 + at / 48);
    index.exact.push(true);
  }
  for (let at = 0; at < heard.length; at++) {
    heard[at] = change(samples[(48_000 - delayFrames) * 2 + at] ?? 0, at);
  }
  return { samples: heard, index };
}

test("a delay is found in the sound itself, and one wrong sample is not bit-identical", () => {
  expect(measureExact(source, hear(700), 0, 1e9)).toMatchObject({ bitIdentical: true, oneWayMs: { p50: 700 / 48 } });
  const wrong = measureExact(
    source,
    hear(700, (value, at) => (at === 20_001 ? value ^ 1 : value)),
    0,
    1e9,
  );
  expect(wrong).toMatchObject({ bitIdentical: false, wrongChunks: 1 });
  expect(measureExact(source, hear(700), 5e8, 1e9).bitIdentical).toBe(false);
});

test("a lossy lane has its delay and its likeness", () => {
  const dirt = random(9);
  const { oneWayMs, correlation } = measureLossy(
    source,
    hear(1_500, (v) => v * 0.8 + dirt() * 2 ** 20),
    0,
    1e9,
  );
  expect(oneWayMs.p50).toBeCloseTo(1_500 / 48, 1);
  expect(correlation).toBeGreaterThan(0.9);
  expect(correlation).toBeLessThan(0.999);
});

test("a stem is found to the frame, and one that differs anywhere is not", () => {
  const stem = samples.slice(10_000 * 2, 30_000 * 2);
  expect(findStem(source, stem, 10_300)).toBe(10_000);
  stem[35_000] = (stem[35_000] ?? 0) + 1;
  expect(findStem(source, stem, 10_300)).toBeNull();
});

test("C4: two ends that do the same are the same, late or not; a lost stop, another order or another place of rest is not", () => {
  const [play, stop, start, later, rest] = [
    "f07f7f0603f7",
    "f07f7f0601f7",
    "f07f7f0644a1",
    "f07f7f0644a2",
    "f07f7f0644b1",
  ];
  const sent = (...bytes: string[]) => locateOnce(bytes.map((one, at) => ({ atMs: at, bytes: one })));
  const whole = sent(start, play, stop, rest);
  expect(isSameTransport(whole, sent(start, play, stop, rest))).toBe(true);
  expect(isSameTransport(whole, sent(start, later, play, stop, rest))).toBe(true);
  expect(isSameTransport(whole, sent(later, play, stop, rest))).toBe(true);
  expect(isSameTransport(whole, sent(start, play, later, play, stop, rest))).toBe(true);
  expect(isSameTransport(whole, sent(start, play, later, stop, rest))).toBe(false);
  expect(isSameTransport(whole, sent(start, play, play, stop, rest))).toBe(false);
  expect(isSameTransport(whole, sent(play, stop, rest))).toBe(false);
  expect(isSameTransport(whole, sent(start, play, rest))).toBe(false);
  expect(isSameTransport(whole, sent(start, stop, play, rest))).toBe(false);
  expect(isSameTransport(whole, sent(start, play, stop, later))).toBe(false);
});
