import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { DEVICE_RATE_HZ, LANE_CHANNELS } from "./lane-players.ts";
import { INT24_SCALE, toInt24 } from "./pcm.ts";

/**
 * CaptureRing: what a device's thread shares with the thread of the lanes. The device puts each block that it has captured, all its inputs, and
 * counts it; the lanes take it from there. Beside it stands when, by the machine's clock, the device's frame 0 was: an audio thread has no clock.
 */
const RING_BLOCKS = 1_024;
const CLOCK_BYTES = 8;
const CONTROL_BYTES = 8;
const SAMPLES_AT = CLOCK_BYTES + CONTROL_BYTES;

/** How many bytes of shared memory the ring of a device of so many inputs takes. */
export const captureRingBytes = (channels: number) => SAMPLES_AT + RING_BLOCKS * LANE_PACKET_FRAMES * channels * 4;
/** How long a block of a device is that runs at so much. */
export const blockMsOf = (rateHz: number) => (LANE_PACKET_FRAMES / rateHz) * 1000;
export const BLOCK_MS = blockMsOf(DEVICE_RATE_HZ);

export class CaptureRing {
  readonly #clock: Float64Array;
  /** How many blocks there have been, modulo 2³²; and the first of those that stand one behind the other. */
  readonly control: Int32Array;
  readonly #samples: Float32Array;
  readonly channels: number;
  readonly #blockSamples: number;

  constructor(memory: SharedArrayBuffer, channels: number = LANE_CHANNELS) {
    this.channels = channels;
    this.#blockSamples = LANE_PACKET_FRAMES * channels;
    this.#clock = new Float64Array(memory, 0, 1);
    this.control = new Int32Array(memory, CLOCK_BYTES, CONTROL_BYTES / 4);
    this.#samples = new Float32Array(memory, SAMPLES_AT);
  }

  get blocks(): number {
    return Atomics.load(this.control, 0);
  }

  /** The first block that there is: a device's count may begin anywhere, and jumps where its machine slept. */
  get first(): number {
    return Atomics.load(this.control, 1);
  }

  /** The device's end: its next block is that one, and what lies between was never captured. */
  begin(block: number): void {
    if (block === this.blocks) return;
    Atomics.store(this.control, 1, block | 0);
    Atomics.store(this.control, 0, block | 0);
  }

  /** The device's end: a block, one array a channel; silence where there is none. Whoever waits for a block wakes up. */
  put(captured: readonly Float32Array[]): void {
    const { control } = this;
    const blocks = Atomics.load(control, 0);
    const from = ((blocks >>> 0) % RING_BLOCKS) * this.#blockSamples;
    for (let channel = 0; channel < this.channels; channel++) {
      const samples = captured[channel];
      for (let at = 0, place = from + channel; at < LANE_PACKET_FRAMES; at++, place += this.channels)
        this.#samples[place] = samples?.[at] ?? 0;
    }
    Atomics.store(control, 0, (blocks + 1) | 0);
    Atomics.notify(control, 0);
  }

  /** The lanes' end: a block as 24-bit integers, interleaved. `false`: it is not there any more. */
  take(block: number, samples: Int32Array): boolean {
    const behind = (this.blocks - block) | 0;
    if (behind <= 0 || behind >= RING_BLOCKS || ((block - this.first) | 0) < 0) return false;
    let place = ((block >>> 0) % RING_BLOCKS) * this.#blockSamples;
    for (let at = 0; at < this.#blockSamples; at++) samples[at] = toInt24((this.#samples[place++] ?? 0) * INT24_SCALE);
    return true;
  }

  /** When the device's frame 0 was, by the machine's clock; 0 while it is not known. */
  get originMs(): number {
    return this.#clock[0] ?? 0;
  }

  set originMs(originMs: number) {
    this.#clock[0] = originMs;
  }
}
