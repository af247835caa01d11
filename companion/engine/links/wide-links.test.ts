import { setImmediate as turnOver } from "node:timers/promises";
import { expect, test } from "vitest";
import { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES, LANE_PACKET_MAX_BYTES } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import { Links } from "./links.std.ts";
import { type FakePath, fakePeers } from "./peer.fake.std.ts";

const ADA = MemberId.parse("mem_00000000000000000000000000");
const BEN = MemberId.parse("mem_00000000000000000000000001");
const BLOCK_MS = LANE_PACKET_FRAMES / 48;
const CHANNELS = 8;
/** What Ada's inputs capture: finer than 16 bit, and nowhere alike. */
const sampleOf = (frame: number, channel: number) => ((frame * 7_919 + channel * 1_000_003) % 2 ** 20) - 2 ** 19;

/** Ada with eight inputs of her interface and Ben with a pair, in virtual time. */
function world() {
  let longestBytes = 0;
  const path: FakePath = {
    isUp: true,
    opened: 0,
    isLost: (_, lengthBytes) => {
      longestBytes = Math.max(longestBytes, lengthBytes);
      return false;
    },
  };
  let nowMs = 1_000;
  let frame = 0;
  let sinceTick = 0;
  const openPeer = fakePeers(path);
  const signals: { to: MemberId; from: MemberId; signal: Signal }[] = [];
  const uplinks: string[] = [];
  let nonces = 0;
  const make = (self: MemberId, other: MemberId, hears: number) => {
    const links = new Links({
      openPeer,
      hears,
      signal: (to, signal) => signals.push({ to, from: self, signal }),
      onState: () => undefined,
      nowMs: () => nowMs,
      onUplink: (level) => {
        if (self === ADA) uplinks.push(level);
      },
      newStream: () => (self === ADA ? 7 : 8),
      newNonce: () => new Uint8Array(16).fill(++nonces),
      onAnnounced: () => undefined,
      sessionAt: (localMs) => ({ atMs: 1_000_000 + localMs, errorMs: 1 }),
      onReading: () => undefined,
      onWords: () => undefined,
    });
    links.enter(self);
    return { links, join: () => links.setMembers([{ memberId: other, connected: true, role: "participant" }]) };
  };
  const begin = (hears: number, pans: readonly number[]) => {
    const [ada, ben] = [make(ADA, BEN, 8), make(BEN, ADA, hears)];
    ada.links.pans = pans;
    ada.join();
    ben.join();
    const silence = new Int32Array(2 * LANE_PACKET_FRAMES);
    const played = new Int32Array(CHANNELS * LANE_PACKET_FRAMES);
    const out = silence.slice();
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= BLOCK_MS) {
        nowMs += BLOCK_MS;
        for (let at = 0; at < played.length; at++)
          played[at] = sampleOf(frame + Math.floor(at / CHANNELS), at % CHANNELS);
        ada.links.turn(frame, played, silence.slice(), true, 1_000_000 + nowMs, nowMs);
        ben.links.turn(frame, silence, out.fill(0), true, 0, nowMs);
        frame += LANE_PACKET_FRAMES;
        for (sinceTick += BLOCK_MS; sinceTick >= 200; sinceTick -= 200)
          for (const { links } of [ada, ben]) links.tick();
        await turnOver();
        for (let next = signals.shift(); next !== undefined; next = signals.shift())
          (next.to === ADA ? ada : ben).links.handleSignal(next.from, next.signal);
      }
    };
    return { ada: ada.links, ben: ben.links, pass, out };
  };
  return { begin, path, uplinks, longestBytes: () => longestBytes };
}

test("C2, P88: eight inputs of an interface are in the other's ring to the bit, in packets of one datagram, all of them", async () => {
  const { begin, longestBytes } = world();
  const { ben, pass } = begin(8, Array(CHANNELS).fill(0));
  await pass(2_000);
  ben.keep([ADA]);
  await pass(2_500);
  const kept = ben.takeKept();
  let frames = 0;
  for (const { channels, samples, frame, missingFrames } of kept) {
    expect([channels, missingFrames]).toEqual([CHANNELS, 0]);
    for (let at = 0; at < samples.length; at++)
      if (samples[at] !== sampleOf(frame + Math.floor(at / CHANNELS), at % CHANNELS))
        expect.unreachable(`frame ${frame + Math.floor(at / CHANNELS)} of channel ${at % CHANNELS} is another`);
    frames += samples.length / CHANNELS;
  }
  expect(frames).toBeGreaterThan(48_000);
  expect(longestBytes()).toBeLessThanOrEqual(LANE_PACKET_MAX_BYTES);
  expect(ben.report()?.lane.lostPackets).toBe(0);
});

test("P88: who has two ears alone is sent the fold-down, and who begins to keep a copy all of it", async () => {
  const { begin } = world();
  const { ben, pass, out } = begin(2, [-1, 1, 0, 0, 0, 0, 0, 0]);
  expect(ben.levels()).toMatchObject([{ channels: 2 }]);
  await pass(4_000);
  expect(Math.max(...out)).toBeGreaterThan(0);
  ben.keep([ADA]);
  await pass(3_000);
  const kept = ben.takeKept();
  const last = kept.at(-1)?.samples ?? new Int32Array();
  expect(kept.at(-1)?.channels).toBe(CHANNELS);
  // How many they are is told all the same.
  expect(ben.levels()).toEqual([{ memberId: ADA, level: "full", channels: CHANNELS }]);
  // The first of it came folded down; then its channels come.
  expect(last.slice(-CHANNELS).filter((sample) => sample !== 0).length).toBeGreaterThan(2);
});

test("P88, X34: an up-link that eight channels are too much for is given 16 bit, stereo, mono, each of which is said", async () => {
  const { begin, path, uplinks } = world();
  const { ben, pass, ada } = begin(8, Array(CHANNELS).fill(0));
  await pass(2_000);
  path.isLost = (packet) => (packet * 7_919) % 100 < 30;
  await pass(16_000);
  expect(uplinks.slice(0, 3)).toEqual(["narrow", "stereo", "mono"]);
  // Who has no media lane is sent nothing less than mono.
  expect(ben.levels()[0]?.level).toBe("mono");
  ada.close();
});
