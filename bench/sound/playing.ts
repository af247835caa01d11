/**
 * What playing costs, in virtual time: processor time is the thread's own, so that what else the machine does is not in it.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BLOCK_MS } from "../../audio/capture-ring.ts";
import { LANE_CHANNELS, LanePlayers } from "../../audio/lane-players.ts";
import { LaneWriter, laneRingBytes } from "../../audio/lane-ring.ts";
import { newPacketHead } from "../../audio/packet.ts";
import { MemberId } from "../../protocol/ids.ts";
import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES } from "../../protocol/limits.ts";
import { absoluteRows, type Row } from "../row.ts";

const LANES = 5;
const CORE_SHARE_MAX = 0.03;
const SECONDS = 60;
const HOUR_SECONDS = 3_600;
const SETTLE_SECONDS = 60;
/** Where the clocks are as far apart as quartzes get, and as far as they usually are. */
const APART_PPM = [200, -200] as const;
const USUAL_PPM = 20;
const HEAP_GROWTH_MAX_BYTES = 256 * 1024;
const DELAY_GROWTH_MAX_MS = 1;

const row = absoluteRows("sound");

interface Played {
  coreShare: number;
  heapGrowthBytes: number;
  delayGrowthMs: number;
  concealedFrames: number;
}

/** So many lanes of others whose clocks differ by so much, over a path that takes a little and shakes by a little. */
function play(lanes: number, seconds: number, ppm: number, collect: () => void): Played {
  const players = new LanePlayers();
  const writers = Array.from({ length: lanes }, (_, at) => {
    const memory = new SharedArrayBuffer(laneRingBytes(LANE_CHANNELS_MAX));
    const memberId = MemberId.parse(`mem_${String(at).padStart(26, "0")}`);
    players.add(memberId, memory);
    return {
      memberId,
      writer: new LaneWriter(memory, LANE_CHANNELS_MAX),
      head: { ...newPacketHead(), stream: at + 1 },
    };
  });
  const samples = Int32Array.from({ length: LANE_PACKET_FRAMES * LANE_CHANNELS }, (_, at) =>
    Math.round(2 ** 21 * Math.sin(at / 7)),
  );
  const out = [new Float32Array(LANE_PACKET_FRAMES), new Float32Array(LANE_PACKET_FRAMES)];
  const senderMs = BLOCK_MS / (1 + ppm / 1e6);
  let state = 7;
  const shakeMs = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const concealed = () => players.stateOf(writers[0]?.memberId ?? first)?.stats.concealedFrames ?? 0;
  const delay = () => players.stateOf(writers[0]?.memberId ?? first)?.bufferMs ?? 0;
  let [sent, usedMicros, heap, delayMs, concealedBefore] = [0, 0, 0, 0, 0];
  const blocks = (seconds * 1000) / BLOCK_MS;
  const settled = Math.round((SETTLE_SECONDS * 1000) / BLOCK_MS);
  for (let block = 1; block <= blocks; block++) {
    const nowMs = 1_000 + block * BLOCK_MS;
    for (; 1_000 + (sent + 1) * senderMs + 5 <= nowMs; sent++)
      for (const { writer, head } of writers) {
        head.frame = (sent * LANE_PACKET_FRAMES) >>> 0;
        writer.put(head, samples, null, Math.min(nowMs, 1_000 + (sent + 1) * senderMs + 4 + shakeMs()));
      }
    const before = process.threadCpuUsage();
    players.pull(out, nowMs, []);
    const { user, system } = process.threadCpuUsage(before);
    usedMicros += user + system;
    if (block !== settled) continue;
    collect();
    heap = process.memoryUsage().heapUsed;
    delayMs = delay();
    concealedBefore = concealed();
  }
  collect();
  return {
    coreShare: usedMicros / 1e6 / seconds,
    heapGrowthBytes: process.memoryUsage().heapUsed - heap,
    delayGrowthMs: Math.abs(delay() - delayMs),
    concealedFrames: concealed() - concealedBefore,
  };
}

const first = MemberId.parse(`mem_${"0".repeat(26)}`);

export function playingRows(): Row[] {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const five = play(LANES, SECONDS, USUAL_PPM, () => undefined);
  const hours = APART_PPM.map((ppm) => ({ ppm, ...play(1, HOUR_SECONDS, ppm, collect) }));
  const heapGrowth = Math.max(...hours.map(({ heapGrowthBytes }) => heapGrowthBytes));
  return [
    row(
      `playing ${LANES} lanes whose clocks are ${USUAL_PPM} ppm off, of one core`,
      five.coreShare * 100,
      "%",
      `≤ ${CORE_SHARE_MAX * 100} %`,
      five.coreShare <= CORE_SHARE_MAX,
    ),
    row(
      "an hour of a lane in virtual time, growth of the heap after its first minute",
      heapGrowth / 1024,
      "KiB",
      "flat",
      heapGrowth <= HEAP_GROWTH_MAX_BYTES,
    ),
    ...hours.flatMap(({ ppm, delayGrowthMs, concealedFrames }) => [
      row(
        `an hour at ${ppm} ppm in virtual time, growth of the delay`,
        delayGrowthMs,
        "ms",
        `≤ ${DELAY_GROWTH_MAX_MS} ms`,
        delayGrowthMs <= DELAY_GROWTH_MAX_MS,
      ),
      row(`an hour at ${ppm} ppm in virtual time, concealed`, concealedFrames, "frames", "0", concealedFrames === 0),
    ]),
  ];
}
