import { expect, test } from "vitest";
import { live } from "./days.ts";

test.each([1, 2, 3])("E1, E2, E3, E6, X20: day by day for 400 days, world %i", async (seed) => {
  const { wrong, livedDays } = await live({ seed, steps: 400, strideDays: 1, newcomers: 60 });
  expect(wrong).toEqual([]);
  expect(livedDays).toBe(400);
});

test("E1, E2, E3, E6, X20: ten years, among a hundred thousand people", async () => {
  const { wrong, livedDays, happened } = await live({
    seed: 4,
    steps: 260,
    strideDays: 28,
    newcomers: 60,
    crowd: 100_000,
  });
  expect(wrong).toEqual([]);
  expect(livedDays).toBeGreaterThan(3_500);
  for (const count of Object.values(happened)) expect(count, JSON.stringify(happened)).toBeGreaterThan(0);
});
