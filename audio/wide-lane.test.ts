import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemberId } from "../protocol/ids.ts";
import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES, LANE_PACKET_MAX_BYTES } from "../protocol/limits.ts";
import { FoldDown } from "./fold-down.ts";
import { LaneCopy } from "./lane-copy.ts";
import { LaneFold } from "./lane-fold.ts";
import { LanePlayers } from "./lane-players.ts";
import { LaneReader, LaneWriter, laneRingBytes } from "./lane-ring.ts";
import { LaneSender } from "./lane-sender.ts";
import { newPacketHead, readPacketHead, readPacketSound } from "./packet.ts";
import { INT24_SCALE } from "./pcm.ts";
import { requestBody, SentPackets } from "./repeats.ts";
import { stepsOf, UplinkBudget } from "./uplink-budget.ts";

const ADA = MemberId.parse("mem_00000000000000000000000000");
const BLOCK_MS = LANE_PACKET_FRAMES / 48;
const SENT_24_BIT = 1 / INT24_SCALE;

/** The other end of a lane: what comes goes into a ring, as it does in `heard-lane.std.ts`. */
function receiver() {
  const memory = new SharedArrayBuffer(laneRingBytes(LANE_CHANNELS_MAX));
  const writer = new LaneWriter(memory, LANE_CHANNELS_MAX);
  const reader = new LaneReader(memory, LANE_CHANNELS_MAX);
  const head = newPacketHead();
  const [samples, previous] = [new Int32Array(2_048), new Int32Array(2_048)];
  const take = (packet: Uint8Array, atMs: number) => {
    expect(packet.byteLength).toBeLessThanOrEqual(LANE_PACKET_MAX_BYTES);
    expect(readPacketHead(packet, head)).toBe(true);
    readPacketSound(packet, head, samples);
    if (head.hasPrevious) readPacketSound(packet, head, previous, true);
    writer.put(head, samples, head.hasPrevious ? previous : null, atMs);
  };
  const frameOf = (frame: number, channels: number) =>
    Array.from({ length: channels }, (_, channel) => Math.round(reader.sample(frame, channel) * INT24_SCALE));
  return { memory, writer, reader, take, frameOf, head };
}

/** What each channel plays: nothing that is alike anywhere, and finer than 16 bit. */
const sampleOf = (frame: number, channel: number) => ((frame * 7_919 + channel * 1_000_003) % 2 ** 22) - 2 ** 21;
const blockOf = (frame: number, channels: number) =>
  Int32Array.from({ length: LANE_PACKET_FRAMES * channels }, (_, at) =>
    sampleOf(frame + Math.floor(at / channels), at % channels),
  );

