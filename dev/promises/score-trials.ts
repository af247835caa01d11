import { copySources, startRunner } from "./mutants.ts";

/**
 * Trials of the mutation score: faults are tried in a runner, many in one run, each by the tests that reach it. What failed by its assertion is
 * caught. What took too long, did not begin or took the runner with it is not caught by that alone, since a busy machine does the same:
 * it is tried once more by itself, behind a trial of the same tests without any fault, and counts if these have ended.
 */

/** Tests that try each of a hundred places: what they find out others say as well, and one of them takes longer than all the rest. */
const NEVER_HERE = "killed after each of its calls|is killed at every step|with more to do than one run can";
/** Beyond what one test may take: nobody says a word while a runtime is started and its modules are read, or a store is emptied. */
const START_MAX_MS = 400_000;
const SILENT_MAX_MS = 90_000;
/** A test without a fault has this long. Under one it has as long as the longest took without, several times over, and some more. */
const WHOLE_TEST_MAX_MS = 240_000;
const limitOf = (longestMs: number) => 15_000 + 6 * longestMs;
/** Likewise for the switches that it may pass. */
const ANY_PASSES = 1_000_000_000;
const passesOf = (most: number) => 2_000 + 30 * most;
/** Who is tried again by themselves has so many times longer. */
const AGAIN = 3;
/** To run each test alone costs a beginning for each; it saves every fault about half of the file. */
const ALONE_WORTH = 2;
/** Cases of one run: each is a test file that is read anew. */
const CASES = 60;
/** Runs in a row that come to nothing, until a test file is left for another time. */
const ATTEMPTS = 3;

/** One switch, and the tests that are to run under it, by their names; `null`: all. Switch 0 is no fault. */
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
  /** Of each test and each hook. */
  limitMs: number;
  /** Switches that one test may pass: what goes round and round passes more, however fast the machine is. */
  passesMax: number;
}
/** `unsure`: it took too long or did not begin. */
export type Ending = "passed" | "caught" | "unsure";
export type Heard =
  | { is: "begun"; at: number }
  | { is: "reached"; at: number; name: string; numbers: number[]; passes: number; tookMs: number }
  | { is: "ended"; at: number; ending: Ending; note: string }
  | { is: "over"; note: string };

/** Runs test files under faults. `hung`: the place of the case in which everything stopped; `note`: why it ran nothing. */
export interface Runs {
  run(
    trying: Trying,
    isOver: () => boolean,
    onHeard: (heard: Heard) => void,
  ): Promise<{ hung: number | null; note: string }>;
  stop(): void;
}

/** A runner of a copy. It serves one test file after the other, for what it has read of the sources stays read; one that hangs is begun anew. */
export class Runner implements Runs {
  readonly #copy: string;
  #process: ReturnType<typeof startRunner> | null = null;

  constructor(copy: string) {
    this.#copy = copy;
  }

