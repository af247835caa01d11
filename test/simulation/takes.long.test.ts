import { afterAll, beforeAll, expect, test } from "vitest";
import { World } from "./take-life.ts";

const world = new World();
beforeAll(() => world.open());
afterAll(() => world.close());

const seeds = Array.from({ length: 100 }, (_, at) => at + 1);
test.each(seeds)("X1, X2, X4: one death on a take's way (seed %i) and it ends whole, once, on time", async (seed) => {
  const { death, wrong } = await world.live(seed);
  console.log(death);
  expect(wrong, death).toEqual([]);
});
