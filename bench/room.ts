import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import WebSocket from "ws";
import { ApiClient } from "../companion/engine/api/api-client.std.ts";
import { percentile } from "../dev/percentile.ts";
import { type Platform, startPlatform } from "../dev/platform.ts";
import { seedAccount } from "../dev/seed.ts";
import { SUBPROTOCOL } from "../protocol/version.ts";
import type { Row } from "./row.ts";

const CLIENTS = [2, 8, 32] as const;
const ROUNDS = 5;
/** Messages of one burst, all senders together: well within each member's bucket. */
const BURST_PER_CLIENT = 40;
const PACED = 150;

/** A relay under test: opens a client, makes the frame that says a text, and finds the texts in a frame that came. */
interface Relay {
  open(): Promise<WebSocket>;
  frame(text: string): string;
  texts(frame: string): string[];
}

async function opened(socket: WebSocket): Promise<WebSocket> {
  await once(socket, "open");
  return socket;
}

/** A post as clients of the room send it; the peers carry the very same bytes. */
const post = (text: string) =>
  JSON.stringify({ type: "post", eventId: crypto.randomUUID(), body: { kind: "chat", text } });

/** Pings as every client does, with the pong before: the room closes whoever does not seem to read. */
function readAlong(socket: WebSocket): void {
  let pong: { roomTimeMs: number; heldMs: number } | undefined;
  socket.on("message", (data) => {
    const text = String(data);
    if (text.startsWith('{"type":"pong"')) pong = { roomTimeMs: JSON.parse(text).roomTimeMs, heldMs: 0 };
  });
  const timer = setInterval(() => socket.send(JSON.stringify({ type: "ping", sentAtMs: 0, pong })), 500);
  socket.once("close", () => clearInterval(timer));
}

const plain = (url: string): Relay => ({
  open: () => opened(new WebSocket(url)),
  frame: post,
  texts: (frame) => [JSON.parse(frame).body.text],
});

/** The room as clients meet it: ticket, hello, validation, permissions, ordering and persistence all on. */
async function room(platform: Platform, members: number): Promise<Relay> {
  const seed = (at: number) =>
    seedAccount(platform, {
      displayName: `Player ${at}`,
      email: `${crypto.randomUUID()}@example.org`,
      tier: "free",
    });
  const host = new ApiClient(platform.origin, (await seed(0)).token);
  const { sessionId } = await host.createSession("Bench");
  const apis = [host];
  while (apis.length < members) {
    const { code } = await host.createInvite(sessionId);
    const api = new ApiClient(platform.origin, (await seed(apis.length)).token);
    await api.acceptInvite(code);
    apis.push(api);
  }
  let next = 0;
  return {
    async open() {
      const api = apis[next++] ?? host;
      const { ticket, roomPath } = await api.createTicket(sessionId);
      const socket = await opened(new WebSocket(api.socketUrl(roomPath), [SUBPROTOCOL, ticket]));
      const welcome = once(socket, "message");
      socket.send(JSON.stringify({ type: "hello", protocolVersion: 1, client: "bench", lastSeq: 0 }));
      await welcome;
      readAlong(socket);
      return socket;
    },
    frame: post,
    texts(frame) {
      const message = JSON.parse(frame);
      if (message.type !== "events") return [];
      return message.events.flatMap((event: { body: { kind: string; text: string } }) =>
        event.body.kind === "chat" ? [event.body.text] : [],
      );
    },
  };
}

interface Figures {
  p50Ms: number;
  p99Ms: number;
  deliveriesPerSecond: number;
}

async function measure(relay: Relay, clients: number): Promise<Figures> {
  const sockets: WebSocket[] = [];
  for (let at = 0; at < clients; at++) sockets.push(await relay.open());
  const sentAtMs = new Map<string, number>();
  const latencies: number[] = [];
  let deliveries = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let whole = () => {};
  for (const socket of sockets) {
    socket.on("message", (data) => {
      for (const text of relay.texts(String(data))) {
        const sent = sentAtMs.get(text);
        if (sent === undefined) continue;
        latencies.push(performance.now() - sent);
        if (++deliveries >= wanted) whole();
      }
    });
  }
  await sleep(300);
  let count = 0;
  const say = (socket: WebSocket | undefined) => {
    const text = `take ${count++}`;
    const frame = relay.frame(text);
    sentAtMs.set(text, performance.now());
    socket?.send(frame);
  };
  // Latency, one message at a time.
  for (let at = 0; at < PACED; at++) {
    say(sockets[at % clients]);
    await sleep(8);
  }
  await sleep(300);
  const paced = latencies.splice(0);
  // Throughput: everybody at once.
  const bursts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    deliveries = 0;
    wanted = clients * clients * BURST_PER_CLIENT;
    const done = new Promise<void>((resolve) => {
      whole = resolve;
    });
    const startedAtMs = performance.now();
    for (let at = 0; at < BURST_PER_CLIENT; at++) for (const socket of sockets) say(socket);
    await Promise.race([
      done,
      sleep(30_000).then(() => Promise.reject(new Error(`${deliveries} of ${wanted} arrived.`))),
    ]);
    bursts.push((wanted * 1000) / (performance.now() - startedAtMs));
    // The members' buckets fill up again.
    await sleep(1_500);
  }
  for (const socket of sockets) socket.terminate();
  return {
    p50Ms: percentile(paced, 0.5),
    p99Ms: percentile(paced, 0.99),
    deliveriesPerSecond: Math.max(...bursts),
  };
}

/** The room beside a bare object and a bare Node relay, one after the other on the same machine. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const platform = await startPlatform({ isCrowd: true, stateDir: folder });
  const script = readFileSync(new URL("peers/bare-object.js", import.meta.url), "utf8");
  const bare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      // On disk, as the platform's rooms are.
      resourcePersistencePath: join(folder, "bare"),
      workers: [
        { name: "bare", modules: true, script, durableObjects: { BARE: { className: "Bare", useSQLite: true } } },
      ],
    }),
  );
  const node = spawn("node", [new URL("peers/node-relay.ts", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const rows: Row[] = [];
  try {
    const [port] = await once(node.stdout, "data");
    const bareUrl = (await bare.ready).href.replace("http", "ws");
    for (const clients of CLIENTS) {
      const ours = await measure(await room(platform, clients), clients);
      const object = await measure(plain(`${bareUrl}${clients}`), clients);
      const relay = await measure(plain(`ws://127.0.0.1:${String(port).trim()}`), clients);
      const latency = (name: string, pick: (figures: Figures) => number, goal: boolean): Row => ({
        bench: "room",
        name: `relay latency ${name}, ${clients} clients`,
        value: pick(ours),
        unit: "ms",
        beside: { "bare object": pick(object), "Node ws": pick(relay) },
        ratio: pick(ours) / pick(object),
        goal: goal ? "≤ 1.3 × bare object" : "",
        ok: !goal || pick(ours) <= 1.3 * pick(object),
      });
      rows.push(
        latency("p50", ({ p50Ms }) => p50Ms, true),
        latency("p99", ({ p99Ms }) => p99Ms, false),
        {
          bench: "room",
          name: `deliveries, ${clients} clients`,
          value: ours.deliveriesPerSecond,
          unit: "1/s",
          beside: { "bare object": object.deliveriesPerSecond, "Node ws": relay.deliveriesPerSecond },
          ratio: ours.deliveriesPerSecond / object.deliveriesPerSecond,
          goal: "≥ 0.8 × bare object",
          ok: ours.deliveriesPerSecond >= 0.8 * object.deliveriesPerSecond,
        },
      );
    }
    return rows;
  } finally {
    node.kill();
    await bare.dispose();
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
