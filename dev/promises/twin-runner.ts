/**
 * A process of the negative twins: it stands in a copy of the sources, keeps vitest and what it has read between one twin and the next, and
 * is asked for one twin at a time by `mutants.ts`. To begin vitest anew for each costs more than most twins' tests.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest } from "vitest/node";
import { idsIn } from "./citations.ts";
import { applied, type Fated } from "./mutants.ts";
import type { Mutation } from "./mutations/mutation.ts";

const root = process.cwd();
// One test that fails is enough.
const vitest = await createVitest({ watch: false, root, reporters: [], silent: true, bail: 1 });

/** Breaks one rule in the copy, runs the tests that cite its promise, and mends it again. */
async function fateOf(mutation: Mutation): Promise<Fated> {
  const path = join(root, mutation.file);
  const source = readFileSync(path, "utf8");
  const mutant = applied(source, mutation);
  if (mutant === null) return { fate: "broken", note: `Not once in ${mutation.file}: ${mutation.from}` };
  const write = (text: string) => {
    writeFileSync(path, text);
    vitest.invalidateFile(path);
  };
  write(mutant);
  try {
    vitest.setGlobalTestNamePattern(new RegExp(`\\b${mutation.promise}\\b`));
    const { testModules } = await vitest.runTestSpecifications(await vitest.globTestSpecifications([mutation.test]));
    // What ran before is in the answer as well.
    const tests = testModules
      .filter(({ moduleId }) => moduleId === join(root, mutation.test))
      .flatMap((module) => [...module.children.allTests()])
      .filter((one) => idsIn(one.fullName).includes(mutation.promise))
      .map((one) => ({ name: one.fullName, state: one.result().state }))
      .filter(({ state }) => state === "passed" || state === "failed");
    const failed = tests.find(({ state }) => state === "failed");
    if (tests.length === 0) return { fate: "broken", note: "No test that cites the promise ran." };
    return failed === undefined ? { fate: "missed", note: "" } : { fate: "caught", note: failed.name };
  } catch (error) {
    return { fate: "broken", note: String(error) };
  } finally {
    write(source);
  }
}

process.on("message", (mutation: Mutation) => {
  void fateOf(mutation).then((fated) => process.send?.(fated));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
