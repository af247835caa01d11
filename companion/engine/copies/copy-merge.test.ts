import fc from "fast-check";
import { expect, test } from "vitest";
import { CopyMerge } from "./copy-merge.std.ts";
import { packSound, readCopyPart } from "./copy-records.std.ts";

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
        if (pieces.length === 0) merge.end(key, { missingFrames: missing, foldedFrames: 0 });
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
      expect(Math.abs(merge.lost.missingFrames - missing)).toBeLessThanOrEqual(1);
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

test("C9, P88: eight channels are whole again of two keepers, each of whom lacks what the other has, and has some of it folded down", () => {
  const [channels, frames] = [8, 300];
  const played = Int32Array.from(
    { length: channels * frames },
    (_, at) => (at % 2 === 0 ? 1 : -1) * ((at % channels) * 2 ** 16 + Math.floor(at / channels) * 512 + 3),
  );
  const copyOf = (change: (frame: number) => "hole" | "folded" | "whole") =>
    played.map((sample, at) => {
      const how = change(Math.floor(at / channels));
      if (how === "whole") return sample;
      // What came folded down has two channels, and zeros for the others.
      return how === "hole" || at % channels >= 2 ? 0 : 2 ** 22 + 1;
    });
  const one = copyOf((frame) => (frame < 40 ? "folded" : frame % 7 === 0 ? "hole" : "whole"));
  const other = copyOf((frame) => (frame >= 250 ? "folded" : frame % 7 === 1 ? "hole" : "whole"));
  const merge = new CopyMerge();
  const told: number[] = [];
  merge.place("one", START);
  merge.place("other", START);
  for (let from = 0; from < frames; from += 50) {
    for (const [key, copy] of [
      ["one", one],
      ["other", other],
    ] as const)
      merge.add(key, copy.slice(from * channels, (from + 50) * channels), channels);
    for (let sound = merge.take(); sound !== null; sound = merge.take()) told.push(...sound);
  }
  // Of frames 252 and 1 neither had more than a fold-down or nothing.
  const lost = (frame: number) => (frame < 40 && frame % 7 === 1) || (frame >= 250 && frame % 7 === 0);
  const wholeOf = (sound: ArrayLike<number>) => Array.from(sound).filter((_, at) => !lost(Math.floor(at / channels)));
  expect(wholeOf(told)).toEqual(wholeOf(played));
  // As many as both have said to have had folded down; a keeper who says nothing of it has played what was silent.
  expect(merge.lost.foldedFrames).toBe(0);
  for (const key of ["one", "other"]) merge.end(key, { missingFrames: 0, foldedFrames: 40 });
  expect(merge.lost).toEqual({ missingFrames: 0, foldedFrames: 13 });
  // And no more than lie there, whatever a keeper says.
  merge.end("one", { missingFrames: Number.MAX_SAFE_INTEGER, foldedFrames: Number.MAX_SAFE_INTEGER });
  expect(merge.lost).toEqual({ missingFrames: 0, foldedFrames: 13 });
});

test("C9, P86: a copy of before, whose end says nothing of what was folded down, is read as one of which nothing was", () => {
  const record = packSound(new TextEncoder().encode('{"frames":8,"missingFrames":3}'));
  record[0] = 2;
  expect(readCopyPart(record)).toEqual({ what: "end", frames: 8, missingFrames: 3, foldedFrames: 0 });
});
