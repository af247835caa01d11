import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { idsIn } from "./citations.ts";
import type { Mutation } from "./mutations.ts";
import { readReport } from "./results.ts";

/**
 * The negative twins: a rule is broken in a copy of the sources, and the test that cites its promise is run there. It has to fail; a mutant
 * that nobody notices is a promise that nobody keeps watch over.
 */
const COPY = "dist/mutants";
const SHOWN_CHARS = 400;

/** `caught`: a test that cites the promise failed. `missed`: none did. `broken`: nothing ran at all, which proves nothing. */
export type Fate = "caught" | "missed" | "broken";

/** The mutation's place, if it is there exactly once. */
export function applied(source: string, { from, to }: Mutation): string | null {
  const [before, after, ...more] = source.split(from);
  return before === undefined || after === undefined || more.length > 0 ? null : before + to + after;
}

/** Copies what git knows of, so that a mutant never stands where somebody works. */
export function copySources(root: string): string {
  const copy = join(root, COPY);
  rmSync(copy, { recursive: true, force: true });
  const known = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  for (const path of known.stdout.split("\n").filter((line) => line !== "")) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Breaks one rule in the copy, runs the tests that cite its promise, and mends it again. */
export function fateOf(copy: string, mutation: Mutation): { fate: Fate; note: string } {
  const path = join(copy, mutation.file);
  const source = readFileSync(path, "utf8");
  const mutant = applied(source, mutation);
  if (mutant === null) return { fate: "broken", note: `Not once in ${mutation.file}: ${mutation.from}` };
  const out = join(copy, "mutant.json");
  rmSync(out, { force: true });
  writeFileSync(path, mutant);
  const run = spawnSync(
    "vitest",
    ["run", mutation.test, "-t", `\\b${mutation.promise}\\b`, "--reporter=json", `--outputFile=${out}`],
    { cwd: copy, encoding: "utf8", maxBuffer: 1 << 26, timeout: 240_000 },
  );
  writeFileSync(path, source);
  try {
    const tests = readReport(out).testResults.flatMap(({ assertionResults }) => assertionResults);
    const citing = tests.filter(({ fullName, status }) => status !== "skipped" && cites(fullName, mutation.promise));
    if (citing.length > 0) {
      const failed = citing.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
      return { fate: failed.length > 0 ? "caught" : "missed", note: failed[0] ?? "" };
    }
  } catch {
    // The runner died before it wrote anything.
  }
  return { fate: "broken", note: (run.stderr + run.stdout).slice(-SHOWN_CHARS) };
}

const cites = (title: string, promise: string) => idsIn(title).includes(promise);
