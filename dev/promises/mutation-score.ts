import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Equivalent, equivalents } from "./equivalent.ts";
import { type Mutant, mutantsOf } from "./mutate.ts";
import { knownOf, newCopy, tryFaults } from "./score-trials.ts";
import { type Scored, scored } from "./scored.ts";

/**
 * The mutation score over retention, erasure and projection: of all small faults that can be put into these modules, one at a time, the share
 * that a test notices. A fault is tried by the tests that reach it alone: a run without any says which these are. A test that cannot
 * stand alone takes those before it along. It takes its time, so it may be done in parts: what has run at these sources is kept, and a fault that
 * was not noticed is tried again by the tests that have changed since.
 */
const GOAL_PERCENT = 95;
const KEPT = ".local/promises/score.json";
const Kept = z.record(
  z.string(),
  z.object({ caughtBy: z.string().nullable(), passed: z.record(z.string(), z.string()) }),
);
type Kept = z.infer<typeof Kept>;

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

/** Everything that is scored, each fault with a switch of its own. `only`: of an area, or of files whose name has this in it. */
function modulesOf(root: string, only?: string): Module[] {
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  let first = 1;
  return scored
    .filter(({ area, file }) => only === undefined || area === only || file.includes(only))
    .map((of) => {
      const source = read(of.file);
      const { mutants, text } = mutantsOf(source, of.within, first);
      const lines = source.split("\n").map((line) => line.trim());
      const trials = mutants
        .map((mutant, at) => ({
          ...mutant,
          of,
          key: `${of.file}:${hashOf(source, String(at + 1))}`,
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

/** Runs what has not run yet, for so many minutes at most, and says the score. */
export async function mutationScore(root: string, minutes: number, only?: string, sample?: number) {
  const kept = existsSync(KEPT) ? Kept.parse(JSON.parse(readFileSync(KEPT, "utf8"))) : {};
  const modules = sampled(modulesOf(root, only), sample);
  const endMs = performance.now() + minutes * 60_000;
  const isOver = () => performance.now() > endMs;
  const keep = ({ key }: Trial, change: (known: Kept[string]) => unknown) => {
    const known = kept[key] ?? { caughtBy: null, passed: {} };
    change(known);
    kept[key] = known;
    mkdirSync(dirname(KEPT), { recursive: true });
    writeFileSync(KEPT, JSON.stringify(kept));
  };
  const trials = new Map(modules.flatMap((module) => module.trials.map((trial) => [trial.number, trial])));
  const { copy, runner } = newCopy(root);
  for (const { of, text } of modules) writeFileSync(join(copy, of.file), text);
  const say = (line: string) => console.error(line);

  // What is quickest for some module comes before what is second for another.
  const ranks = Array.from({ length: Math.max(...scored.map(({ tests }) => tests.length)) }, (_, rank) =>
    scored.flatMap(({ tests }) => tests[rank] ?? []),
  );
  for (const test of new Set(ranks.flat())) {
    const stamp = modules.flatMap(({ stamps }) => stamps.get(test) ?? [])[0] ?? "";
    const due = [...trials.values()].filter(
      ({ key, of }) => of.tests.includes(test) && kept[key]?.caughtBy == null && kept[key]?.passed[test] !== stamp,
    );
    const known = due.length === 0 || isOver() ? null : await knownOf(runner, test, isOver, say);
    if (known === null) continue;
    const numbers = due.map(({ number }) => number);
    await tryFaults(runner, known, numbers, isOver, (number, { isCaught, note }) => {
      const trial = trials.get(number);
      if (trial === undefined) return;
      keep(trial, (one) =>
        isCaught ? Object.assign(one, { caughtBy: note }) : Object.assign(one.passed, { [test]: stamp }),
      );
      const { of, line, from, to } = trial;
      say(`${isCaught ? "caught" : "passed"} ${of.file}:${line} ${short(from)} → ${short(to)}`);
    });
  }
  runner.stop();
  return scoreOf(modules, kept);
}
