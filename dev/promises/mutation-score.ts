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
 * that a test notices. It takes its time, so it may be done in parts: what has run at these sources is kept, and a fault that was not noticed is
 * tried again by the tests that have changed since.
 */
const GOAL_PERCENT = 95;
const KEPT = ".local/promises/score.json";
/** Tests that try each of a hundred places: what they find out others say as well, and one of them takes longer than all the rest. */
const NEVER_HERE = "killed after each of its calls|is killed at every step|with more to do than one run can";
/** What says nothing for so long hangs. */
const SILENT_MAX_MS = 240_000;

const Kept = z.record(
  z.string(),
  z.object({ caughtBy: z.string().nullable(), passed: z.record(z.string(), z.string()) }),
);
type Kept = z.infer<typeof Kept>;

/** What a runner is asked: to run a test file once under each of these switches of a module. */
export interface Trying {
  file: string;
  text: string;
  test: string;
  numbers: readonly number[];
  /** Tests of the file that are left out, by their names. */
  without: string;
}
export type Heard =
  | { is: "begun"; number: number }
  | { is: "ended"; number: number; isCaught: boolean; note: string }
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

/** Everything that is scored. `only`: of an area, or of files whose name has this in it. */
function modulesOf(root: string, only?: string): Module[] {
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  return scored
    .filter(({ area, file }) => only === undefined || area === only || file.includes(only))
    .map((of) => {
      const source = read(of.file);
      const { mutants, text } = mutantsOf(source, of.within);
      const lines = source.split("\n").map((line) => line.trim());
      const trials = mutants
        .map((mutant) => ({
          ...mutant,
          of,
          key: `${of.file}:${hashOf(source, String(mutant.number))}`,
          text: lines[mutant.line - 1] ?? "",
        }))
        .filter((trial) => !isEquivalent(of.file, trial, equivalents));
      return { of, text, trials, stamps: new Map(of.tests.map((test) => [test, hashOf(read(test))])) };
    });
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

/** Runs one test file under the switches of one module. Returns the fault under which everything hung, if one did. */
async function runUnder(
  copy: string,
  trying: Trying,
  isOver: () => boolean,
  onEnd: (heard: Extract<Heard, { is: "ended" }>) => void,
): Promise<number | null> {
  const runner = await startRunner(copy, "dev/promises/score-runner.ts");
  return await new Promise((resolve, reject) => {
    let at: number | null = null;
    let silent: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      clearTimeout(silent);
      runner.kill("SIGTERM");
      setTimeout(() => runner.kill("SIGKILL"), 5_000).unref();
    };
    const listen = () => {
      clearTimeout(silent);
      silent = setTimeout(() => {
        stop();
        resolve(at ?? trying.numbers[0] ?? null);
      }, SILENT_MAX_MS);
    };
    listen();
    runner.on("message", (heard: Heard) => {
      listen();
      if (heard.is === "begun") at = heard.number;
      if (heard.is === "ended") onEnd(heard);
      if (heard.is !== "over" && !isOver()) return;
      stop();
      if (heard.is === "over" && heard.note !== "") reject(new Error(`${trying.test}: ${heard.note}`));
      else resolve(null);
    });
    runner.send(trying);
  });
}

/** Runs what has not run yet, for so many minutes at most, and says the score. */
export async function mutationScore(root: string, minutes: number, only?: string) {
  const kept = existsSync(KEPT) ? Kept.parse(JSON.parse(readFileSync(KEPT, "utf8"))) : {};
  const modules = modulesOf(root, only);
  const endMs = performance.now() + minutes * 60_000;
  const isOver = () => performance.now() > endMs;
  const keep = (key: string, change: (known: Kept[string]) => void) => {
    const known = kept[key] ?? { caughtBy: null, passed: {} };
    change(known);
    kept[key] = known;
    mkdirSync(dirname(KEPT), { recursive: true });
    writeFileSync(KEPT, JSON.stringify(kept));
  };
  for (const module of modules)
    for (const test of module.of.tests) {
      const due = () =>
        module.trials.filter(
          ({ key }) => kept[key]?.caughtBy == null && kept[key]?.passed[test] !== module.stamps.get(test),
        );
      while (due().length > 0 && !isOver()) {
        const copy = copySources(root, "score");
        const of = new Map(module.trials.map((trial) => [trial.number, trial]));
        // Under no switch at all everything has to pass, or it says nothing.
        const numbers = [0, ...due().map(({ number }) => number)];
        const hung = await runUnder(
          copy,
          { file: module.of.file, text: module.text, test, numbers, without: NEVER_HERE },
          isOver,
          (heard) => {
            if (heard.number === 0 && heard.isCaught) throw new Error(`${test} fails without any fault: ${heard.note}`);
            const trial = of.get(heard.number);
            if (trial === undefined) return;
            keep(trial.key, (known) => {
              if (heard.isCaught) known.caughtBy = heard.note;
              else known.passed[test] = module.stamps.get(test) ?? "";
            });
            console.error(
              `${heard.isCaught ? "caught" : "passed"} ${module.of.file}:${trial.line} ${short(trial.from)} → ${short(trial.to)}`,
            );
          },
        );
        const trial = hung === null ? undefined : of.get(hung);
        if (trial !== undefined)
          keep(trial.key, (known) => {
            known.caughtBy = "Nothing ends any more.";
          });
      }
    }
  return scoreOf(modules, kept);
}
