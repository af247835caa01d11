/**
 * The relay for sessions on this machine: coturn where Debian's `turnserver` is installed, else a TURN server inside this process.
 * Both listen on loopback only, and take the API's short-lived credentials.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import TurnServer from "node-turn";
import { makeUrgent } from "../companion/engine/sound/real-time.node.ts";

export interface Relay {
  /** For `TURN_URLS`. */
  urls: string;
  kind: "coturn" | "embedded";
  stop(): Promise<void>;
}

/** Credentials as the API gives them out (workers/rooms/turn.ts), good for an hour; for benchmarks that need a relay and no API. */
export function relayCredentials(secret: string, relay: Relay) {
  const username = `${Math.floor(Date.now() / 1000) + 3600}:bench`;
  return { urls: [relay.urls], username, credential: createHmac("sha1", secret).update(username).digest("base64") };
}

/**
 * Linux answers on all of 127/8. On an address of its own the relay is as far away as a real one: on the same one, whoever is bound to loopback
 * reaches the other's relayed port without going through it.
 */
const HOST = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";
const REALM = "sessionlinked";
const READY_TRIES = 100;
/** One session of twelve needs a few hundred ports. */
const PORTS = { min: 49_152, max: 65_535 };

/** Starts the relay and waits until it answers. `secret` is the Worker's `TURN_KEY`. */
export async function startRelay(options: { secret: string; kind?: Relay["kind"]; host?: string }): Promise<Relay> {
  const { host = HOST } = options;
  const port = await freeUdpPort(host);
  const urls = `turn:${host}:${port}?transport=udp`;
  const kind = options.kind ?? (findProgram("turnserver") === undefined ? "embedded" : "coturn");
  const stop = kind === "coturn" ? startCoturn(options.secret, host, port) : startEmbedded(options.secret, host, port);
  for (let tries = 0; !(await answers(host, port)); tries++) {
    if (tries < READY_TRIES) continue;
    await stop();
    throw new Error(`The relay (${kind}) did not start on UDP port ${port}.`);
  }
  return { urls, kind, stop };
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function startCoturn(secret: string, host: string, port: number): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-relay-"));
  const child: ChildProcess = spawn(
    "turnserver",
    [
      "-n",
      "--use-auth-secret",
      `--static-auth-secret=${secret}`,
      `--realm=${REALM}`,
      `--listening-ip=${host}`,
      `--relay-ip=${host}`,
      `--listening-port=${port}`,
      `--min-port=${PORTS.min}`,
      `--max-port=${PORTS.max}`,
      "--allow-loopback-peers",
      "--no-tcp",
      "--no-tls",
      "--no-dtls",
      "--no-cli",
      "--log-file=stdout",
      `--pidfile=${join(folder, "pid")}`,
      `--userdb=${join(folder, "users")}`,
    ],
    { stdio: "ignore" },
  );
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  // A relay is a machine of its own, and does not wait for what else this one has to do.
  if (child.pid !== undefined) makeUrgent(child.pid);
  // However this process ends, the relay does not outlive it.
  const end = () => child.kill("SIGTERM");
  process.once("exit", end);
  return async () => {
    process.off("exit", end);
    end();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** The package knows fixed users; ours are made by the API from the shared secret, so each password is computed when it is asked for. */
function startEmbedded(secret: string, host: string, port: number): () => Promise<void> {
  const passwordOf = (username: string) => createHmac("sha1", secret).update(username).digest("base64");
  const isCurrent = (username: string) => Number(/^(\d{1,12}):/.exec(username)?.[1] ?? 0) * 1000 > Date.now();
  const credentials = new Proxy<Record<string, string>>(
    {},
    { get: (_, username) => (typeof username === "string" && isCurrent(username) ? passwordOf(username) : undefined) },
  );
  const server = new TurnServer({
    listeningIps: [host],
    relayIps: [host],
    listeningPort: port,
    minPort: PORTS.min,
    maxPort: PORTS.max,
    realm: REALM,
    authMech: "long-term",
    credentials,
    log: () => undefined,
  });
  server.start();
  return async () => server.stop();
}

async function freeUdpPort(host: string): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Whether a STUN binding request (RFC 8489) has an answer within 100 ms. */
async function answers(host: string, port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  const request = Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), randomBytes(12)]);
  try {
    return await new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), 100);
      socket.once("message", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.send(request, port, host);
    });
  } finally {
    socket.close();
  }
}
