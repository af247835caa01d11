import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export const JACK_RATE_HZ = 48_000;
const PERIOD_FRAMES = 128;
/** Looking for a port is a client of its own, which comes and goes: not too often. */
const LOOK_MS = 1_000;
const LOOKS_MAX = 90;
/** A busy machine holds a client back for long; it is not thrown out for it. */
const CLIENT_TIMEOUT_MS = 20_000;

/** It waits for a client that died in mid cycle, for as long as above; killed, it would keep its place among the eight servers that JACK can count. */
const GOODBYE_MS = 2 * CLIENT_TIMEOUT_MS;
/** A server that was killed all the same leaves its name, and whoever takes the name takes its place. */
const NAMES = ["sessionlinked-1", "sessionlinked-2", "sessionlinked-3", "sessionlinked-4"];

/** Ends a process that we started, and waits until it has. */
export async function end(
  child: ChildProcess,
  { signal = "SIGTERM", patienceMs = 5_000 }: { signal?: NodeJS.Signals; patienceMs?: number } = {},
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await exited;
  clearTimeout(timer);
}

/** A JACK server of our own on its dummy driver: one clock for all that is connected to it. */
export class Jack {
  readonly name = "JACK";
  readonly #server: ChildProcess;

  constructor(server: ChildProcess) {
    this.#server = server;
  }

  static async start({ rateHz = JACK_RATE_HZ, periodFrames = PERIOD_FRAMES } = {}): Promise<Jack> {
    for (const name of NAMES) {
      const server = await startServer(name, rateHz, periodFrames);
      if (server === undefined) continue;
      // Whatever is started from here on finds this server and no other.
      process.env.JACK_DEFAULT_SERVER = name;
      const jack = new Jack(server);
      await jack.until("system:playback_1");
      return jack;
    }
    throw new Error(
      `JACK servers run already under all of our names: ${NAMES.join(", ")}. End those that nobody needs.`,
    );
  }

  get hasEnded(): boolean {
    return this.endedBy !== undefined;
  }

  /** The signal or the code by which it has ended. */
  get endedBy(): string | undefined {
    return this.#server.signalCode ?? this.#server.exitCode?.toString();
  }

  ports(): string[] {
    try {
      return execFileSync("jack_lsp", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n");
    } catch {
      return [];
    }
  }

  /** Waits for the port whose name ends so, and returns its whole name. */
  async until(ending: string, client = ""): Promise<string> {
    for (let tries = 0; tries < LOOKS_MAX; tries++) {
      const found = this.ports().find((port) => port.startsWith(client) && port.endsWith(ending));
      if (found !== undefined) return found;
      await sleep(LOOK_MS);
    }
    throw new Error(`No JACK port "${ending}" in a minute and a half.`);
  }

  connect(from: string, to: string): void {
    execFileSync("jack_connect", [from, to], { stdio: ["ignore", "ignore", "pipe"] });
  }

  async stop(): Promise<void> {
    await end(this.#server, { patienceMs: GOODBYE_MS });
  }
}

/** Nothing where a server of this name runs. */
async function startServer(name: string, rateHz: number, periodFrames: number): Promise<ChildProcess | undefined> {
  process.env.JACK_NO_AUDIO_RESERVATION = "1";
  process.env.JACK_NO_START_SERVER = "1";
  // Synchronous: a client that is late makes the cycle late, instead of being left out of it. In real time where that is allowed.
  const isRoot = process.getuid?.() === 0;
  const server = spawn(
    "stdbuf",
    [
      ...["-oL", "jackd", "-S", isRoot ? "-R" : "-r", "-n", name, "-t", String(CLIENT_TIMEOUT_MS)],
      ...["-d", "dummy", "-r", String(rateHz), "-p", String(periodFrames), "-C", "2", "-P", "2"],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const lines = createInterface({ input: server.stdout });
  // It says so once the name is its own; then it may say what it likes.
  for await (const line of lines)
    if (line.includes("JACK server starting")) {
      server.stdout.resume();
      return server;
    }
  return undefined;
}
