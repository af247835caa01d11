import fc from "fast-check";
import { expect, test } from "vitest";
import { CopyMerge } from "./copy-merge.std.ts";

const START = 2 ** 32 - 700;
const FRAMES = 400;
/** What was played: finer than 16 bit, both sides different, never silent. */
const left = (frame: number) => frame * 512 + 3;
const right = (frame: number) => -frame * 512 - 5;
const inSixteen = (value: number) => (value >> 8) << 8;

interface Keeper {
  from: number;
  frames: number;
  isNarrow: boolean;
  /** Frames that never came there. */
  holes: ReadonlySet<number>;
}

/** What a keeper has of it, in pieces of so many frames. */
function piecesOf({ from, frames, isNarrow, holes }: Keeper, size: number): Int32Array[] {
  const all = new Int32Array(2 * frames);
  for (let at = 0; at < frames; at++) {
    const frame = from + at;
    if (holes.has(frame)) continue;
    all[2 * at] = isNarrow ? inSixteen(left(frame)) : left(frame);
    all[2 * at + 1] = isNarrow ? inSixteen(right(frame)) : right(frame);
  }
  const pieces: Int32Array[] = [];
  for (let at = 0; at < frames; at += size) pieces.push(all.slice(2 * at, 2 * (at + size)));
  return pieces;
}

const keeper = fc.record({
  from: fc.integer({ min: 0, max: FRAMES / 2 }),
  frames: fc.integer({ min: 1, max: FRAMES / 2 }),
  isNarrow: fc.boolean(),
  holes: fc.array(fc.integer({ min: 0, max: FRAMES }), { maxLength: 60 }).map((holes) => new Set(holes)),
  size: fc.integer({ min: 1, max: 150 }),
});

test("C9, P86: of several copies each frame is the best that any of them has, in whichever order they come", () => {
  fc.assert(
    fc.property(fc.array(keeper, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()), (keepers, turns) => {
      const merge = new CopyMerge();
      const told: number[] = [];
      const take = () => {
        for (let sound = merge.take(); sound !== null; sound = merge.take()) told.push(...sound);
      };
      const waiting = keepers.map((one, at) => ({ key: String(at), one, pieces: piecesOf(one, one.size) }));
      for (const { key, one } of waiting) merge.place(key, (START + one.from) >>> 0);
      for (let left = waiting; left.length > 0; left = left.filter(({ pieces }) => pieces.length > 0)) {
        const { key, one, pieces } = left[(turns.next().value ?? 0) % left.length] as (typeof left)[number];
        merge.add(key, pieces.shift() as Int32Array);
        const missing = [...one.holes].filter((hole) => hole >= one.from && hole < one.from + one.frames).length;
        if (pieces.length === 0) merge.end(key, missing);
        take();
      }
      const from = Math.min(...keepers.map((one) => one.from));
      const to = Math.max(...keepers.map((one) => one.from + one.frames));
      expect(told).toHaveLength(2 * (to - from));
      let missing = 0;
      for (let frame = from; frame < to; frame++) {
        const having = keepers.filter(
          (one) => frame >= one.from && frame < one.from + one.frames && !one.holes.has(frame),
        );
        const isWhole = having.some(({ isNarrow }) => !isNarrow);
        const value = (of: number) => (having.length === 0 ? 0 : isWhole ? of : inSixteen(of));
        if (having.length === 0) missing++;
        const at = 2 * (frame - from);
        // Sixteen bit of what is fine is never taken for silence: frame 0 alone would be.
        if (frame > 0) expect([told[at], told[at + 1]]).toEqual([value(left(frame)), value(right(frame))]);
      }
      expect(Math.abs(merge.missingFrames - missing)).toBeLessThanOrEqual(1);
    }),
  );
});

test("P86: nothing is told before all copies are placed and have come so far, and one that is dropped is not waited for", () => {
  const merge = new CopyMerge();
  merge.add("one", Int32Array.of(1, 2, 3, 4));
  merge.add("other", Int32Array.of(9, 9));
  merge.place("one", 5);
  expect(merge.take()).toBeNull();
  merge.place("other", 6);
  expect(merge.take()).toEqual(Int32Array.of(1, 2, 3, 4));
  merge.add("one", Int32Array.of(5, 6));
  expect(merge.take()).toBeNull();
  expect(merge.waitingFrames("one")).toBe(1);
  merge.drop("other");
  expect(merge.take()).toEqual(Int32Array.of(5, 6));
});
