/**
 * `npm start`: the platform on this machine: API, rooms, database, recordings and cron on workerd, kept on disk between runs.
 * Ctrl-C ends what this started, nothing else.
 */
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Platform, startPlatform } from "./platform.ts";
import { Progress } from "./progress.ts";

const DEFAULT_PORT = 8787;
const stateDir = join(fileURLToPath(new URL("..", import.meta.url)), ".local");

const { values: flags } = parseArgs({
  options: {
    port: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (flags.help) {
  console.log("npm start -- [--port N]\n\nStarts SessionLinked on this machine.");
  process.exit(0);
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/** The port that was asked for, or the usual one, or a free one: only an explicit wish that cannot be met is an error. */
async function choosePort(wanted: string | undefined): Promise<number> {
  if (wanted === undefined) {
    if (await isPortFree(DEFAULT_PORT)) return DEFAULT_PORT;
    console.error(`Port ${DEFAULT_PORT} is in use; taking a free one.`);
    return 0;
  }
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error(`--port takes a number from 1 to 65535, not "${wanted}".`);
    process.exit(2);
  }
  if (!(await isPortFree(port))) {
    console.error(`Port ${port} is in use by another program. Choose another with --port, or leave it out.`);
    process.exit(1);
  }
  return port;
}

const abort = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => abort.abort());
const ended = new Promise<void>((resolve) => abort.signal.addEventListener("abort", () => resolve(), { once: true }));

const startedAtMs = performance.now();
const port = await choosePort(flags.port);
mkdirSync(stateDir, { recursive: true });
const progress = new Progress();
let platform: Platform | undefined;
let exitCode = 0;
try {
  progress.step("Starting the platform: API, rooms, database, recordings, cron");
  platform = await startPlatform({ stateDir, port });
  progress.done(platform.origin);
  console.error(`  Ready after ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s.\n`);
  if (!abort.signal.aborted) {
    console.log(`Open ${platform.origin} — Ctrl-C stops everything.`);
    await ended;
  }
} catch (error) {
  progress.broken();
  if (!abort.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    exitCode = 1;
  }
} finally {
  await platform?.stop();
}
process.exit(exitCode);
