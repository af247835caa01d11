import { expect, test } from "vitest";
import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { LaneCopy } from "./lane-copy.ts";
import { LaneWriter, laneRingBytes } from "./lane-ring.ts";
import { newPacketHead } from "./packet.ts";

const LATE_MS = 1_000;
const PACKET_MS = LANE_PACKET_FRAMES / 48;

/** A lane whose every sample tells its frame; packets may be left out, and come later. */
function lane(stream = 1) {
  const memory = new SharedArrayBuffer(laneRingBytes(8));
  const writer = new LaneWriter(memory, 8);
  const head = { ...newPacketHead(), stream };
  const put = (packet: number) => {
    const frame = packet * LANE_PACKET_FRAMES;
    const samples = Int32Array.from({ length: 2 * LANE_PACKET_FRAMES }, (_, at) => frame + (at >> 1));
    writer.put({ ...head, frame, stream: head.stream }, samples, null, 1_000 + packet * PACKET_MS);
  };
  return { copy: new LaneCopy(memory), put, head };
}

/** Everything that can be taken now. */
function takeAll(copy: LaneCopy, lateMs = LATE_MS) {
  const taken: NonNullable<ReturnType<LaneCopy["take"]>>[] = [];
  for (let one = copy.take(lateMs); one !== null; one = copy.take(lateMs)) taken.push(one);
  return taken;
}

test("P86: what is kept of a lane is what was sent, with what was lost and came late", () => {
  const { copy, put } = lane();
  const lost = new Set([40, 41, 300]);
  const kept: number[] = [];
  let missing = 0;
  for (let packet = 0; packet < 1_500; packet++) {
    if (!lost.has(packet)) put(packet);
    // All but one are sent once more, a quarter of a second later.
    if (lost.has(packet - 94) && packet - 94 !== 300) put(packet - 94);
    if (packet % 75 !== 0) continue;
    for (const { samples, missingFrames } of takeAll(copy)) {
      kept.push(...samples.filter((_, at) => at % 2 === 0));
      missing += missingFrames;
    }
  }
  for (const { samples, missingFrames } of takeAll(copy, 0)) {
    kept.push(...samples.filter((_, at) => at % 2 === 0));
    missing += missingFrames;
  }
  // It began as long before the first packet as it lies behind, when there was nothing yet.
  const from = kept.indexOf(1) - 1;
  const gap = [300 * LANE_PACKET_FRAMES, 301 * LANE_PACKET_FRAMES] as const;
  const expected = Array.from({ length: 1_500 * LANE_PACKET_FRAMES }, (_, frame) =>
    frame >= gap[0] && frame < gap[1] ? 0 : frame,
  );
  expect(kept.slice(from)).toEqual(expected);
  expect(missing).toBe(from + LANE_PACKET_FRAMES);
});

test("P86: what is still on its way is waited for, and a count that begins again is said", () => {
  const { copy, put, head } = lane();
  for (let packet = 0; packet < 380; packet++) put(packet);
  takeAll(copy);
  for (let packet = 380; packet < 400; packet++) put(packet);
  const [one] = takeAll(copy);
  expect(one).toMatchObject({ isNew: false, missingFrames: 0, sampleRateHz: 48_000 });
  expect((one?.frame ?? 0) + (one?.samples.length ?? 0) / 2).toBeLessThanOrEqual(400 * LANE_PACKET_FRAMES - 48_000);
  head.stream = 2;
  for (let packet = 10; packet < 500; packet++) put(packet);
  expect(takeAll(copy)[0]).toMatchObject({ isNew: true, frame: 10 * LANE_PACKET_FRAMES });
});
