import { describe, expect, test } from "vitest";
import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { LaneSender } from "./lane-sender.ts";
import { BEAT_MAX_BYTES, PacedSender } from "./paced-sender.ts";
import { bodyPacket, newPacketHead, packetBytes, readPacketHead, readPacketSound } from "./packet.ts";

/** Blocks whose frame n has the value n × 256 on both sides. */
const block = (frame: number) =>
  Int32Array.from({ length: LANE_PACKET_FRAMES * 2 }, (_, at) => (frame + (at >> 1)) * 256);

describe("a carrier with a beat of its own", () => {
  test("C2: brings every frame once and in order, though a device calls in bursts", () => {
    const sender = new PacedSender(7);
    const head = newPacketHead();
    const samples = new Int32Array(1_024);
    let [frame, heard] = [0, 0];
    for (let beat = 1; beat <= 60; beat++) {
      // Four blocks, three blocks, …: 480 frames a beat in the mean.
      while (frame + LANE_PACKET_FRAMES <= beat * 480) {
        sender.add(frame, block(frame), 1_000 + frame / 48);
        frame += LANE_PACKET_FRAMES;
      }
      const bytes = sender.next([]) ?? new Uint8Array();
      expect(readPacketHead(bytes, head)).toBe(true);
      expect(head).toMatchObject({ channels: 1, bits: 16, stream: 7, frame: heard, kind: "programme" });
      expect(head.sessionMs).toBeCloseTo(1_000 + heard / 48, 6);
      readPacketSound(bytes, head, samples);
      for (let at = 0; at < head.frames; at++) expect(samples[at]).toBe((heard + at) * 256);
      heard += head.frames;
    }
    expect(frame - heard).toBeLessThan(LANE_PACKET_FRAMES);
    expect(sender.next([])).toBeNull();
  });

  test("a report rides behind the sound in the same datagram, and goes alone where there is none", () => {
    const report = new LaneSender(7).packReport({
      sentAtMs: 1,
      echoMs: 0,
      heldMs: 0,
      lossShare: 0,
      bufferMs: 0,
      deviceMs: 0,
      session: null,
      level: "full",
      hears: 2,
      pans: [],
    });
    const sender = new PacedSender(7);
    for (let at = 0; at < 8; at++) sender.add(at * LANE_PACKET_FRAMES, block(0), 0);
    const bytes = sender.next([report]) ?? new Uint8Array();
    const head = newPacketHead();
    expect(readPacketHead(bytes, head)).toBe(false);
    expect(readPacketHead(bytes, head, true)).toBe(true);
    expect(bytes.byteLength).toBeLessThanOrEqual(BEAT_MAX_BYTES);
    expect(readPacketHead(bytes.subarray(packetBytes(head)), head) && head.kind).toBe("report");
    sender.next([]);
    expect(sender.next([report])).toEqual(report);
  });

  test("P77: what is urgent leaves with this beat, the sound makes room for it, and no frame of it is lost", () => {
    const sender = new PacedSender(7);
    const head = newPacketHead();
    const urgent = bodyPacket("announced", 7, new Uint8Array(300));
    let [frame, heard] = [0, 0];
    for (let beat = 1; beat <= 40; beat++) {
      while (frame + LANE_PACKET_FRAMES <= beat * 480) {
        sender.add(frame, block(frame), 1_000 + frame / 48);
        frame += LANE_PACKET_FRAMES;
      }
      const isUrgent = beat === 10 || beat === 11;
      const bytes = sender.next([], isUrgent ? urgent : null) ?? new Uint8Array();
      expect(bytes.byteLength).toBeLessThanOrEqual(BEAT_MAX_BYTES);
      expect(readPacketHead(bytes, head, true)).toBe(true);
      expect(head).toMatchObject({ frame: heard, kind: "programme" });
      heard += head.frames;
      if (isUrgent) expect(bytes.subarray(packetBytes(head))).toEqual(urgent);
    }
    expect(frame - heard).toBeLessThan(LANE_PACKET_FRAMES);
  });

  test("X12: after a jump of the count, or a carrier that slept, the beat brings what is new", () => {
    const sender = new PacedSender(7);
    const head = newPacketHead();
    sender.add(0, block(0), 0);
    sender.add(96_000, block(0), 0);
    expect(readPacketHead(sender.next([]) ?? new Uint8Array(), head) && head.frame).toBe(96_000);
    for (let at = 1; at <= 100; at++) sender.add(96_000 + at * LANE_PACKET_FRAMES, block(0), 0);
    expect(readPacketHead(sender.next([]) ?? new Uint8Array(), head)).toBe(true);
    expect(96_000 + 101 * LANE_PACKET_FRAMES - head.frame).toBeLessThanOrEqual(2_048);
  });
});
