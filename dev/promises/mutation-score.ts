import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Equivalent, equivalents } from "./equivalent.ts";
import { type Mutant, mutantsOf } from "./mutate.ts";
import { type Fate, type Known, knownOf, newCopy, tryFaults } from "./score-trials.ts";
import { type Scored, scored } from "./scored.ts";

/**
 * The mutation score over retention, erasure and projection: of all small faults that can be put into these modules, one at a time, the share
 * that a test notices. A fault is tried by the tests that reach it alone: a run without any says which these are. A test that cannot
 * stand alone takes those before it along. It takes its time, so it may be done in parts: what has run at these sources is kept, and a fault that
 * was not noticed is tried again by the tests that have changed since. A fault is known by the statement of its module that it lies in: a change
 * elsewhere in the module leaves what became of it.
 */
const GOAL_PERCENT = 95;
const KEPT = ".local/promises/score.json";
/** What each test file passes without a fault, for as long as it and the modules read the same. */
const REACHED = ".local/promises/reached.json";
/** Copies at work beside each other: a run waits half of its time. */
const COPIES = 2;
const Kept = z.record(
  z.string(),
  z.object({ caughtBy: z.string().nullable(), passed: z.record(z.string(), z.string()) }),
);
type Kept = z.infer<typeof Kept>;
const KeptReach = z.record(
  z.string(),
  z.object({
    of: z.string(),
    limitMs: z.number(),
    passesMax: z.number(),
    reached: z.array(z.object({ name: z.string(), numbers: z.array(z.int()), isAlone: z.boolean() })),
  }),
);

interface Trial extends Mutant {
  of: Scored;
  key: string;
  /** The whole line. */
  text: string;
}
interface Module {
  of: Scored;
  text: string;
  trials: Trial[];
  /** Each test file as it is now. */
  stamps: Map<string, string>;
}

const hashOf = (...texts: string[]) => createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 16);

export const isEquivalent = (
  file: string,
  { text, from, to }: Pick<Trial, "text" | "from" | "to">,
  known: readonly Equivalent[],
) => known.some((one) => one.file === file && one.line === text && one.from === from && one.to === to);

/** Everything that is scored, each fault with a switch of its own. */
function modulesOf(root: string): Module[] {
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  let first = 1;
  return scored.map((of) => {
    const source = read(of.file);
    const { mutants, text } = mutantsOf(source, of.within, first);
    const lines = source.split("\n").map((line) => line.trim());
    const trials = mutants
      .map((mutant) => ({
        ...mutant,
        of,
        key: `${of.file}:${hashOf(mutant.part, String(mutant.inPart))}`,
        text: lines[mutant.line - 1] ?? "",
      }))
      .filter((trial) => !isEquivalent(of.file, trial, equivalents));
    first += mutants.length;
    return { of, text, trials, stamps: new Map(of.tests.map((test) => [test, hashOf(read(test))])) };
  });
}

/** So many of all faults, spread by what their keys come to; the same ones as long as the sources are the same. */
function sampled(modules: Module[], sample = Number.POSITIVE_INFINITY): Module[] {
  const keys = modules.flatMap(({ trials }) => trials.map(({ key }) => key));
  const chosen = new Set(keys.toSorted((one, other) => hashOf(one).localeCompare(hashOf(other))).slice(0, sample));
  return modules.map((module) => ({ ...module, trials: module.trials.filter(({ key }) => chosen.has(key)) }));
}

type State = "caught" | "missed" | "not run";
function stateOf({ key, of }: Trial, { stamps }: Module, kept: Kept): State {
  const known = kept[key];
  if (known === undefined) return "not run";
  if (known.caughtBy !== null) return "caught";
  return of.tests.every((test) => known.passed[test] === stamps.get(test)) ? "missed" : "not run";
}

const short = (text: string) => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
};

/** The score of each module and of all, and every fault that nobody noticed, as text; whether it is enough. */
function scoreOf(modules: readonly Module[], kept: Kept): { text: string; isEnough: boolean } {
  const lines: string[] = [];
  const all: State[] = [];
  const share = (states: readonly State[]) => {
    const count = (state: State) => states.filter((one) => one === state).length;
    const [caught, ran] = [count("caught"), states.length - count("not run")];
    const left = ran === states.length ? "" : `, ${states.length - ran} not run`;
    return { percent: ran === 0 ? 0 : (100 * caught) / ran, said: `${caught} of ${ran}${left}` };
  };
  for (const module of modules) {
    const states = module.trials.map((trial) => stateOf(trial, module, kept));
    all.push(...states);
    const { percent, said } = share(states);
    lines.push(`${module.of.area} ${module.of.file}: ${percent.toFixed(1)} %, ${said}`);
    module.trials.forEach(({ line, from, to }, at) => {
      if (states[at] === "missed") lines.push(`  missed, line ${line}: ${short(from)}  →  ${short(to) || "nothing"}`);
    });
  }
  const { percent, said } = share(all);
  lines.push(
    `Mutation score: ${percent.toFixed(1)} %, ${said}; ${equivalents.length} that change nothing are left out. Goal: ${GOAL_PERCENT} %`,
  );
  return { text: lines.join("\n"), isEnough: percent >= GOAL_PERCENT && !all.includes("not run") };
}

