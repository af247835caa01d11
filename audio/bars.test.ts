import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { initialMap } from "../protocol/timeline.ts";
import { runs } from "../test/runs.ts";
import { Bars } from "./bars.ts";

const RATE_HZ = 48_000;
const anchors = <Value>(value: fc.Arbitrary<Value>) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: RATE_HZ * 3_600 }), value), { maxLength: 20 })
    .chain((more) => value.map((first) => [[0, first] as const, ...more]))
    .map((all) => [...new Map(all).entries()].sort(([a], [b]) => a - b));
const map = fc.record({
  tempo: anchors(fc.integer({ min: 20, max: 400 })).map((all) =>
    all.map(([positionFrames, bpm]) => ({ positionFrames, bpm })),
  ),
  signatures: anchors(
    fc.record({ beats: fc.integer({ min: 1, max: 32 }), unit: fc.constantFrom<2 | 4 | 8 | 16>(2, 4, 8, 16) }),
  ).map((all) => all.map(([positionFrames, signature]) => ({ positionFrames, ...signature }))),
});
const place = fc.integer({ min: 0, max: RATE_HZ * 7_200 });

/** Bar 8,321 begins exactly between two frames, and a little before that by the sums that lead there. */
const halfway = {
  tempo: [
    { positionFrames: 0, bpm: 372 },
    { positionFrames: 98_328_222, bpm: 367 },
    { positionFrames: 115_981_884, bpm: 57 },
    { positionFrames: 153_806_313, bpm: 88 },
  ],
  signatures: [
    { positionFrames: 0, beats: 1, unit: 2 as const },
    { positionFrames: 142_767_733, beats: 1, unit: 2 as const },
  ],
};

describe("bars", () => {
  test("C4: 120 in four-four: a bar is two seconds, and a frame before its line is before it", () => {
    const bars = new Bars(initialMap);
    expect(bars.label(0)).toBe("1.1");
    expect(bars.label(2 * RATE_HZ - 1)).toBe("1.4");
    expect(bars.label(2 * RATE_HZ)).toBe("2.1");
    expect(bars.framesOfBar(17)).toBe(32 * RATE_HZ);
    expect(bars.stepFrom(2 * RATE_HZ, 1)).toBe(4 * RATE_HZ);
    expect(bars.stepFrom(2 * RATE_HZ, -1)).toBe(0);
    expect(bars.stepFrom(2 * RATE_HZ + 1, -1)).toBe(2 * RATE_HZ);
  });

  test("C4: a tempo from bar 3 on leaves the bars before it where they were; a signature begins a bar", () => {
    const bars = new Bars({
      tempo: [
        { positionFrames: 0, bpm: 120 },
        { positionFrames: 4 * RATE_HZ, bpm: 60 },
      ],
      signatures: [
        { positionFrames: 0, beats: 4, unit: 4 },
        { positionFrames: 9 * RATE_HZ, beats: 6, unit: 8 },
      ],
    });
    expect(bars.framesOfBar(3)).toBe(4 * RATE_HZ);
    expect(bars.framesOfBar(4)).toBe(8 * RATE_HZ);
    // A beat into bar 4 six-eight begins: that is bar 5, three seconds long at sixty quarters.
    expect(bars.placeAt(9 * RATE_HZ)).toEqual({ bar: 5, beat: 1 });
    expect(bars.framesOfBar(6)).toBe(12 * RATE_HZ);
    expect(bars.label(11.9 * RATE_HZ)).toBe("5.6");
  });

  test("C4: in any map a bar begins at its own first beat, places never go back, and quarters go there and back", () => {
    fc.assert(
      fc.property(map, place, place, (anyMap, one, other) => {
        const bars = new Bars(anyMap);
        const { bar, beat } = bars.placeAt(one);
        expect(bars.placeAt(Math.round(bars.framesOfBar(bar)))).toEqual({ bar, beat: 1 });
        expect(beat).toBeGreaterThanOrEqual(1);
        expect(Math.abs(bars.framesAt(bars.quartersAt(one)) - one)).toBeLessThan(1e-3);
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(bars.placeAt(low).bar).toBeLessThanOrEqual(bars.placeAt(high).bar);
        const lines = bars.lines(low, high, 50);
        expect(lines.length).toBeLessThanOrEqual(51);
        for (const line of lines) expect(bars.placeAt(Math.round(line.frames)).bar).toBe(line.bar);
      }),
      { numRuns: runs(300), examples: [[halfway, 184_554_506, 0]] },
    );
  });
});
