import { expect, test } from "vitest";
import { courseOf, OutputClock } from "./course.std.ts";
import { initialView, type ViewState } from "./model.std.ts";

const seconds = (sessionMs: number) => sessionMs / 1000;
const stopped = { motion: "stopped", positionFrames: 48_000, atMs: 0, bpm: 120 } as const;
const rolling = { motion: "playing", positionFrames: 48_000, atMs: 2_000, bpm: 120 } as const;
const at = (more: Partial<ViewState>): ViewState => ({ ...initialView, ...more });

test("P18: takes are told of a command before it takes effect, and stand where the playhead stands until then", () => {
  const state = at({
    transportBefore: stopped,
    takesEffectAtMs: 2_000,
    timeline: { ...initialView.timeline, transport: rolling },
  });
  expect(courseOf(state, 1_500, seconds)).toEqual([
    { fromSeconds: 1.5, positionFrames: 48_000, isRolling: false, loop: null },
    { fromSeconds: 2, positionFrames: 48_000, isRolling: true, loop: null },
  ]);
  expect(courseOf(state, 3_000, seconds)).toEqual([
    { fromSeconds: 3, positionFrames: 96_000, isRolling: true, loop: null },
  ]);
});

test("P50: during a count-in takes are silent, and begin with the take", () => {
  const counted = { motion: "recording", positionFrames: 0, atMs: 4_000, bpm: 120 } as const;
  const state = at({
    transportBefore: stopped,
    takesEffectAtMs: 2_000,
    timeline: { ...initialView.timeline, transport: counted },
  });
  const legs = courseOf(state, 1_000, seconds);
  expect(legs.map(({ fromSeconds, isRolling }) => [fromSeconds, isRolling])).toEqual([
    [1, false],
    [2, false],
    [4, true],
  ]);
  expect(courseOf(state, 2_500, seconds).map(({ isRolling }) => isRolling)).toEqual([false, true]);
});

test("the clock of the loudspeakers is told from looks that tremble, and followed at once where it jumps", () => {
  const clock = new OutputClock();
  for (let at = 0; at < 400; at++) clock.note(10 + at * 0.1 + Math.sin(at) * 0.003, at * 100);
  expect(clock.secondsAt(40_000)).toBeCloseTo(50, 2);
  clock.note(60, 40_100);
  expect(clock.secondsAt(40_100)).toBeCloseTo(60, 2);
});
