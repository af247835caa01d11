import fc from "fast-check";
import { expect, test } from "vitest";
import { ArrivalClock } from "./arrival-clock.std.ts";

test("X36: a program that was busy knows when bytes came in, once it has heard some in time", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ apartMs: fc.double({ min: 0.1, max: 5_000, noNaN: true }), lateMs: fc.nat(200) }), {
        minLength: 10,
        maxLength: 60,
      }),
      (messages) => {
        const clock = new ArrivalClock();
        let [cameMs, seen] = [1_000_000, Number.POSITIVE_INFINITY];
        for (const [at, { apartMs, lateMs }] of messages.entries()) {
          cameMs += apartMs;
          seen = Math.min(seen, lateMs);
          const saidMs = clock.note(at === 0 ? 0 : apartMs, cameMs + lateMs);
          // As late as the most punctual so far.
          expect(saidMs - cameMs).toBeCloseTo(seen, 5);
          expect(saidMs).toBeLessThanOrEqual(cameMs + lateMs);
        }
      },
    ),
  );
});

test("X24: a system whose count stood still, as in a sleep, is taken up anew", () => {
  const clock = new ArrivalClock();
  clock.note(0, 1_000);
  expect(clock.note(10, 1_030)).toBe(1_010);
  expect(clock.note(10, 61_000)).toBe(61_000);
  expect(clock.note(10, 61_050)).toBe(61_010);
  expect(clock.note(Number.NaN, 61_060)).toBe(61_060);
  expect(clock.note(10, 61_075)).toBe(61_070);
});
