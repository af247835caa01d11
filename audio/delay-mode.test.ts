import { describe, expect, test } from "vitest";
import { initialMap } from "../protocol/timeline.ts";
import { Bars } from "./bars.ts";
import { DelayLine } from "./delay-line.ts";
import { planDelays, settlePlan } from "./delay-mode.ts";

const lanes = [
  { memberId: "ada", totalMs: 31 },
  { memberId: "ben", totalMs: 12 },
];
const situation = { lanes, groupMs: 44, ownMs: 5.3, barMs: 2_000 };

describe("one delay for all", () => {
  test("P64: live holds nobody back", () => {
    const plan = planDelays({ ...situation, mode: "live" });
    expect(plan).toMatchObject({ mode: "live", monitorMs: null, delayMs: null, bars: null });
    expect(plan.holds.every(({ holdMs }) => holdMs === 0)).toBe(true);
  });

  test("P64: equal brings everybody, oneself too, to the group's delay, whatever it is", () => {
    for (const groupMs of [0, 44, 300]) {
      const plan = planDelays({ ...situation, groupMs, mode: "equal" });
      const delayMs = Math.max(31, groupMs);
      expect(plan).toMatchObject({ mode: "equal", delayMs, bars: null });
      for (const { memberId, holdMs } of plan.holds)
        expect(holdMs + (lanes.find((lane) => lane.memberId === memberId)?.totalMs ?? 0)).toBe(delayMs);
      expect((plan.monitorMs ?? 0) + situation.ownMs).toBeCloseTo(delayMs);
    }
  });

  test("P64: bars brings everybody to as few whole bars as hold all of them, and oneself not at all", () => {
    for (const [groupMs, barMs, bars] of [
      [44, 2_000, 1],
      [180, 100, 2],
      [9_000, 8_000, 0],
    ] as const) {
      const plan = planDelays({ ...situation, groupMs, barMs, mode: "bars" });
      // Two bars of eight seconds are more than a lane can be held back.
      if (bars === 0) expect(plan).toMatchObject({ mode: "live", bars: null });
      else {
        expect(plan).toMatchObject({ mode: "bars", bars, delayMs: bars * barMs, monitorMs: null });
        expect(plan.holds[0]?.holdMs).toBe(bars * barMs - 31);
      }
    }
    expect(new Bars(initialMap).barFramesAt(123_456)).toBe(96_000);
  });

  test("P64: a way that breathes is not followed, one that has changed is", () => {
    const before = planDelays({ ...situation, mode: "equal" });
    const breathed = planDelays({ ...situation, groupMs: 44.9, mode: "equal" });
    const changed = planDelays({ ...situation, groupMs: 60, mode: "equal" });
    expect(settlePlan(breathed, before)).toEqual(before);
    expect(settlePlan(changed, before)).toEqual(changed);
    expect(settlePlan(changed, null)).toEqual(changed);
  });
});

describe("a delay line", () => {
  /** What comes out for a count that goes in, after each change of the delay. */
  function run(delays: readonly number[]) {
    const line = new DelayLine(1, 48_000 * 14);
    const block = new Float32Array(128);
    let frame = 0;
    let last = 0;
    let step = 0;
    const heard = delays.map((delay) => {
      line.delayFrames = delay;
      for (let blocks = 0; blocks < delay / 128 + 40; blocks++) {
        for (let at = 0; at < 128; at++) block[at] = Math.sin((2 * Math.PI * 50 * frame++) / 48_000);
        line.pass([block], 128);
        for (const value of block) {
          step = Math.max(step, Math.abs(value - last));
          last = value;
        }
      }
      return Math.abs((block[127] ?? 0) - Math.sin((2 * Math.PI * 50 * (frame - 1 - delay)) / 48_000));
    });
    return { heard, step };
  }

  test("P64: what comes out went in so long ago, to the frame, and a change is no click", () => {
    const { heard, step } = run([0, 480, 96_000, 100, 600_000, 0]);
    for (const off of heard) expect(off).toBeLessThan(1e-6);
    // The tone itself moves by at most 0.0066 a frame, and two of them are blended within a fiftieth of a second.
    expect(step).toBeLessThan(0.0066 + 2 / 960 + 1e-3);
  });
});
