import fc from "fast-check";
import { expect, test } from "vitest";
import { timecodeRates, trueRate } from "../../../audio/timecode.ts";
import { TIMELINE_MAX_FRAMES } from "../../../protocol/limits.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import type { DawMessage } from "./driver.std.ts";
import { mmcDriver } from "./mmc.std.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const hex = (sent: Uint8Array | null) => Buffer.from(sent ?? []).toString("hex");
const moment = { localMs: 0, map: initialMap };
const decode = (text: string, rate: (typeof timecodeRates)[number] = "30") =>
  mmcDriver({ rate }).decode(bytes(text), moment);

test("C4: the bytes are those of RP-013", () => {
  const { encode } = mmcDriver();
  expect(hex(encode({ type: "stop" }))).toBe("f07f7f0601f7");
  expect(hex(encode({ type: "play" }))).toBe("f07f7f0603f7");
  expect(hex(encode({ type: "record" }))).toBe("f07f7f060306f7");
  expect(hex(encode({ type: "punch-out" }))).toBe("f07f7f0607f7");
  expect(encode({ type: "tempo", bpm: 120 })).toBeNull();
  // One hour, two minutes, three seconds and four frames at 25 a second, to one machine.
  const positionFrames = ((3600 + 120 + 3) * 25 + 4) * (48_000 / 25);
  const one = mmcDriver({ rate: "25", deviceId: 0x10 });
  expect(hex(one.encode({ type: "locate", positionFrames }))).toBe("f07f10064406012102030400f7");
  const studio = mmcDriver({ rate: "25", startFrames: 3_600 * 48_000 });
  expect(hex(studio.encode({ type: "locate", positionFrames: 0 }))).toBe("f07f7f064406012100000000f7");
});

test("C4: 29.97 drop-frame is its own rate, and the end of a day has no label instead of that of its beginning", () => {
  const minute = Math.round((1_800 * 1_001 * 48_000) / 30_000);
  const drop = mmcDriver({ rate: "29.97df" });
  expect(hex(drop.encode({ type: "locate", positionFrames: minute }))).toBe("f07f7f064406014001000200f7");
  expect(drop.decode(bytes("f07f7f06 440601 4001000200 f7"), moment)).toEqual([
    { type: "locate", positionFrames: minute },
  ]);
  expect(mmcDriver().encode({ type: "locate", positionFrames: TIMELINE_MAX_FRAMES })).toBeNull();
  expect(hex(mmcDriver().encode({ type: "locate", positionFrames: TIMELINE_MAX_FRAMES - 1_600 }))).toBe(
    "f07f7f06440601773b3b1d00f7",
  );
});

test("C4: Pause, Record Exit, sign, status and colour bits are read as RP-013 means them", () => {
  expect(decode("f07f7f0609f7")).toEqual([{ type: "stop" }]);
  expect(decode("f07f7f0607f7")).toEqual([{ type: "punch-out" }]);
  expect(decode("f07f7f060206f7")).toEqual([{ type: "record" }]);
  const second = [{ type: "locate", positionFrames: 48_000 }];
  // Status instead of subframes, colour frame flag, reserved bit.
  expect(decode("f07f7f06 440601 60004120 7f f7".replaceAll(" ", ""))).toEqual(second);
  expect(decode("f07f7f06 440601 6040010000 f7")).toEqual(second);
  expect(decode("f07f7f06 440601 6000014000 f7")).toEqual([]);
  for (const hours of ["78", "7f"]) expect(decode(`f07f7f06 440601 ${hours}00010000 f7`)).toEqual([]);
  // Masked write of record-arm, a locate to a field, an unknown command of the second table: then a stop.
  expect(decode("f07f7f06 41044f002020 44020001 0001 01 f7")).toEqual([{ type: "stop" }]);
  expect(mmcDriver({ deviceId: 3 }).decode(bytes("f07f040601f7 f07f030601f7"), moment)).toEqual([{ type: "stop" }]);
});

const message: fc.Arbitrary<DawMessage> = fc.oneof(
  fc.constantFrom("play", "stop", "record", "punch-out").map((type) => ({ type }) as const),
  fc
    .integer({ min: 0, max: TIMELINE_MAX_FRAMES - 4_800 })
    .map((positionFrames) => ({ type: "locate", positionFrames }) as const),
);

test("C4: every message survives the way there and back, a place to a hundredth of a frame at every rate", () => {
  fc.assert(
    fc.property(message, fc.constantFrom(...timecodeRates), (sent, rate) => {
      const driver = mmcDriver({ rate });
      const told = driver.encode(sent);
      // A day of 29.97 without dropped labels is longer than 24 hours of them.
      if (told === null) return;
      const [heard] = driver.decode(told, moment);
      if (sent.type !== "locate") expect(heard).toEqual(sent);
      else if (heard?.type !== "locate") throw new Error("not a locate");
      else
        expect(Math.abs(heard.positionFrames - sent.positionFrames)).toBeLessThanOrEqual(
          48_000 / trueRate(rate) / 200 + 1,
        );
    }),
  );
});

test("C4: no bytes make the decoder throw, and what is not MMC means nothing", () => {
  const { decode: hear } = mmcDriver();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (sent) => Array.isArray(hear(sent, moment))));
  const framed = fc.uint8Array({ maxLength: 40 }).map((body) => Uint8Array.of(0xf0, 0x7f, 0x7f, 0x06, ...body, 0xf7));
  fc.assert(
    fc.property(framed, (sent) =>
      hear(sent, moment).every(
        (event) => event.type !== "locate" || event.positionFrames <= TIMELINE_MAX_FRAMES * 1.002,
      ),
    ),
  );
  expect(decode("f07f7f0701f7 f07e7f0601f7")).toEqual([]);
});
