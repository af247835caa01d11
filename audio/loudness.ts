/** K-weighting at 48 kHz: a shelf for the head, then a high-pass (ITU-R BS.1770-5, tables 1 and 2). */
const SHELF = {
  b: [1.53512485958697, -2.69169618940638, 1.19839281085285],
  a: [-1.69065929318241, 0.73248077421585],
} as const;
const HIGH_PASS = { b: [1, -2, 1], a: [-1.99004745483398, 0.99007225036621] } as const;
/** Short-term: the last 3 s, in blocks of 100 ms (EBU Tech 3341). */
const BLOCK_FRAMES = 4_800;
const BLOCKS = 30;
const OFFSET_LUFS = -0.691;
const SILENT_LUFS = -70;

/** One channel's weighting: two biquads in transposed direct form II. */
class Weighting {
  #shelfOne = 0;
  #shelfTwo = 0;
  #passOne = 0;
  #passTwo = 0;

  /** The sum of the weighted squares of a stretch. What is used for each sample is held in local variables, which is twice as quick. */
  energyOf(samples: Float32Array, from: number, to: number): number {
    const [b0, b1, b2] = SHELF.b;
    const [a1, a2] = SHELF.a;
    const [d0, d1, d2] = HIGH_PASS.b;
    const [c1, c2] = HIGH_PASS.a;
    let [shelfOne, shelfTwo, passOne, passTwo] = [this.#shelfOne, this.#shelfTwo, this.#passOne, this.#passTwo];
    let sum = 0;
    for (let at = from; at < to; at++) {
      const x = samples[at] ?? 0;
      const shelved = b0 * x + shelfOne;
      shelfOne = b1 * x - a1 * shelved + shelfTwo;
      shelfTwo = b2 * x - a2 * shelved;
      const passed = d0 * shelved + passOne;
      passOne = d1 * shelved - c1 * passed + passTwo;
      passTwo = d2 * shelved - c2 * passed;
      sum += passed * passed;
    }
    this.#shelfOne = shelfOne;
    this.#shelfTwo = shelfTwo;
    this.#passOne = passOne;
    this.#passTwo = passTwo;
    return sum;
  }
}

/** Short-term loudness of a stereo sound at 48 kHz, and its peak since it was last asked. Allocates nothing after construction. */
export class LoudnessMeter {
  readonly #left = new Weighting();
  readonly #right = new Weighting();
  readonly #blocks = new Float64Array(BLOCKS);
  #block = 0;
  #sum = 0;
  #frames = 0;
  #peak = 0;

  add(left: Float32Array, right: Float32Array, frames: number): void {
    let peak = this.#peak;
    for (let at = 0; at < frames; at++) peak = Math.max(peak, Math.abs(left[at] ?? 0), Math.abs(right[at] ?? 0));
    this.#peak = peak;
    for (let from = 0; from < frames; ) {
      const to = Math.min(frames, from + BLOCK_FRAMES - this.#frames);
      this.#sum += this.#left.energyOf(left, from, to) + this.#right.energyOf(right, from, to);
      this.#frames += to - from;
      from = to;
      if (this.#frames < BLOCK_FRAMES) continue;
      this.#blocks[this.#block] = this.#sum / BLOCK_FRAMES;
      this.#block = (this.#block + 1) % BLOCKS;
      this.#sum = 0;
      this.#frames = 0;
    }
  }

  get shortTermLufs(): number {
    let mean = 0;
    for (const block of this.#blocks) mean += block / BLOCKS;
    return Math.max(SILENT_LUFS, OFFSET_LUFS + 10 * Math.log10(mean + 1e-12));
  }

  takePeak(): number {
    const peak = this.#peak;
    this.#peak = 0;
    return peak;
  }
}
