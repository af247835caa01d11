/**
 * `npm test`: everything, on the real parts. `npm run test:long` runs the long simulations, and every
 * property with thirty times the tries (test/runs.ts). Arguments after
 * `--` go to vitest (`npm test -- --project workerd`). The last line is the count, what comes before it where the time went.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDebianPackages } from "./debian.ts";
import { keepResults, readReport } from "./promises/results.ts";

const args = process.argv.slice(2);
const long = args.includes("--long");
const forVitest = args.filter((arg) => arg !== "--long");

if (!ensureDebianPackages()) process.exit(1);

const dir = mkdtempSync(join(tmpdir(), "sessionlinked-test-"));
const resultPath = join(dir, "result.json");
const vitest = spawnSync(
  "vitest",
  [
    "run",
    ...(long ? ["--project", "long*", "--project", "node"] : []),
    "--reporter=default",
    `--reporter=${join(import.meta.dirname, "time-reporter.ts")}`,
    "--reporter=json",
    `--outputFile.json=${resultPath}`,
    ...forVitest,
  ],
  {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      // Tests start some hundred programs of ours: each finds what Node made of its modules the first time, by their content.
      NODE_COMPILE_CACHE: join(import.meta.dirname, "..", "node_modules", ".cache", "node"),
      ...(long ? { TEST_EFFORT: process.env.TEST_EFFORT ?? "30" } : {}),
    },
  },
);

interface Counts {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
}
let counts: Counts | undefined;
try {
  counts = JSON.parse(readFileSync(resultPath, "utf8"));
  const head = spawnSync("git", ["rev-parse", "--short=10", "HEAD"], { encoding: "utf8" });
  keepResults(readReport(resultPath), head.stdout?.trim() ?? "", process.cwd(), Date.now());
} catch {
  console.error("The test runner ended without a result.");
}
rmSync(dir, { recursive: true, force: true });
if (counts === undefined) process.exit(vitest.status || 1);
// A file that could not even be loaded has no tests to count; it still failed.
const failed =
  counts.numFailedTests > 0 ? counts.numFailedTests : vitest.status === 0 ? 0 : Math.max(1, counts.numFailedTestSuites);
const skipped = counts.numPendingTests + counts.numTodoTests;
console.log(`${counts.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exit(vitest.status ?? 1);
