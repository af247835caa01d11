/**
 * `npm start`: the platform on this machine: API, rooms, database, recordings, cron and relay, kept on disk between runs; then a demo
 * session on it, unless `--no-demo`; with `--seed` a world in the demo's place: people, sessions, takes, and a band that is playing.
 * It goes on serving until Ctrl-C, which ends what this started, nothing else.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Door } from "./door.ts";
import type { Local } from "./local.ts";
import { Progress } from "./progress.ts";
import type { Band } from "./world/band.ts";

const DEFAULT_PORT = 8787;
const stateDir = join(fileURLToPath(new URL("..", import.meta.url)), ".local");

const { values: flags } = parseArgs({
  options: {
    port: { type: "string" },
    "no-demo": { type: "boolean", default: false },
    seed: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (flags.help) {
  console.log(
    "npm start -- [--seed] [--port N] [--no-demo]\n\nStarts SessionLinked on this machine and plays a demo session on it; with --seed a world with a live session in its place.",
  );
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

/** Ten seconds of music between two companions on the platform that has just started; its files go when it is over. */
async function demo({ platform }: Local): Promise<void> {
  const [{ readInput }, { reportLines }, { runDemo }, { writePart }] = await Promise.all([
    import("../companion/engine/capture/input-file.node.ts"),
    import("./demo/report.ts"),
    import("./demo/run.ts"),
    import("./demo/song.ts"),
  ]);
  const seconds = 10;
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-demo-"));
  const [hostAudio, guestAudio] = [join(folder, "guitar.wav"), join(folder, "drums.wav")];
  try {
    writePart(hostAudio, "guitar", seconds + 10);
    writePart(guestAudio, "drums", seconds + 10);
    const report = await runDemo({
      platform,
      folder: join(folder, "session"),
      hostAudio,
      guestAudio,
      inputs: { host: await readInput(hostAudio), guest: await readInput(guestAudio) },
      seconds,
      progress,
    });
    progress.done();
    console.log(reportLines(report).join("\n"));
  } catch (error) {
    progress.broken();
    // The platform is there all the same.
    if (!abort.signal.aborted) console.error(`The demo did not run: ${error instanceof Error ? error.message : error}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A world to look at: its live session's band goes on playing, and the door lets a newcomer in. */
async function world({ platform }: Local, origin: string): Promise<{ band: Band; door: Door }> {
  progress.step("Filling the world");
  const [{ Band }, { openDoor }, { seedWorld }] = await Promise.all([
    import("./world/band.ts"),
    import("./door.ts"),
    import("./world/seed-world.ts"),
  ]);
  const { liveSessionId, newcomerToken, tokenOf } = await seedWorld(platform, (label, ratio) =>
    progress.update(ratio, label),
  );
  progress.step("The band takes its places");
  const folder = join(stateDir, "band");
  const band = new Band({ origin: platform.origin, sessionId: liveSessionId, tokenOf, folder });
  const door = await openDoor({ token: newcomerToken, to: `${origin}/sessions/${liveSessionId}/room` });
  progress.done();
  return { band, door };
}

const abort = new AbortController();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const stop = () => abort.abort();
for (const signal of signals) process.on(signal, stop);
const ended = new Promise<void>((resolve) => abort.signal.addEventListener("abort", () => resolve(), { once: true }));

const startedAtMs = performance.now();
const port = await choosePort(flags.port);
mkdirSync(stateDir, { recursive: true });
const progress = new Progress();
let local: Local | undefined;
let living: { band: Band; door: Door } | undefined;
let exitCode = 0;
try {
  progress.step("Starting the platform: API, rooms, database, recordings, cron, relay");
  // What is refused is said at once; the platform's library takes seconds to be loaded.
  const { startLocal } = await import("./local.ts");
  local = await startLocal({ stateDir, port });
  // A passkey belongs to a name, and an address is none (WebAuthn section 5.1.2); browsers trust this one like https.
  const origin = local.platform.origin.replace("127.0.0.1", "localhost");
  // The platform's library would end the process at once on a signal; everything is to be stopped in order.
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) if (listener !== stop) process.off(signal, listener);
  }
  progress.done(`${origin}, mails: ${local.inbox.origin}, relay: ${local.relay.kind}`);
  console.error(`  Ready after ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s.\n`);
  if (flags.seed) {
    living = await world(local, origin);
    console.log(`\n  A band is playing. Open ${living.door.address}\n  You are Robin Hale, the session's host.\n`);
  } else if (!flags["no-demo"] && !abort.signal.aborted) await Promise.race([demo(local), ended]);
  if (!abort.signal.aborted) {
    console.log(`Open ${origin}, mails: ${local.inbox.origin} — Ctrl-C stops everything.`);
    await ended;
  }
} catch (error) {
  progress.broken();
  if (!abort.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    exitCode = 1;
  }
} finally {
  await living?.band.leave();
  await living?.door.stop();
  await local?.stop();
}
process.exit(exitCode);
