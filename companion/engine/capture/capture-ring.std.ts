/** The seconds before the record button that are still there when it is pressed. */
export const PRE_ROLL_MAX_SECONDS = 10;
/** A command is heard, and a disk answers, a moment after the frame it is about: the ring holds that much more. */
const LATE_MAX_SECONDS = 2;
/** Frames that are read, packed and written in one piece. */
const CHUNK_MAX_FRAMES = 4_096;

/** Capture ring: the last seconds of all inputs of a device, addressed by the device's frame count: a take may begin and end at any of them. */
export class CaptureRing {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly #frames: number;
  readonly #samples: Int32Array;
  #begin = 0;
  #end = 0;

  constructor(sampleRateHz = 48_000, channels = 2) {
    this.sampleRateHz = sampleRateHz;
    this.channels = channels;
    this.#frames = (PRE_ROLL_MAX_SECONDS + LATE_MAX_SECONDS) * sampleRateHz;
    this.#samples = new Int32Array(this.#frames * channels);
  }

  /** The oldest frame that is a true one. */
  get begin(): number {
    return Math.max(this.#begin, this.#end - this.#frames);
  }

  /** One past the newest frame. */
  get end(): number {
    return this.#end;
  }

  /** Takes a block, interleaved. A device that jumped leaves silence where it jumped, not the sound of seconds ago. */
  push(frame: number, block: Int32Array): void {
    if (this.#end === 0) this.#begin = frame;
    if (frame - this.#end >= this.#frames) this.#samples.fill(0);
    else
      for (; this.#end < frame; this.#end++)
        this.#samples.fill(0, this.#at(this.#end), this.#at(this.#end) + this.channels);
    const first = Math.min(block.length, this.#samples.length - this.#at(frame));
    this.#samples.set(block.subarray(0, first), this.#at(frame));
    this.#samples.set(block.subarray(first), 0);
    this.#end = frame + block.length / this.channels;
  }

  /** Frames from `from` on, at most one chunk and never past `to`; silence where the ring no longer has them. */
  read(from: number, to: number): Int32Array {
    const oldest = this.#end - this.#frames;
    if (from < oldest) {
      return new Int32Array(Math.min(to - from, oldest - from, CHUNK_MAX_FRAMES) * this.channels);
    }
    const frames = Math.min(to - from, CHUNK_MAX_FRAMES, this.#frames - (from % this.#frames));
    return this.#samples.slice(this.#at(from), this.#at(from) + frames * this.channels);
  }

  #at(frame: number): number {
    return (frame % this.#frames) * this.channels;
  }
}
