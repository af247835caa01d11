/**
 * `npm run check`: format, lint, types, dead code, tidy: everything that can be known without running the product.
 * `npm run check -- --map` prints the house instead: its rooms, the arrows between them, those against the order, and circles.
 */
import { spawnSync } from "node:child_process";
import { drawMap } from "./house.ts";

if (process.argv.includes("--map")) {
  console.log(drawMap());
  process.exit(0);
}

const steps: [name: string, command: string, ...args: string[]][] = [
  ["site's files", "node", "dev/build.ts"],
  ["format and lint", "biome", "check", "--error-on-warnings", "."],
  [
    "types: edge",
    "tsc",
    "-p",
    "tsconfig.workers.json",
    "--incremental",
    "--tsBuildInfoFile",
    "node_modules/.cache/workers.tsbuildinfo",
  ],
  [
    "types: Node",
    "tsc",
    "-p",
    "tsconfig.node.json",
    "--incremental",
    "--tsBuildInfoFile",
    "node_modules/.cache/node.tsbuildinfo",
  ],
  [
    "types: browser",
    "tsc",
    "-p",
    "tsconfig.browser.json",
    "--incremental",
    "--tsBuildInfoFile",
    "node_modules/.cache/browser.tsbuildinfo",
  ],
  ["dead code", "knip", "--no-progress"],
  ["tidy", "vitest", "run", "--project", "tidy", "--reporter", "dot"],
];

let failed = 0;
for (const [name, command, ...args] of steps) {
  const startedAtMs = performance.now();
  const step = spawnSync(command, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  const ok = step.status === 0;
  if (!ok) failed++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${((performance.now() - startedAtMs) / 1000).toFixed(1)} s)`);
  if (!ok) console.log(step.stdout + step.stderr);
}
if (failed > 0) {
  console.error(`${failed} of ${steps.length} checks failed.`);
  process.exit(1);
}
