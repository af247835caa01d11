import { expect, test } from "vitest";
import { type Ending, type Fate, knownOf, type Runs, testsFor, tryFaults } from "./score-trials.ts";

const reach = (name: string, numbers: number[], isAlone = true) => ({ name, numbers: new Set(numbers), isAlone });

test("E6: a fault is tried by the tests that reach it; one that cannot stand alone takes those before it along", () => {
  const reached = [reach("a", [1]), reach("b", [2, 3], false), reach("c", [1, 3]), reach("d", [4])];
  expect([1, 2, 3, 4, 5].map((number) => testsFor(number, reached))).toEqual([
    ["a", "c"],
    ["a", "b"],
    ["a", "b", "c"],
    ["d"],
    [],
  ]);
});

/** What a runner makes of a case at its first, second, … time; `hang`: it says nothing more, and `nothing`: it ran no test. */
type Made = Ending | "hang";
function runnerOf(of: Record<number, Made[]>, nothing = 0) {
  const runs: number[][] = [];
  let stops = 0;
  const runner: Runs = {
    async run({ cases }, _, onHeard) {
      runs.push(cases.map(({ number }) => number));
      if (runs.length <= nothing) return { hung: null, note: "The runtime did not start." };
      for (const [at, { number, only }] of cases.entries()) {
        onHeard({ is: "begun", at });
        const made = of[number]?.shift() ?? "passed";
        if (made === "hang") return { hung: at, note: "" };
        if (number === 0 && only === null)
          onHeard({ is: "reached", at, name: "a", numbers: [1, 2], passes: 7, tookMs: 2_000 });
        onHeard({ is: "ended", at, ending: made, note: made === "passed" ? "" : `${number} ${made}` });
      }
      onHeard({ is: "over", note: "" });
      return { hung: null, note: "" };
    },
    stop: () => void stops++,
  };
  return { runner, runs, stops: () => stops };
}

async function fatesOf(runner: Runs, numbers: number[]) {
  const fates: Record<number, boolean> = {};
  const reached = [reach("a", [1, 2, 3, 4])];
  const known = { test: "a.test.ts", reached, limitMs: 1_000, passesMax: 9, isTriedAlone: true };
  await tryFaults(
    runner,
    known,
    numbers,
    () => false,
    (number: number, { isCaught }: Fate) => {
      fates[number] = isCaught;
    },
  );
  return fates;
}

test("E6: a fault that no test reaches is passed by them without a run", async () => {
  const { runner, runs } = runnerOf({});
  expect(await fatesOf(runner, [9])).toEqual({ 9: false });
  expect(runs).toEqual([]);
});

test("E6: an assertion that fails has caught a fault; what took too long counts once it does so again, alone and beside a trial without a fault", async () => {
  const { runner, runs } = runnerOf({ 2: ["caught"], 3: ["unsure", "unsure"], 4: ["unsure", "passed"] });
  expect(await fatesOf(runner, [1, 2, 3, 4])).toEqual({ 1: false, 2: true, 3: true, 4: false });
  expect(runs).toEqual([
    [1, 2, 3, 4],
    [0, 3],
    [0, 4],
  ]);
});

test("E6: what hangs is not tried with the others again, and is caught if it hangs alone", async () => {
  const { runner, runs } = runnerOf({ 2: ["hang", "hang"], 3: ["caught"] });
  expect(await fatesOf(runner, [1, 2, 3])).toEqual({ 1: false, 2: true, 3: true });
  expect(runs).toEqual([[1, 2, 3], [3], [0, 2]]);
});

test("E6: where the tests do not end without a fault either, nothing is said of the fault", async () => {
  for (const made of ["unsure", "hang"] as const)
    expect(await fatesOf(runnerOf({ 0: [made], 2: ["unsure", "unsure"] }).runner, [1, 2])).toEqual({ 1: false });
});

test("E6: a runner that runs nothing is begun anew, and after some times left for another day", async () => {
  const once = runnerOf({ 1: ["caught"] }, 1);
  expect(await fatesOf(once.runner, [1])).toEqual({ 1: true });
  expect(once.stops()).toBe(1);
  const never = runnerOf({}, 99);
  expect(await fatesOf(never.runner, [1])).toEqual({});
  expect(never.runs.length).toBe(3);
});

test("E6: tests that do not pass without a fault are tried again; a fault's limit grows with what they take", async () => {
  const said: string[] = [];
  const ask = (runner: Runs, faults = 5) =>
    knownOf(
      runner,
      "a.test.ts",
      faults,
      () => false,
      (line) => said.push(line),
    );
  const known = await ask(runnerOf({ 0: ["caught"] }, 1).runner);
  expect(known?.reached).toEqual([reach("a", [1, 2])]);
  expect(known?.limitMs).toBeGreaterThan(5 * 2_000);
  expect(known?.passesMax).toBeGreaterThan(10 * 7);
  // For few faults no test is run alone, and each takes those before it along.
  const few = runnerOf({});
  expect((await ask(few.runner, 0))?.reached).toEqual([reach("a", [1, 2], false)]);
  expect(few.runs).toEqual([[0]]);
  expect(said).toEqual([
    "a.test.ts does not pass without any fault: The runtime did not start.",
    "a.test.ts does not pass without any fault: 0 caught",
  ]);
  expect(await ask(runnerOf({ 0: ["hang", "hang", "hang"] }).runner)).toBeNull();
});
