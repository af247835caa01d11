import { expect, test } from "vitest";
import { GrowingCourse, TILE_PX, tilesOf } from "./growing-course.std.ts";

test("C6: a stretch of columns lies in tiles without a gap and without one twice", () => {
  const parts = tilesOf({ first: 3, after: 2 * TILE_PX + 9 });
  expect(parts.map(({ tile }) => tile)).toEqual([0, 1, 2]);
  expect(parts[0]?.first).toBe(3);
  expect(parts.at(-1)?.after).toBe(2 * TILE_PX + 9);
  for (const [at, { after }] of parts.entries()) expect(parts[at + 1]?.first ?? after).toBe(after);
  expect(tilesOf({ first: TILE_PX, after: TILE_PX })).toEqual([]);
});

test("C6: while a stem grows only its new columns are painted, and nothing where the playhead has not moved by one", () => {
  const course = new GrowingCourse();
  const key = ["view", "lanes"];
  const widthOf = (parts: { first: number; after: number }[]) =>
    parts.reduce((sum, { first, after }) => sum + after - first, 0);
  expect(course.next(key, 10, 20)).toEqual({ anew: true, parts: [{ tile: 0, first: 10, after: 20 }] });
  expect(course.next(key, 10, 20)).toEqual({ anew: false, parts: [] });
  let painted = 0;
  for (let to = 21; to <= 1_000; to++) painted += widthOf(course.next(key, 10, to).parts);
  // Each column as it comes, and once more when it is past.
  expect(painted).toBe(2 * 980);
});

test("C6: another view, another beginning and the end of a take begin the picture anew", () => {
  const course = new GrowingCourse();
  expect(course.end()).toBe(false);
  course.next(["a"], 10, 20);
  expect(course.next(["b"], 0, 40)).toEqual({ anew: true, parts: [{ tile: 0, first: 0, after: 40 }] });
  expect(course.next(["b", 1], 0, 41).anew).toBe(true);
  expect(course.end()).toBe(true);
  expect(course.end()).toBe(false);
  expect(course.next(["b", 1], 5, 6)).toEqual({ anew: true, parts: [{ tile: 0, first: 5, after: 6 }] });
});
