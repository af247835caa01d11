import { expect, test } from "vitest";
import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { LaneReader, LaneWriter, laneRingBytes } from "./lane-ring.ts";
import { newPacketHead } from "./packet.ts";
import { Playout } from "./playout.ts";

const RATE_HZ = 48_000;
const BLOCK_MS = (LANE_PACKET_FRAMES / RATE_HZ) * 1000;
const HOURS = 24;
/** The path is longer by so much for one stretch, and for the next it is not. */
const STEP_MS = 100;
const STRETCH_MS = 10 * 60_000;
const SETTLED_MS = 2_000;
const PATH_MS = 20;
const JITTER_MS = 4;

/**
 * A day of one lane, in virtual time. Told of each stretch, from two seconds after the path has changed: the longest and the shortest way from
 * capture to playout beside what the path takes, and how much of what was played was not as it was sent, or silent.
 */
function liveADay(ppm: number) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const memory = new SharedArrayBuffer(laneRingBytes(1));
  const writer = new LaneWriter(memory, 1);
  const playout = new Playout(new LaneReader(memory, 1), RATE_HZ, () => 30);
  const head = { ...newPacketHead(), stream: 1, channels: 1 };
  const samples = Int32Array.from(
    { length: LANE_PACKET_FRAMES },
    (_, at) => 2 ** 21 * Math.sin((2 * Math.PI * 3 * at) / LANE_PACKET_FRAMES),
  );
  const out = [new Float32Array(LANE_PACKET_FRAMES)];
  const senderMs = BLOCK_MS / (1 + ppm / 1e6);
  const pathAt = (atMs: number) => PATH_MS + (Math.floor(atMs / STRETCH_MS) % 2) * STEP_MS;
  const under: { atMs: number; packet: number }[] = [];
  const fresh = () => ({ longestMs: 0, shortestMs: Number.POSITIVE_INFINITY, concealed: 0, blocks: 0, silent: 0 });
  const stretches: ReturnType<typeof fresh>[] = [];
  let stretch = fresh();
  let concealed = 0;
  let packet = 0;
  for (let block = 0; block * BLOCK_MS < HOURS * 3_600_000; block++) {
    const nowMs = block * BLOCK_MS + 1.1;
    for (; (packet + 1) * senderMs <= nowMs; packet++) {
      const sentMs = (packet + 1) * senderMs;
      const atMs = sentMs + pathAt(sentMs) + random() * JITTER_MS;
      let place = under.length;
      while (place > 0 && (under[place - 1]?.atMs ?? 0) > atMs) place--;
      under.splice(place, 0, { atMs, packet });
    }
    for (let next = under[0]; next !== undefined && next.atMs <= nowMs; next = under[0]) {
      under.shift();
      head.frame = (next.packet * LANE_PACKET_FRAMES) >>> 0;
      writer.put(head, samples, null, next.atMs);
    }
    playout.pull(out, LANE_PACKET_FRAMES, nowMs);
    const { concealedFrames } = playout.stats;
    if (nowMs % STRETCH_MS > SETTLED_MS) {
      const capturedMs = (playout.position / RATE_HZ) * 1000 * (senderMs / BLOCK_MS);
      const delayMs = nowMs - capturedMs + BLOCK_MS - pathAt(nowMs);
      stretch.longestMs = Math.max(stretch.longestMs, delayMs);
      stretch.shortestMs = Math.min(stretch.shortestMs, delayMs);
      stretch.concealed += concealedFrames - concealed;
      stretch.blocks++;
      // A tone of three periods a block is loud somewhere in any block of it.
      if (!(out[0]?.some((sample) => Math.abs(sample) > 0.1) ?? false)) stretch.silent++;
    } else if (stretch.blocks > 0) {
      stretches.push(stretch);
      stretch = fresh();
    }
    concealed = concealedFrames;
  }
  return stretches;
}

test.each([200, -200])(
  "X34: a day of a lane whose sender's clock is %i ppm off, over a path that gets longer and shorter by 100 ms: never silent, and no later in the evening than in the morning",
  (ppm) => {
    const stretches = liveADay(ppm);
    expect(stretches.length).toBe(HOURS * 6 - 1);
    const longest = stretches.map(({ longestMs }) => longestMs);
    const blocks = stretches.reduce((sum, one) => sum + one.blocks, 0);
    const concealed = stretches.reduce((sum, one) => sum + one.concealed, 0) / (blocks * LANE_PACKET_FRAMES);
    console.info(
      `${ppm} ppm: ${stretches.reduce((sum, { silent }) => sum + silent, 0)} silent blocks of ${blocks}, concealed ${(concealed * 100).toFixed(4)} %, ` +
        `beside the path ${Math.min(...stretches.map(({ shortestMs }) => shortestMs)).toFixed(1)} to ${Math.max(...longest).toFixed(1)} ms, ` +
        `last hour ${Math.max(...longest.slice(-6)).toFixed(1)} ms, first ${Math.max(...longest.slice(0, 6)).toFixed(1)} ms`,
    );
    expect(stretches.map(({ silent }) => silent)).toEqual(stretches.map(() => 0));
    expect(concealed).toBeLessThan(0.001);
    // The ceiling of the buffer, a block, and what a kernel looks at.
    expect(Math.max(...longest)).toBeLessThan(30 + 2 * BLOCK_MS);
    expect(Math.max(...longest.slice(-6))).toBeLessThan(Math.max(...longest.slice(0, 6)) + 1);
  },
);
