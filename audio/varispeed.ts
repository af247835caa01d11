/** Samples on each side of the place that is read, and positions between two samples for which the filter is tabulated. */
const HALF_TAPS = 32;
const PHASES = 1_024;
/** Kaiser window parameter: side lobes about 100 dB down (Kaiser 1974; Smith, Digital Audio Resampling). */
const BETA = 10;

/** Modified Bessel function of the first kind, order zero. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** For each phase the 64 weights of a windowed sinc, one phase more than there are so that neighbours can be blended. */
const table = (() => {
  const weights = new Float64Array((PHASES + 1) * 2 * HALF_TAPS);
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    const from = phase * 2 * HALF_TAPS;
    for (let tap = 0; tap < 2 * HALF_TAPS; tap++) {
      const x = tap - HALF_TAPS + 1 - phase / PHASES;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
      const window = bessel(BETA * Math.sqrt(Math.max(0, 1 - (x / HALF_TAPS) ** 2))) / bessel(BETA);
      weights[from + tap] = sinc * window;
      sum += sinc * window;
    }
    for (let tap = 0; tap < 2 * HALF_TAPS; tap++) weights[from + tap] = (weights[from + tap] ?? 0) / sum;
  }
  return weights;
})();

/**
 * Reads sound at a speed a little off 1, as a device's clock asks for: output frame `n` is the input at `placeOf(n)`, whatever the chunks
 * it comes in. A library resampler with a fixed rate was tried first: it rounds each chunk's length, which is a drift of its own. For
 * ratios within a few hundred ppm of 1 no anti-aliasing is needed, and interpolation is all there is to do.
 */
export class Varispeed {
  readonly #channels: number;
  readonly #placeOf: (frame: number) => number;
  /** The input not yet done with, interleaved, beginning at absolute frame `#from`. */
  #held: Float64Array;
  #from = -HALF_TAPS;
  #out = 0;

  /** @param placeOf Rises by about 1 for each frame, and is asked for each in turn. */
  constructor(channels: number, placeOf: (frame: number) => number) {
    this.#channels = channels;
    this.#placeOf = placeOf;
    this.#held = new Float64Array(HALF_TAPS * channels);
  }

  /** The next input; returns what can be said of the output by now, interleaved. */
  push(samples: ArrayLike<number>): Float64Array {
    const channels = this.#channels;
    const input = new Float64Array(this.#held.length + samples.length);
    input.set(this.#held);
    input.set(samples, this.#held.length);
    const end = this.#from + input.length / channels;
    // Speeds are a few hundred ppm off 1: that is less than one frame more in a thousand.
    const countMax = Math.ceil((input.length / channels) * 1.001) + 1;
    const output = new Float64Array(countMax * channels);
    let made = 0;
    let at = this.#placeOf(this.#out);
    for (; made < countMax; made++, at = this.#placeOf(++this.#out)) {
      const whole = Math.floor(at);
      if (whole + HALF_TAPS >= end) break;
      const exact = (at - whole) * PHASES;
      const phase = Math.floor(exact);
      const blend = exact - phase;
      const row = phase * 2 * HALF_TAPS;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        let index = (whole - HALF_TAPS + 1 - this.#from) * channels + channel;
        for (let tap = 0; tap < 2 * HALF_TAPS; tap++, index += channels) {
          const near = table[row + tap] ?? 0;
          const far = table[row + 2 * HALF_TAPS + tap] ?? 0;
          sum += (near + (far - near) * blend) * (input[index] ?? 0);
        }
        output[made * channels + channel] = sum;
      }
    }
    const keep = Math.max(this.#from, Math.floor(at) - HALF_TAPS);
    this.#held = input.slice((keep - this.#from) * channels);
    this.#from = keep;
    return output.subarray(0, made * channels);
  }

  /** The rest, once there is no more input. */
  finish(): Float64Array {
    return this.push(new Float64Array(HALF_TAPS * this.#channels));
  }
}
