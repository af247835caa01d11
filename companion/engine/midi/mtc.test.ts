import fc from "fast-check";
import { expect, test } from "vitest";
import { type TimecodeRate, timecodeAt, timecodeRates, trueRate } from "../../../audio/timecode.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { positionAt } from "../../../protocol/transport.ts";
import type { DawEvent } from "./driver.std.ts";
import { mtcDriver } from "./mtc.std.ts";

const EPOCH_MS = 1_800_000_000_000;
const hex = (sent: Uint8Array | null | undefined) => Buffer.from(sent ?? []).toString("hex");
const moment = (localMs = 0) => ({ localMs, map: initialMap });
const rolling = (positionFrames: number, atMs = EPOCH_MS): TransportState => ({
  motion: "playing",
  positionFrames,
  atMs,
  bpm: 120,
});

/** The ticks of a roll, for so long. */
function ticksOf(state: TransportState, lengthMs: number, rate: TimecodeRate, startFrames = 0) {
  const { tick } = mtcDriver({ rate, startFrames });
  const ticks: { atMs: number; bytes: Uint8Array }[] = [];
  for (let fromMs = state.atMs; ; ) {
    const next = tick?.(state, initialMap, fromMs) ?? null;
    if (next === null || next.atMs > state.atMs + lengthMs) return ticks;
    ticks.push(next);
    fromMs = next.atMs + 0.5;
  }
}

test("C4: MTC: the eight quarter frames and the full frame are those of the specification", () => {
  // 01:37:52:16 at 30 frames, drop-frame and not: F1 00 … F1 7x.
  const place = (rate: TimecodeRate) => {
    const count = (3_600 + 37 * 60 + 52) * 30 + 16 - (rate === "29.97df" ? 2 * (97 - 9) : 0);
    return Math.round((count / trueRate(rate)) * 48_000);
  };
  const spelled = (rate: TimecodeRate) => ticksOf(rolling(place(rate)), 60, rate).map(({ bytes }) => hex(bytes));
  expect(spelled("30")).toEqual(["f100", "f111", "f124", "f133", "f145", "f152", "f161", "f176"]);
  expect(spelled("29.97df")[7]).toBe("f174");
  const { encode } = mtcDriver({ rate: "25", startFrames: 3_600 * 48_000 });
  expect(hex(encode({ type: "locate", positionFrames: 62 * 48_000 + 3 * 1_920 }, moment()))).toBe(
    "f07f7f010121010203f7",
  );
  expect(encode({ type: "locate", positionFrames: 23 * 3_600 * 48_000 }, moment())).toBeNull();
  expect(encode({ type: "play" }, moment())).toBeNull();
});

test("C4: MTC: four quarter frames in each frame, none drifts, and they begin with a whole label", () => {
  for (const rate of timecodeRates) {
    const ticks = ticksOf(rolling(1_000), 60_000, rate);
    const first = ticks[0] ?? expect.fail();
    expect(hex(first.bytes).slice(2, 3)).toBe("0");
    for (const [at, tick] of ticks.entries())
      expect(tick.atMs).toBeCloseTo(first.atMs + (at * 250) / trueRate(rate), 2);
  }
});

test("C4: MTC: what leaves comes back as a roll from its place, at every rate and start", () => {
  fc.assert(
    fc.property(
      fc.nat(20 * 3_600 * 48_000),
      fc.constantFrom(...timecodeRates),
      fc.constantFrom(0, 3_600 * 48_000),
      (positionFrames, rate, startFrames) => {
        const state = rolling(positionFrames);
        const driver = mtcDriver({ rate, startFrames });
        const ticks = ticksOf(state, 500, rate, startFrames);
        const events = ticks.flatMap(({ atMs, bytes }) =>
          driver.decode(bytes, moment(atMs)).map((event) => ({ event, atMs })),
        );
        expect(events.map(({ event }) => event.type).slice(0, 3)).toEqual(["position", "play", "position"]);
        for (const { event, atMs } of events)
          if (event.type === "position")
            expect(Math.abs(event.positionFrames - positionAt(state, atMs))).toBeLessThanOrEqual(2);
        const last = ticks.at(-1)?.atMs ?? 0;
        expect(driver.decode(new Uint8Array(), moment(last + 100))).toEqual([{ type: "stop", localMs: last }]);
        expect(driver.decode(new Uint8Array(), moment(last + 200))).toEqual([]);
      },
    ),
  );
});

