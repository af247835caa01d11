import { kernelOf, sampleAt } from "./windowed-sinc.ts";

/** The most frames that are asked for at once: an audio thread's block. */
const BLOCK_MAX_FRAMES = 1_024;

/**
 * A tape at half its speed, an octave lower: two frames for each, the second by the house's windowed sinc. What comes out is two thirds of
 * a millisecond behind what goes in. Allocates nothing once it is made.
 */
export class HalfSpeed {
  readonly #kernel = kernelOf(1);
  readonly #before = 2 * this.#kernel.half;
  /** Per channel, the frames that the kernel still needs, and the new ones behind them. */
  readonly #held = [0, 1].map(() => new Float32Array(this.#before + BLOCK_MAX_FRAMES / 2));

  /** Room for the next `frames` at full speed, per channel: whoever plays writes into it. */
  room(frames: number): [Float32Array, Float32Array] {
    const [left = new Float32Array(), right = new Float32Array()] = this.#held;
    return [left.subarray(this.#before, this.#before + frames), right.subarray(this.#before, this.#before + frames)];
  }

  /** What was written into the room of `frames`, as twice as many. */
  stretch(frames: number, left: Float32Array, right: Float32Array): void {
    for (const [channel, output] of [left, right].entries()) {
      const held = this.#held[channel];
      if (held === undefined) continue;
      for (let n = 0; n < frames; n++) {
        const at = n + this.#kernel.half;
        output[2 * n] = held[at] ?? 0;
        output[2 * n + 1] = sampleAt(this.#kernel, held, at + 0.5);
      }
      held.copyWithin(0, frames, frames + this.#before);
    }
  }

  /** Forgets what was heard before a jump. */
  clear(): void {
    for (const held of this.#held) held.fill(0);
  }
}
