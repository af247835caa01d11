/**
 * `npm run demo:daw -- --profile clean|150ms --rounds 3 --json report.json`: two real Ardours without windows, and a program that follows
 * MIDI clock, each at a companion of its own, roll as one by way of a platform of its own. Exits 0 only if everything held.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureDebianPackages } from "./debian.ts";
import { profiles, runDawDemo } from "./demo/daw-run.ts";
import { DAW_NAMES, DawEnded } from "./demo/daw-studio.ts";
import { printTable } from "./demo/daw-table.ts";
import { type Local, startLocal } from "./local.ts";
import { Progress } from "./progress.ts";

const { values: flags } = parseArgs({
  options: {
    profile: { type: "string", default: "clean" },
    rounds: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    short: { type: "boolean", default: false },
    json: { type: "string" },
    keep: { type: "string" },
    /** Set by itself: the run that has shared memory of its own. */
    inside: { type: "boolean", default: false },
  },
});
const profile = Object.keys(profiles).find((name): name is keyof typeof profiles => name === flags.profile);
const rounds = Number(flags.rounds);
if (profile === undefined || !(rounds >= 1 && rounds <= 100)) {
  console.error(`--profile is one of ${Object.keys(profiles).join(", ")}; --rounds a number from 1 to 100.`);
  process.exit(2);
}
if (!flags.inside) {
  if (!ensureDebianPackages()) process.exit(1);
  // JACK's clients meet in shared memory; one that was killed leaves its state there, so each run has its own where that is allowed.
  if (process.getuid?.() === 0) {
    // What else the machine does waits meanwhile, where the system groups processes by their session: a musician's has nothing else to do.
    const first = "echo -15 > /proc/self/autogroup 2>/dev/null";
    const script = `${first}; mount --make-rprivate / && mount -t tmpfs tmpfs /dev/shm && exec "$0" "$@"`;
    const args = [
      "-m",
      "setsid",
      "--wait",
      "bash",
      "-c",
      script,
      process.execPath,
      ...process.argv.slice(1),
      "--inside",
    ];
    process.exit(spawnSync("unshare", args, { stdio: "inherit" }).status ?? 1);
  }
}

const scratch = mkdtempSync(join(tmpdir(), "sessionlinked-daw-"));
const folder = flags.keep ?? join(scratch, "session");
const progress = new Progress();
let local: Local | undefined;
/** Neither held nor failed: a program of somebody else's went. */
const ENDED_BY_ITSELF = 3;
let exitCode = 1;
try {
  progress.step("Starting a platform");
  local = await startLocal({ stateDir: join(scratch, "state") });
  const { platform } = local;
  const report = await runDawDemo({
    ...{ platform, folder, profile, rounds, progress },
    short: flags.short,
    seed: Number(flags.seed),
  });
  progress.done();
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`${printTable(report.table, DAW_NAMES)}\n`);
  console.log(JSON.stringify({ ...report, table: undefined }, null, 2));
  exitCode = report.ok ? 0 : 1;
} catch (error) {
  progress.broken();
  if (error instanceof DawEnded) exitCode = ENDED_BY_ITSELF;
  console.error(error instanceof Error ? error.message : error);
} finally {
  await local?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(exitCode);
