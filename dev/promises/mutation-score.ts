import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Equivalent, equivalents } from "./equivalent.ts";
import { copySources, startRunner } from "./mutants.ts";
import { type Mutant, mutantsOf } from "./mutate.ts";
import { type Scored, scored } from "./scored.ts";

/**
 * The mutation score over retention, erasure and projection: of all small faults that can be put into these modules, one at a time, the share
 * that a test notices. A fault is tried by the tests that reach it alone: a run without any says which these are. A test that cannot
 * stand alone takes those before it along. It takes its time, so it may be done in parts: what has run at these sources is kept, and a fault that
 * was not noticed is tried again by the tests that have changed since.
 */
const GOAL_PERCENT = 95;
const KEPT = ".local/promises/score.json";
/** Tests that try each of a hundred places: what they find out others say as well, and one of them takes longer than all the rest. */
const NEVER_HERE = "killed after each of its calls|is killed at every step|with more to do than one run can";
/** What says nothing for so long hangs; the first word comes from a runtime that has to be started. */
const SILENT_MAX_MS = 90_000;
const START_MAX_MS = 400_000;
/** Cases of one run: each is a test file that is read anew. */
const CASES = 60;

const Kept = z.record(
  z.string(),
  z.object({ caughtBy: z.string().nullable(), passed: z.record(z.string(), z.string()) }),
);
type Kept = z.infer<typeof Kept>;

/** One switch, and the tests that are to run under it, by their names; `null`: all. */
export interface Case {
  number: number;
  only: readonly string[] | null;
}
/** What a runner is asked: to run a test file once for each of these cases. */
export interface Trying {
  test: string;
  cases: readonly Case[];
  /** Tests of the file that are left out, by their names. */
  without: string;
}
export type Heard =
  | { is: "begun"; at: number }
  | { is: "reached"; at: number; name: string; numbers: number[] }
  | { is: "ended"; at: number; isCaught: boolean; note: string }
  | { is: "over"; note: string };

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

/** A runner of a copy. It serves one test file after the other, for what it has read of the sources stays read; one that hangs is begun anew. */
class Runner {
  readonly #copy: string;
  #process: ReturnType<typeof startRunner> | null = null;

  constructor(copy: string) {
    this.#copy = copy;
  }

  /** Runs one test file for some cases. Returns the case in which everything hung, if one did. */
  async run(trying: Trying, isOver: () => boolean, onHeard: (heard: Heard) => void): Promise<Case | null> {
    this.#process ??= startRunner(this.#copy, "dev/promises/score-runner.ts");
    const runner = await this.#process;
    return await new Promise((resolve, reject) => {
      let at = 0;
      let silent: ReturnType<typeof setTimeout> | undefined;
      const over = (end: () => void) => {
        clearTimeout(silent);
        runner.removeAllListeners("message");
        end();
      };
      const listen = (maxMs = SILENT_MAX_MS) => {
        clearTimeout(silent);
        silent = setTimeout(() => {
          this.stop();
          over(() => resolve(trying.cases[at] ?? null));
        }, maxMs);
      };
      listen(START_MAX_MS);
      runner.on("message", (heard: Heard) => {
        listen();
        if (heard.is === "begun") at = heard.at;
        onHeard(heard);
        if (heard.is !== "over" && !isOver()) return;
        if (heard.is !== "over") this.stop();
        if (heard.is === "over" && heard.note !== "") over(() => reject(new Error(`${trying.test}: ${heard.note}`)));
        else over(() => resolve(null));
      });
      runner.send(trying);
    });
  }

  stop(): void {
    void this.#process?.then((runner) => {
      runner.kill("SIGTERM");
      setTimeout(() => runner.kill("SIGKILL"), 5_000).unref();
    });
    this.#process = null;
  }
}

/** The tests of a file in their order, each with the switches that it passes, and whether it needs those before it. */
interface Reached {
  name: string;
  numbers: ReadonlySet<number>;
  isAlone: boolean;
}

/** Runs a test file without any fault: all of it, and then each of its tests alone. */
async function reachedBy(runner: Runner, test: string): Promise<Reached[]> {
  const reached: { name: string; numbers: ReadonlySet<number> }[] = [];
  const under = (cases: Case[], onHeard: (heard: Heard) => void) =>
    runner.run({ test, cases, without: NEVER_HERE }, () => false, onHeard);
  const hung = await under([{ number: 0, only: null }], (heard) => {
    if (heard.is === "ended" && heard.isCaught) throw new Error(`${test} fails without any fault: ${heard.note}`);
    if (heard.is === "reached") reached.push({ name: heard.name, numbers: new Set(heard.numbers) });
  });
  if (hung !== null || reached.length === 0)
    throw new Error(`${test} does not end without any fault, or has no tests.`);
  const alone = new Set<number>();
  await under(
    reached.map(({ name }) => ({ number: 0, only: [name] })),
    (heard) => {
      if (heard.is === "ended" && !heard.isCaught) alone.add(heard.at);
    },
  );
  return reached.map((one, at) => ({ ...one, isAlone: alone.has(at) }));
}

/** The tests that reach a switch, with those that these need. */
export function testsFor(number: number, reached: readonly Reached[]): string[] {
  const last = reached.findLastIndex(({ numbers, isAlone }) => !isAlone && numbers.has(number));
  return reached.filter(({ numbers }, at) => at <= last || numbers.has(number)).map(({ name }) => name);
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
  const copy = copySources(root, "score");
  for (const { of, text } of modules) writeFileSync(join(copy, of.file), text);
  const runner = new Runner(copy);

  // What is quickest for some module comes before what is second for another.
  const ranks = Array.from({ length: Math.max(...scored.map(({ tests }) => tests.length)) }, (_, rank) =>
    scored.flatMap(({ tests }) => tests[rank] ?? []),
  );
  for (const test of new Set(ranks.flat())) {
    const stamp = modules.flatMap(({ stamps }) => stamps.get(test) ?? [])[0] ?? "";
    const passed = (trial: Trial) => keep(trial, ({ passed: by }) => Object.assign(by, { [test]: stamp }));
    const caught = (trial: Trial, by: string) => keep(trial, (known) => Object.assign(known, { caughtBy: by }));
    const due = () =>
      [...trials.values()].filter(
        ({ key, of }) => of.tests.includes(test) && kept[key]?.caughtBy == null && kept[key]?.passed[test] !== stamp,
      );
    if (due().length === 0 || isOver()) continue;
    const reached = await reachedBy(runner, test);
    for (const trial of due()) if (testsFor(trial.number, reached).length === 0) passed(trial);
    let isSuspect = false;
    while (due().length > 0 && !isOver()) {
      const cases = due()
        .slice(0, isSuspect ? 1 : CASES)
        .map(({ number }) => ({ number, only: testsFor(number, reached) }));
      const hung = await runner.run({ test, cases, without: NEVER_HERE }, isOver, (heard) => {
        const trial = heard.is === "ended" ? trials.get(cases[heard.at]?.number ?? 0) : undefined;
        if (heard.is !== "ended" || trial === undefined) return;
        if (heard.isCaught) caught(trial, heard.note);
        else passed(trial);
        const { of, line, from, to } = trial;
        console.error(`${heard.isCaught ? "caught" : "passed"} ${of.file}:${line} ${short(from)} → ${short(to)}`);
      });
      // What has hung before it could say so is found out by itself.
      const trial = hung !== null && isSuspect ? trials.get(hung.number) : undefined;
      if (trial !== undefined) caught(trial, "Nothing ends any more.");
      isSuspect = hung !== null && !isSuspect;
    }
  }
  runner.stop();
  return scoreOf(modules, kept);
}
