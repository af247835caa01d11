/** What the relay itself takes: two peers in this process, once by a relay on this machine and once straight to each other. */
import { setTimeout as sleep } from "node:timers/promises";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { openNodePeer } from "../../companion/engine/links/peer.node.ts";
import type { Peer } from "../../companion/engine/links/peer.std.ts";
import { percentile } from "../../dev/percentile.ts";
import { type Relay, relayCredentials, startRelay } from "../../dev/turn.ts";
import { absoluteRows, type Row } from "../row.ts";

const PACKET_BYTES = 792;
const PACKETS = 2_000;
const APART_MS = 3;
const CONNECT_MS = 10_000;
const GOAL_MS = 1;

/** How long each packet took from one to the other; nothing where they did not find each other. */
async function waysMs(relay: Relay, secret: string, isDirect: boolean): Promise<number[]> {
  const took: number[] = [];
  const peers: Peer[] = [];
  let connected = 0;
  for (const at of [0, 1])
    peers.push(
      openNodePeer({
        iceServers: [relayCredentials(secret, relay)],
        isDirect,
        offers: at === 0,
        signal: (signal) => peers[1 - at]?.handleSignal(signal),
        next: () => null,
        onPacket: (bytes) => {
          if (at === 1) took.push(machineNowMs() - Buffer.from(bytes).readDoubleLE(0));
        },
        onState: (state) => {
          if (state === "connected") connected++;
        },
      }),
    );
  for (let waitedMs = 0; connected < 2 && waitedMs < CONNECT_MS; waitedMs += 50) await sleep(50);
  const packet = Buffer.alloc(PACKET_BYTES);
  for (let sent = 0; connected === 2 && sent < PACKETS; sent++) {
    packet.writeDoubleLE(machineNowMs());
    peers[0]?.send(packet);
    await sleep(APART_MS);
  }
  for (const peer of peers) peer.close();
  return took;
}

export async function relayRow(): Promise<Row[]> {
  const secret = "bench";
  const relay = await startRelay({ secret });
  try {
    const relayed = percentile(await waysMs(relay, secret, false), 0.5);
    const direct = percentile(await waysMs(relay, secret, true), 0.5);
    const goal = `≤ direct + ${GOAL_MS} ms`;
    return [
      absoluteRows("sound")(
        "a packet by the relay on this machine, one way, p50",
        relayed,
        "ms",
        goal,
        relayed <= direct + GOAL_MS,
        { direct },
      ),
    ];
  } finally {
    await relay.stop();
  }
}
