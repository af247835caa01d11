import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** As vitest.config.ts and dev/chromium.ts have them: what a test may take, and one look or one step of it. */
const TEST_MS = 300_000;
const STEP_MS = 120_000;

const testSources = () =>
  globSync([
    "{protocol,durable-objects,audio,companion,dev,site,workers,test}/**/*.test.{ts,tsx}",
    "test/**/*.ts",
  ]).filter((path) => !path.includes(".long.") && !path.startsWith("test/tidy/"));

/** Where time itself is what a test is about, and how many fixed waits it has. */
const waits: Record<string, number> = {
  // The machine's clocks are compared while they go.
  "companion/engine/clock/sleep-detector.test.ts": 1,
  // That nothing is sent again is seen for a second.
  "test/live/delivery.test.ts": 1,
  // That nothing leaves by itself is seen for a while, and each socket is looked at four times a second.
  "test/live/unshared.test.ts": 2,
  // The pace at which a take grows.
  "test/simulation/take-client.ts": 1,
};

const numberOf = (text: string) => Number(text.replaceAll("_", ""));
/** A limit of a test's own is the last argument of `test(…)`, or a `timeout` of a test, a poll, a page or a child process. */
const limits: readonly { pattern: RegExp; leastMs: number }[] = [
  { pattern: /^\s*\}, ([\d_]{4,})\);$/gm, leastMs: TEST_MS },
  { pattern: /(?:test|describe)[^\n]*\{ timeout: ([\d_]+) \}/g, leastMs: TEST_MS },
  { pattern: /timeout: ([\d_]+)/g, leastMs: STEP_MS },
  { pattern: /setDefaultTimeout\(([\d_]+)\)/g, leastMs: STEP_MS },
];

test("no test is less patient than the whole run: on a busy machine a shorter limit is a claim about speed", () => {
  const short = testSources().flatMap((path) => {
    const source = readFileSync(path, "utf8");
    return limits.flatMap(({ pattern, leastMs }) =>
      [...source.matchAll(pattern)]
        .filter(([, limit = ""]) => numberOf(limit) < leastMs)
        .map(([text]) => `${path}: ${text.trim()}`),
    );
  });
  expect(short).toEqual([]);
});

test("no test waits for a while where it could wait for what happens", () => {
  const found = testSources().flatMap((path) => {
    const count = [
      ...readFileSync(path, "utf8").matchAll(
        /setTimeout\((?:resolve|done), [\d_]{2,}\)|\bsleep\([\d_]{2,}\)|waitForTimeout\(/g,
      ),
    ].length;
    return count > 0 ? [[path, count]] : [];
  });
  expect(Object.fromEntries(found)).toEqual(waits);
});
