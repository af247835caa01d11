import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Relay, relayCredentials, startRelay } from "../../../dev/turn.ts";
import type { Signal } from "../../../protocol/room.ts";
import { openNodePeer } from "./peer.node.ts";
import type { Peer } from "./peer.std.ts";
import { turnOverUdp } from "./turn-forwarder.node.ts";

const SECRET = "test";
let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ secret: SECRET });
});
afterAll(async () => {
  await relay.stop();
});

const opened: Peer[] = [];
/** Two peers over a real relay; `hostile` may change what reaches the first one. */
function pair(hostile: (signal: Signal) => Signal[] = (signal) => [signal]) {
  const got: Buffer[][] = [[], []];
  const states: string[][] = [[], []];
  const peers: Peer[] = [];
  for (const at of [0, 1])
    peers.push(
      openNodePeer({
        iceServers: [relayCredentials(SECRET, relay)],
        isDirect: false,
        offers: at === 0,
        signal: (signal) => {
          for (const one of at === 1 ? hostile(signal) : [signal]) peers[1 - at]?.handleSignal(one);
        },
        next: () => null,
        onPacket: (bytes) => got[at]?.push(Buffer.from(bytes)),
        onState: (state) => states[at]?.push(state),
      }),
    );
  opened.push(...peers);
  return { peers, got, states };
}
afterAll(() => {
  for (const peer of opened) peer.close();
});

describe("peers on Node, over a real relay", () => {
  test("C2, V2: packets arrive whole, over SRTP and the relay", async () => {
    const { peers, got, states } = pair();
    await expect.poll(() => states.flat().filter((state) => state === "connected").length).toBe(2);
    const sent = Array.from({ length: 50 }, (_, n) => Buffer.alloc(792, n));
    await expect
      .poll(() => {
        for (const bytes of sent) peers[0]?.send(bytes);
        return got[1]?.length ?? 0;
      })
      .toBeGreaterThan(0);
    for (const bytes of got[1] ?? []) expect(sent.some((one) => one.equals(bytes))).toBe(true);
    expect(peers.map((peer) => peer.isRelayed)).toEqual([true, true]);
  });

  test("X16, V2: a host candidate, plain or disguised as a relay's, gets not one packet from an address of ours", async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === "IPv4" && !one.internal)?.address;
    const host = address ?? "127.0.0.3";
    const trap = createSocket("udp4");
    const senders = new Set<string>();
    trap.on("message", (_, from) => senders.add(from.address));
    await new Promise<void>((resolve) => trap.bind(0, host, resolve));
    const { port } = trap.address();
    const line = (type: string) => `candidate:9 1 UDP 2122317823 ${host} ${port} typ ${type}`;
    const { peers, got, states } = pair((signal) => {
      if (signal.kind !== "answer" && signal.kind !== "offer") return [signal];
      const candidate = (type: string): Signal => ({
        kind: "candidate",
        candidate: line(type),
        sdpMid: "lane",
        sdpMLineIndex: 0,
      });
      return [signal, candidate("host"), candidate("relay raddr 0.0.0.0 rport 0")];
    });
    await expect.poll(() => states.flat().filter((state) => state === "connected").length).toBe(2);
    await expect
      .poll(() => {
        for (let n = 0; n < 20; n++) peers[0]?.send(Buffer.alloc(792, n));
        return got[1]?.length ?? 0;
      })
      .toBeGreaterThan(200);
    trap.close();
    // The relay may knock there. What our own socket sends can only have come because the trap is on this machine: it is bound to loopback, ...
    expect(senders.has(address ?? "")).toBe(false);
    for (const sender of senders) expect(sender).toMatch(/^127\./);
    // ... and from loopback the system lets nothing out.
    const bound = createSocket("udp4");
    await new Promise<void>((resolve) => bound.bind(0, "127.0.0.1", resolve));
    const refused = await new Promise<Error | null>((resolve) =>
      bound.send("x", 9, "198.51.100.7", (error) => resolve(error)),
    );
    bound.close();
    if (process.platform === "linux") expect(refused).not.toBeNull();
  });

  test("X16: descriptions that are none, alien signals and late ones end an attempt and nothing else", async () => {
    const { peers, states } = pair((signal) =>
      signal.kind === "answer" ? [{ kind: "answer", sdp: "v=0\r\n".repeat(2_000) }] : [signal],
    );
    for (const peer of peers) {
      peer.handleSignal({ kind: "bye" });
      peer.handleSignal({ kind: "candidate", candidate: "x".repeat(2_000), sdpMid: null, sdpMLineIndex: null });
      peer.send(new Uint8Array(5_000));
      peer.send(new Uint8Array(100));
    }
    await expect.poll(() => states[0]?.includes("failed")).toBe(true);
    for (const peer of peers) {
      peer.close();
      peer.close();
      peer.send(new Uint8Array(100));
      peer.handleSignal({ kind: "bye" });
    }
  });

  test("a relay's address is read from what the API gives out, and only where it is reached over UDP", () => {
    const at = (...urls: string[]) => turnOverUdp([{ urls, username: "u", credential: "c" }]);
    expect(at("turn:relay.example:3479?transport=udp")).toMatchObject({ host: "relay.example", port: 3_479 });
    expect(at("turn:relay.example")).toMatchObject({ host: "relay.example", port: 3_478 });
    expect(at("turn:[2001:db8::1]:5000")).toMatchObject({ host: "2001:db8::1", port: 5_000 });
    expect(at("stun:relay.example", "turns:relay.example", "turn:relay.example?transport=tcp")).toBeNull();
    expect(at("turn:", "turn:host:0", "turn:host:99999")).toBeNull();
  });
});