const writeKept = (path: string, value: unknown) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
};
const readKept = <Value>(path: string, schema: z.ZodType<Value>, none: Value): Value =>
  existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, "utf8"))) : none;

/** What a test file passes, as it was found before with these modules and this text of it, or as it is found now. */
async function knownAs(of: string, test: string, find: () => Promise<Known | null>, isOver: () => boolean) {
  const before = readKept(REACHED, KeptReach, {})[test];
  if (before?.of === of) {
    const reached = before.reached.map((one) => ({ ...one, numbers: new Set(one.numbers) }));
    return { ...before, test, reached, isTriedAlone: true };
  }
  const known = await find();
  // What was broken off has not run each test alone either.
  if (known === null || !known.isTriedAlone || isOver()) return known;
  const { limitMs, passesMax } = known;
  const reached = known.reached.map((one) => ({ ...one, numbers: [...one.numbers] }));
  writeKept(REACHED, { ...readKept(REACHED, KeptReach, {}), [test]: { of, limitMs, passesMax, reached } });
  return known;
}

/** Runs what has not run yet, for so many minutes at most, and says the score. `only`: of an area, or of files whose name has this in it. */
export async function mutationScore(root: string, minutes: number, only?: string, sample?: number) {
  const kept = readKept(KEPT, Kept, {});
  const all = modulesOf(root);
  const modules = sampled(
    all.filter(({ of: { area, file } }) => only === undefined || area === only || file.includes(only)),
    sample,
  );
  const endMs = performance.now() + minutes * 60_000;
  const isOver = () => performance.now() > endMs;
  const keep = ({ key }: Trial, change: (known: Kept[string]) => unknown) => {
    const known = kept[key] ?? { caughtBy: null, passed: {} };
    change(known);
    kept[key] = known;
    writeKept(KEPT, kept);
  };
  const trials = new Map(modules.flatMap((module) => module.trials.map((trial) => [trial.number, trial])));
  const copies = Array.from({ length: COPIES }, (_, at) => newCopy(root, `score-${at}`));
  for (const { copy } of copies) for (const { of, text } of all) writeFileSync(join(copy, of.file), text);
  const texts = hashOf(...all.map(({ text }) => text));
  const say = (line: string) => console.error(line);

  // A test has its turn when those have had theirs that are quicker for some module.
  const rankOf = (test: string) => Math.max(...scored.map(({ tests }) => tests.indexOf(test)));
  const inTurn = [...new Set(scored.flatMap(({ tests }) => tests))].toSorted(
    (one, other) => rankOf(one) - rankOf(other),
  );
  for (const test of inTurn) {
    const stamp = modules.flatMap(({ stamps }) => stamps.get(test) ?? [])[0] ?? "";
    const due = [...trials.values()].filter(
      ({ key, of }) => of.tests.includes(test) && kept[key]?.caughtBy == null && kept[key]?.passed[test] !== stamp,
    );
    const [first] = copies;
    if (due.length === 0 || isOver() || first === undefined) continue;
    const known = await knownAs(
      hashOf(texts, stamp),
      test,
      () => knownOf(first.runner, test, due.length, isOver, say),
      isOver,
    );
    if (known === null) continue;
    const onFate = (number: number, { isCaught, note }: Fate) => {
      const trial = trials.get(number);
      if (trial === undefined) return;
      keep(trial, (one) =>
        isCaught ? Object.assign(one, { caughtBy: note }) : Object.assign(one.passed, { [test]: stamp }),
      );
      const { of, line, from, to } = trial;
      say(`${isCaught ? "caught" : "passed"} ${of.file}:${line} ${short(from)} → ${short(to)}`);
    };
    const shareOf = (copy: number) => due.filter((_, at) => at % COPIES === copy).map(({ number }) => number);
    await Promise.all(copies.map(({ runner }, at) => tryFaults(runner, known, shareOf(at), isOver, onFate)));
  }
  for (const { runner } of copies) runner.stop();
  return scoreOf(modules, kept);
}
