import fc from "fast-check";
import { expect, test } from "vitest";
import { timecodeAt, timecodeRates, trueRate } from "../../../audio/timecode.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import type { DawEvent } from "./driver.std.ts";
import { type MackieOptions, mackieDriver } from "./mackie.std.ts";

const hex = (sent: Uint8Array | null) => Buffer.from(sent ?? []).toString("hex");
const moment = (localMs = 0) => ({ localMs, map: initialMap });

/** A DAW at the other end of the driver, in its own words. */
function open(options: MackieOptions = {}) {
  const driver = mackieDriver(options);
  let nowMs = 0;
  const says = (...bytes: number[]): DawEvent[] => driver.decode(Uint8Array.from(bytes), moment(nowMs));
  const lamp = (note: number, isOn: boolean) => says(0x90, note, isOn ? 0x7f : 0);
  /** Shows digits, the leftmost first, each in a message of its own as the surface gets them, and lets them settle. */
  const shows = (text: string) => {
    const events = [...text].reverse().flatMap((digit, at) => says(0xb0, 0x40 + at, 0x30 + Number(digit)));
    nowMs += 20;
    return [...events, ...driver.decode(new Uint8Array(), moment(nowMs))];
  };
  return { driver, says, lamp, shows };
}

test("C4: Mackie Control: a key goes down and up, and record arms before it rolls where it only arms", () => {
  const { driver, lamp } = open();
  expect(hex(driver.encode({ type: "play" }, moment()))).toBe("905e7f905e00");
  expect(hex(driver.encode({ type: "stop" }, moment()))).toBe("905d7f905d00");
  expect(hex(driver.encode({ type: "record" }, moment()))).toBe("905f7f905f00905e7f905e00");
  expect(driver.encode({ type: "punch-out" }, moment())).toBeNull();
  expect(driver.encode({ type: "locate", positionFrames: 0 }, moment())).toBeNull();
  lamp(0x5f, true);
  expect(hex(driver.encode({ type: "record" }, moment()))).toBe("905e7f905e00");
  expect(hex(driver.encode({ type: "punch-out" }, moment()))).toBe("905f7f905f00");
  expect(hex(open({ recordRolls: true }).driver.encode({ type: "record" }, moment()))).toBe("905f7f905f00");
});

test("C4: Mackie Control: a surface says who it is, to Mackie's hosts and to those that want Logic's handshake", () => {
  const { driver, says } = open();
  const who = "f00000661401536573734c6e6b01020304f7";
  expect(hex(driver.greeting ?? null)).toBe(who);
  const answers = (events: DawEvent[]) =>
    events.map((event) => (event.type === "answer" ? hex(event.bytes) : event.type));
  expect(answers(says(0xf0, 0, 0, 0x66, 0x14, 0x00, 0xf7))).toEqual([who]);
  expect(answers(says(0xf0, 0, 0, 0x66, 0x14, 0x02, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xf7))).toEqual([
    "f00000661403536573734c6e6bf7",
  ]);
  expect(answers(says(0xf0, 0, 0, 0x66, 0x14, 0x13, 0x00, 0xf7))).toEqual(["f0000066141456322e30f7"]);
  expect(says(0xf0, 0, 0, 0x66, 0x15, 0x00, 0xf7)).toEqual([]);
});

test("C4: Mackie Control: each change of the lamps is heard once, with running status and with real time in between", () => {
  const { says, lamp } = open();
  expect(says(0x90, 0x5d, 0, 0xf8, 0x5e, 0x7f, 0x5e, 0x7f)).toEqual([{ type: "play" }]);
  expect(lamp(0x5f, true)).toEqual([{ type: "record" }]);
  expect(lamp(0x5f, false)).toEqual([{ type: "punch-out" }]);
  expect([...lamp(0x5e, false), ...lamp(0x5d, true)]).toEqual([{ type: "stop" }]);
  // A blinking lamp is armed; the roll then is the recording.
  expect(says(0x90, 0x5f, 0x01)).toEqual([]);
  expect(lamp(0x5e, true)).toEqual([{ type: "record" }]);
  expect(says(0xf0, 0, 0, 0x66, 0x14, 0x63, 0xf7)).toEqual([{ type: "stop" }]);
});

