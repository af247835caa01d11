import { expect, test } from "vitest";
import { Lateness } from "./lateness.std.ts";

test("P77: the worst of half a minute counts; what every program is late by does not", () => {
  const lateness = new Lateness();
  lateness.note(1.9, 0);
  expect(lateness.worstMs(0)).toBe(0);
  lateness.note(50, 1_000);
  lateness.note(20, 10_000);
  expect(lateness.worstMs(31_000)).toBe(50);
  expect(lateness.worstMs(31_001)).toBe(20);
  for (let at = 0; at < 1_000; at++) lateness.note(5, 32_000 + at);
  expect(lateness.worstMs(33_000)).toBe(5);
  expect(lateness.worstMs(70_000)).toBe(0);
});