test("C4: MTC: a full frame survives the way there and back, and ends a roll", () => {
  fc.assert(
    fc.property(fc.nat(23 * 3_600 * 48_000), fc.constantFrom(...timecodeRates), (positionFrames, rate) => {
      const driver = mtcDriver({ rate });
      const [heard] = driver.decode(
        driver.encode({ type: "locate", positionFrames }, moment()) ?? expect.fail(),
        moment(),
      );
      if (heard?.type !== "locate") throw new Error("not a locate");
      // It has no subframes.
      expect(timecodeAt(heard.positionFrames, rate)).toMatchObject({ hundredths: 0 });
      expect(Math.abs(positionFrames - heard.positionFrames)).toBeLessThanOrEqual(48_000 / trueRate(rate) + 1);
    }),
  );
  const driver = mtcDriver();
  const quarters = ticksOf(rolling(0), 100, "30");
  for (const { atMs, bytes } of quarters) driver.decode(bytes, moment(atMs));
  const stopped: DawEvent[] = driver.decode(
    Uint8Array.of(0xf0, 0x7f, 0x7f, 1, 1, 0x60, 0, 1, 0, 0xf7),
    moment(EPOCH_MS),
  );
  expect(stopped.map(({ type }) => type)).toEqual(["stop", "locate"]);
});

test("C4: MTC: a jump while it runs is a locate; code that runs backwards or has lost a piece says nothing", () => {
  const driver = mtcDriver();
  const hear = (ticks: { atMs: number; bytes: Uint8Array }[]) =>
    ticks.flatMap(({ atMs, bytes }) => driver.decode(bytes, moment(atMs)).map(({ type }) => type));
  const first = ticksOf(rolling(0), 140, "30");
  expect(hear(first)).toEqual(["position", "play", "position"]);
  const jumpedMs = (first.at(-1)?.atMs ?? 0) + 8;
  expect(hear(ticksOf(rolling(480_000, jumpedMs), 140, "30"))).toEqual(["locate", "position"]);
  const other = mtcDriver();
  const backwards = ticksOf(rolling(0), 300, "30").reverse();
  expect(backwards.flatMap(({ bytes }, at) => other.decode(bytes, moment(at * 8)))).toEqual([]);
  const holed = ticksOf(rolling(0), 66, "30").filter((_, at) => at !== 3);
  expect(holed.flatMap(({ bytes }, at) => other.decode(bytes, moment(at * 8)))).toEqual([]);
});

test("C4: MTC: no bytes make the driver throw, and hours past a day, minute 60 or frame 30 are no place", () => {
  const driver = mtcDriver();
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.nat(127).map((data) => Uint8Array.of(0xf1, data)),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((label) => Uint8Array.of(0xf0, 0x7f, 0x7f, 1, 1, ...label, 0xf7)),
  );
  fc.assert(
    fc.property(fc.array(anything), (pieces) => {
      for (const event of pieces.flatMap((bytes, at) => driver.decode(bytes, moment(at * 9))))
        if ("positionFrames" in event) expect(event.positionFrames).toBeGreaterThanOrEqual(0);
    }),
  );
  for (const label of [
    [0x78, 0, 0, 0],
    [0x60, 60, 0, 0],
    [0x60, 0, 60, 0],
    [0x60, 0, 0, 30],
    [0x00, 0, 0, 24],
  ])
    expect(mtcDriver().decode(Uint8Array.of(0xf0, 0x7f, 0x7f, 1, 1, ...label, 0xf7), moment())).toEqual([]);
});