test("C4: Mackie Control: the counter is a place once its digits have settled, and none before the DAW says what it shows", () => {
  const { lamp, shows } = open({ rate: "25", startFrames: 3_600 * 48_000 });
  expect(shows("0010203004")).toEqual([]);
  lamp(0x71, true);
  const positionFrames = (123 * 25 + 4) * 1_920;
  expect(shows("0010203004")).toEqual([{ type: "position", positionFrames, localMs: 20 }]);
  expect(shows("0000203004")).toEqual([]);
  expect(shows("0017003004")).toEqual([]);
});

test("C4: Mackie Control: of bars and beats the moment of a new beat is a place", () => {
  const { lamp, shows, says } = open();
  lamp(0x72, true);
  expect(shows("0030201000")).toEqual([{ type: "position", positionFrames: 9 * 24_000, localMs: 0 }]);
  expect(shows("0030203120")).toEqual([]);
  expect(shows("0030301000")).toEqual([{ type: "position", positionFrames: 10 * 24_000, localMs: 40 }]);
  // All digits in one message, the rightmost first, with points beside them.
  says(0xf0, 0, 0, 0x66, 0x14, 0x10, ..."0001040500".split("").map((digit) => 0x70 + Number(digit)), 0xf7);
  expect(shows("0050401000")).toEqual([{ type: "position", positionFrames: 19 * 24_000, localMs: 60 }]);
});

test("C4: Mackie Control: a DAW whose timecode is wanted and that shows beats is asked for it", () => {
  const { lamp, shows } = open({ counter: "smpte" });
  expect(lamp(0x72, true)).toEqual([{ type: "answer", bytes: Uint8Array.of(0x90, 0x35, 0x7f, 0x90, 0x35, 0) }]);
  lamp(0x72, false);
  expect(lamp(0x71, true)).toEqual([]);
  expect(shows("0000020000")).toEqual([{ type: "position", positionFrames: 20 * 48_000, localMs: 0 }]);
});

test("C4: Mackie Control: every place that a counter can show comes back to its frame, at every rate", () => {
  fc.assert(
    fc.property(fc.nat(23 * 3_600 * 48_000), fc.constantFrom(...timecodeRates), (place, rate) => {
      const { hours, minutes, seconds, frames } = timecodeAt(place, rate);
      const { shows } = open({ rate, counter: "smpte" });
      const two = (value: number) => String(value).padStart(2, "0");
      const [event] = shows(`0${two(hours)}${two(minutes)}${two(seconds)}0${two(frames)}`);
      if (event?.type !== "position") throw new Error("no place");
      // The counter has no subframes: it shows the frame that has begun.
      const behindFrames = place - event.positionFrames;
      expect(behindFrames).toBeGreaterThanOrEqual(-48_000 / trueRate(rate) / 200 - 1);
      expect(behindFrames).toBeLessThan(48_000 / trueRate(rate) + 1);
    }),
  );
});

test("C4: Mackie Control: no bytes make the driver throw, or say a place that there is not", () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 40 }).map((body) => Uint8Array.of(0xf0, 0, 0, 0x66, 0x14, ...body, 0xf7)),
    fc.tuple(fc.nat(127), fc.nat(127)).map(([control, value]) => Uint8Array.of(0xb0, control, value)),
    fc.tuple(fc.nat(127), fc.nat(127)).map(([note, value]) => Uint8Array.of(0x90, note, value)),
  );
  fc.assert(
    fc.property(fc.array(anything), fc.constantFrom("smpte" as const, "beats" as const), (pieces, counter) => {
      const driver = mackieDriver({ counter });
      const events = [...pieces, new Uint8Array()].flatMap((bytes, at) => driver.decode(bytes, moment(at * 7)));
      for (const event of events)
        if (event.type === "position") {
          expect(event.positionFrames).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(event.positionFrames)).toBe(true);
        }
    }),
  );
});
