import { expect, test } from "vitest";
import { StepMixer } from "../../audio/step-mixer.ts";
import { applyTimeline, positionAt, type TransportEvent } from "../../protocol/transport.ts";
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

test("C4, P50: whoever listens hears the same frame of a take at the same instant of session time, through a map whose tempo changes under the playhead", () => {
  const PERIOD = 128;
  const events: TransportEvent[] = [
    { transport: { command: "tempo", bpm: 90, positionFrames: 150_000 }, effectiveAtMs: 200 },
    { transport: { command: "locate", positionFrames: 96_000 }, effectiveAtMs: 400 },
    { transport: { command: "play" }, effectiveAtMs: 600 },
    { transport: { command: "tempo", bpm: 133 }, effectiveAtMs: 1_200 },
    { transport: { command: "signature", beats: 7, unit: 8 }, effectiveAtMs: 1_500 },
    { transport: { command: "tempo", bpm: 60 }, effectiveAtMs: 2_400 },
  ];
  let { timeline } = initialView;
  // Two audio clocks that began at other times, and the engineer's comes to know of each command later.
  const listeners = [
    { beganMs: -7_300, knowsMs: 150, mixer: new StepMixer() },
    { beganMs: -912_345.6, knowsMs: 20, mixer: new StepMixer() },
  ].map((one) => {
    const ramp = Float32Array.from({ length: 480_000 }, (_, at) => at / 1e6);
    one.mixer.tell({ type: "stem", id: 1, gain: 1 });
    one.mixer.tell({ type: "chunk", id: 1, at: 0, channels: [ramp] });
    return { ...one, heard: new Map<number, number>() };
  });
  const states = events.map((event) => {
    const transportBefore = timeline.transport;
    timeline = applyTimeline(timeline, event);
    return at({ transportBefore, takesEffectAtMs: event.effectiveAtMs, timeline });
  });
  const bpms = states.map(({ timeline: { transport } }) => transport.bpm);
  expect(bpms).toEqual([120, 120, 120, 133, 133, 60]);
  for (const { beganMs, knowsMs, mixer, heard } of listeners) {
    const [left, right] = [new Float32Array(PERIOD), new Float32Array(PERIOD)];
    for (let block = 0; block < 1_200; block++) {
      const nowMs = (block * PERIOD) / 48;
      const state = states.findLast(({ takesEffectAtMs }) => takesEffectAtMs - knowsMs <= nowMs);
      if (state !== undefined)
        mixer.tell({ type: "course", legs: courseOf(state, nowMs, (sessionMs) => (sessionMs - beganMs) / 1_000) });
      mixer.process(left, right, (nowMs - beganMs) / 1_000);
      heard.set(block, (left[0] ?? 0) * 1e6);
    }
  }
  const [one, other] = listeners;
  for (let block = 0; block < 1_200; block++) {
    const nowMs = (block * PERIOD) / 48;
    const frames = nowMs < 600 ? 0 : 96_000 + (nowMs - 600) * 48;
    expect(one?.heard.get(block)).toBeCloseTo(other?.heard.get(block) ?? Number.NaN, 0);
    // After a fade of 2 ms it is in place, and no tempo moves it.
    if (nowMs < 600 || nowMs > 605) expect(Math.abs((one?.heard.get(block) ?? 0) - frames)).toBeLessThan(1.5);
    if (nowMs > 2_400) expect(Math.abs(positionAt(timeline.transport, nowMs) - frames)).toBeLessThan(1.5);
  }
});
