import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TransportState } from "../../../protocol/room.ts";
import { positionAt } from "../../../protocol/transport.ts";
import { ON_LINE_FRAMES, transition } from "./transition.std.ts";

const cue = { locateMs: 60, rollsThroughLocate: false };
const stopped = (positionFrames: number): TransportState => ({ motion: "stopped", positionFrames, atMs: 0, bpm: 120 });
const rolling = (
  positionFrames: number,
  atMs: number,
  motion: "playing" | "recording" = "playing",
): TransportState => ({
  motion,
  positionFrames,
  atMs,
  bpm: 120,
});
const plan = (...given: Parameters<typeof transition>) =>
  transition(...given).map(({ atMs, message }) => [
    atMs,
    message.type,
    "positionFrames" in message ? message.positionFrames : null,
  ]);

describe("from one state to the next", () => {
  test("C4: a DAW that stands where the session stands only plays; another is located first, so that it is there in time", () => {
    expect(plan(stopped(480), rolling(480, 1_000), 1_000, 880, cue)).toEqual([[1_000, "play", null]]);
    expect(plan(stopped(0), rolling(480, 1_000), 1_000, 880, cue)).toEqual([
      [940, "locate", 480],
      [1_000, "play", null],
    ]);
  });

  test("P19: a DAW that comes late gets one locate to where the playhead will be, and one play", () => {
    expect(plan(stopped(-1), rolling(0, 1_000), 1_000, 5_000, cue)).toEqual([
      [5_000, "locate", 4_060 * 48],
      [5_060, "play", null],
    ]);
  });

  test("P22: a locate while playing leaves no DAW standing, and one while recording punches out first", () => {
    const jump = rolling(96_000, 2_000);
    expect(plan(rolling(0, 0), jump, 2_000, 1_900, { ...cue, rollsThroughLocate: true })).toEqual([]);
    expect(plan(rolling(0, 0), rolling(7, 2_000), 2_000, 1_900, { ...cue, rollsThroughLocate: true })).toEqual([
      [2_000, "locate", 7],
    ]);
    expect(plan(rolling(0, 0), rolling(7, 2_000), 2_000, 1_900, cue)).toEqual([
      [2_000, "locate", 7 + 60 * 48],
      [2_060, "play", null],
    ]);
    expect(plan(rolling(0, 0, "recording"), rolling(7, 2_000), 2_000, 1_900, cue)[0]).toEqual([
      2_000,
      "punch-out",
      null,
    ]);
  });

  test("P21: play while recording says Record Exit; record while playing joins without a jump", () => {
    expect(plan(rolling(0, 0, "recording"), rolling(48_000, 1_000), 1_000, 900, cue)).toEqual([
      [1_000, "punch-out", null],
    ]);
    expect(plan(rolling(0, 0), rolling(48_000, 1_000, "recording"), 1_000, 900, cue)).toEqual([
      [1_000, "record", null],
    ]);
    expect(plan(rolling(0, 0, "recording"), stopped(48_000), 1_000, 900, cue)).toEqual([
      [1_000, "punch-out", null],
      [1_000, "stop", null],
      [1_000, "locate", 48_000],
    ]);
  });

  test("P42: the DAW that was pressed is on the session's line already, and hears nothing", () => {
    expect(plan(rolling(480, 900), rolling(480 + 120 * 48, 1_020), 1_020, 990, cue)).toEqual([]);
  });

  test("C4: a DAW that has yet to begin is compared with the line once it rolls, not before", () => {
    expect(plan(rolling(0, 10), rolling(2, 0), 0, 0, cue)).not.toEqual([]);
  });

  test("C4: a DAW that counts whole frames stands at the next one, and rolls when the session comes by", () => {
    const whole = { ...cue, restMs: 40, placeFrom: (place: number) => Math.ceil(place / 1_600) * 1_600 };
    expect(plan(rolling(0, 0), stopped(48_100), 1_000, 900, whole)).toEqual([
      [1_000, "stop", null],
      [1_040, "locate", 49_600],
    ]);
    expect(plan(stopped(0), stopped(48_100), 1_000, 900, whole)).toEqual([[1_000, "locate", 49_600]]);
    // Somebody else has pressed play before it had come to rest.
    const stopping: TransportState = { ...stopped(48_000), atMs: 1_000 };
    expect(plan(stopping, rolling(96_000, 1_010), 1_010, 990, whole)).toEqual([
      [1_040, "locate", 100_800],
      [1_110, "play", null],
    ]);
    expect(plan(stopped(49_600), rolling(48_100, 2_000), 2_000, 1_900, whole)).toEqual([
      [2_000 + 1_500 / 48, "play", null],
    ]);
    expect(plan(rolling(0, 0), rolling(1_000, 2_000), 2_000, 1_900, whole)).toEqual([
      [2_000, "locate", 4_800],
      [2_000 + 3_800 / 48, "play", null],
    ]);
  });

  const state = fc.record({
    motion: fc.constantFrom("stopped" as const, "playing" as const, "recording" as const),
    positionFrames: fc.integer({ min: 0, max: 1e9 }),
    atMs: fc.integer({ min: 0, max: 1e6 }),
    bpm: fc.constantFrom(96, 120),
  });

  test("C4: from any state to any other, the messages lead there and none is before now", () => {
    fc.assert(
      fc.property(
        state,
        state,
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.boolean(),
        fc.constantFrom(1, 1_600, 1_920),
        (before, after, effectiveMs, nowMs, rollsThroughLocate, grid) => {
          const atMs = Math.max(effectiveMs, after.atMs);
          const placeFrom = (place: number) => Math.ceil(place / grid) * grid;
          const planned = transition(before, after, atMs, nowMs, { locateMs: 60, rollsThroughLocate, placeFrom });
          let lastMs = 0;
          for (const { atMs: sentAtMs } of planned) {
            expect(sentAtMs).toBeGreaterThanOrEqual(Math.max(nowMs, lastMs));
            lastMs = sentAtMs;
          }
          const end = planned.at(-1)?.leadsTo ?? before;
          const laterMs = Math.max(atMs, nowMs, lastMs) + 1_000;
          expect([end.motion, end.bpm]).toEqual([after.motion, after.bpm]);
          const standsBy = after.motion === "stopped" ? grid : 0;
          expect(Math.abs(positionAt(end, laterMs) - positionAt(after, laterMs))).toBeLessThanOrEqual(
            Math.max(ON_LINE_FRAMES + 1, standsBy),
          );
        },
      ),
    );
  });
});
