import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../../test/runs.ts";
import { majority } from "./session-clock.std.ts";
import { SessionTicker } from "./session-ticker.std.ts";

/** A room behind a line with a least delay, a tail and answers of which some are stale; local time that drifts against it. */
function line(seed: number, options: { ppm?: number; delayMs?: number; tailMs?: number; staleEvery?: number } = {}) {
  const { ppm = 0, delayMs = 20, tailMs = 30, staleEvery = 0 } = options;
  let state = seed >>> 0 || 1;
  const random = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
  const ticker = new SessionTicker();
  let offsetMs = 1.7e12;
  let localMs = 0;
  let pings = 0;
  const trueMs = (atMs: number) => offsetMs + atMs * (1 + ppm / 1e6);
  return {
    ticker,
    trueMs,
    get localMs() {
      return localMs;
    },
    /** The room's clock, or this one while it slept, moves on by so much unseen. */
    jump(ms: number) {
      offsetMs += ms;
    },
    /** `heldMs`: how long this machine had other work before it read the answer. */
    ping(heldMs = 0, isIdle = false) {
      const sentLocalMs = localMs;
      const heardMs = sentLocalMs + delayMs + random() ** 4 * tailMs;
      const receivedLocalMs = heardMs + delayMs + random() ** 4 * tailMs + heldMs;
      const staleMs = staleEvery > 0 && ++pings % staleEvery === 0 ? 60 : 0;
      ticker.addSample({ sentLocalMs, receivedLocalMs, roomTimeMs: Math.floor(trueMs(heardMs) - staleMs) }, isIdle);
      localMs = Math.max(receivedLocalMs, sentLocalMs + (pings < 20 ? 50 : 500));
    },
  };
}

describe("the session ticker", () => {
  test("P37: between samples it never jumps, never goes back, and never runs more than 500 ppm off the estimate's own rate", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -100, max: 100 }), (seed, ppm) => {
        const run = line(seed, { ppm });
        for (let ping = 0; ping < 12; ping++) run.ping();
        for (let ping = 0; ping < 200; ping++) {
          const atMs = run.localMs + 40;
          const before = run.ticker.toSessionMs(atMs);
          run.ping();
          const { localMs, ticker } = run;
          const passedMs = localMs - atMs;
          const ran = (ticker.toSessionMs(localMs) - before - passedMs) / Math.max(1, Math.abs(passedMs) + 500);
          expect(Math.abs(ran) * 1e6).toBeLessThanOrEqual(500 + 110);
          expect(ticker.toSessionMs(localMs + 1)).toBeGreaterThan(ticker.toSessionMs(localMs));
          expect(ticker.toLocalMs(ticker.toSessionMs(localMs))).toBeCloseTo(localMs, 3);
        }
        expect(run.ticker.steps).toBe(0);
      }),
      { numRuns: runs(20) },
    );
  });

  test("P37: the bound holds at every sample, whatever the jitter and drift (40 seeds)", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const run = line(seed, { ppm: (seed % 9) * 20 - 80, tailMs: 200 });
      for (let ping = 0; ping < 300; ping++) {
        run.ping();
        const wrongMs = Math.abs(run.ticker.toSessionMs(run.localMs) - run.trueMs(run.localMs));
        // Up to half a second has passed since the sample, in which a clock may drift unseen.
        if (ping > 10) expect(wrongMs, `seed ${seed}`).toBeLessThanOrEqual((run.ticker.estimate?.errorMs ?? 0) + 0.5);
      }
    }
  });

  test("P37: one stale answer in twenty, 60 ms old, moves session time by less than a millisecond", () => {
    const run = line(5, { tailMs: 5, delayMs: 10, staleEvery: 20 });
    let worstMs = 0;
    for (let ping = 0; ping < 400; ping++) {
      run.ping();
      if (ping > 40)
        worstMs = Math.max(worstMs, Math.abs(run.ticker.toSessionMs(run.localMs) - run.trueMs(run.localMs)));
    }
    expect(worstMs).toBeLessThan(1);
    expect(run.ticker.steps).toBe(0);
  });

  test("X24: after ten minutes asleep it is right again within eight answers, by one step", () => {
    const run = line(9);
    for (let ping = 0; ping < 100; ping++) run.ping();
    run.jump(600_000);
    for (let ping = 0; ping < 9; ping++) run.ping();
    expect(Math.abs(run.ticker.toSessionMs(run.localMs) - run.trueMs(run.localMs))).toBeLessThan(25);
    expect(run.ticker.steps).toBe(1);
  });

  test("P37: what a busy machine measured at first is proven wrong by better answers, and gone in seconds without a step back", () => {
    const run = line(11, { delayMs: 2, tailMs: 3 });
    for (let ping = 0; ping < 12; ping++) run.ping(450);
    expect(Math.abs(run.ticker.toSessionMs(run.localMs) - run.trueMs(run.localMs))).toBeGreaterThan(150);
    for (let ping = 0; ping < 80; ping++) {
      const before = run.ticker.toSessionMs(run.localMs);
      run.ping();
      expect(run.ticker.toSessionMs(run.localMs)).toBeGreaterThan(before);
    }
    expect(Math.abs(run.ticker.toSessionMs(run.localMs) - run.trueMs(run.localMs))).toBeLessThan(10);
    expect(run.ticker.steps).toBe(0);
  });

  test("P37: while nothing moves by it, what a busy machine measured at first is run in within seconds", () => {
    const wrongAfterMs = (isIdle: boolean) => {
      const run = line(11, { delayMs: 40, tailMs: 3 });
      // Too little to be proven wrong by.
      for (let ping = 0; ping < 12; ping++) run.ping(70);
      const [wrongMs, fromMs] = [run.ticker.toSessionMs(run.localMs) - run.trueMs(run.localMs), run.localMs];
      expect(Math.abs(wrongMs)).toBeGreaterThan(25);
      while (run.localMs < fromMs + 8_000) {
        const before = run.ticker.toSessionMs(run.localMs);
        run.ping(0, isIdle);
        expect(run.ticker.toSessionMs(run.localMs)).toBeGreaterThan(before);
      }
      return Math.abs(run.ticker.toSessionMs(run.localMs) - run.trueMs(run.localMs));
    };
    expect(wrongAfterMs(true)).toBeLessThan(2);
    expect(wrongAfterMs(false)).toBeGreaterThan(10);
  });

  test("P37: the majority's interval is the one that most share; all of them, if all agree", () => {
    const at = (low: number, high: number) => ({ low, high });
    expect(majority([at(0, 10), at(4, 12), at(6, 8)])).toEqual(at(6, 8));
    expect(majority([at(0, 10), at(4, 12), at(40, 50)])).toEqual(at(4, 10));
    expect(majority([at(0, 4), at(4, 9), at(20, 30)])).toEqual(at(4, 4));
  });
});
