import { expect, test } from "vitest";
import { live } from "./days.ts";

test("E1, E2, E3, E6, X20: 400 days with erasures, crashes, missed runs and a leap day: an auditor finds nothing late, early or of somebody erased", async () => {
  const { wrong, happened, livedDays } = await live({ seed: 7, steps: 22, strideDays: 40, newcomers: 3 });
  expect(wrong).toEqual([]);
  expect(livedDays).toBeGreaterThan(400);
  expect(happened.audits).toBeGreaterThan(10);
  for (const count of Object.values(happened)) expect(count, JSON.stringify(happened)).toBeGreaterThan(0);
});
