import fc from "fast-check";
import { expect, test } from "vitest";
import { Bars } from "../../../audio/bars.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { initialMap, type TimelineMap } from "../../../protocol/timeline.ts";
import { positionAt } from "../../../protocol/transport.ts";
import type { DawDriver, DawEvent } from "./driver.std.ts";
import { midiClockDriver } from "./midi-clock.std.ts";

const EPOCH_MS = 1_800_000_000_000;
const SIXTEENTH = 6_000;
const hex = (sent: Uint8Array | null | undefined) => Buffer.from(sent ?? []).toString("hex");
const moment = (localMs = 0, map: TimelineMap = initialMap) => ({ localMs, map });
const rolling = (positionFrames: number, atMs = EPOCH_MS): TransportState => ({
  motion: "playing",
  positionFrames,
  atMs,
  bpm: 120,
});

function ticksOf(driver: DawDriver, state: TransportState, lengthMs: number, map = initialMap, fromMs = state.atMs) {
  const ticks: { atMs: number; bytes: Uint8Array }[] = [];
  for (let nextMs = fromMs; ; ) {
    const next = driver.tick?.(state, map, nextMs) ?? null;
    if (next === null || next.atMs > state.atMs + lengthMs) return ticks;
    ticks.push(next);
    nextMs = next.atMs + 0.5;
  }
}
const told = (ticks: { bytes: Uint8Array }[]) => ticks.map(({ bytes }) => hex(bytes));

test("C4: MIDI clock: Start at the origin, song position and Continue elsewhere, Stop before a place", () => {
  const driver = midiClockDriver();
  expect(told(ticksOf(driver, rolling(0), 45))).toEqual(["faf8", "f8", "f8"]);
  // Bar 17 of four-four is sixteenth 256.
  const state = rolling(256 * SIXTEENTH);
  expect(told(ticksOf(driver, state, 25))).toEqual(["f20002fbf8", "f8"]);
  expect(hex(driver.encode({ type: "stop" }, moment()))).toBe("fc");
  expect(hex(driver.encode({ type: "locate", positionFrames: 256 * SIXTEENTH }, moment()))).toBe("fcf20002");
  expect(driver.encode({ type: "play" }, moment())).toBeNull();
  // The last sixteenth that fourteen bits can count.
  expect(hex(driver.encode({ type: "locate", positionFrames: 16_383 * SIXTEENTH }, moment()))).toBe("fcf27f7f");
  expect(driver.encode({ type: "locate", positionFrames: 16_383 * SIXTEENTH + 10 }, moment())).toBeNull();
  expect(driver.tick?.(rolling(16_384 * SIXTEENTH), initialMap, EPOCH_MS)).toBeNull();
});

test("C4: MIDI clock: between two sixteenths a roll is joined at the next one, announced a moment before", () => {
  const ticks = ticksOf(midiClockDriver(), rolling(SIXTEENTH + 1_000), 130);
  expect(hex(ticks[0]?.bytes)).toBe("f20200fb");
  expect(ticks[0]?.atMs).toBeCloseTo(EPOCH_MS + 5_000 / 48 - 2, 2);
  expect(ticks[1]?.atMs).toBeCloseTo(EPOCH_MS + 5_000 / 48, 2);
});

test("C4: MIDI clock: whoever was held back is put right at the next sixteenth instead of running behind", () => {
  const driver = midiClockDriver();
  const state = rolling(0);
  ticksOf(driver, state, 45);
  expect(told(ticksOf(driver, state, 510, initialMap, EPOCH_MS + 300))).toEqual([
    "fcf20300fb",
    ...Array.from({ length: 7 }, () => "f8"),
  ]);
});

const map: fc.Arbitrary<TimelineMap> = fc
  .array(fc.tuple(fc.integer({ min: 48_000, max: 480_000 }), fc.double({ min: 20, max: 300, noNaN: true })), {
    maxLength: 5,
  })
  .map((steps) => {
    const tempo = [{ positionFrames: 0, bpm: 120 }];
    for (const [apart, bpm] of steps) tempo.push({ positionFrames: (tempo.at(-1)?.positionFrames ?? 0) + apart, bpm });
    return { ...initialMap, tempo };
  });

