import { expect, test } from "vitest";
import { nextTryAtMs } from "./next-try.ts";

const NOW_MS = 1_900_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** How long work of such an age waits. */
const waitOf = (ageMs: number) => nextTryAtMs(NOW_MS, NOW_MS - ageMs) - NOW_MS;

test("X30: what did not get through waits a quarter of its age, in whole milliseconds, a minute at least and six hours at most", () => {
  expect([0, 4 * MINUTE_MS - 1, 4 * MINUTE_MS].map(waitOf)).toEqual([MINUTE_MS, MINUTE_MS, MINUTE_MS]);
  expect([4 * MINUTE_MS + 7, 8 * MINUTE_MS].map(waitOf)).toEqual([MINUTE_MS + 1, 2 * MINUTE_MS]);
  expect([24 * HOUR_MS - 4, 24 * HOUR_MS, 1_000 * HOUR_MS].map(waitOf)).toEqual([
    6 * HOUR_MS - 1,
    6 * HOUR_MS,
    6 * HOUR_MS,
  ]);
});
