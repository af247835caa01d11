/**
 * A process of the mutation score: it stands in a copy of the sources in which one module has all its small faults behind switches, and runs a
 * test file once for each fault that it is asked about, in one runtime. Begun anew for each, the runtime alone would take hours.
 */
import { writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { createVitest, type Reporter, type TestCase, type TestSuite } from "vitest/node";
import type { Heard, Trying } from "./mutation-score.ts";

const root = process.cwd();
/** A small fault in a loop may never end. */
const TEST_MAX_MS = 120_000;
const say = (heard: Heard) => process.send?.(heard);

const SUITE = /^mutant (\d+)$/;
/** The switch under which a test or a group of tests ran. */
function numberOf(entity: TestCase | TestSuite): number | null {
  const names = entity.type === "suite" ? [entity.name] : [];
  for (let parent = entity.parent; parent.type === "suite"; parent = parent.parent) names.push(parent.name);
  const [, number] = SUITE.exec(names.at(-1) ?? "") ?? [];
  return number === undefined ? null : Number(number);
}

const reporter: Reporter = {
  onTestCaseReady(test) {
    const number = numberOf(test);
    if (number !== null) say({ is: "begun", number });
  },
  onTestSuiteResult(suite) {
    const [, number] = SUITE.exec(suite.name) ?? [];
    if (number === undefined || suite.parent.type !== "module") return;
    const failed = [...suite.children.allTests("failed")][0];
    const isCaught = failed !== undefined || suite.state() === "failed";
    const [error] = failed?.result().errors ?? [];
    const note = `${failed?.fullName ?? "It does not begin."} ${error?.message.split("\n")[0] ?? ""}`;
    say({ is: "ended", number: Number(number), isCaught, note: isCaught ? note : "" });
  },
};

const vitest = await createVitest({ watch: false, root, reporters: [reporter], silent: true });
for (const project of vitest.projects) project.config.testTimeout = TEST_MAX_MS;

/** A test file that runs another one once under each switch, from nothing stored, and lets the rest go once a test has failed. */
function repeated(test: string, numbers: readonly number[], without: string): string {
  const isAtTheEdge = /^(?:workers|test\/promises)\//.test(test);
  const setup = relative(dirname(test), "workers/testing/setup.ts").replace(/^(?!\.)/, "./");
  const anew = (number: number) => (isAtTheEdge ? `import("${setup}?mutant=${number}")` : "undefined");
  return `
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
let isOver = false;
const without = new RegExp(${JSON.stringify(without)});
const under = (number, begin, load) => describe("mutant " + number, async () => {
  beforeAll(async () => { await begin(); globalThis.mutant_ = number; isOver = false; });
  beforeEach((context) => { if (isOver || without.test(context.task.name)) context.skip(); context.onTestFailed(() => { isOver = true; }); });
  afterAll(() => { globalThis.mutant_ = 0; });
  await load();
});
${numbers.map((number) => `under(${number}, () => ${anew(number)}, () => import("./${basename(test)}?mutant=${number}"));`).join("\n")}
`;
}

async function run({ file, text, test, numbers, without }: Trying): Promise<void> {
  writeFileSync(join(root, file), text);
  vitest.invalidateFile(join(root, file));
  const path = join(root, dirname(test), "score.test.ts");
  writeFileSync(path, repeated(test, numbers, without));
  vitest.invalidateFile(path);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    await vitest.globTestSpecifications([relative(root, path)]),
  );
  const errors = testModules.filter(({ moduleId }) => moduleId === path).flatMap((module) => module.errors());
  say({
    is: "over",
    note: [...errors, ...unhandledErrors].map((error) => String((error as Error).message)).join("\n"),
  });
}

process.on("message", (trying: Trying) => {
  run(trying).catch((error: unknown) => say({ is: "over", note: String(error) }));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
