import { kernelOf, sampleAt } from "./windowed-sinc.ts";

/** How many input frames a resampled piece needs on each side of what it covers; none where nothing is resampled. */
export const marginOf = (step: number) => (step === 1 ? 0 : kernelOf(step).half);

/**
 * `count` output frames, the first of them the input at `at`, each next one `step` further on; both may be fractions. Every output is a
 * function of its own place alone, so pieces that are made apart join without a seam. `input` begins at its absolute frame `inputFrom`;
 * around it is silence.
 */
export function resample(
  input: Float32Array,
  inputFrom: number,
  at: number,
  step: number,
  count: number,
): Float32Array<ArrayBuffer> {
  const output = new Float32Array(count);
  if (step === 1 && Number.isInteger(at)) {
    const first = Math.max(at, inputFrom);
    const last = Math.min(at + count, inputFrom + input.length);
    if (last > first) output.set(input.subarray(first - inputFrom, last - inputFrom), first - at);
    return output;
  }
  const kernel = kernelOf(step);
  for (let n = 0; n < count; n++) output[n] = sampleAt(kernel, input, at + n * step - inputFrom);
  return output;
}

/** A whole sound at another rate, to its last frame: as many frames as the time that it lasts. */
export function changeRate(input: Float32Array, fromHz: number, toHz: number): Float32Array<ArrayBuffer> {
  return resample(input, 0, 0, fromHz / toHz, Math.round((input.length * toHz) / fromHz));
}

/**
 * A streaming resampler whose speed is a little off 1, as a device's clock asks for: output frame `n` is the input at `placeOf(n)`,
 * whatever the chunks it comes in. A library with a fixed ratio was tried first: it rounds each chunk's length, which is a drift of its
 * own. For ratios within a few hundred ppm of 1 no anti-aliasing is needed, and interpolation is all there is to do.
 */
export class DriftResampler {
  readonly #kernel = kernelOf(1);
  readonly #channels: number;
  readonly #placeOf: (frame: number) => number;
  /** The input not yet done with, interleaved, beginning at absolute frame `#from`. */
  #held: Float64Array;
  #from: number;
  #out = 0;
  #pushed = 0;

  /** @param placeOf Rises by about 1 for each frame, and is asked for each in turn. */
  constructor(channels: number, placeOf: (frame: number) => number) {
    this.#channels = channels;
    this.#placeOf = placeOf;
    this.#from = -this.#kernel.half;
    this.#held = new Float64Array(this.#kernel.half * channels);
  }

  /** The next input; returns what can be said of the output by now, interleaved. */
  push(samples: ArrayLike<number>): Float64Array {
    this.#pushed += samples.length / this.#channels;
    return this.#make(samples, Number.POSITIVE_INFINITY);
  }

  /** The rest, once there is no more input: to the last place that lies within it. */
  finish(): Float64Array {
    return this.#make(new Float64Array((this.#kernel.half + 1) * this.#channels), this.#pushed);
  }

  /** @param end Places at or after it are not read. */
  #make(samples: ArrayLike<number>, end: number): Float64Array {
    const channels = this.#channels;
    const input = new Float64Array(this.#held.length + samples.length);
    input.set(this.#held);
    input.set(samples, this.#held.length);
    const heldEnd = this.#from + input.length / channels;
    // Speeds are a few hundred ppm off 1: that is less than one frame more in a thousand.
    const countMax = Math.ceil((input.length / channels) * 1.001) + 1;
    const output = new Float64Array(countMax * channels);
    let made = 0;
    let at = this.#placeOf(this.#out);
    for (; made < countMax; made++, at = this.#placeOf(++this.#out)) {
      if (Math.floor(at) + this.#kernel.half >= heldEnd || at >= end) break;
      for (let channel = 0; channel < channels; channel++)
        output[made * channels + channel] = sampleAt(this.#kernel, input, at - this.#from, channels, channel);
    }
    const keep = Math.max(this.#from, Math.floor(at) - this.#kernel.half);
    this.#held = input.slice((keep - this.#from) * channels);
    this.#from = keep;
    return output.subarray(0, made * channels);
  }
}
