import fc from "fast-check";
import { expect, test } from "vitest";
import { type Leg, placeOnLeg, StepMixer } from "./step-mixer.ts";

const BLOCK = 128;
/** A ramp tells of each sample which frame of the timeline it is. */
const ramp = (from: number, frames: number) => Float32Array.from({ length: frames }, (_, at) => (from + at) / 1e6);

function mixer(legs: readonly Leg[], frames = 480_000) {
  const one = new StepMixer();
  one.tell({ type: "stem", id: 1, gain: 1 });
  one.tell({ type: "chunk", id: 1, at: 0, channels: [ramp(0, frames)] });
  one.tell({ type: "course", legs });
  return one;
}
const leg = (fromSeconds: number, positionFrames: number, more: Partial<Leg> = {}): Leg => ({
  fromSeconds,
  positionFrames,
  isRolling: true,
  loop: null,
  ...more,
});
/** What is heard from an instant on, as frames of the timeline. */
function hear(one: StepMixer, fromSeconds: number, blocks: number): number[] {
  const heard: number[] = [];
  const [left, right] = [new Float32Array(BLOCK), new Float32Array(BLOCK)];
  for (let at = 0; at < blocks; at++) {
    one.process(left, right, fromSeconds + (at * BLOCK) / 48_000);
    for (const value of left) heard.push(value * 1e6);
  }
  return heard;
}

test("C4: a take is in step: at each instant of the audio clock the frame at which the playhead is, from the very frame of the command", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 0, max: 100_000 }),
      (startFrame, from, position) => {
        const heard = hear(mixer([leg((from + startFrame) / 48_000, position)]), from / 48_000, 200);
        const begins = startFrame;
        // Silence until then, a fade of 2 ms, and then exactly in place.
        if (begins > 0) expect(Math.max(0, ...heard.slice(0, Math.min(heard.length, begins)))).toBe(0);
        for (const at of [begins + 256, begins + 5_000])
          if (at < heard.length) expect(heard[at]).toBeCloseTo(position + at - begins, 0);
      },
    ),
    { numRuns: 50 },
  );
});

test("P51: round the loop without a gap, and a jump lands where the playhead went", () => {
  const loop = { from: 10_000, to: 12_000 };
  const looped = hear(mixer([leg(0, 11_000, { loop })]), 0, 60);
  expect(looped[999]).toBeCloseTo(11_999, 0);
  expect(looped[1_000]).toBeCloseTo(10_000, 0);
  expect(looped[3_001]).toBeCloseTo(10_001, 0);
  const jumped = hear(mixer([leg(0, 1_000), leg(0.1, 200_000)]), 0, 60);
  expect(jumped[4_799]).toBeCloseTo(5_799, 0);
  expect(jumped[5_000]).toBeCloseTo(200_200, 0);
});

test("a stop is silence within 2 ms, and no click; a clock that trembles moves nothing", () => {
  const stopped = hear(mixer([leg(0, 1_000), leg(0.05, 3_400, { isRolling: false })]), 0, 40);
  expect(stopped[2_399]).toBeCloseTo(3_399, 0);
  expect(stopped[2_400]).toBeGreaterThan(3_000);
  expect(Math.max(...stopped.slice(2_560))).toBe(0);
  const one = mixer([leg(0, 1_000)]);
  const first = hear(one, 0, 10);
  one.tell({ type: "course", legs: [leg(0, 1_012)] });
  const then = hear(one, (10 * BLOCK) / 48_000, 1);
  expect((then[0] ?? 0) - (first.at(-1) ?? 0)).toBeCloseTo(1, 1);
});

test("what has not come yet is silent, and in place when it has; one that is turned down goes", () => {
  const one = new StepMixer();
  one.tell({ type: "stem", id: 1, gain: 1 });
  one.tell({ type: "course", legs: [leg(0, 0)] });
  expect(Math.max(...hear(one, 0, 4))).toBe(0);
  one.tell({ type: "chunk", id: 1, at: 500, channels: [ramp(500, 1_000)] });
  expect(hear(one, 512 / 48_000, 1)[0]).toBeCloseTo(512, 0);
  one.tell({ type: "stem", id: 1, gain: 0 });
  hear(one, 640 / 48_000, 1);
  expect(Math.max(...hear(one, 768 / 48_000, 1))).toBe(0);
});

test("the place on a leg: where it stands while it does not roll", () => {
  expect(placeOnLeg(leg(5, 960, { isRolling: false }), 9)).toBe(960);
  expect(placeOnLeg(leg(5, 960), 6)).toBe(48_960);
});
