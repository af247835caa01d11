import { describe, expect, test } from "vitest";
import { playOver } from "./testing/virtual-way.ts";

const share = (of: readonly number[], part: number) =>
  of.toSorted((a, b) => a - b)[Math.floor(part * of.length)] ?? Number.NaN;
const SHAKEN_MS = 20;
const BLOCK_MS = 128 / 48;

describe("a lane over the Internet, in virtual time: sender, ring, player and reports as they are", () => {
  test.each([
    { roundTripMs: 30, loss: 0, ppm: 20, concealed: 0.001 },
    { roundTripMs: 80, loss: 0.01, ppm: -50, concealed: 0.001 },
    { roundTripMs: 150, loss: 0.03, ppm: 50, concealed: 0.005 },
  ])(
    "X36: $roundTripMs ms, 20 ms of jitter, loss $loss: what is lost is rescued, and the delay is the way's own and little more",
    (way) => {
      for (const seed of [1, 2]) {
        const { delaysMs, waysMs, concealedShare } = playOver({
          ...way,
          passageMs: way.roundTripMs / 2,
          jitterMs: SHAKEN_MS,
          seed,
          seconds: 40,
          settleSeconds: 15,
        });
        expect(concealedShare, `seed ${seed}`).toBeLessThanOrEqual(way.concealed);
        // A packet's own frames, a block of the device, and half a kernel for two clocks.
        expect(share(delaysMs, 0.99) - share(waysMs, 0.99), `seed ${seed}`).toBeLessThan(2 * BLOCK_MS + 1.5);
      }
    },
  );
});
