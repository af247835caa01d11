import { expect, test } from "vitest";
import type { MemberId } from "../protocol/ids.ts";
import { RoundTrips } from "./round-trip.ts";

const ada = `mem_${"a".repeat(26)}` as MemberId;

test("P18: a round trip is what the room's own stamps say, the shortest of the last few, and never what makes no sense", () => {
  const trips = new RoundTrips();
  expect(trips.of(ada)).toBeUndefined();
  trips.measure(ada, { roomTimeMs: 1_000, heldMs: 500 }, 1_540);
  trips.measure(ada, { roomTimeMs: 2_000, heldMs: 500 }, 2_900);
  expect(trips.of(ada)).toBe(40);
  trips.measure(ada, { roomTimeMs: 9_000, heldMs: 0 }, 2_900);
  trips.measure(ada, { roomTimeMs: 0, heldMs: 0 }, 60_000);
  trips.measure(ada, { roomTimeMs: Number.NaN, heldMs: 0 }, 60_000);
  expect(trips.of(ada)).toBe(40);
  for (let at = 0; at < 8; at++) trips.measure(ada, { roomTimeMs: 5_000, heldMs: 100 }, 5_220);
  expect(trips.of(ada)).toBe(120);
});
