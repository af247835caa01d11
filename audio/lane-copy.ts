import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { type Arrival, LaneReader } from "./lane-ring.ts";
import { INT24_SCALE } from "./pcm.ts";

/** A stretch of a lane, as it was sent. */
export interface CopiedFrames {
  stream: number;
  /** The first frame's number in its stream, modulo 2³² as in packets. */
  frame: number;
  sampleRateHz: number;
  /** How many channels the lane has, two at least. */
  channels: number;
  /** Interleaved 24-bit integers; zeros stand for what never came, and for channels of what came folded down. */
  samples: Int32Array<ArrayBuffer>;
  missingFrames: number;
  /** Of those that came, how many did so in fewer channels than the lane has. */
  foldedFrames: number;
  /** Whether a new count of frames begins with it: nothing joins it to what came before. */
  isNew: boolean;
}

/** At most so much at a time: a second, at 48 kHz. */
const AT_ONCE_FRAMES = 375 * LANE_PACKET_FRAMES;

/**
 * Reads a lane once more, so late that what was lost has been asked for and has come: for whoever keeps it, beside the player who plays it at
 * once. Neither knows of the other; both read the same ring.
 */
export class LaneCopy {
  readonly #reader: LaneReader;
  readonly #arrival: Arrival = { endFrame: 0, atMs: 0, generation: 0, frames: 0, isProtected: false, isNarrow: false };
  #generation: number | undefined;
  #newest = 0;
  #next = 0;
  #isNew = true;
  #channels = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#reader = new LaneReader(memory, LANE_CHANNELS_MAX);
  }

  /**
   * What follows what was taken last, as far as it lies `lateMs` or more behind the newest; `null` where nothing does. It begins as far back as
   * that, so what was played shortly before somebody began to keep it is in it.
   */
  take(lateMs: number): CopiedFrames | null {
    const sampleRateHz = this.#followArrivals(lateMs);
    if (sampleRateHz === null) return null;
    const lateFrames = Math.round((lateMs / 1000) * sampleRateHz);
    const due = this.#newest - lateFrames - this.#next;
    const frames = Math.min(AT_ONCE_FRAMES, Math.floor(due / LANE_PACKET_FRAMES) * LANE_PACKET_FRAMES);
    if (frames <= 0) return null;
    const { ownChannels } = this.#reader;
    const channels = Math.max(2, ownChannels);
    if (channels !== this.#channels) this.#isNew = true;
    this.#channels = channels;
    const samples = new Int32Array(frames * channels);
    let missingFrames = 0;
    let foldedFrames = 0;
    for (let at = 0; at < frames; at++) {
      const frame = this.#next + at;
      if (!this.#reader.has(frame)) {
        missingFrames++;
        continue;
      }
      if (this.#reader.widthOf(frame) < ownChannels) foldedFrames++;
      for (let channel = 0; channel < channels; channel++)
        samples[at * channels + channel] = Math.round(this.#reader.sample(frame, channel) * INT24_SCALE);
    }
    const { stream } = this.#reader;
    const isNew = this.#isNew;
    const frame = this.#next >>> 0;
    this.#next += frames;
    this.#isNew = false;
    return { stream, frame, sampleRateHz, channels, samples, missingFrames, foldedFrames, isNew };
  }

  /** Learns what has come; the lane's rate, or `null` where there is no lane yet. */
  #followArrivals(lateMs: number): number | null {
    while (this.#reader.nextArrival(this.#arrival)) {
      const { endFrame, frames, generation } = this.#arrival;
      if (generation !== this.#generation) {
        const isFirst = this.#generation === undefined;
        this.#generation = generation;
        this.#isNew = true;
        this.#newest = endFrame;
        const back = isFirst ? Math.round((lateMs / 1000) * this.#reader.sampleRateHz) : 0;
        this.#next = endFrame - frames - Math.floor(back / LANE_PACKET_FRAMES) * LANE_PACKET_FRAMES;
      }
      this.#newest = Math.max(this.#newest, endFrame);
    }
    return this.#generation === undefined ? null : this.#reader.sampleRateHz;
  }
}
