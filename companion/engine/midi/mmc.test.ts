import fc from "fast-check";
import { expect, test } from "vitest";
import { TIMELINE_MAX_FRAMES } from "../../../protocol/limits.ts";
import { decodeMmc, encodeMmc, type FrameRate } from "./mmc.std.ts";

const hex = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString("hex");

test("C4: the bytes are those of RP-013", () => {
  expect(hex(encodeMmc({ command: "stop" }))).toBe("f07f7f0601f7");
  expect(hex(encodeMmc({ command: "play" }))).toBe("f07f7f0603f7");
  expect(hex(encodeMmc({ command: "record" }))).toBe("f07f7f060306f7");
  // One hour, two minutes, three seconds and four frames at 25 a second.
  const positionFrames = ((3600 + 120 + 3) * 25 + 4) * (48_000 / 25);
  expect(hex(encodeMmc({ command: "locate", positionFrames }, 25, 0x10))).toBe("f07f100644060121020304" + "00f7");
  expect(encodeMmc({ command: "tempo", bpm: 120 })).toBeNull();
});

test("C4: a locate survives the way there and back to a hundredth of a frame, at every rate", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: TIMELINE_MAX_FRAMES - 4_800 }),
      fc.constantFrom<FrameRate>(24, 25, 30),
      (at, rate) => {
        const [command] = decodeMmc(encodeMmc({ command: "locate", positionFrames: at }, rate) ?? new Uint8Array());
        if (command?.command !== "locate") throw new Error("not a locate");
        expect(Math.abs(command.positionFrames - at)).toBeLessThanOrEqual(48_000 / rate / 200 + 1);
      },
    ),
  );
});

test("no bytes make the decoder throw, and what is not MMC means nothing", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => Array.isArray(decodeMmc(bytes))));
  const framed = fc.uint8Array({ maxLength: 40 }).map((body) => Uint8Array.of(0xf0, 0x7f, 0x7f, 0x06, ...body, 0xf7));
  fc.assert(fc.property(framed, (bytes) => Array.isArray(decodeMmc(bytes))));
  expect(decodeMmc(Uint8Array.of(0xf0, 0x7f, 0x7f, 0x07, 0x01, 0xf7))).toEqual([]);
  expect(decodeMmc(Uint8Array.of(0xf0, 0x7f, 0x7f, 0x06, 0x03, 0x06, 0xf7))).toEqual([{ command: "record" }]);
});
