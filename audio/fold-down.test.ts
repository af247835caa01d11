import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { FoldDown } from "./fold-down.ts";
import { LaneFold } from "./lane-fold.ts";
import { layoutOf, pickLane } from "./lane-layout.ts";

const pan = fc.double({ min: -1, max: 1, noNaN: true });
const sample = fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 });
const sidesOf = (stereo: Int32Array, side: 0 | 1) => stereo.filter((_, at) => at % 2 === side);

describe("a lane of many channels as stereo", () => {
  test("ITU-R BS.775: each channel is as loud wherever it stands, and in the middle 3 dB down on both sides", () => {
    fc.assert(
      fc.property(fc.array(pan, { minLength: 8, maxLength: 8 }), (pans) => {
        const { left, right } = new FoldDown(pans);
        for (let channel = 0; channel < 8; channel++)
          expect((left[channel] ?? 0) ** 2 + (right[channel] ?? 0) ** 2).toBeCloseTo(1, 12);
      }),
    );
    const { left, right } = new FoldDown([0, -1, 1]);
    expect([left[0], right[0]].map((gain) => gain?.toFixed(4))).toEqual(["0.7071", "0.7071"]);
    expect([left[1], right[1], left[2], right[2]]).toEqual([1, 0, 0, 1]);
    // Where nothing is said of a channel it stands in the middle.
    expect(left[7]).toBeCloseTo(Math.SQRT1_2, 12);
  });

  test("a pair is itself, to the bit, and one channel is both sides", () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 256, maxLength: 256 }), (drawn) => {
        const pair = Int32Array.from(drawn);
        expect(new LaneFold([-1, 1]).of(pair)).toEqual(pair);
        const mono = pair.slice(0, LANE_PACKET_FRAMES);
        const stereo = new LaneFold([0.3]).of(mono);
        expect(sidesOf(stereo, 0)).toEqual(mono);
        expect(sidesOf(stereo, 1)).toEqual(mono);
      }),
    );
  });

  test("what is folded is the sum of what is panned, and eight inputs at full scale are turned down and not torn", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -(2 ** 19), max: 2 ** 19 }), pan), { minLength: 2, maxLength: 8 }),
        (channels) => {
          const pans = channels.map(([, one]) => one);
          const block = Int32Array.from(
            { length: LANE_PACKET_FRAMES * channels.length },
            (_, at) => channels[at % channels.length]?.[0] ?? 0,
          );
          const stereo = new LaneFold(pans).of(block);
          const { left, right } = new FoldDown(pans);
          const sum = (gains: Float64Array) =>
            channels.reduce((whole, [value], channel) => whole + value * (gains[channel] ?? 0), 0);
          expect(Math.abs((stereo[0] ?? 0) - sum(left))).toBeLessThan(4);
          expect(Math.abs((stereo.at(-1) ?? 0) - sum(right))).toBeLessThan(4);
        },
      ),
    );
    const fold = new LaneFold(Array(8).fill(0));
    const loud = new Int32Array(LANE_PACKET_FRAMES * 8).fill(2 ** 23 - 1);
    fold.of(loud);
    expect(Math.max(...fold.of(loud))).toBeLessThan(2 ** 23 - 1);
  });

  test("C2: of 18 inputs those that are chosen go out, in the order in which they were chosen", () => {
    const samples = Int32Array.from({ length: 18 * LANE_PACKET_FRAMES }, (_, at) => at);
    const into = new Int32Array(3 * LANE_PACKET_FRAMES);
    pickLane({ inputs: [17, 0, 4], pans: [0, 0, 0] }, samples, 18, into);
    expect([...into.slice(0, 6)]).toEqual([17, 0, 4, 35, 18, 22]);
    expect(layoutOf([{ channels: [0] }, { channels: [0, 1] }, { channels: [8, 9, 10] }])).toEqual({
      inputs: [0, 1, 8, 9, 10],
      pans: [-1, 1, 0, 0, 0],
    });
    expect(layoutOf([{ channels: [0, 1, 2, 3, 4, 5, 6] }, { channels: [7, 8] }]).inputs).toHaveLength(8);
  });
});
