import { expect, test } from "vitest";
import { stereoLayout } from "../../../audio/lane-layout.ts";
import { LANE_CHANNELS } from "../../../audio/lane-players.ts";
import { LaneSender } from "../../../audio/lane-sender.ts";
import { newPacketHead, packetBytes, readPacketHead } from "../../../audio/packet.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { Link } from "./link.std.ts";
import type { PeerOptions } from "./peer.std.ts";

const BLOCK_MS = LANE_PACKET_FRAMES / 48;
const BEAT_MS = 10;

/** The sending end of a browser's link in virtual time: a beat each 10 ms, and beside it a carrier of single packets. */
function browserEnd() {
  const carrier = { waitingBytes: 0 as number | null };
  let peer: PeerOptions | undefined;
  let nowMs = 1_000;
  let frame = 0;
  let beatAtMs = nowMs;
  const sent: { frame: number; frames: number; channels: number; bits: number }[] = [];
  /** What of a carrier's bytes is sound. */
  const note = (bytes: Uint8Array) => {
    const head = newPacketHead();
    for (
      let rest = bytes;
      rest.byteLength > 0 && readPacketHead(rest, head, true);
      rest = rest.subarray(packetBytes(head))
    )
      if (head.kind === "programme")
        sent.push({ frame: head.frame, frames: head.frames, channels: head.channels, bits: head.bits });
  };
  const nothing = () => undefined;
  const link = new Link({
    offers: true,
    openPeer: (options) => {
      peer = options;
      options.onState("connected");
      return {
        isPaced: true,
        get waitingBytes() {
          return carrier.waitingBytes;
        },
        isRelayed: true,
        fingerprints: null,
        handleSignal: nothing,
        send: note,
        close: nothing,
      };
    },
    iceServers: () => [],
    isDirect: () => false,
    signal: nothing,
    onState: nothing,
    nowMs: () => nowMs,
    words: () => null,
    onWords: nothing,
    onAnnounced: nothing,
    sessionAt: () => null,
    onReading: nothing,
    stream: 7,
    pans: stereoLayout.pans,
  });
  const theirs = new LaneSender(9);
  const own = {
    sentAtMs: 1,
    echoMs: 0,
    heldMs: 0,
    bufferMs: 0,
    deviceMs: 0,
    session: null,
    level: "full" as const,
    hears: 2,
    pans: [],
  };
  const pass = (ms: number) => {
    for (const untilMs = nowMs + ms; nowMs < untilMs; nowMs += BLOCK_MS, frame += LANE_PACKET_FRAMES) {
      const block = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS).fill(frame);
      link.send(frame, block, block, 0);
      for (; beatAtMs + BEAT_MS <= nowMs; beatAtMs += BEAT_MS) {
        const bytes = peer?.next() ?? null;
        if (bytes !== null) note(bytes);
      }
    }
  };
  return {
    carrier,
    sent,
    pass,
    report: (lossShare: number) => peer?.onPacket(theirs.packReport({ ...own, lossShare })),
  };
}

test("P81: a browser's lane goes out in stereo and 24 bit, a block a packet, while the path is clean, and each change takes one packet", () => {
  const { carrier, sent, pass, report } = browserEnd();
  pass(500);
  expect(new Set(sent.map(({ channels, bits }) => `${channels} ${bits}`))).toEqual(new Set(["1 16"]));
  for (let second = 0; second < 3; second++) {
    report(0);
    pass(1_000);
  }
  expect(sent.at(-1)).toMatchObject({ frames: LANE_PACKET_FRAMES, channels: 2, bits: 24 });
  // What waits in the carrier is heard too late: from the next block on the beat has the sound.
  carrier.waitingBytes = 100_000;
  pass(100);
  expect(sent.at(-1)).toMatchObject({ channels: 1, bits: 16 });
  carrier.waitingBytes = 0;
  for (let second = 0; second < 30; second++) {
    report(0);
    pass(1_000);
  }
  expect(sent.at(-1)).toMatchObject({ channels: 2, bits: 24 });
  report(0.01);
  pass(1_000);
  expect(sent.at(-1)).toMatchObject({ channels: 1, bits: 16 });
  // Whatever carried it: each frame once, and none left out.
  const inOrder = sent.toSorted((one, other) => one.frame - other.frame);
  for (const [at, { frame, frames }] of inOrder.entries())
    expect(inOrder[at + 1]?.frame ?? frame + frames).toBe(frame + frames);
});
