import { expect, test } from "vitest";
import { adviceOf, legAtFault, totalOf } from "./latency.ts";

const legs = { captureMs: 2.7, networkMs: 8, bufferMs: 6, playoutMs: 2.7 };

test("X34: the advice follows the sum of all legs, and the one at fault is named", () => {
  expect(totalOf(legs)).toBeCloseTo(19.4);
  expect(adviceOf(totalOf(legs))).toBe("together");
  expect(legAtFault(legs)).toBeNull();
  expect([adviceOf(25), adviceOf(25.1), adviceOf(40), adviceOf(40.1)]).toEqual([
    "together",
    "caution",
    "caution",
    "overdub",
  ]);
  expect(legAtFault({ ...legs, networkMs: 30 })).toBe("networkMs");
  expect(legAtFault({ ...legs, bufferMs: 28 })).toBe("bufferMs");
  expect(legAtFault({ ...legs, playoutMs: 21.3 })).toBe("playoutMs");
  expect(legAtFault({ ...legs, captureMs: 42.7 })).toBe("captureMs");
});
