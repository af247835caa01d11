import { expect, test } from "vitest";
import { pixelOf, WaveStrip } from "./wave-pixels.std.ts";

const RED = [200, 10, 20, 255] as const;
/** How many pixels of a column have a colour, from which row on. */
const column = ({ bytes, width, height }: WaveStrip, at: number) => {
  const rows = Array.from({ length: height }, (_, row) => row).filter((row) => bytes[4 * (row * width + at) + 3] !== 0);
  return { from: rows[0], rows: rows.length };
};

test("C6: a waveform stands round the middle of its lane, as high as its peaks, and silence is a line", () => {
  const strip = new WaveStrip(5, 64);
  strip.add({ lows: Int8Array.of(-128, 0, -64), highs: Int8Array.of(127, 0, 32) }, 1, pixelOf(RED));
  expect([0, 1, 2, 3, 4].map((at) => column(strip, at))).toEqual([
    { from: undefined, rows: 0 },
    { from: 0, rows: 64 },
    { from: 31, rows: 1 },
    { from: 24, rows: 24 },
    { from: undefined, rows: 0 },
  ]);
  expect([...strip.bytes.subarray(4 * (32 * 5 + 1), 4 * (32 * 5 + 1) + 4)]).toEqual([...RED]);
  strip.clear();
  expect(strip.bytes.every((byte) => byte === 0)).toBe(true);
});

test("C6: columns beyond the strip are left out on both sides", () => {
  const strip = new WaveStrip(3, 8);
  const columns = { lows: new Int8Array(9).fill(-128), highs: new Int8Array(9).fill(127) };
  strip.add(columns, -4, pixelOf(RED));
  expect([0, 1, 2].map((at) => column(strip, at).rows)).toEqual([8, 8, 8]);
  strip.clear();
  strip.add(columns, 2, pixelOf(RED));
  expect([0, 1, 2].map((at) => column(strip, at).rows)).toEqual([0, 0, 8]);
});