  async run(
    trying: Trying,
    isOver: () => boolean,
    onHeard: (heard: Heard) => void,
  ): Promise<{ hung: number | null; note: string }> {
    this.#process ??= startRunner(this.#copy, "dev/promises/score-runner.ts");
    const runner = await this.#process;
    return await new Promise((resolve) => {
      let at = 0;
      let silent: ReturnType<typeof setTimeout> | undefined;
      const over = (hung: number | null, note = "") => {
        clearTimeout(silent);
        runner.removeAllListeners("message").removeAllListeners("exit");
        if (hung !== null || isOver()) this.stop();
        resolve({ hung, note });
      };
      const listen = (maxMs: number) => {
        clearTimeout(silent);
        silent = setTimeout(() => over(at, "Nothing is said any more."), trying.limitMs + maxMs);
      };
      listen(START_MAX_MS);
      runner.on("exit", () => over(at, "The runner died."));
      runner.on("message", (heard: Heard) => {
        listen(SILENT_MAX_MS);
        if (heard.is === "begun") at = heard.at;
        onHeard(heard);
        if (heard.is === "over") over(null, heard.note);
        else if (isOver()) over(null);
      });
      if (runner.connected) runner.send(trying);
      else over(at, "The runner died.");
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

/** A runner in a copy of the sources of its own, of a name of its own. */
export const newCopy = (root: string, name: string): { copy: string; runner: Runner } => {
  const copy = copySources(root, name);
  return { copy, runner: new Runner(copy) };
};

/** The tests of a file in their order, each with the switches that it passes, and whether it needs those before it. */
export interface Reached {
  name: string;
  numbers: ReadonlySet<number>;
  isAlone: boolean;
}
/** A test file as it is without any fault, and what each of its tests is given under one. */
export interface Known {
  test: string;
  reached: readonly Reached[];
  limitMs: number;
  passesMax: number;
  /** Whether each was run alone; where not, each needs those before it. */
  isTriedAlone: boolean;
}

/**
 * Runs a test file without any fault: all of it, and then, where there are so many faults that it is worth it, each of its tests alone. `null`: it
 * could not be made to pass, and why was said.
 */
export async function knownOf(
  runner: Runs,
  test: string,
  faults: number,
  isOver: () => boolean,
  say: (line: string) => void,
): Promise<Known | null> {
  for (let attempt = 0; attempt < ATTEMPTS && !isOver(); attempt++) {
    const reached: { name: string; numbers: ReadonlySet<number> }[] = [];
    let longestMs = 0;
    let mostPasses = 0;
    let why = "";
    const under = (cases: Case[], limitMs: number, onHeard: (heard: Heard) => void) =>
      runner.run({ test, cases, without: NEVER_HERE, limitMs, passesMax: ANY_PASSES }, isOver, onHeard);
    const { hung, note } = await under([{ number: 0, only: null }], WHOLE_TEST_MAX_MS, (heard) => {
      if (heard.is === "ended" && heard.ending !== "passed") why = heard.note;
      if (heard.is !== "reached") return;
      reached.push({ name: heard.name, numbers: new Set(heard.numbers) });
      longestMs = Math.max(longestMs, heard.tookMs);
      mostPasses = Math.max(mostPasses, heard.passes);
    });
    if (hung === null && why === "" && reached.length > 0) {
      const alone = new Set<number>();
      const each = reached.map(({ name }) => ({ number: 0, only: [name] }));
      const isTriedAlone = ALONE_WORTH * faults >= reached.length;
      if (isTriedAlone)
        await under(each, limitOf(longestMs), (heard) => {
          if (heard.is === "ended" && heard.ending === "passed") alone.add(heard.at);
        });
      const all = reached.map((one, at) => ({ ...one, isAlone: alone.has(at) }));
      return { test, reached: all, limitMs: limitOf(longestMs), passesMax: passesOf(mostPasses), isTriedAlone };
    }
    say(`${test} does not pass without any fault: ${why || note || "it ran no test."}`);
    runner.stop();
  }
  return null;
}

/** The tests that reach a switch, with those that these need. */
export function testsFor(number: number, reached: readonly Reached[]): string[] {
  const last = reached.findLastIndex(({ numbers, isAlone }) => !isAlone && numbers.has(number));
  return reached.filter(({ numbers }, at) => at <= last || numbers.has(number)).map(({ name }) => name);
}

export interface Fate {
  isCaught: boolean;
  note: string;
}

/** Tries these faults by one test file, and says of each what became of it as soon as that is sure; of some, perhaps, nothing. */
export async function tryFaults(
  runner: Runs,
  { test, reached, limitMs, passesMax }: Known,
  numbers: readonly number[],
  isOver: () => boolean,
  onFate: (number: number, fate: Fate) => void,
): Promise<void> {
  const caseOf = (number: number): Case => ({ number, only: testsFor(number, reached) });
  const left = new Set(numbers);
  const unsure: number[] = [];
  const settle = (number: number, fate: Fate) => {
    left.delete(number);
    onFate(number, fate);
  };
  for (const number of numbers) if (caseOf(number).only?.length === 0) settle(number, { isCaught: false, note: "" });

  for (let idle = 0; left.size > 0 && idle < ATTEMPTS && !isOver(); ) {
    const cases = [...left].slice(0, CASES).map(caseOf);
    const before = left.size;
    const doubt = (at: number) => {
      const number = cases[at]?.number ?? 0;
      if (left.delete(number)) unsure.push(number);
    };
    const { hung } = await runner.run({ test, cases, without: NEVER_HERE, limitMs, passesMax }, isOver, (heard) => {
      if (heard.is !== "ended") return;
      const { number } = cases[heard.at] ?? { number: 0 };
      if (heard.ending === "unsure") doubt(heard.at);
      else settle(number, { isCaught: heard.ending === "caught", note: heard.note });
    });
    if (hung !== null) doubt(hung);
    idle = left.size === before ? idle + 1 : 0;
    if (idle > 0) runner.stop();
  }

  for (const number of unsure) {
    if (isOver()) return;
    const endings: Ending[] = [];
    let note = "Nothing ends any more.";
    const cases = [{ ...caseOf(number), number: 0 }, caseOf(number)];
    const again = { test, cases, without: NEVER_HERE, limitMs: AGAIN * limitMs, passesMax };
    await runner.run(again, isOver, (heard) => {
      if (heard.is !== "ended") return;
      endings[heard.at] = heard.ending;
      if (heard.at === 1 && heard.note !== "") note = heard.note;
    });
    if (isOver() || endings[0] !== "passed") continue;
    settle(number, endings[1] === "passed" ? { isCaught: false, note: "" } : { isCaught: true, note });
  }
}
