import { expect, test } from "vitest";
import type { MemberId } from "../../../protocol/ids.ts";
import { idleStatus } from "../../../protocol/room.ts";
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

test("P77: the farthest is the way and what is asked for; one who cannot be told means that nobody is", () => {
  const ways = new RecentWays();
  const BEN = `mem_${"1".repeat(26)}` as MemberId;
  const member = (memberId: MemberId, status: object, connected = true) => ({
    memberId,
    connected,
    status: { ...idleStatus, ...status },
  });
  const hears = { hearsAnnounced: true as const };
  ways.note(BEN, 30, 0);
  const ada = member(ADA, {});
  expect(ways.farthestMs(ADA, [ada], 0)).toBe(0);
  expect(ways.farthestMs(ADA, [ada, member(BEN, { ...hears, announcedLeadMs: 12 })], 0)).toBe(42);
  expect(ways.farthestMs(ADA, [ada, member(BEN, {})], 0)).toBeNull();
  expect(ways.farthestMs(ADA, [ada, member(BEN, {}, false)], 0)).toBe(0);
  expect(ways.farthestMs(ADA, [ada, member(BEN, hears)], 6_000)).toBeNull();
});
