/**
 * Vitest reporter: where a run's time went, by project and by file. Files of several projects run beside each other, so the
 * sums are larger than the run is long; they say what to look at first.
 */
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

const SLOWEST_FILES = 10;

/** A file's own time: its set-up, its imports and its tests. */
function secondsOf(module: TestModule): number {
  const { environmentSetupDuration, prepareDuration, setupDuration, collectDuration, duration } = module.diagnostic();
  return (environmentSetupDuration + prepareDuration + setupDuration + collectDuration + duration) / 1_000;
}

export default class TimeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((module) => ({ part: module.project.name, path: module.moduleId, s: secondsOf(module) }));
    const bySeconds = (a: { s: number }, b: { s: number }) => b.s - a.s;
    const parts = [...Map.groupBy(files, ({ part }) => part)]
      .map(([part, own]) => ({ part, count: own.length, s: own.reduce((sum, { s }) => sum + s, 0) }))
      .sort(bySeconds);
    console.log("\nSeconds by part:");
    for (const { part, count, s } of parts) console.log(`${s.toFixed(1).padStart(8)}  ${part} (${count} files)`);
    console.log("Slowest files:");
    for (const { path, s } of files.sort(bySeconds).slice(0, SLOWEST_FILES))
      console.log(`${s.toFixed(1).padStart(8)}  ${relative(process.cwd(), path)}`);
  }
}
