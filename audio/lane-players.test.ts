import { describe, expect, test } from "vitest";
import { MemberId } from "../protocol/ids.ts";
import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { blockMsOf } from "./capture-ring.ts";
import { plainMix } from "./lane-mixer.ts";
import { LanePlayers } from "./lane-players.ts";
import { LaneWriter, laneRingBytes } from "./lane-ring.ts";
import { newPacketHead } from "./packet.ts";
import { INT24_SCALE } from "./pcm.ts";

const ADA = MemberId.parse("mem_00000000000000000000000000");
const BEN = MemberId.parse("mem_00000000000000000000000001");
const BLOCK_MS = LANE_PACKET_FRAMES / 48;

/** Two people who play at a steady level, one at 0.25, the other at 0.125; returns what is heard after a while. */
function listening(own: readonly Float32Array[] = []) {
  const players = new LanePlayers();
  const lanes = [ADA, BEN].map((memberId, at) => {
    const memory = new SharedArrayBuffer(laneRingBytes(LANE_CHANNELS_MAX));
    players.add(memberId, memory);
    const level = (INT24_SCALE / 4) * (at === 0 ? 1 : 0.5);
    const samples = new Int32Array(LANE_PACKET_FRAMES * 2).fill(level);
    return { writer: new LaneWriter(memory, LANE_CHANNELS_MAX), head: { ...newPacketHead(), stream: at + 1 }, samples };
  });
  const out = [new Float32Array(LANE_PACKET_FRAMES), new Float32Array(LANE_PACKET_FRAMES)];
  let block = 0;
  const hear = (blocks = 400) => {
    for (let until = block + blocks; block < until; block++) {
      for (const { writer, head, samples } of lanes)
        writer.put({ ...head, frame: block * LANE_PACKET_FRAMES }, samples, null, 1_000 + (block + 1) * BLOCK_MS);
      players.pull(out, 1_000.5 + (block + 1) * BLOCK_MS, own);
    }
    return Number((out[0]?.at(-1) ?? 0).toFixed(3));
  };
  const talk = (who: 0 | 1, isTalking: boolean) => {
    const lane = lanes[who];
    if (lane !== undefined) lane.head.kind = isTalking ? "talkback" : "programme";
  };
  return { players, hear, talk };
}

describe("everybody's lanes for one pair of ears", () => {
  test.each([
    [44_100, 48_000],
    [48_000, 88_200],
    [88_200, 96_000],
    [96_000, 44_100],
  ])("C2: a lane at %i Hz is heard at its pitch by a device at %i, and as long", (laneHz, deviceHz) => {
    const players = new LanePlayers(undefined, deviceHz);
    const memory = new SharedArrayBuffer(laneRingBytes(LANE_CHANNELS_MAX));
    players.add(ADA, memory);
    const writer = new LaneWriter(memory, LANE_CHANNELS_MAX);
    const [laneMs, deviceMs] = [blockMsOf(laneHz), blockMsOf(deviceHz)];
    const samples = new Int32Array(LANE_PACKET_FRAMES * 2);
    const out = [new Float32Array(LANE_PACKET_FRAMES), new Float32Array(LANE_PACKET_FRAMES)];
    const heard: number[] = [];
    let sent = 0;
    for (let block = 0; block * deviceMs < 5_000; block++) {
      const atMs = 1_000 + (block + 1) * deviceMs;
      for (; 1_000 + (sent + 1) * laneMs <= atMs; sent++) {
        for (let at = 0; at < samples.length; at++)
          samples[at] = 2 ** 21 * Math.sin((2 * Math.PI * 1_000 * (sent * LANE_PACKET_FRAMES + (at >> 1))) / laneHz);
        const head = { ...newPacketHead(), stream: 1, sampleRateHz: laneHz, frame: sent * LANE_PACKET_FRAMES };
        writer.put(head, samples, null, 1_000 + (sent + 1) * laneMs);
      }
      players.pull(out, atMs, []);
      if (block * deviceMs > 4_700) heard.push(...(out[0] ?? []));
    }
    // What is left without the tone is what the change of rate has made of it, and how far it is from where it has to be.
    const w = (2 * Math.PI * 1_000) / deviceHz;
    const dot = (of: (angle: number) => number) =>
      (2 / heard.length) * heard.reduce((sum, sample, at) => sum + sample * of(w * at), 0);
    const [sine, cosine] = [dot(Math.sin), dot(Math.cos)];
    const rest = heard.map((sample, at) => sample - sine * Math.sin(w * at) - cosine * Math.cos(w * at));
    expect(Math.hypot(sine, cosine)).toBeCloseTo(0.25, 3);
    expect(Math.hypot(...rest) / Math.hypot(...heard)).toBeLessThan(0.04);
  });

  test("X12: whoever was muted stays muted when their link has been lost and made anew", () => {
    const { players } = listening();
    players.mix(ADA, { ...plainMix, isMuted: true });
    players.remove(ADA);
    players.add(ADA, new SharedArrayBuffer(laneRingBytes(LANE_CHANNELS_MAX)));
    expect(players.mixOf(ADA).isMuted).toBe(true);
    // What is said of somebody before they are heard holds as well.
    const fresh = new LanePlayers();
    fresh.mix(BEN, { ...plainMix, gainDb: -6 });
    fresh.add(BEN, new SharedArrayBuffer(laneRingBytes(LANE_CHANNELS_MAX)));
    expect(fresh.mixOf(BEN).gainDb).toBe(-6);
  });

  test("P64: with equal delay one's own sound is in one's own ears too, and no longer when that is over", () => {
    const own = [0, 1].map(() => new Float32Array(LANE_PACKET_FRAMES).fill(0.03125));
    const { players, hear } = listening(own);
    players.monitorMs = 100;
    for (const memberId of [ADA, BEN]) players.hold(memberId, 60);
    expect(hear()).toBe(0.406);
    players.monitorMs = null;
    for (const memberId of [ADA, BEN]) players.hold(memberId, 0);
    expect(hear()).toBe(0.375);
  });

  test("C2: are added up, each as this person has set it", () => {
    const { players, hear } = listening();
    expect(hear()).toBe(0.375);
    players.mix(BEN, { ...plainMix, isMuted: true });
    expect(hear()).toBe(0.25);
    players.mix(BEN, { ...plainMix, isSolo: true });
    expect(hear()).toBe(0.125);
    players.remove(BEN);
    expect(hear()).toBe(0.25);
    expect(players.takeLevels()).toMatchObject([{ memberId: ADA, peak: 0.25 }]);
  });

  test("C2: who talks is heard whoever is soloed, and music steps back by 12 dB until they have done", () => {
    const { players, hear, talk } = listening();
    hear();
    talk(1, true);
    expect(hear()).toBeCloseTo(0.25 * 10 ** (-12 / 20) + 0.125, 3);
    players.mix(ADA, { ...plainMix, isSolo: true });
    expect(hear()).toBeCloseTo(0.25 * 10 ** (-12 / 20) + 0.125, 3);
    // Somebody who is muted here does not turn the others down.
    players.mix(ADA, plainMix);
    players.mix(BEN, { ...plainMix, isMuted: true });
    expect(hear()).toBe(0.25);
    players.mix(BEN, plainMix);
    talk(1, false);
    expect(hear()).toBe(0.375);
  });
});
