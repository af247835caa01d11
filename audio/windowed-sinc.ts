/**
 * The windowed sinc by which this house resamples, tabulated once for each cut-off (Kaiser 1974; Smith, "Digital Audio Resampling").
 * Sixty-four samples a place, side lobes about 100 dB down; between two tabulated positions the weights are blended.
 */
const HALF_TAPS = 32;
export const PHASES = 1_024;
/** Kaiser window parameter. */
const BETA = 10;

export interface Kernel {
  /** Samples on each side of a place; 2 × `half` weights a row. */
  half: number;
  /** One row a phase, and one more so that neighbours can be blended. */
  weights: Float64Array;
}

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

function tabulate(cutoff: number): Kernel {
  const half = Math.ceil(HALF_TAPS / cutoff);
  const taps = 2 * half;
  const weights = new Float64Array((PHASES + 1) * taps);
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - half + 1 - phase / PHASES;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x * cutoff) / (Math.PI * x * cutoff);
      const weight = sinc * (bessel(BETA * Math.sqrt(Math.max(0, 1 - (x / half) ** 2))) / bessel(BETA));
      weights[phase * taps + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps; tap++) weights[phase * taps + tap] = (weights[phase * taps + tap] ?? 0) / sum;
  }
  return { half, weights };
}

const kernels = new Map<number, Kernel>();

/**
 * The kernel for reading `step` input frames an output frame. A clock's drift needs no filter of its own; a lower rate does, or what it
 * cannot hold would fold down. Rounded, because a drifting clock's step differs from piece to piece, and the filter need not.
 */
export function kernelOf(step: number): Kernel {
  const cutoff = step > 1.01 ? Math.round(1000 / step) / 1000 : 1;
  let kernel = kernels.get(cutoff);
  if (kernel === undefined) {
    kernel = tabulate(cutoff);
    kernels.set(cutoff, kernel);
  }
  return kernel;
}

/**
 * One sample of `input` at index `at` plus a fraction, where `input` holds a frame every `stride` values. The caller makes sure that
 * `half` frames lie on each side; it says where by `from` and `to`, the taps that exist.
 */
export function sampleAt(
  { half, weights }: Kernel,
  input: ArrayLike<number>,
  place: number,
  stride = 1,
  offset = 0,
  frames = Math.floor(input.length / stride),
): number {
  const whole = Math.floor(place);
  const exact = (place - whole) * PHASES;
  const phase = Math.floor(exact);
  const blend = exact - phase;
  const taps = 2 * half;
  const row = phase * taps;
  const start = whole - half + 1;
  const first = Math.max(0, -start);
  const last = Math.min(taps, frames - start);
  let sum = 0;
  for (let tap = first, at = (start + first) * stride + offset; tap < last; tap++, at += stride) {
    const near = weights[row + tap] ?? 0;
    sum += (near + ((weights[row + taps + tap] ?? 0) - near) * blend) * (input[at] ?? 0);
  }
  return sum;
}
