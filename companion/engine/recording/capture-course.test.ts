import fc from "fast-check";
import { expect, test } from "vitest";
import type { TransportState } from "../../../protocol/room.ts";
import { isCapturingAt, positionAt, turnsAt } from "../../../protocol/transport.ts";
import { nextCaptureChange } from "./capture-course.std.ts";

const EPOCH_MS = 1_800_000_000_000;
const range = (least: number) =>
  fc
    .tuple(fc.integer({ min: least, max: 200_000 }), fc.integer({ min: 4_800, max: 200_000 }))
    .map(([startFrames, length]) => ({ startFrames, endFrames: startFrames + length }));

test("P51, P52: takes change exactly where capturing changes or the loop turns, and nowhere else", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300_000 }),
      fc.option(range(0), { nil: undefined }),
      fc.option(range(0), { nil: undefined }),
      (positionFrames, loop, punch) => {
        const state: TransportState = {
          motion: "recording",
          positionFrames,
          atMs: EPOCH_MS,
          bpm: 120,
          ...(loop && { loop }),
          ...(punch && { punch }),
        };
        let atMs = EPOCH_MS;
        for (let change = 0; change < 12; change++) {
          const next = nextCaptureChange(state, atMs);
          const untilMs = next?.atMs ?? atMs + 20_000;
          expect(untilMs).toBeGreaterThan(atMs);
          // Between two changes nothing changes.
          const isLong = untilMs - atMs > 0.2;
          const middle = (isLong ? [0.1, 0.5, 0.9] : []).map((share) => atMs + 0.05 + (untilMs - atMs - 0.1) * share);
          expect(new Set(middle.map((ms) => isCapturingAt(state, ms))).size).toBeLessThanOrEqual(1);
          expect(new Set(middle.map((ms) => turnsAt(state, ms))).size).toBeLessThanOrEqual(1);
          if (next === undefined) break;
          if (next.isTurn)
            expect(positionAt(state, next.atMs + 0.05)).toBeLessThanOrEqual((loop?.startFrames ?? 0) + 4);
          atMs = next.atMs;
        }
      },
    ),
  );
});

test("P52: what only plays, or has no range and no loop, changes nothing by itself", () => {
  const state: TransportState = { motion: "recording", positionFrames: 0, atMs: EPOCH_MS, bpm: 120 };
  expect(nextCaptureChange(state, EPOCH_MS)).toBeUndefined();
  const punch = { startFrames: 48_000, endFrames: 96_000 };
  expect(nextCaptureChange({ ...state, motion: "playing", punch }, EPOCH_MS)).toBeUndefined();
  expect(nextCaptureChange({ ...state, punch }, EPOCH_MS)).toEqual({
    atMs: EPOCH_MS + 1_000,
    isCapturing: true,
    isTurn: false,
  });
});
