/** A biquad's weights, its own first one 1. */
interface Biquad {
  b: readonly [number, number, number];
  a: readonly [number, number];
}

/**
 * K-weighting: a shelf for the head, then a high-pass. ITU-R BS.1770-5 gives them for 48 kHz (tables 1 and 2); these are the analogue filters
 * from which the tables come (Brecht De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018), so that every rate has them.
 */
const SHELF = { atHz: 1_681.974450955533, gainDb: 3.999843853973347, q: 0.7071752369554196 } as const;
const HIGH_PASS = { atHz: 38.13547087602444, q: 0.5003270373238773 } as const;
/** Of the shelf's gain, in its logarithm, so much is reached where it turns. */
const SHELF_TURN = 0.4996667741545416;

/** @internal For its test. */
export function shelfAt(rateHz: number): Biquad {
  const k = Math.tan((Math.PI * SHELF.atHz) / rateHz);
  const high = 10 ** (SHELF.gainDb / 20);
  const turn = high ** SHELF_TURN;
  const a0 = 1 + k / SHELF.q + k * k;
  return {
    b: [
      (high + (turn * k) / SHELF.q + k * k) / a0,
      (2 * (k * k - high)) / a0,
      (high - (turn * k) / SHELF.q + k * k) / a0,
    ],
    a: [(2 * (k * k - 1)) / a0, (1 - k / SHELF.q + k * k) / a0],
  };
}

/** @internal For its test. */
export function highPassAt(rateHz: number): Biquad {
  const k = Math.tan((Math.PI * HIGH_PASS.atHz) / rateHz);
  const a0 = 1 + k / HIGH_PASS.q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / HIGH_PASS.q + k * k) / a0] };
}

/** Short-term: the last 3 s, in blocks of 100 ms (EBU Tech 3341). */
const BLOCKS = 30;
const BLOCKS_PER_SECOND = 10;
const OFFSET_LUFS = -0.691;
const SILENT_LUFS = -70;

/** One channel's weighting: two biquads in transposed direct form II. */
class Weighting {
  readonly #shelf: Biquad;
  readonly #highPass: Biquad;
  #shelfOne = 0;
  #shelfTwo = 0;
  #passOne = 0;
  #passTwo = 0;

  constructor(rateHz: number) {
    this.#shelf = shelfAt(rateHz);
    this.#highPass = highPassAt(rateHz);
  }

  /** The sum of the weighted squares of a stretch. What is used for each sample is held in local variables, which is twice as quick. */
  energyOf(samples: Float32Array, from: number, to: number): number {
    const [b0, b1, b2] = this.#shelf.b;
    const [a1, a2] = this.#shelf.a;
    const [d0, d1, d2] = this.#highPass.b;
    const [c1, c2] = this.#highPass.a;
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

/** Short-term loudness of a stereo sound, and its peak since it was last asked. Allocates nothing after construction. */
export class LoudnessMeter {
  readonly #left: Weighting;
  readonly #right: Weighting;
  readonly #blockFrames: number;
  readonly #blocks = new Float64Array(BLOCKS);
  #block = 0;
  #sum = 0;
  #frames = 0;
  #peak = 0;

  constructor(rateHz = 48_000) {
    this.#left = new Weighting(rateHz);
    this.#right = new Weighting(rateHz);
    this.#blockFrames = Math.round(rateHz / BLOCKS_PER_SECOND);
  }

  add(left: Float32Array, right: Float32Array, frames: number): void {
    let peak = this.#peak;
    for (let at = 0; at < frames; at++) peak = Math.max(peak, Math.abs(left[at] ?? 0), Math.abs(right[at] ?? 0));
    this.#peak = peak;
    for (let from = 0; from < frames; ) {
      const to = Math.min(frames, from + this.#blockFrames - this.#frames);
      this.#sum += this.#left.energyOf(left, from, to) + this.#right.energyOf(right, from, to);
      this.#frames += to - from;
      from = to;
      if (this.#frames < this.#blockFrames) continue;
      this.#blocks[this.#block] = this.#sum / this.#blockFrames;
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
