import { expect, test } from "vitest";
import type { MemberId } from "../../../protocol/ids.ts";
import { RecentWays } from "./recent-ways.std.ts";

const ADA = `mem_${"0".repeat(26)}` as MemberId;

test("P77: the worst way of half a minute counts, and none that was not measured lately", () => {
  const ways = new RecentWays();
  expect(ways.worstMs(ADA, 0)).toBeNull();
  for (const [at, wayMs] of [20, 70, 30].entries()) ways.note(ADA, wayMs, at * 2_000);
  expect(ways.worstMs(ADA, 6_000)).toBe(70);
  expect(ways.worstMs(ADA, 10_000)).toBeNull();
  for (let at = 0; at < 16; at++) ways.note(ADA, 25, 10_000 + at * 2_000);
  expect(ways.worstMs(ADA, 41_000)).toBe(25);
});
