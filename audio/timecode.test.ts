import fc from "fast-check";
import { expect, test } from "vitest";
import { TIMELINE_MAX_FRAMES } from "../protocol/limits.ts";
import { placeOfTimecode, timecodeAt, timecodeRates, trueRate } from "./timecode.ts";

const show = (positionFrames: number, rate: (typeof timecodeRates)[number]) => {
  const { hours, minutes, seconds, frames } = timecodeAt(positionFrames, rate);
  return [hours, minutes, seconds, frames].map((part) => String(part).padStart(2, "0")).join(":");
};

test("C4: SMPTE ST 12-1: drop-frame leaves out two labels each minute but the tenth, and an hour is an hour", () => {
  const at = (count: number) => Math.round((count * 1_001 * 48_000) / 30_000);
  expect([show(at(1_799), "29.97df"), show(at(1_800), "29.97df")]).toEqual(["00:00:59:29", "00:01:00:02"]);
  expect([show(at(17_981), "29.97df"), show(at(17_982), "29.97df")]).toEqual(["00:09:59:29", "00:10:00:00"]);
  expect(show(at(107_892), "29.97df")).toBe("01:00:00:00");
  // An hour of the clock: drop-frame is right to a frame, the other is 3.6 s behind.
  expect(show(3_600 * 48_000, "29.97df")).toBe("01:00:00:00");
  expect(show(3_600 * 48_000, "29.97")).toBe("00:59:56:12");
  expect(placeOfTimecode({ hours: 0, minutes: 1, seconds: 0, frames: 0, hundredths: 0 }, "29.97df")).toBe(at(1_800));
  expect(placeOfTimecode({ hours: 0, minutes: 1, seconds: 0, frames: 1, hundredths: 0 }, "29.97df")).toBe(at(1_800));
});

test("C4: a place survives the way to its label and back within half a hundredth of a frame, at every rate", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: TIMELINE_MAX_FRAMES }), fc.constantFrom(...timecodeRates), (place, rate) => {
      const label = timecodeAt(place, rate);
      if (label.hours > 23) return;
      const back = placeOfTimecode(label, rate);
      expect(Math.abs((back ?? Number.NaN) - place)).toBeLessThanOrEqual(48_000 / trueRate(rate) / 200 + 1);
    }),
  );
});

test("C4: labels that do not exist have no place: hours 24 to 31, minute 60, frame 30, subframe 100", () => {
  const label = { hours: 1, minutes: 2, seconds: 3, frames: 4, hundredths: 5 };
  const bad = [
    { hours: 24 },
    { hours: 31 },
    { minutes: 60 },
    { seconds: 63 },
    { frames: 25 },
    { hundredths: 100 },
    { hours: -1 },
  ];
  expect(bad.map((part) => placeOfTimecode({ ...label, ...part }, "25"))).toEqual(bad.map(() => null));
});
