import { LANE_PACKET_FRAMES } from "../../protocol/limits.ts";
import { LaneReader, LaneWriter, laneRingBytes } from "../lane-ring.ts";
import { LaneSender } from "../lane-sender.ts";
import { newPacketHead, readPacketHead, readPacketSound } from "../packet.ts";
import { BUFFER_CEILING_MS, Playout } from "../playout.ts";

const RATE_HZ = 48_000;
const BLOCK_MS = (LANE_PACKET_FRAMES / RATE_HZ) * 1000;
const REPORT_MS = 1_000;

export interface VirtualWay {
  seconds: number;
  settleSeconds: number;
  /** One way, without what it shakes by; and how much a packet may be later than that, each at random. */
  passageMs: number;
  jitterMs: number;
  loss: number;
  /** The sender's clock against the listener's. */
  ppm: number;
  seed: number;
}

/**
 * A lane over a way that delays, shakes and loses, in virtual time: the sender's packets, the ring, the player and the reports that go back are the
 * engine's own; only the machine is left out, which on a shared one says more of its other users than of the lane.
 */
export function playOver({ seconds, settleSeconds, passageMs, jitterMs, loss, ppm, seed }: VirtualWay) {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const memory = new SharedArrayBuffer(laneRingBytes(1));
  const writer = new LaneWriter(memory, 1);
  const playout = new Playout(new LaneReader(memory, 1), RATE_HZ, () => BUFFER_CEILING_MS.safe);
  const sender = new LaneSender(1, 1);
  const head = newPacketHead();
  const samples = new Int32Array(LANE_PACKET_FRAMES);
  const previous = new Int32Array(LANE_PACKET_FRAMES);
  const block = new Int32Array(LANE_PACKET_FRAMES);
  const under: { atMs: number; bytes: Uint8Array }[] = [];
  const reports: { atMs: number; loss: number }[] = [];
  const ways: number[] = [];
  const delays: number[] = [];
  const out = new Float32Array(LANE_PACKET_FRAMES);
  const wayMs = () => passageMs + random() * jitterMs;
  const senderBlockMs = BLOCK_MS / (1 + ppm / 1e6);
  let sent = 0;
  let reportAtMs = 0;
  let concealedBefore = 0;
  let playedBefore = 0;
  // The two devices' blocks meet at a phase that nobody chooses.
  const phaseMs = random() * BLOCK_MS;
  for (let pulled = 0; pulled * BLOCK_MS < seconds * 1000; pulled++) {
    const nowMs = pulled * BLOCK_MS + phaseMs;
    for (; (sent + 1) * senderBlockMs <= nowMs; sent++) {
      const sentMs = (sent + 1) * senderBlockMs;
      for (; (reports[0]?.atMs ?? Number.POSITIVE_INFINITY) <= sentMs; )
        sender.hearLoss(reports.shift()?.loss ?? 0, sentMs);
      for (let at = 0; at < LANE_PACKET_FRAMES; at++) block[at] = Math.round((random() - 0.5) * 2 ** 22);
      const bytes = Uint8Array.from(sender.pack(sent * LANE_PACKET_FRAMES, block, sentMs)[0] ?? []);
      const takesMs = wayMs();
      ways.push(takesMs);
      if (random() >= loss) under.push({ atMs: sentMs + takesMs, bytes });
    }
    under.sort((one, other) => one.atMs - other.atMs);
    for (let next = under[0]; next !== undefined && next.atMs <= nowMs; next = under[0]) {
      under.shift();
      if (!readPacketHead(next.bytes, head, false)) throw new Error("A packet of the sender's own cannot be read.");
      readPacketSound(next.bytes, head, samples);
      if (head.hasPrevious) readPacketSound(next.bytes, head, previous, true);
      writer.put(head, samples, head.hasPrevious ? previous : null, next.atMs);
    }
    if (nowMs - reportAtMs >= REPORT_MS) {
      reportAtMs = nowMs;
      const report = writer.takeLoss();
      if (random() >= loss) reports.push({ atMs: nowMs + wayMs(), loss: report });
    }
    playout.pull([out], LANE_PACKET_FRAMES, nowMs);
    if (nowMs < settleSeconds * 1000) {
      ({ concealedFrames: concealedBefore, playedFrames: playedBefore } = playout.stats);
      continue;
    }
    delays.push(nowMs - ((playout.position - LANE_PACKET_FRAMES) / LANE_PACKET_FRAMES) * senderBlockMs);
  }
  const { concealedFrames, playedFrames, targetMs } = playout.stats;
  return {
    /** From the capture of each block's first frame until the player has it, and what each packet's way took. */
    delaysMs: delays,
    waysMs: ways,
    concealedShare: (concealedFrames - concealedBefore) / (playedFrames - playedBefore),
    targetMs,
  };
}
