import { expect, test } from "vitest";
import { timeLeft } from "./time-left.ts";

const HOUR_MS = 3_600_000;

test("E1: the time left is said in its two largest units and never too generously", () => {
  expect(timeLeft("en", 5 * 24 * HOUR_MS + 3 * HOUR_MS + 59 * 60_000)).toBe("5 days 3 h");
  expect(timeLeft("en", 24 * HOUR_MS)).toBe("1 day");
  expect(timeLeft("de", 48 * HOUR_MS + 1)).toBe("2 Tagen");
  expect(timeLeft("en", 3 * HOUR_MS + 20 * 60_000)).toBe("3 h 20 min");
  expect(timeLeft("de", 59 * 60_000)).toBe("59 Min.");
  expect(timeLeft("en", 59_999)).toBe("less than a minute");
});
