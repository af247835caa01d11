/**
 * The thread of a lossy way: a UDP port in front of a relay that leads there by such a way. In real time where the system allows it, because what
 * this machine does meanwhile is not what the way does.
 */
import { createSocket, type Socket } from "node:dgram";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { goFirst } from "../../companion/engine/sound/real-time.node.ts";
import type { LossyWayStart, LossyWayTold } from "./lossy-way.ts";

/** A relay is reached over this address of this machine, so that nobody reaches it by another. */
const HOST = "127.0.0.3";

const port: MessagePort | null = parentPort;
const { relay, passageMs, jitterMs, loss, seed }: LossyWayStart = workerData;
const tell = (told: LossyWayTold) => port?.postMessage(told);
let state = seed >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const front = createSocket("udp4");
const ways = new Map<number, Socket>();
const due: { atMs: number; send(): void }[] = [];
const took: LossyWayTold & { type: "took" } = { type: "took", there: [], back: [] };
const later = (afterMs: number, into: number[], send: () => void) => {
  const nowMs = machineNowMs();
  const atMs = nowMs + afterMs;
  let at = due.length;
  while (at > 0 && (due[at - 1]?.atMs ?? 0) > atMs) at--;
  due.splice(at, 0, {
    atMs,
    send: () => {
      into.push(machineNowMs() - nowMs);
      send();
    },
  });
};
const wayOf = (from: number): Socket => {
  const known = ways.get(from);
  if (known !== undefined) return known;
  const way = createSocket("udp4");
  ways.set(from, way);
  way.on("message", (bytes) => later(passageMs, took.back, () => front.send(bytes, from, "127.0.0.1")));
  return way;
};
front.on("message", (bytes, { port: from }) => {
  const way = wayOf(from);
  if (random() < loss) return;
  later(passageMs + random() * jitterMs, took.there, () => way.send(bytes, relay.port, relay.host));
});
goFirst();
setInterval(() => {
  for (const nowMs = machineNowMs(); (due[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs; ) due.shift()?.send();
}, 1);
front.bind(0, HOST, () => tell({ type: "open", url: `turn:${HOST}:${front.address().port}?transport=udp` }));
port?.on("message", () => {
  tell(took);
  process.exit(0);
});
