import { describe, expect, test } from "vitest";
import { askAtRandom } from "./random-platform.ts";

describe("X23: random requests derived from the API's own description", () => {
  test("no 5xx, and every refusal is a problem document (2,000 requests)", async () => {
    expect(await askAtRandom(7, 2_000)).toEqual([]);
  });
});
