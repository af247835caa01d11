import { expect, test } from "vitest";
import { mutantsOf } from "./mutate.ts";

const source = `
const LIMIT = 3;
export function due(rows: number[], nowMs: number): number[] {
  const sql = "DELETE FROM rows WHERE at_ms <= ? AND held IS NULL";
  if (rows.length === 0) return [];
  if (rows.length > 1) forget(sql);
  else forget("few");
  return rows.filter((at) => at < nowMs).slice(0, LIMIT);
}
export const other = (one: boolean) => !one;
`;

/** What the module does under one switch, as a text. */
function under(number: number): string {
  const program = mutantsOf(source)
    .text.replaceAll(/: number(?:\[\])?|: boolean/g, "")
    .replaceAll("export ", "");
  const told: string[] = [];
  const due = new Function("forget", "globalThis", `${program}; return { due, other };`);
  const made = due((sql: string) => told.push(sql), { mutant_: number });
  return JSON.stringify([made.due([1, 2, 3, 4, 5], 5), made.due([], 5), made.due([1], 5), made.other(true), told]);
}

test("E6: every small fault of a module is behind a switch of its own, and under none the module is as it was", () => {
  const { mutants } = mutantsOf(source);
  expect(mutants.map(({ line, from, to }) => [line, from.slice(0, 12), to.slice(0, 12)])).toEqual(
    expect.arrayContaining([
      [2, "3", "0"],
      [4, "<=", "<"],
      [4, "AND", "OR"],
      [4, "IS NULL", "IS NOT NULL"],
      [5, "===", "!=="],
      [6, "forget(sql);", ";"],
      [7, 'forget("few"', ";"],
      [8, "<", "<="],
      [10, "!one", "one"],
    ]),
  );
  const whole = under(0);
  expect(whole).toBe(JSON.stringify([[1, 2, 3], [], [1], false, [sqlOf(source), "few"]]));
  for (const { number } of mutants.filter(({ from, to }) => !(from === "<" && to === "<=")))
    expect(under(number), `mutant ${number}`).not.toBe(whole);
});

const sqlOf = (text: string) => /"(DELETE[^"]*)"/.exec(text)?.[1];

test("E3: only what is named is mutated", () => {
  const lines = mutantsOf(source, ["other"]).mutants.map(({ line }) => line);
  expect(lines).toEqual([10]);
});

test("E6: each switch that is passed is noted, so that a fault is tried by the tests that reach it alone", () => {
  const { mutants, text } = mutantsOf(source, ["other"], 7);
  const reached_ = new Set<number>();
  const program = text.replaceAll(/: number(?:\[\])?|: boolean/g, "").replaceAll("export ", "");
  const { other } = new Function("globalThis", `${program}; return { other };`)({ mutant_: 0, reached_ });
  expect(other(true)).toBe(false);
  expect([mutants.map(({ number }) => number), [...reached_]]).toEqual([[7], [7]]);
});

test("E6: a fault is known by the statement that it lies in: what stands elsewhere in the module leaves it as it was", () => {
  const known = (text: string) => mutantsOf(text).mutants.map(({ part, inPart, from, to }) => [part, inPart, from, to]);
  const before = known(source);
  expect(new Set(before.map((one) => JSON.stringify(one.slice(0, 2)))).size).toBe(before.length);
  const after = known(`export const more = (count: number) => count + 1;\n${source}`);
  expect(after).toEqual(expect.arrayContaining(before));
  const other = known(source.replace("at < nowMs", "at <= nowMs"));
  const inBoth = before.filter((one) => other.some((found) => JSON.stringify(found) === JSON.stringify(one)));
  expect(new Set(inBoth.map(([part]) => String(part).split(" ")[0]))).toEqual(new Set(["const", "export"]));
  expect(inBoth.some(([part]) => String(part).includes("function due"))).toBe(false);
});
