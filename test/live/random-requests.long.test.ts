import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { askAtRandom } from "./random-platform.ts";

/** `RANDOM_REQUESTS` and `RANDOM_SEED` ask fewer, or the same again. */
const COUNT = Number(process.env.RANDOM_REQUESTS ?? 1_000_000);
const SEED = Number(process.env.RANDOM_SEED ?? randomInt(2 ** 31));

describe("X23: random requests derived from the API's own description", () => {
  test(`no 5xx, and every refusal is a problem document (seed ${SEED}, ${COUNT} requests)`, async () => {
    expect(await askAtRandom(SEED, COUNT)).toEqual([]);
  });
});
