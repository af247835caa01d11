import { LANE_PACKET_FRAMES, LANE_PACKET_MAX_BYTES } from "../protocol/limits.ts";
import { LANE_REPORT_BYTES, type LaneReport, writeLaneReport } from "./lane-report.ts";
import { framesInPacket, newPacketHead, PACKET_HEADER_BYTES, type PacketHead, writePacket } from "./packet.ts";
import type { UplinkLevel } from "./uplink-budget.ts";

/** From this share of lost packets on, each packet carries the one before, and sound goes out in 16 bit; until it has been good for long. */
const PROTECT_FROM = 0.002;
const UNPROTECT_BELOW = 0.0005;
const UNPROTECT_AFTER_MS = 10_000;

/**
 * Packs one lane's blocks for the network: 24 bit as it is, and where packets are lost, 16 bit with the packet before in each, which the same
 * datagram holds. Where the up-link is full, 16 bit without it, or that folded down to stereo, or in mono; and for whoever has no use for more than
 * two channels, in stereo from the beginning. What does not fit in one packet goes in several. Allocates nothing after construction but views; what it
 * returns is valid until the next call.
 */
export class LaneSender {
  readonly #head: PacketHead;
  readonly #reportHead: PacketHead = { ...newPacketHead(), kind: "report", frames: LANE_REPORT_BYTES };
  readonly #bytes: Uint8Array;
  readonly #reportBytes = new Uint8Array(PACKET_HEADER_BYTES + LANE_REPORT_BYTES);
  readonly #none = new Int32Array();
  readonly #channels: number;
  readonly #mono = new Int32Array(LANE_PACKET_FRAMES);
  readonly #previous: Int32Array;
  readonly #packets: Uint8Array[] = [];
  level: UplinkLevel = "full";
  /** How many channels the other end has a use for; stereo before it has said so. */
  hears = 2;
  #previousFrame = Number.NaN;
  #previousChannels = 0;
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
    this.#bytes = new Uint8Array(LANE_PACKET_MAX_BYTES * Math.max(1, channels / 2));
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

  /**
   * @param samples One block of the lane, interleaved 24-bit integers.
   * @param stereo The same folded down, where the lane has more than two channels.
   */
  pack(frame: number, samples: Int32Array, sessionMs: number, stereo = samples): readonly Uint8Array[] {
    const head = this.#head;
    const isFull = this.level === "full";
    const sound = this.#soundOf(samples, stereo);
    head.channels = sound.length / LANE_PACKET_FRAMES;
    head.bits = this.#isProtected || !isFull ? 16 : 24;
    const follows = frame - this.#previousFrame === LANE_PACKET_FRAMES && head.channels === this.#previousChannels;
    // The size is that of a packet with the one before in it, also where a jump of the device leaves none to send.
    head.hasPrevious = isFull && this.#isProtected;
    head.frames = framesInPacket(head);
    const count = head.frames * head.channels;
    this.#packets.length = 0;
    for (let at = 0, byte = 0; at < sound.length; at += count) {
      const from = at / head.channels;
      head.frame = (frame + from) >>> 0;
      head.sessionMs = sessionMs === 0 ? 0 : sessionMs + (from / head.sampleRateHz) * 1000;
      // After a jump of the device the packet before is not the one in hand.
      head.hasPrevious = isFull && this.#isProtected && (at > 0 || follows);
      const before =
        at > 0 ? sound.subarray(at - count, at) : this.#previous.subarray(sound.length - count, sound.length);
      const bytes = this.#bytes.subarray(byte);
      const length = writePacket(head, sound.subarray(at, at + count), head.hasPrevious ? before : this.#none, bytes);
      this.#packets.push(bytes.subarray(0, length));
      byte += length;
    }
    this.#previous.set(sound);
    this.#previousChannels = head.channels;
    this.#previousFrame = frame;
    return this.#packets;
  }

  /** The lane's block in as many channels as go out. */
  #soundOf(samples: Int32Array, stereo: Int32Array): Int32Array {
    if (this.#channels === 1) return samples;
    if (this.level === "mono") {
      for (let at = 0; at < LANE_PACKET_FRAMES; at++)
        this.#mono[at] = ((stereo[2 * at] ?? 0) + (stereo[2 * at + 1] ?? 0)) / 2;
      return this.#mono;
    }
    return this.#channels > 2 && (this.level === "stereo" || this.hears < this.#channels) ? stereo : samples;
  }

  packReport(report: LaneReport): Uint8Array {
    writePacket(this.#reportHead, this.#none, this.#none, this.#reportBytes);
    writeLaneReport(report, this.#reportBytes);
    return this.#reportBytes;
  }
}
