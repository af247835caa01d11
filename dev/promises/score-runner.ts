/**
 * A process of the mutation score: it stands in a copy of the sources in which the scored modules have all their small faults behind switches,
 * and runs tests of one file under one switch after another, in one runtime. Begun anew for each, the runtime alone would take hours.
 */
import { writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { createVitest, type Reporter, type TestCase, type TestSuite } from "vitest/node";
import type { Heard, Trying } from "./score-trials.ts";

const root = process.cwd();
const say = (heard: Heard) => process.send?.(heard);

declare module "vitest" {
  interface TaskMeta {
    /** The test's name within its file, the switches that it passed, and how often it passed any. */
    reached?: { name: string; numbers: number[]; passes: number };
  }
}

const SUITE = /^case (\d+)$/;
/** The case as part of which a test or a group of tests ran. */
function caseOf(entity: TestCase | TestSuite): number | null {
  const names = entity.type === "suite" ? [entity.name] : [];
  for (let parent = entity.parent; parent.type === "suite"; parent = parent.parent) names.push(parent.name);
  const [, at] = SUITE.exec(names.at(-1) ?? "") ?? [];
  return at === undefined ? null : Number(at);
}

const reporter: Reporter = {
  onTestCaseReady(test) {
    const at = caseOf(test);
    if (at !== null) say({ is: "begun", at });
  },
  onTestCaseResult(test) {
    const { reached } = test.meta();
    const at = caseOf(test);
    const tookMs = test.diagnostic()?.duration ?? 0;
    if (reached !== undefined && at !== null) say({ is: "reached", at, ...reached, tookMs });
  },
  onTestSuiteResult(suite) {
    const [, at] = SUITE.exec(suite.name) ?? [];
    if (at === undefined || suite.parent.type !== "module") return;
    const failed = [...suite.children.allTests("failed")][0];
    const [error] = failed?.result().errors ?? [];
    const note = `${failed?.fullName ?? "It does not begin."} ${error?.message.split("\n")[0] ?? ""}`;
    const isLate = failed === undefined || /\btimed out in \d+ ?ms/.test(error?.message ?? "");
    const ended = { is: "ended", at: Number(at) } as const;
    if (failed === undefined && suite.state() !== "failed") say({ ...ended, ending: "passed", note: "" });
    else say({ ...ended, ending: isLate ? "unsure" : "caught", note });
  },
};

const vitest = await createVitest({ watch: false, root, reporters: [reporter], silent: true });

const isAtTheEdge = (test: string) => /^(?:workers|test\/promises)\//.test(test);

/**
 * A test file that goes through another one once for each case, from nothing stored, with some of its tests or all of them, and lets the rest
 * go once a test has failed.
 */
function repeated({ test, cases, without, passesMax }: Trying): string {
  const setup = relative(dirname(test), "workers/testing/setup.ts").replace(/^(?!\.)/, "./");
  const anew = (at: number) => (isAtTheEdge(test) ? `import("${setup}?case=${at}")` : "undefined");
  return `
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
let isOver = false;
const without = new RegExp(${JSON.stringify(without)});
const nameOf = (task) => task.suite?.suite === undefined ? task.name : nameOf(task.suite) + " > " + task.name;
const under = (at, number, only, begin, load) => describe("case " + at, async () => {
  beforeAll(async () => { await begin(); globalThis.mutant_ = number; globalThis.reached_ = new Set(); isOver = false; });
  beforeEach((context) => {
    globalThis.left_ = ${passesMax};
    const name = nameOf(context.task);
    if (isOver || without.test(name) || (only !== null && !only.includes(name))) context.skip();
    context.onTestFailed(() => { isOver = true; });
    if (number === 0) context.onTestFinished(() => {
      context.task.meta.reached = { name, numbers: [...globalThis.reached_], passes: ${passesMax} - globalThis.left_ };
      globalThis.reached_ = new Set();
    });
  });
  afterAll(() => { globalThis.mutant_ = 0; });
  await load();
});
${cases.map(({ number, only }, at) => `under(${at}, ${number}, ${JSON.stringify(only)}, () => ${anew(at)}, () => import("./${basename(test)}?case=${at}"));`).join("\n")}
`;
}

async function run(trying: Trying): Promise<void> {
  const { test, limitMs } = trying;
  for (const { config } of vitest.projects) {
    config.testTimeout = limitMs;
    config.hookTimeout = limitMs;
  }
  const path = join(root, dirname(test), "score.test.ts");
  writeFileSync(path, repeated(trying));
  vitest.invalidateFile(path);
  // By its project and not by a search: what a search has once seen it does not look for again.
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([
    vitest.getProjectByName(isAtTheEdge(test) ? "workerd" : "node").createSpecification(path),
  ]);
  // What nobody waits for may fail under a fault; what cannot be loaded has run nothing, and neither has a runtime that did not start.
  const ours = testModules.filter(({ moduleId }) => moduleId === path);
  const errors: unknown[] = ours.flatMap((module) => module.errors());
  if (ours.flatMap((module) => [...module.children.allTests()]).length === 0) errors.push(...unhandledErrors);
  say({ is: "over", note: errors.map((error) => (error instanceof Error ? error.message : String(error))).join("\n") });
}

process.on("message", (trying: Trying) => {
  run(trying).catch((error: unknown) => say({ is: "over", note: String(error) }));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
