import { expect, test } from "vitest";
import { fitsRange, matchesNone } from "./preconditions.ts";

test.each([
  [undefined, false],
  ['"abc"', true],
  ['W/"abc"', true],
  ["*", true],
  [' "x", W/"abc" ,"y"', true],
  ['"x","abc"', true],
  ['"x", "y"', false],
  ["abc", false],
  ['"ab', false],
  ['"x,abc"', false],
  ['w/"abd"', false],
  [`${'"x",'.repeat(4_000)}"abc"`, false],
])('RFC 9110, 13.1.2: If-None-Match of %s fits "abc": %s', (header, expected) => {
  expect(matchesNone(header, '"abc"')).toBe(expected);
});

test("RFC 9110, 13.1.5: If-Range is compared strongly", () => {
  expect(fitsRange(undefined, '"abc"')).toBe(true);
  expect(fitsRange('"abc"', '"abc"')).toBe(true);
  expect(fitsRange('W/"abc"', '"abc"')).toBe(false);
  expect(fitsRange('W/"abc"', 'W/"abc"')).toBe(false);
  expect(fitsRange("Wed, 21 Oct 2026 07:28:00 GMT", '"abc"')).toBe(false);
});
