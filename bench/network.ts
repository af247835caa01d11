/**
 * How soon a companion is back in its session once a network that was gone is there again. The companion is in a network namespace of its
 * own (Linux, as root): its cable is pulled and put back, and nobody is told. What a plain TCP connection makes of the same gap stands
 * beside it, and how soon a new connection can be opened is the floor.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../companion/engine/api/api-client.std.ts";
import { startPlatform } from "../dev/platform.ts";
import { seedAccount } from "../dev/seed.ts";
import { soundRows } from "./network/sound.ts";
import { absoluteRows, type Row } from "./row.ts";

/** How long the network is gone, and how often. */
const GAPS = [
  { goneMs: 5_000, times: 6 },
  { goneMs: 25_000, times: 4 },
  { goneMs: 84_000, times: 2 },
] as const;
const GOAL_MS = 2_000;
/** So long after the network is back everything is waited for; what is not back then counts as this. */
const LATEST_MS = 60_000;
/** Addresses for one cable between two namespaces (RFC 2544, section C.2.2: for measurements). */
const [HERE, THERE] = ["198.18.77.1", "198.18.77.2"];

const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "pipe"] });

/** A namespace with one cable to it. */
class Cable {
  readonly namespace = `linked${process.pid}`;
  readonly #end = `linked${process.pid % 100_000}`.slice(0, 13);

  constructor() {
    const far = `${this.#end}b`;
    ip("netns", "add", this.namespace);
    ip("link", "add", this.#end, "type", "veth", "peer", "name", far, "netns", this.namespace);
    ip("addr", "add", `${HERE}/30`, "dev", this.#end);
    ip("link", "set", this.#end, "up");
    const there = ["-n", this.namespace];
    ip(...there, "addr", "add", `${THERE}/30`, "dev", far);
    ip(...there, "link", "set", far, "up");
    ip(...there, "link", "set", "lo", "up");
  }

  set(isIn: boolean): void {
    ip("link", "set", this.#end, isIn ? "up" : "down");
  }

  remove(): void {
    ip("netns", "del", this.namespace);
  }
}

const listening = (server: Server) =>
  new Promise<number>((resolve) => server.listen(0, HERE, () => resolve((server.address() as AddressInfo).port)));

export async function run(): Promise<Row[]> {
  const stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-network-"));
  const cable = new Cable();
  const platform = await startPlatform({ stateDir, isCrowd: true });
  const port = Number(new URL(platform.origin).port);
  const door = createServer((socket) => {
    const inner = connect(port, "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    for (const end of [socket, inner]) end.on("error", () => [socket, inner].map((one) => one.destroy()));
  });
  const echo = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
  const person = { displayName: "Ada Lovelace", email: "ada@example.org", tier: "free" } as const;
  const { token } = await seedAccount(platform, person);
  const { sessionId } = await new ApiClient(platform.origin, token).createSession("Bench");
  const [doorPort, echoPort] = [await listening(door), await listening(echo)];
  const program = join(import.meta.dirname, "network", "client.ts");
  const args = [`http://${HERE}:${doorPort}`, token, sessionId, HERE, String(echoPort)];
  const client = spawn("ip", ["netns", "exec", cable.namespace, process.execPath, program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const told: { what: string; atMs: number }[] = [];
  createInterface({ input: client.stdout }).on("line", (line) => told.push(JSON.parse(line)));
  const back = async (what: string, sinceMs: number) => {
    for (;;) {
      const atMs = told.find((one) => one.what === what && one.atMs >= sinceMs)?.atMs;
      if (atMs !== undefined) return atMs - sinceMs;
      if (Date.now() - sinceMs > LATEST_MS) return LATEST_MS;
      await sleep(20);
    }
  };
  const rows: Row[] = [];
  const row = absoluteRows("network");
  try {
    for (const { goneMs, times } of GAPS) {
      const worst = { room: 0, connection: 0, connect: 0 };
      for (let time = 0; time < times; time++) {
        await back("room", Date.now());
        await back("connection", Date.now());
        cable.set(false);
        // The gaps differ by parts of every wait there is.
        await sleep(goneMs + time * 317);
        cable.set(true);
        const sinceMs = Date.now();
        for (const what of ["room", "connection", "connect"] as const)
          worst[what] = Math.max(worst[what], await back(what, sinceMs));
      }
      rows.push(
        row(
          `network gone ${goneMs / 1000} s, ${times} times: back in the session after it is back, worst`,
          worst.room,
          "ms",
          `≤ ${GOAL_MS} ms`,
          worst.room <= GOAL_MS,
          { "a plain TCP connection": worst.connection, "a new connection": worst.connect },
        ),
      );
    }
  } finally {
    client.kill();
    door.close();
    echo.close();
    await platform.stop();
    cable.remove();
    rmSync(stateDir, { recursive: true, force: true });
  }
  rows.push(...(await soundRows()));
  return rows;
}
