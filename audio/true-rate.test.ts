import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TrueRate } from "./true-rate.ts";

/** A device at this rate, looked at about once a second for a minute; each look may come late, and see what was there at `lagsMs` before. */
function watched(rateHz: number, lagsMs: readonly number[] = [0]): TrueRate {
  const rate = new TrueRate(48_000);
  for (let second = 0; second < 60; second++) {
    const ms = second * 1_000;
    rate.note(((ms - (lagsMs[second % lagsMs.length] ?? 0)) / 1000) * rateHz, ms);
  }
  return rate;
}

describe("X24: a device that lies about its rate", () => {
  test.each([44_100, 88_200, 96_000, 32_000])("%d Hz under the name of 48,000 is told", (rateHz) => {
    expect(watched(rateHz).otherHz).toBeCloseTo(rateHz, -2);
  });

  test("its buffers do not hide it", () => {
    expect(watched(44_100, [0, 20, 5, 12]).otherHz).toBeCloseTo(44_100, -3);
  });

  test("a true one, by whatever crystal, and one that stands still, are not accused", () => {
    expect(watched(48_000 * 1.0005).otherHz).toBeNull();
    expect(watched(0).otherHz).toBeNull();
    expect(new TrueRate(48_000).otherHz).toBeNull();
  });

  test("nor is one on a machine that is late by another amount each time", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 60, maxLength: 60 }), (lagsMs) => {
        expect(watched(48_000, lagsMs).otherHz).toBeNull();
      }),
    );
  });
});
