import { createSocket, type Socket } from "node:dgram";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { percentile } from "../../dev/percentile.ts";

/** What a way through the Internet does to UDP. Delay is that of each passage, jitter and loss those of the way to the relay. */
export interface LossyWay {
  passageMs: number;
  jitterMs: number;
  loss: number;
  seed: number;
}

/** A relay is reached over this address of this machine, so that nobody reaches it by another. */
const HOST = "127.0.0.3";

/** Opens a port in front of a relay that leads there by such a way; the seed replays what it draws, packet by packet. */
export async function openLossyWay(
  relay: { host: string; port: number },
  { passageMs, jitterMs, loss, seed }: LossyWay,
) {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const front = createSocket("udp4");
  const ways = new Map<number, Socket>();
  const due: { atMs: number; send(): void }[] = [];
  const took: { there: number[]; back: number[] } = { there: [], back: [] };
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
  const timer = setInterval(() => {
    for (const nowMs = machineNowMs(); (due[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs; ) due.shift()?.send();
  }, 1);
  const wayOf = (port: number): Socket => {
    const known = ways.get(port);
    if (known !== undefined) return known;
    const way = createSocket("udp4");
    ways.set(port, way);
    way.on("message", (bytes) => later(passageMs, took.back, () => front.send(bytes, port, "127.0.0.1")));
    return way;
  };
  front.on("message", (bytes, from) => {
    const way = wayOf(from.port);
    if (random() < loss) return;
    later(passageMs + random() * jitterMs, took.there, () => way.send(bytes, relay.port, relay.host));
  });
  await new Promise<void>((resolve) => front.bind(0, HOST, resolve));
  return {
    url: `turn:${HOST}:${front.address().port}?transport=udp`,
    /** What the way itself takes from one person to the other, at the 99th of a hundred packets: told from what it took. */
    p99Ms(): number {
      const sums = Array.from({ length: 20_000 }, () => {
        const one = took.there[Math.floor(random() * took.there.length)] ?? 0;
        return one + (took.back[Math.floor(random() * took.back.length)] ?? 0);
      });
      return percentile(sums, 0.99);
    },
    close() {
      clearInterval(timer);
      front.close();
      for (const way of ways.values()) way.close();
    },
  };
}
