/**
 * `npm run demo -- --host-audio a.wav --guest-audio b.wav --seconds 20 --json report.json`: two headless companions make a session on
 * a platform of its own, on free ports. Exits 0 only if everything held.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readInput } from "../companion/engine/capture/input-file.node.ts";
import { reportLines, reportSvg } from "./demo/report.ts";
import { writePart } from "./demo/song.ts";
import type { Local } from "./local.ts";
import { Progress } from "./progress.ts";

const { values: flags } = parseArgs({
  options: {
    "host-audio": { type: "string" },
    "guest-audio": { type: "string" },
    seconds: { type: "string", default: "10" },
    json: { type: "string" },
    /** Draws the report there. */
    svg: { type: "string" },
    /** Keeps the session's folders there. */
    keep: { type: "string" },
  },
});
const seconds = Number(flags.seconds);
if (!(seconds >= 1 && seconds <= 600)) {
  console.error("--seconds takes a number from 1 to 600.");
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), "sessionlinked-demo-"));
const folder = flags.keep ?? join(scratch, "session");
const audio = (given: string | undefined, part: "guitar" | "drums") => {
  if (given !== undefined) return given;
  const path = join(scratch, `${part}.wav`);
  writePart(path, part, seconds + 10);
  return path;
};
const progress = new Progress();
let local: Local | undefined;
let exitCode = 1;
try {
  const hostAudio = audio(flags["host-audio"], "guitar");
  const guestAudio = audio(flags["guest-audio"], "drums");
  // A file that cannot be read is said before anything is started, or loaded.
  const inputs = { host: await readInput(hostAudio), guest: await readInput(guestAudio) };
  progress.step("Starting a platform and a relay");
  const [{ startLocal }, { runDemo }] = await Promise.all([import("./local.ts"), import("./demo/run.ts")]);
  local = await startLocal({ stateDir: join(scratch, "state") });
  const report = await runDemo({ platform: local.platform, folder, hostAudio, guestAudio, inputs, seconds, progress });
  progress.done();
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  if (flags.svg !== undefined) writeFileSync(flags.svg, reportSvg(reportLines(report)));
  console.log(reportLines(report).join("\n"));
  exitCode = report.ok ? 0 : 1;
} catch (error) {
  progress.broken();
  console.error(error instanceof Error ? error.message : error);
} finally {
  await local?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(exitCode);
