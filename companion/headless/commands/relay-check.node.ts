import { PeerConnection } from "node-datachannel";
import type { IceServer } from "../../../protocol/room.ts";
import { TurnForwarder, turnOverUdp } from "../../engine/links/turn-forwarder.node.ts";

const RELAY_TIMEOUT_MS = 8_000;

/** How long a relay took to give us an address of its own, by the very engine that lanes go over; or why there was none. */
export async function askRelay(
  iceServers: readonly IceServer[],
  nowMs: () => number,
): Promise<{ ok: true; ms: number } | { ok: false; reason: "none" | "silent" }> {
  const turn = turnOverUdp(iceServers);
  if (turn === null) return { ok: false, reason: "none" };
  const sinceMs = nowMs();
  const forwarder = await TurnForwarder.open(turn);
  const { username, credential: password } = turn;
  const connection = new PeerConnection("doctor", {
    iceServers: [{ hostname: "127.0.0.1", port: forwarder.port, username, password, relayType: "TurnUdp" }],
    iceTransportPolicy: "relay",
    bindAddress: "127.0.0.1",
  });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), RELAY_TIMEOUT_MS);
  connection.onLocalCandidate((candidate) => candidate.includes(" typ relay") && resolve(true));
  connection.createDataChannel("doctor");
  const isThere = await promise;
  clearTimeout(timer);
  connection.close();
  forwarder.close();
  return isThere ? { ok: true, ms: nowMs() - sinceMs } : { ok: false, reason: "silent" };
}
