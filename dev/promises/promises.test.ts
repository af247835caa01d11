import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { citations, promiseRows } from "./citations.ts";
import { holding, publishedFates, stampOf } from "./fates.ts";
import { applied } from "./mutants.ts";
import { mutations } from "./mutations.ts";
import { keyOf, promiseTable } from "./table.ts";

test("every mutation has its place exactly once, changes something, and a test that cites its promise", () => {
  const cited = citations();
  const wrong = mutations.filter((mutation) => {
    const source = readFileSync(mutation.file, "utf8");
    const mutant = applied(source, mutation);
    const cites = cited.some(({ file, ids }) => file === mutation.test && ids.includes(mutation.promise));
    return mutant === null || mutant === source || !cites;
  });
  expect(wrong.map(keyOf)).toEqual([]);
  expect(new Set(mutations.map(keyOf)).size).toBe(mutations.length);
});

test("a row is kept only with tests that pass and with every twin caught", () => {
  const row = { id: "E1", promise: "Recordings end" };
  const cited = [{ file: "a.test.ts", title: `${row.id}: in time`, ids: [row.id] }];
  const [mutation] = mutations.filter(({ promise }) => promise === "E1");
  if (mutation === undefined) throw new Error("E1 has no mutation.");
  const ran = (title: string, passed: boolean) => ({
    "a.test.ts": { commit: "c", ranAtMs: 1, tests: [{ title, passed }] },
  });
  const fate = (fate: "caught" | "missed") => ({ [keyOf(mutation)]: { fate, commit: "c", of: "1" } });
  const stateOf = (results: Parameters<typeof promiseTable>[2], fates: Parameters<typeof promiseTable>[4]) =>
    promiseTable([row], cited, results, [mutation], fates)[0]?.state;
  expect(stateOf(ran("recordings E1: in time", true), fate("caught"))).toBe("kept");
  expect(stateOf(ran("recordings E1: in time", false), fate("caught"))).toBe("red");
  expect(stateOf(ran("recordings E1: in time", true), fate("missed"))).toBe("red");
  expect(stateOf(ran("recordings E1: in time", true), {})).toBe("red");
  expect(stateOf({}, fate("caught"))).toBe("red");
  expect(promiseTable([row], [], {}, [], {})[0]?.state).toBe("red");
  // A simulation of years is not waited for; if it ran and failed, it counts.
  const long = { file: "b.long.test.ts", title: `${row.id}: for years`, ids: [row.id] };
  const withLong = (passed: boolean | null) => {
    const years = {
      "b.long.test.ts": { commit: "c", ranAtMs: 1, tests: [{ title: long.title, passed: passed === true }] },
    };
    const results = { ...ran("recordings E1: in time", true), ...(passed === null ? {} : years) };
    return promiseTable([row], [...cited, long], results, [mutation], fate("caught"))[0]?.state;
  };
  expect([null, true, false].map(withLong)).toEqual(["kept", "kept", "red"]);
});

test("a promise about money is not yet kept, and neither kept nor not yet once a test cites it", () => {
  const row = { id: "F1", promise: "A wallet" };
  expect(promiseTable([row], [], {}, [], {})[0]?.state).toBe("not-yet");
  const cited = [{ file: "a.test.ts", title: `${row.id}: paid`, ids: [row.id] }];
  expect(promiseTable([row], cited, {}, [], {})[0]?.state).toBe("red");
});

test("the promises are read from their own table", () => {
  expect(promiseRows().find(({ id }) => id === "E2")?.promise).toContain("within 30 days");
  expect(promiseRows().length).toBeGreaterThan(40);
});

test("a fate that was published holds until the rule, its file or its test reads otherwise, and then the twin is due again", () => {
  const [first, second, third] = mutations;
  if (first === undefined || second === undefined || third === undefined) throw new Error("There are too few.");
  const of = (mutation: typeof first) => stampOf(mutation, (file) => `${file} as it was`);
  const fates = {
    [keyOf(first)]: { fate: "caught" as const, commit: "a", of: of(first) },
    [keyOf(second)]: { fate: "missed" as const, commit: "b", of: of(second) },
    [keyOf(third)]: { fate: "broken" as const, commit: "b", of: of(third) },
  };
  const published = publishedFates({ rows: promiseTable(promiseRows(), [], {}, mutations, fates) });
  expect(published).toEqual(fates);
  const { [keyOf(third)]: _, ...whole } = fates;
  expect(holding(mutations, [{}, published], of)).toEqual(whole);
  for (const changed of [first.file, first.test]) {
    const now = (mutation: typeof first) =>
      stampOf(mutation, (file) => `${file} as it ${file === changed ? "is" : "was"}`);
    expect(holding([first], [published], now)).toEqual({});
  }
  expect(holding([{ ...first, to: `${first.to} ` }], [published], of)).toEqual({});
  // What was run here comes before what was published.
  const here = { [keyOf(first)]: { fate: "missed" as const, commit: "c", of: of(first) } };
  expect(holding([first], [here, published], of)).toEqual(here);
});

test("a test that has not run here ended as the published table says, with the commit at which it did", () => {
  const row = { id: "E1", promise: "Recordings end" };
  const cited = ["a.test.ts", "b.test.ts"].map((file) => ({ file, title: `${row.id}: in time`, ids: [row.id] }));
  const earlier = [{ id: "E1", tests: [{ file: "a.test.ts", passed: 2, failed: 0, commit: "old" }] }];
  const ran = (passed: boolean) => ({
    "a.test.ts": { commit: "new", ranAtMs: 1, tests: [{ title: "E1: in time", passed }] },
  });
  const of = (results: Parameters<typeof promiseTable>[2]) => promiseTable([row], cited, results, [], {}, earlier)[0];
  expect(of({})).toMatchObject({ tests: earlier[0]?.tests, notRun: ["b.test.ts"] });
  expect(of(ran(false))?.tests).toEqual([{ file: "a.test.ts", passed: 0, failed: 1, commit: "new" }]);
});