describe("a lane of one to eight channels", () => {
  test("C2: in 24 bit it is in the ring as it was played, to the bit, whatever the order in which its packets come", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.infiniteStream(fc.nat()),
        (channels, start, chance) => {
          const sender = new LaneSender(5, channels);
          sender.hears = 8;
          const { take, frameOf } = receiver();
          const first = Math.floor(start / LANE_PACKET_FRAMES) * LANE_PACKET_FRAMES;
          const packets = [0, 1, 2, 3].flatMap((block) => {
            const frame = first + block * LANE_PACKET_FRAMES;
            return sender.pack(frame, blockOf(frame, channels), 0).map((packet) => packet.slice());
          });
          // Packets of the first block begin the lane; what follows comes as it likes.
          take(packets.shift() ?? new Uint8Array(), 0);
          while (packets.length > 0)
            take(packets.splice((chance.next().value ?? 0) % packets.length, 1)[0] as Uint8Array, 1);
          for (let at = 0; at < 4 * LANE_PACKET_FRAMES; at += 31)
            expect(frameOf(first + at, channels)).toEqual(
              Array.from({ length: channels }, (_, channel) => sampleOf(first + at, channel)),
            );
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "X34: of %i channels no packet is longer than a datagram, and any that is lost comes with the next",
    (channels) => {
      const sender = new LaneSender(5, channels);
      sender.hears = 8;
      sender.hearLoss(0.02, 0);
      const { take, frameOf } = receiver();
      const inSixteen = (sample: number) => Math.min(2 ** 15 - 1, Math.round(sample / 256)) * 256 + 0;
      let packets = 0;
      for (let frame = 0; frame < 40 * LANE_PACKET_FRAMES; frame += LANE_PACKET_FRAMES)
        // One in four is lost, never two in a row.
        for (const packet of sender.pack(frame, blockOf(frame, channels), 0))
          if (packets++ % 4 !== 2) take(packet, frame / 48);
      for (let frame = 0; frame < 39 * LANE_PACKET_FRAMES; frame += 13)
        expect(frameOf(frame, channels)).toEqual(
          Array.from({ length: channels }, (_, channel) => inSixteen(sampleOf(frame, channel))),
        );
    },
  );

  test("X34: what its up-link does not hold goes out in less, step by step: 16 bit, stereo, mono", () => {
    expect(stepsOf(8)).toEqual(["full", "narrow", "stereo", "mono", "opus"]);
    expect([stepsOf(2), stepsOf(1)]).toEqual([
      ["full", "narrow", "mono", "opus"],
      ["full", "narrow", "opus"],
    ]);
    const sender = new LaneSender(5, 8);
    sender.hears = 8;
    const { head } = receiver();
    const fold = new LaneFold(Array(8).fill(0));
    const block = blockOf(0, 8);
    const formats = stepsOf(8)
      .filter((level) => level !== "opus")
      .map((level) => {
        sender.level = level;
        const packets = sender.pack(0, block, 0, fold.of(block));
        for (const packet of packets) expect(readPacketHead(packet, head)).toBe(true);
        const bytes = packets.reduce((sum, { byteLength }) => sum + byteLength, 0);
        return [level, packets.length, head.channels, head.bits, head.frames, bytes];
      });
    expect(formats).toEqual([
      ["full", 4, 8, 24, 32, 3_168],
      ["narrow", 2, 8, 16, 64, 2_096],
      ["stereo", 1, 2, 16, 128, 536],
      ["mono", 1, 1, 16, 128, 280],
    ]);
    const budget = new UplinkBudget(8);
    const said = Array.from({ length: 60 }, (_, second) =>
      budget.look([{ lossShare: 0.3, growthMs: 200 }], second * 1_000),
    );
    expect(said.filter((level, at) => level !== said[at - 1])).toEqual(stepsOf(8));
  });

  test("whoever has no use for more than two channels is sent the fold-down, and so is everybody before they have said what they have a use for", () => {
    const sender = new LaneSender(5, 8);
    const fold = new LaneFold([-1, 1, 0, 0, 0, 0, 0, 0]);
    const block = Int32Array.from({ length: 8 * LANE_PACKET_FRAMES }, (_, at) => [4_000, 8_000][at % 8] ?? 0);
    const { take, frameOf, head } = receiver();
    for (const packet of sender.pack(0, block, 0, fold.of(block))) take(packet, 0);
    expect([head.channels, head.bits]).toEqual([2, 24]);
    expect(frameOf(5, 2)).toEqual([4_000, 8_000]);
  });

  test("P66: each of its packets can be asked for again, at 96 kHz for as long as whoever listens late is behind", () => {
    const sender = new LaneSender(5, 8);
    sender.hears = 8;
    const sent = new SentPackets(8);
    const blocks = Math.ceil((0.75 * 96_000) / LANE_PACKET_FRAMES);
    const { take, writer, frameOf } = receiver();
    for (let block = 0; block <= blocks; block++) {
      const frame = block * LANE_PACKET_FRAMES;
      for (const [at, packet] of sender.pack(frame, blockOf(frame, 8), 0).entries()) {
        sent.keep(packet);
        if (block !== 3 || at !== 2) take(packet, block);
      }
    }
    const missing = writer.missing(blocks * LANE_PACKET_FRAMES, 48);
    expect(missing).toEqual([3 * LANE_PACKET_FRAMES + 64]);
    for (const packet of sent.asked(requestBody(missing))) take(packet, blocks);
    expect(frameOf(3 * LANE_PACKET_FRAMES + 70, 8)).toEqual(
      Array.from({ length: 8 }, (_, channel) => sampleOf(454, channel)),
    );
    expect(writer.missing(blocks * LANE_PACKET_FRAMES, 48)).toEqual([]);
  });

  test("C9: a copy of it has all of its channels, and those of what came folded down are the first two", () => {
    const sender = new LaneSender(5, 8);
    const { memory, writer, take } = receiver();
    const pans = [-1, 1, 0, 0, 0, 0, 0, 0];
    const fold = new LaneFold(pans);
    const copy = new LaneCopy(memory);
    writer.setPans(pans);
    for (let block = 0; block < 40; block++) {
      sender.hears = block < 20 ? 8 : 2;
      const frame = block * LANE_PACKET_FRAMES;
      const samples = Int32Array.from(
        { length: 8 * LANE_PACKET_FRAMES },
        (_, at) => [4_001, -8_001, 0, 5][at % 8] ?? 0,
      );
      for (const packet of sender.pack(frame, samples, 0, fold.of(samples))) take(packet, block * BLOCK_MS);
    }
    const taken = copy.take(0);
    expect(taken).toMatchObject({ channels: 8, missingFrames: 0, foldedFrames: 20 * LANE_PACKET_FRAMES, isNew: true });
    const samples = [...(taken?.samples ?? [])];
    expect(samples.slice(0, 8)).toEqual([4_001, -8_001, 0, 5, 0, 0, 0, 0]);
    expect(samples.slice(-8)).toEqual([4_005, -7_997, 0, 0, 0, 0, 0, 0].map((value) => expect.closeTo(value, -1)));
  });

  test("C2: where a device has a port for each, each channel is at its own, to the bit; what is heard is folded down as it is panned", () => {
    const pans = [-1, 1, 0, 0.5, 0, 0, 0, 0];
    const sender = new LaneSender(5, 8);
    sender.hears = 8;
    const { memory, writer, take } = receiver();
    writer.setPans(pans);
    const fold = new LaneFold(pans);
    const ports: number[][] = [];
    const ears: [number, number][] = [];
    let counts = 0;
    const players = new LanePlayers(
      (_, heard, channels, count, _isConcealed, isExact) => {
        counts = count;
        if (!isExact) return;
        ports.push(channels.slice(0, count).map((one) => Math.round((one[7] ?? 0) * INT24_SCALE)));
        ears.push([heard[0]?.[7] ?? 0, heard[1]?.[7] ?? 0]);
      },
      48_000,
      LANE_CHANNELS_MAX,
    );
    players.add(ADA, memory);
    const out = [new Float32Array(LANE_PACKET_FRAMES), new Float32Array(LANE_PACKET_FRAMES)];
    const play = (blocks: number, from: number) => {
      for (let block = from; block < from + blocks; block++) {
        const frame = block * LANE_PACKET_FRAMES;
        const samples = blockOf(frame, 8);
        for (const packet of sender.pack(frame, samples, 0, fold.of(samples)))
          take(packet, 1_000 + (block + 1) * BLOCK_MS);
        players.pull(out, 1_000.5 + (block + 1) * BLOCK_MS, []);
      }
    };
    play(1_200, 0);
    expect(counts).toBe(8);
    expect(ports.length).toBeGreaterThan(300);
    const { left, right } = new FoldDown(pans.map((pan) => Math.round(pan * 127) / 127));
    const frameOfFirst = new Map(
      Array.from({ length: 1_200 * LANE_PACKET_FRAMES }, (_, frame) => [sampleOf(frame, 0), frame]),
    );
    for (const [at, samples] of ports.entries()) {
      // Before the lane begins there is silence.
      if (at < 10 || at > 400) continue;
      const frame = frameOfFirst.get(samples[0] ?? 0) ?? -1;
      expect(samples).toEqual(Array.from({ length: 8 }, (_, channel) => sampleOf(frame, channel)));
      const sum = (gains: Float64Array) => samples.reduce((all, one, channel) => all + one * (gains[channel] ?? 0), 0);
      expect(Math.abs((ears[at]?.[0] ?? 0) - sum(left) * SENT_24_BIT)).toBeLessThan(1e-5);
      expect(Math.abs((ears[at]?.[1] ?? 0) - sum(right) * SENT_24_BIT)).toBeLessThan(1e-5);
    }
    // Folded down by its sender for a while, it is a pair, and then there are eight again.
    sender.level = "stereo";
    play(200, 1_200);
    expect(counts).toBe(2);
    sender.level = "full";
    play(20, 1_400);
    expect(counts).toBe(8);
  });

  test("a pair of two microphones that stand in the middle is heard in the middle", () => {
    const { memory, writer, take } = receiver();
    writer.setPans([0, 0]);
    const players = new LanePlayers();
    players.add(ADA, memory);
    const sender = new LaneSender(5, 2);
    const out = [new Float32Array(LANE_PACKET_FRAMES), new Float32Array(LANE_PACKET_FRAMES)];
    const block = Int32Array.from({ length: 2 * LANE_PACKET_FRAMES }, (_, at) => (at % 2 === 0 ? 2 ** 21 : 0));
    for (let at = 0; at < 400; at++) {
      for (const packet of sender.pack(at * LANE_PACKET_FRAMES, block, 0)) take(packet, 1_000 + (at + 1) * BLOCK_MS);
      players.pull(out, 1_000.5 + (at + 1) * BLOCK_MS, []);
    }
    for (const side of out) expect(side.at(-1)).toBeCloseTo(0.25 * Math.SQRT1_2, 5);
  });
});
