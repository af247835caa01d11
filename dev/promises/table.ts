import type { Citation, PromiseRow } from "./citations.ts";
import { idsIn } from "./citations.ts";
import type { Fate } from "./mutants.ts";
import type { Mutation } from "./mutations/mutation.ts";
import type { Results } from "./results.ts";

/** What became of each mutation when it was last run, by promise and name. `of`: what it was run at (fates.ts). */
export type Fates = Record<string, { fate: Fate; commit: string; of: string }>;
export const keyOf = ({ promise, name }: Pick<Mutation, "promise" | "name">) => `${promise}: ${name}`;

export interface Row extends PromiseRow {
  /** Titles that cite it, by file, with how many tests ran under them, how they ended, and at which commit that was. */
  tests: { file: string; passed: number; failed: number; commit?: string | undefined }[];
  /** Files that cite it and have not run; a long simulation, which takes hours, counts once it has. */
  notRun: string[];
  /** What was broken on purpose, whether a test that cites the promise noticed, and at which commit that was. */
  twins: { name: string; fate: Fate | "not-run"; commit?: string; of?: string }[];
  /** `kept`: it has tests, all of them pass, and each of its twins was caught. `not-yet`: what it promises about is not there; not kept either. */
  state: "kept" | "red" | "not-yet";
}

/** Promises about what the product does not have. One that a test cites is no longer one of them. */
const notYet = ["E4", "F1", "F2", "F3", "F4"];

/** Each promise with the tests that prove it, how they ended, and its negative twins. What has not run here ended as an earlier table says. */
export function promiseTable(
  rows: readonly PromiseRow[],
  cited: readonly Citation[],
  results: Results,
  mutations: readonly Mutation[],
  fates: Fates,
  earlier: readonly Pick<Row, "id" | "tests">[] = [],
): Row[] {
  return rows.map(({ id, promise }) => {
    const files = [...new Set(cited.filter(({ ids }) => ids.includes(id)).map(({ file }) => file))];
    const ran = files.map((file) => {
      const tests = results[file]?.tests.filter(({ title }) => idsIn(title).includes(id)) ?? [];
      const before = earlier.find((row) => row.id === id)?.tests.find((test) => test.file === file);
      if (results[file] === undefined && before !== undefined) return before;
      const passed = tests.filter((test) => test.passed).length;
      return { file, passed, failed: tests.length - passed, commit: results[file]?.commit };
    });
    const tests = ran.filter(({ passed, failed }) => passed + failed > 0);
    const notRun = ran
      .filter(({ file, passed, failed }) => passed + failed === 0 && !file.endsWith(".long.test.ts"))
      .map(({ file }) => file);
    const twins = mutations
      .filter((mutation) => mutation.promise === id)
      .map((mutation) => ({ name: mutation.name, ...(fates[keyOf(mutation)] ?? { fate: "not-run" as const }) }));
    const isProven = tests.length > 0 && notRun.length === 0 && tests.every(({ failed }) => failed === 0);
    const isWatched = twins.length > 0 && twins.every(({ fate }) => fate === "caught");
    const isNotYet = files.length === 0 && notYet.includes(id);
    return { id, promise, tests, notRun, twins, state: isProven && isWatched ? "kept" : isNotYet ? "not-yet" : "red" };
  });
}

/** One line for each promise, for a terminal. */
export function tableAsText(rows: readonly Row[]): string {
  const lines = rows.map(({ id, promise, tests, notRun, twins, state }) => {
    const passed = tests.reduce((sum, test) => sum + test.passed, 0);
    const failed = tests.reduce((sum, test) => sum + test.failed, 0);
    const proof = `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}${notRun.length > 0 ? `, ${notRun.length} files not run` : ""}`;
    const caught = twins.filter(({ fate }) => fate === "caught").length;
    const open = twins.filter(({ fate }) => fate !== "caught").map(({ name, fate }) => `\n       ${fate}: ${name}`);
    const said = { kept: "kept   ", red: "RED    ", "not-yet": "not yet" }[state];
    return `${said} ${id.padEnd(3)} ${promise.slice(0, 70).padEnd(70)}  ${proof}; twins ${caught} of ${twins.length}${open.join("")}`;
  });
  const kept = rows.filter(({ state }) => state === "kept").length;
  return `${lines.join("\n")}\n${kept} of ${rows.length} promises are proven and watched.`;
}
