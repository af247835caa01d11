import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

const passed = (bucket: TokenBucket, fromMs: number, count: number, apartMs: number) =>
  Array.from({ length: count }, (_, at) => bucket.take(fromMs + at * apartMs)).filter(Boolean).length;

test("P86, P87: a burst passes, and of a flood that does not end as many a second as may", () => {
  const bucket = new TokenBucket(500, 50);
  expect(passed(bucket, 1_000, 80, 0)).toBe(50);
  // Twice as many as may, for four seconds.
  expect(passed(bucket, 1_001, 4_000, 1)).toBe(2_000);
});

test("P86, P87: a clock that steps back fills nothing", () => {
  const bucket = new TokenBucket(500, 1);
  expect([bucket.take(10_000), bucket.take(0), bucket.take(1)]).toEqual([true, false, false]);
});
