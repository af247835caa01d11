import { LANE_PACKET_FRAMES, LANE_PACKET_MAX_BYTES } from "../protocol/limits.ts";
import { LANE_REPORT_BYTES, type LaneReport, writeLaneReport } from "./lane-report.ts";
import { newPacketHead, PACKET_HEADER_BYTES, type PacketHead, writePacket } from "./packet.ts";
import type { UplinkLevel } from "./uplink-budget.ts";

/** From this share of lost packets on, each packet carries the one before, and sound goes out in 16 bit; until it has been good for long. */
const PROTECT_FROM = 0.002;
const UNPROTECT_BELOW = 0.0005;
const UNPROTECT_AFTER_MS = 10_000;

/**
 * Packs one lane's blocks for the network: 24 bit as it is, and where packets are lost, 16 bit with the packet before in each, which the same
 * datagram holds. Where the up-link is full, 16 bit without it, or that in mono. Allocates nothing after construction; what it returns is valid until the next call.
 */
export class LaneSender {
  readonly #head: PacketHead;
  readonly #reportHead: PacketHead = { ...newPacketHead(), kind: "report", frames: LANE_REPORT_BYTES };
  readonly #bytes = new Uint8Array(LANE_PACKET_MAX_BYTES);
  readonly #reportBytes = new Uint8Array(PACKET_HEADER_BYTES + LANE_REPORT_BYTES);
  readonly #none = new Int32Array();
  readonly #channels: number;
  readonly #mono = new Int32Array(LANE_PACKET_FRAMES);
  readonly #previous: Int32Array;
  level: UplinkLevel = "full";
  #previousFrame = Number.NaN;
  #isProtected = false;
  #goodSinceMs = 0;

  /** Whether what is sent is talk and not music: others make room for it. */
  set isTalkback(isTalkback: boolean) {
    this.#head.kind = isTalkback ? "talkback" : "programme";
  }

  /** The device's rate; another one is another stream. */
  set rateHz(rateHz: number) {
    this.#head.sampleRateHz = rateHz;
  }

  /** @param stream Chosen anew whenever the count of frames begins again. */
  constructor(stream: number, channels = 2) {
    this.#channels = channels;
    this.#head = { ...newPacketHead(), stream, channels };
    this.#reportHead.stream = stream;
    this.#previous = new Int32Array(LANE_PACKET_FRAMES * channels);
  }

  /** Whether packets carry the one before them, and 16 bit. */
  get isProtected(): boolean {
    return this.#isProtected;
  }

  /** What the other end says it does not get. */
  hearLoss(lossShare: number, nowMs: number): void {
    if (lossShare >= PROTECT_FROM) this.#isProtected = true;
    if (lossShare >= UNPROTECT_BELOW) this.#goodSinceMs = nowMs;
    if (nowMs - this.#goodSinceMs >= UNPROTECT_AFTER_MS) this.#isProtected = false;
  }

  /** @param samples One block of interleaved 24-bit integers. */
  pack(frame: number, samples: Int32Array, sessionMs: number): Uint8Array {
    const head = this.#head;
    head.frame = frame >>> 0;
    head.sessionMs = sessionMs;
    const isFull = this.level === "full";
    const isMono = this.level === "mono";
    head.bits = this.#isProtected || !isFull ? 16 : 24;
    head.channels = isMono ? 1 : this.#channels;
    if (isMono) this.#mixDown(samples);
    // After a jump of the device the packet before is not the one in hand.
    head.hasPrevious = isFull && this.#isProtected && frame - this.#previousFrame === LANE_PACKET_FRAMES;
    const length = writePacket(
      head,
      isMono ? this.#mono : samples,
      head.hasPrevious ? this.#previous : this.#none,
      this.#bytes,
    );
    this.#previous.set(samples);
    this.#previousFrame = frame;
    return this.#bytes.subarray(0, length);
  }

  #mixDown(samples: Int32Array): void {
    for (let at = 0; at < LANE_PACKET_FRAMES; at++) {
      let sum = 0;
      for (let channel = 0; channel < this.#channels; channel++) sum += samples[at * this.#channels + channel] ?? 0;
      this.#mono[at] = sum / this.#channels;
    }
  }

  packReport(report: LaneReport): Uint8Array {
    writePacket(this.#reportHead, this.#none, this.#none, this.#reportBytes);
    writeLaneReport(report, this.#reportBytes);
    return this.#reportBytes;
  }
}
