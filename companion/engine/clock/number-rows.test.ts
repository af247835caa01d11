import { expect, test } from "vitest";
import { NumberRows } from "./number-rows.std.ts";

test("rows of numbers: the newest are kept, in their order, and the oldest goes where there is no room", () => {
  const rows = new NumberRows(3);
  expect([rows.length, rows.first()]).toEqual([0, undefined]);
  for (let at = 1; at <= 5; at++) rows.push(at, 10 * at, 100 * at);
  expect(rows.length).toBe(3);
  expect(rows.first()).toEqual([3, 30, 300]);
  expect(rows.map((...row) => row)).toEqual([
    [3, 30, 300, 0],
    [4, 40, 400, 1],
    [5, 50, 500, 2],
  ]);
  rows.keepLast(1);
  expect(rows.first()).toEqual([5, 50, 500]);
  rows.keepLast(0);
  rows.forEach(() => {
    expect.unreachable();
  });
});
