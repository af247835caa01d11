import { expect, test } from "vitest";
import { machineClocks } from "./machine-clock.node.ts";
import { SleepDetector } from "./sleep-detector.std.ts";

function machine() {
  const now = { monotonicMs: 5_000, wallMs: 1e12, uptimeMs: 9_000 };
  const detector = new SleepDetector({
    monotonicMs: () => now.monotonicMs,
    wallMs: () => now.wallMs,
    uptimeMs: () => now.uptimeMs,
  });
  const pass = (monotonicMs: number, uptimeMs = monotonicMs, wallMs = uptimeMs) => {
    now.monotonicMs += monotonicMs;
    now.uptimeMs += uptimeMs;
    now.wallMs += wallMs;
    return detector.check();
  };
  return { pass };
}

test("X24: sleep is told from a clock that was set, on machines whose clocks sleep and on those whose do not", () => {
  const { pass } = machine();
  expect(pass(250)).toBeNull();
  // Linux: the monotonic clock sleeps with the machine.
  expect(pass(250, 3_600_000)).toEqual({ what: "slept", ms: 3_600_000 });
  // Elsewhere, or a program that was stopped: everything ran on.
  expect(pass(60_000)).toEqual({ what: "slept", ms: 60_000 });
  expect(pass(250)).toBeNull();
  expect(pass(250, 250, -7_200_000)).toEqual({ what: "clock-set", ms: -7_200_250 });
  expect(pass(250, 250, 4_250)).toEqual({ what: "clock-set", ms: 4_000 });
  expect(pass(250)).toBeNull();
});

test("X24: a loop that is late, a slew and coarse clocks are no surprises", () => {
  const { pass } = machine();
  for (let look = 0; look < 1_000; look++)
    expect(pass(look % 7 === 0 ? 900 : 250, look % 7 === 0 ? 890 : 260)).toBeNull();
});

test("X24: this machine's own clocks agree with each other", async () => {
  const detector = new SleepDetector(machineClocks);
  for (let look = 0; look < 5; look++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(detector.check()).toBeNull();
  }
});
