import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Mutation } from "./mutations/mutation.ts";

/**
 * The negative twins: a rule is broken in a copy of the sources, and the test that cites its promise is run there. It has to fail; a mutant
 * that nobody notices is a promise that nobody keeps watch over.
 */
const COPY = "dist/mutants";
/** A twin whose tests take longer hangs, and has shown nothing. */
const TWIN_MAX_MS = 480_000;
/** Copies at work beside each other: a run waits half of its time. */
const COPIES = 2;

/** `caught`: a test that cites the promise failed. `missed`: none did. `broken`: nothing ran at all, which proves nothing. */
export type Fate = "caught" | "missed" | "broken";
export interface Fated {
  fate: Fate;
  note: string;
}

/** The mutation's place, if it is there exactly once. */
export function applied(source: string, { from, to }: Mutation): string | null {
  const [before, after, ...more] = source.split(from);
  return before === undefined || after === undefined || more.length > 0 ? null : before + to + after;
}

/** Copies what git knows of, so that a mutant never stands where somebody works. */
export function copySources(root: string, name: string): string {
  const copy = join(root, COPY, name);
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

/** Starts a program of ours in a copy, which says when it is ready. */
export async function startRunner(copy: string, program = "dev/promises/twin-runner.ts"): Promise<ChildProcess> {
  const runner = fork(join(copy, program), { cwd: copy, silent: true });
  runner.stdout?.resume();
  runner.stderr?.resume();
  await Promise.race([once(runner, "message"), once(runner, "exit")]);
  return runner;
}

async function ask(runner: ChildProcess, mutation: Mutation): Promise<Fated | null> {
  if (!runner.connected) return null;
  const asked = new AbortController();
  const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(TWIN_MAX_MS)]);
  const answer = once(runner, "message", { signal }).then(([fated]: Fated[]) => fated ?? null);
  const end = once(runner, "exit", { signal }).then(() => null);
  runner.send(mutation);
  return await Promise.race([answer, end])
    .catch(() => null)
    .finally(() => {
      // What is not heard any more listens no longer.
      asked.abort();
      void Promise.allSettled([answer, end]);
    });
}

/** Runs each twin, by test file so that what one has read serves the next, and says what became of it as soon as it is known. */
export async function runTwins(
  root: string,
  twins: readonly Mutation[],
  onFate: (mutation: Mutation, fated: Fated) => void,
): Promise<void> {
  const queue = twins.toSorted((one, other) => one.test.localeCompare(other.test));
  const copies = Array.from({ length: Math.min(COPIES, queue.length) }, (_, number) => number);
  await Promise.all(
    copies.map(async (number) => {
      const copy = copySources(root, String(number));
      let runner = await startRunner(copy);
      for (let twin = queue.shift(); twin !== undefined; twin = queue.shift()) {
        const path = join(copy, twin.file);
        const source = readFileSync(path);
        const fated = await ask(runner, twin);
        onFate(twin, fated ?? { fate: "broken", note: "The runner died, or took too long." });
        if (fated !== null) continue;
        runner.kill("SIGKILL");
        // The same sources as all others had, whatever has been written since.
        writeFileSync(path, source);
        runner = await startRunner(copy);
      }
      runner.kill();
    }),
  );
  // A score may be at work in a copy of its own.
  for (const number of copies) rmSync(join(root, COPY, String(number)), { recursive: true, force: true });
}
