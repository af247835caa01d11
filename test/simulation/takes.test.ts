import { afterAll, beforeAll, expect, test } from "vitest";
import { World } from "./take-life.ts";

const world = new World();
beforeAll(() => world.open());
afterAll(() => world.close());

// One seed for each stage; the same code with a hundred of them is takes.long.test.ts.
test.each([10, 20, 11, 4, 5])(
  "X1, X2, X4: one death on a take's way (seed %i) and it ends whole, once, on time",
  async (seed) => {
    const { death, wrong } = await world.live(seed);
    console.log(death);
    expect(wrong, death).toEqual([]);
  },
);
