import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { z } from "zod";

/** What vitest's JSON reporter says, as far as it is read here. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      endTime: z.number().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});
export type Report = z.infer<typeof Report>;
export const readReport = (path: string): Report => Report.parse(JSON.parse(readFileSync(path, "utf8")));

/** How each file's tests ended when it last ran, and of which commit that was: a run of some files leaves the others' results. */
const Results = z.record(
  z.string(),
  z.object({
    commit: z.string(),
    ranAtMs: z.number(),
    tests: z.array(z.object({ title: z.string(), passed: z.boolean() })),
  }),
);
export type Results = z.infer<typeof Results>;

const PATH = ".local/promises/test-results.json";

export function readResults(): Results {
  try {
    return Results.parse(JSON.parse(readFileSync(PATH, "utf8")));
  } catch {
    return {};
  }
}

/** Keeps a run's results for `npm run promises`. Skipped tests have proved nothing and are left out. */
export function keepResults(report: Report, commit: string, root: string, nowMs: number): void {
  const results = readResults();
  for (const { name, endTime, assertionResults } of report.testResults)
    results[relative(root, name)] = {
      commit,
      ranAtMs: Math.round(endTime ?? nowMs),
      tests: assertionResults
        .filter(({ status }) => status === "passed" || status === "failed")
        .map(({ fullName, status }) => ({ title: fullName, passed: status === "passed" })),
    };
  mkdirSync(dirname(PATH), { recursive: true });
  writeFileSync(PATH, JSON.stringify(results));
}
