import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LANE_PACKET_MAX_BYTES } from "../protocol/limits.ts";
import { readLaneReport } from "./lane-report.ts";
import { LaneSender } from "./lane-sender.ts";
import {
  laneBytesPerSecond,
  newPacketHead,
  packetBytes,
  readPacketHead,
  readPacketSound,
  writePacket,
} from "./packet.ts";

const sample = fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 });
const heads = fc.record({
  kind: fc.constantFrom("programme" as const, "talkback" as const),
  channels: fc.integer({ min: 1, max: 8 }),
  bits: fc.constantFrom(16 as const, 24 as const),
  hasPrevious: fc.boolean(),
  frames: fc.integer({ min: 1, max: 64 }),
  sampleRateHz: fc.constantFrom(44_100, 48_000, 88_200, 96_000),
  stream: fc.nat(2 ** 32 - 1),
  frame: fc.nat(2 ** 32 - 1),
  sessionMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
});

/** Of a lane of two channels a block is one packet. */
const packetOf = ([packet = new Uint8Array()]: readonly Uint8Array[]) => packet;

describe("packets of a lane", () => {
  test("every sample from −2²³ to 2²³ − 1 survives in 24 bit, and to 16 bit in 16", () => {
    const bytes = new Uint8Array(8_192);
    fc.assert(
      fc.property(heads, fc.infiniteStream(sample), (head, chance) => {
        const count = head.frames * head.channels;
        const next = () => Int32Array.from({ length: count }, () => chance.next().value ?? 0);
        const [sound, previous] = [next(), next()];
        const length = writePacket(head, sound, previous, bytes);
        expect(length).toBe(packetBytes(head));
        const read = newPacketHead();
        const packet = bytes.subarray(0, length);
        expect(readPacketHead(packet, read)).toBe(length <= LANE_PACKET_MAX_BYTES);
        if (length > LANE_PACKET_MAX_BYTES) return;
        expect(read).toEqual(head);
        const out = new Int32Array(count);
        readPacketSound(packet, read, out);
        const isNear = (one: Int32Array, other: Int32Array, within: number) =>
          one.every((value, at) => Math.abs(value - (other[at] ?? 0)) <= within);
        expect(isNear(out, sound, head.bits === 24 ? 0 : 256)).toBe(true);
        if (!head.hasPrevious) return;
        readPacketSound(packet, read, out, true);
        expect(isNear(out, previous, 256)).toBe(true);
      }),
    );
  });

  test("X15: nothing else is a packet, and nothing that is none throws", () => {
    const head = newPacketHead();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_400 }), (bytes) => {
        if (readPacketHead(bytes, head)) expect(packetBytes(head)).toBe(bytes.length);
      }),
    );
    const good = packetOf(new LaneSender(1).pack(0, new Int32Array(256), 0)).slice();
    expect(good.byteLength).toBe(792);
    expect(laneBytesPerSecond(newPacketHead())).toBe(297_000);
    for (const cut of [0, 5, 23, 24, good.length - 1]) expect(readPacketHead(good.subarray(0, cut), head)).toBe(false);
    for (const [at, value] of [
      [0, 0],
      [2, 0x10],
      [2, 0x2f],
      [3, 0xff],
      [6, 1],
    ] as const)
      expect(readPacketHead(good.with(at, value), head)).toBe(false);
  });

  test("X34: where packets are lost each carries the one before, in one datagram, and stops when it has been good for long", () => {
    const sender = new LaneSender(9);
    const block = (value: number) => new Int32Array(256).fill(value * 256);
    const head = newPacketHead();
    sender.pack(0, block(1), 0);
    sender.hearLoss(0.01, 1_000);
    const packet = packetOf(sender.pack(128, block(2), 0));
    expect(packet.byteLength).toBeLessThanOrEqual(LANE_PACKET_MAX_BYTES);
    expect(readPacketHead(packet, head)).toBe(true);
    expect(head).toMatchObject({ bits: 16, hasPrevious: true });
    const out = new Int32Array(256);
    readPacketSound(packet, head, out, true);
    expect(out).toEqual(block(1));
    // After a jump of the device the packet before is another one.
    expect(readPacketHead(packetOf(sender.pack(1_024, block(3), 0)), head) && head.hasPrevious).toBe(false);
    sender.hearLoss(0, 5_000);
    expect(sender.isProtected).toBe(true);
    sender.hearLoss(0, 12_000);
    expect(sender.isProtected).toBe(false);
  });

  test("a report says what it was told, and a body that lies says nothing", () => {
    const session = { atMs: 1_800_000_000_123.25, errorMs: 0.5 };
    const ways = { sentAtMs: 5.5, echoMs: 4.25, heldMs: 0.5 };
    const report = {
      ...ways,
      lossShare: 0.0123,
      bufferMs: 7.5,
      deviceMs: 12.5,
      session,
      level: "opus" as const,
      hears: 8,
      pans: [-1, 0, 1],
    };
    const bytes = new LaneSender(1).packReport(report);
    const head = newPacketHead();
    expect(readPacketHead(bytes, head)).toBe(true);
    expect(readLaneReport(bytes, head)).toEqual(report);
    const lie = bytes.slice();
    new DataView(lie.buffer).setFloat64(24, Number.NaN, true);
    expect(readLaneReport(lie, head)).toBeNull();
  });

  test("P78: a report of a companion that knows no session time, or an older one, tells none", () => {
    const none = { session: null, level: "full" as const, hears: 2, pans: [] };
    const report = { sentAtMs: 5.5, echoMs: 0, heldMs: 0, lossShare: 0, bufferMs: 7.5, deviceMs: 12.5, ...none };
    const bytes = new LaneSender(1).packReport(report);
    const head = newPacketHead();
    expect(readPacketHead(bytes, head)).toBe(true);
    expect(readLaneReport(bytes, head)).toEqual(report);
    expect(readLaneReport(bytes, { ...head, frames: 30 })).toEqual(report);
    expect(readLaneReport(bytes, { ...head, frames: 42 })).toEqual(report);
    expect(readLaneReport(bytes, { ...head, frames: 43 })).toEqual(report);
    expect(readLaneReport(bytes, { ...head, frames: 41 })).toBeNull();
    for (const [atMs, errorMs] of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [-1, 1],
      [1, -1],
      [Number.POSITIVE_INFINITY, 1],
    ] as const) {
      const lie = new LaneSender(1).packReport({ ...report, session: { atMs, errorMs } });
      expect(readLaneReport(lie, head)).toEqual(report);
    }
  });
});
