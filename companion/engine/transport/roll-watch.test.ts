import { expect, test } from "vitest";
import { RollWatch } from "./roll-watch.std.ts";

test("C4: a roll is judged once, by reports that agree, and not by those of its first moment", () => {
  const watch = new RollWatch();
  const told = (...offsMs: number[]) => offsMs.map((offMs, at) => watch.note(offMs, 1_200 + at * 67));
  expect(told(-5, -5, -5, -5)).toEqual([null, null, null, null]);
  watch.begin(1_000);
  expect(watch.note(-300, 1_100)).toBeNull();
  // A report may be late, and is never early.
  expect(told(-5, -6, -5.5, -5.2, -5, -5)).toEqual([null, null, null, -5, null, null]);
  watch.begin(1_000);
  expect(told(0, -20, 3, -40, 11, 0)).toEqual([null, null, null, null, null, null]);
  watch.begin(1_000);
  watch.end();
  expect(told(0, 0, 0, 0, 0)).toEqual([null, null, null, null, null]);
});