test("C4: MIDI clock: each clock is in its place, through every change of tempo, and comes back as a roll from there", () => {
  fc.assert(
    fc.property(map, fc.nat(1_000_000), (drawn, positionFrames) => {
      const state = rolling(positionFrames);
      const driver = midiClockDriver();
      const ticks = ticksOf(driver, state, 4_000, drawn);
      const bars = new Bars(drawn);
      const clocks = ticks.filter(({ bytes }) => bytes.at(-1) === 0xf8);
      for (const { atMs } of clocks) {
        const clock = bars.quartersAt(positionFrames + (atMs - EPOCH_MS) * 48) * 24;
        expect(Math.abs(clock - Math.round(clock))).toBeLessThan(0.001);
      }
      const events = ticks.flatMap(({ atMs, bytes }) =>
        driver.decode(bytes, moment(atMs, drawn)).map((event) => ({ event, atMs })),
      );
      expect(events.filter(({ event }) => event.type === "play")).toHaveLength(1);
      for (const { event, atMs } of events) {
        if (event.type === "position")
          expect(Math.abs(event.positionFrames - positionAt(state, atMs))).toBeLessThanOrEqual(2);
      }
    }),
  );
});

/** A DAW that leads, in its own words. */
function leader() {
  const driver = midiClockDriver();
  let nowMs = 0;
  const says = (...bytes: number[]): DawEvent[] => driver.decode(Uint8Array.from(bytes), moment(nowMs));
  const runs = (bpm: number, clocks: number): DawEvent[] =>
    Array.from({ length: clocks }, () => {
      nowMs += 60_000 / bpm / 24;
      return says(0xf8);
    }).flat();
  return { says, runs };
}

test("C4: MIDI clock: a DAW that leads rolls at its first clock, from where it says, and continues where it stopped", () => {
  const { says, runs } = leader();
  expect(says(0xf2, 0, 2)).toEqual([{ type: "locate", positionFrames: 256 * SIXTEENTH }]);
  expect(says(0xfb)).toEqual([]);
  expect(runs(120, 1)).toEqual([{ type: "position", positionFrames: 256 * SIXTEENTH }, { type: "play" }]);
  runs(120, 14);
  expect(says(0xfc)).toEqual([{ type: "stop" }]);
  expect(says(0xfc)).toEqual([]);
  says(0xfb);
  expect(runs(120, 1)[0]).toEqual({ type: "position", positionFrames: 258 * SIXTEENTH });
  says(0xfc);
  says(0xfa);
  expect(runs(120, 1)[0]).toEqual({ type: "position", positionFrames: 0 });
});

test("C4: MIDI clock: a tempo is another one when two beats agree; 300 is one, 3,000 is none, and jitter is none", () => {
  const tempos = (events: DawEvent[]) => events.flatMap((event) => (event.type === "tempo" ? [event.bpm] : []));
  expect(tempos(leader().runs(120.3, 200))).toEqual([]);
  expect(tempos(leader().runs(96, 200))).toEqual([96]);
  expect(tempos(leader().runs(300, 49))).toEqual([300]);
  expect(tempos(leader().runs(3_000, 10_000))).toEqual([]);
  expect(tempos(leader().runs(Number.POSITIVE_INFINITY, 10_000))).toEqual([]);
});

test("C4: MIDI clock: no bytes make the driver throw, and it says no place before the origin", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 20 }),
          fc.nat(255).map((one) => Uint8Array.of(one)),
        ),
      ),
      (pieces) => {
        const driver = midiClockDriver();
        for (const event of pieces.flatMap((bytes, at) => driver.decode(bytes, moment(at * 9))))
          if ("positionFrames" in event) expect(event.positionFrames).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
