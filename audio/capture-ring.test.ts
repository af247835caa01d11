import { expect, test } from "vitest";
import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { CaptureRing, captureRingBytes } from "./capture-ring.ts";
import { INT24_SCALE } from "./pcm.ts";

const block = (value: number) => new Float32Array(LANE_PACKET_FRAMES).fill(value / INT24_SCALE);

test("X36: a thread that was away for two seconds finds every block of the device, bit for bit", () => {
  const memory = new SharedArrayBuffer(captureRingBytes(2));
  const [device, lanes] = [new CaptureRing(memory), new CaptureRing(memory)];
  const samples = new Int32Array(LANE_PACKET_FRAMES * 2);
  for (let at = 0; at < 2_000; at++) device.put([block(at * 4_001), block(-at)]);
  for (let at = 2_000 - 750; at < 2_000; at++) {
    expect(lanes.take(at, samples)).toBe(true);
    expect([samples[0], samples.at(-1)]).toEqual([at * 4_001, -at + 0]);
  }
});

test("C6: an interface of 18 inputs: each block of each input comes bit for bit, and an input that brings nothing is silent", () => {
  const memory = new SharedArrayBuffer(captureRingBytes(18));
  const [device, lanes] = [new CaptureRing(memory, 18), new CaptureRing(memory, 18)];
  const samples = new Int32Array(LANE_PACKET_FRAMES * 18);
  for (let at = 0; at < 1_500; at++) device.put(Array.from({ length: 17 }, (_, input) => block(at * 4_001 - input)));
  expect(lanes.take(1_499, samples)).toBe(true);
  const wanted = Array.from({ length: 18 }, (_, input) => (input < 17 ? 1_499 * 4_001 - input : 0));
  expect(samples).toEqual(Int32Array.from({ length: samples.length }, (_, at) => wanted[at % 18] ?? 0));
});

test("X24: what lay in the ring before a device's count jumped is not taken for what came after", () => {
  const ring = new CaptureRing(new SharedArrayBuffer(captureRingBytes(2)));
  const samples = new Int32Array(LANE_PACKET_FRAMES * 2);
  ring.begin(7_000);
  for (let at = 0; at < 10; at++) ring.put([block(at), block(at)]);
  expect([ring.take(6_999, samples), ring.take(7_000, samples), ring.blocks]).toEqual([false, true, 7_010]);
  ring.begin(7_400);
  ring.put([block(5), block(5)]);
  expect([ring.take(7_009, samples), ring.take(7_399, samples), ring.take(7_400, samples)]).toEqual([
    false,
    false,
    true,
  ]);
});
