/** K-weighting at 48 kHz: a shelf for the head, then a high-pass (ITU-R BS.1770-5, tables 1 and 2). */
const SHELF = { b: [1.53512485958697, -2.69169618940638, 1.19839281085285], a: [-1.69065929318241, 0.73248077421585] };
const HIGH_PASS = { b: [1, -2, 1], a: [-1.99004745483398, 0.99007225036621] };
/** Short-term: the last 3 s, in blocks of 100 ms (EBU Tech 3341). */
const BLOCK_FRAMES = 4_800;
const BLOCKS = 30;
const OFFSET_LUFS = -0.691;
const SILENT_LUFS = -70;

/** A biquad in transposed direct form II. */
class Biquad {
  readonly #b: readonly number[];
  readonly #a: readonly number[];
  #one = 0;
  #two = 0;

  constructor({ b, a }: { b: readonly number[]; a: readonly number[] }) {
    this.#b = b;
    this.#a = a;
  }

  pass(x: number): number {
    const [b0 = 0, b1 = 0, b2 = 0] = this.#b;
    const [a1 = 0, a2 = 0] = this.#a;
    const y = b0 * x + this.#one;
    this.#one = b1 * x - a1 * y + this.#two;
    this.#two = b2 * x - a2 * y;
    return y;
  }
}

/** Short-term loudness of a stereo sound at 48 kHz, and its peak since it was last asked. Allocates nothing after construction. */
export class LoudnessMeter {
  readonly #filters = [0, 1].map(() => [new Biquad(SHELF), new Biquad(HIGH_PASS)] as const);
  readonly #blocks = new Float64Array(BLOCKS);
  #block = 0;
  #sum = 0;
  #frames = 0;
  #peak = 0;

  add(left: number, right: number): void {
    this.#peak = Math.max(this.#peak, Math.abs(left), Math.abs(right));
    for (const [channel, value] of [left, right].entries()) {
      const [shelf, highPass] = this.#filters[channel] ?? [];
      if (shelf === undefined || highPass === undefined) continue;
      const weighted = highPass.pass(shelf.pass(value));
      this.#sum += weighted * weighted;
    }
    if (++this.#frames < BLOCK_FRAMES) return;
    this.#blocks[this.#block] = this.#sum / BLOCK_FRAMES;
    this.#block = (this.#block + 1) % BLOCKS;
    this.#sum = 0;
    this.#frames = 0;
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
