import { describe, expect, test } from "vitest";
import { BLOCK_MS, CaptureRing, captureRingBytes } from "./capture-ring.ts";
import { DeviceClock } from "./device-clock.ts";

describe("a device in another thread", () => {
  test("C2: its clock is told from bursts that are seen late, and follows a quartz that is 100 ppm off", () => {
    const clock = new DeviceClock();
    const rate = 1 + 100e-6;
    let seed = 1;
    const late = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return (seed / 2 ** 32) ** 4 * 8;
    };
    for (let blocks = 4; blocks < 40_000; blocks += 4) {
      const atMs = 5_000 + blocks * BLOCK_MS * rate;
      clock.note(blocks, atMs + late());
      if (blocks < 2_000) continue;
      const off = (clock.originMs ?? 0) + blocks * BLOCK_MS - atMs;
      expect(Math.abs(off)).toBeLessThan(0.6);
    }
  });

  test("X12: after the machine slept it is right at once", () => {
    const clock = new DeviceClock();
    for (let blocks = 1; blocks < 1_000; blocks++) clock.note(blocks, 100 + blocks * BLOCK_MS);
    expect(clock.originMs).toBeCloseTo(100, 3);
    for (let blocks = 1_000; blocks < 2_500; blocks++) clock.note(blocks, 60_100 + blocks * BLOCK_MS);
    expect(clock.originMs).toBeCloseTo(60_100, 3);
  });

  test("its blocks lie in the ring until others need the place, and are then gone and not wrong", () => {
    const ring = new CaptureRing(new SharedArrayBuffer(captureRingBytes(2)));
    const block = (value: number) => new Float32Array(128).fill(value / 2 ** 23);
    const samples = new Int32Array(256);
    for (let at = 0; at < 1_100; at++) ring.put([block(at), block(-at)]);
    expect(ring.blocks).toBe(1_100);
    expect(ring.take(1_100, samples)).toBe(false);
    expect(ring.take(0, samples)).toBe(false);
    expect(ring.take(1_099, samples)).toBe(true);
    expect([samples[0], samples[1]]).toEqual([1_099, -1_099]);
  });
});
