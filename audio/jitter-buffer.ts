import { LANE_BUFFER_FRAMES, LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import type { LanePacket } from "./packet.ts";

export interface LaneStats {
  packets: number;
  /** Packets that never came, or came after their place had been played. */
  lostPackets: number;
  playedFrames: number;
  /** Frames that were not played as they were sent: faded out for want of a packet, or cross-faded when the depth shrank. */
  concealedFrames: number;
  /** How far behind the newest packet the playhead runs. */
  depthFrames: number;
}

/** The depth grows whenever a packet comes too late, up to this many packets: 64 ms, where music together ends anyway. */
const DEPTH_PACKETS_MAX = 24;
/** How much sound is looked at before the depth may shrink, and the packets in hand that it keeps then. */
const WATCH_FRAMES = 48_000;
const SPARE_PACKETS = 4;
/** Concealment fades to silence over this many frames: 5 ms, short enough not to buzz, long enough not to click. */
const FADE_FRAMES = 240;

/**
 * Puts a studio lane's packets back into one stream of sound. A ring addressed by frame number, so that order and repetition do not
 * matter; the playhead starts `depthPackets` behind the first packet, and moves with whoever pulls. What is there is played exactly
 * as it was sent; what is not is faded out and counted.
 */
export class JitterBuffer {
  readonly #ring: Int32Array;
  /** The absolute frame that each place of the ring holds, or −1. */
  readonly #holds: Float64Array;
  #stream: number | undefined;
  /** Absolute numbers: the newest frame received plus one, and the next to play. */
  #newest = 0;
  #next: number | undefined;
  #depthPackets: number;
  readonly #last = [0, 0];
  #faded = FADE_FRAMES;
  #packets = 0;
  #played = 0;
  #concealed = 0;
  /** The least distance of an arriving packet to the playhead since `#watchedFrom`. */
  #slackMin = Number.POSITIVE_INFINITY;
  #watchedFrom = 0;
  #missing = 0;

  constructor(depthPackets = 6) {
    this.#depthPackets = depthPackets;
    this.#ring = new Int32Array(LANE_BUFFER_FRAMES * 2);
    this.#holds = new Float64Array(LANE_BUFFER_FRAMES).fill(-1);
  }

  get stats(): LaneStats {
    return {
      packets: this.#packets,
      lostPackets: Math.round(this.#missing / LANE_PACKET_FRAMES),
      playedFrames: this.#played,
      concealedFrames: this.#concealed,
      depthFrames: this.#next === undefined ? 0 : this.#newest - this.#next,
    };
  }

  push(packet: LanePacket): void {
    if (packet.stream !== this.#stream) this.#restart(packet);
    // The number is modulo 2³²: the absolute one is the nearest to what came last.
    const ahead = (packet.frame - this.#newest) | 0;
    const first = this.#newest + ahead;
    const frames = packet.samples.length / packet.channels;
    this.#packets++;
    if (this.#next !== undefined) {
      if (first + frames <= this.#next) {
        this.#deepen(this.#next - first);
        return;
      }
      // So far ahead that the ring would overwrite what is still to play: the far end jumped. Go there.
      if (first + frames - this.#next > LANE_BUFFER_FRAMES) this.#next = Math.max(0, first - this.#depthFrames);
      this.#slackMin = Math.min(this.#slackMin, first - this.#next);
    } else {
      this.#next = first - this.#depthFrames;
      this.#watch(this.#next);
    }
    for (let at = 0; at < frames; at++) {
      const place = (((first + at) % LANE_BUFFER_FRAMES) + LANE_BUFFER_FRAMES) % LANE_BUFFER_FRAMES;
      this.#holds[place] = first + at;
      const left = packet.samples[at * packet.channels] ?? 0;
      this.#ring[place * 2] = left;
      this.#ring[place * 2 + 1] = packet.channels === 2 ? (packet.samples[at * 2 + 1] ?? 0) : left;
    }
    this.#newest = Math.max(this.#newest, first + frames);
  }

  /**
   * The next block of sound, stereo interleaved, written over `out`. Returns the absolute frame of its first sample, or `null` while
   * nothing has come yet (`out` is silence then).
   */
  pull(out: Int32Array): number | null {
    const frames = out.length / 2;
    out.fill(0);
    if (this.#next === undefined) return null;
    const first = this.#next;
    for (let at = 0; at < frames; at++) {
      const frame = first + at;
      if (frame < 0) continue;
      const place = frame % LANE_BUFFER_FRAMES;
      if (this.#holds[place] === frame) {
        this.#last[0] = out[at * 2] = this.#ring[place * 2] ?? 0;
        this.#last[1] = out[at * 2 + 1] = this.#ring[place * 2 + 1] ?? 0;
        this.#faded = 0;
        this.#played++;
        continue;
      }
      // Before the first packet of a stream there is nothing to miss.
      if (this.#played === 0) continue;
      this.#missing++;
      this.#concealed++;
      this.#played++;
      const gain = Math.max(0, 1 - ++this.#faded / FADE_FRAMES);
      out[at * 2] = Math.round((this.#last[0] ?? 0) * gain);
      out[at * 2 + 1] = Math.round((this.#last[1] ?? 0) * gain);
    }
    this.#next = first + frames;
    if (this.#next - this.#watchedFrom >= WATCH_FRAMES) this.#shrink(out);
    return first;
  }

  get #depthFrames(): number {
    return this.#depthPackets * LANE_PACKET_FRAMES;
  }

  #restart(packet: LanePacket): void {
    this.#stream = packet.stream;
    this.#newest = packet.frame;
    this.#next = undefined;
    this.#holds.fill(-1);
  }

  /** A packet came `lateFrames` too late: the playhead steps back far enough, and a packet more, so that one gap teaches for good. */
  #deepen(lateFrames: number): void {
    const wanted = Math.ceil(lateFrames / LANE_PACKET_FRAMES) + 1;
    const packets = Math.min(wanted, DEPTH_PACKETS_MAX - this.#depthPackets);
    if (packets <= 0 || this.#next === undefined) return;
    this.#depthPackets += packets;
    this.#next -= packets * LANE_PACKET_FRAMES;
    this.#watch(this.#next);
  }

  #watch(from: number): void {
    this.#slackMin = Number.POSITIVE_INFINITY;
    this.#watchedFrom = from;
  }

  /** After a calm second, delay that nobody needs is given back: the block just made is cross-faded into the later one. */
  #shrink(out: Int32Array): void {
    const next = this.#next ?? 0;
    const packets = Math.min(Math.floor(this.#slackMin / LANE_PACKET_FRAMES) - SPARE_PACKETS, this.#depthPackets - 1);
    this.#watch(next);
    if (packets <= 0 || !Number.isFinite(packets)) return;
    const shift = packets * LANE_PACKET_FRAMES;
    const frames = out.length / 2;
    const from = next - frames + shift;
    for (let at = 0; at < frames; at++) {
      const place = (((from + at) % LANE_BUFFER_FRAMES) + LANE_BUFFER_FRAMES) % LANE_BUFFER_FRAMES;
      const later = (at + 1) / frames;
      for (const side of [0, 1]) {
        const old = out[at * 2 + side] ?? 0;
        out[at * 2 + side] = Math.round(old + ((this.#ring[place * 2 + side] ?? 0) - old) * later);
      }
    }
    this.#concealed += frames;
    this.#depthPackets -= packets;
    this.#next = next + shift;
  }
}
