/** Samples on each side of a place, at the wider of the two rates, and positions between two samples that are tabulated. */
const HALF_TAPS = 24;
const PHASES = 512;
/** Kaiser window parameter: side lobes about 80 dB down (Kaiser 1974), which is below what a browser's own output adds. */
const BETA = 8;

function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

interface Kernel {
  half: number;
  weights: Float32Array;
}
const kernels = new Map<number, Kernel>();

/** The windowed sinc for a step, one row a phase; a row more than there are phases, so that neighbours can be blended. */
function kernelOf(step: number): Kernel {
  // A clock's drift needs no filter of its own; a lower rate does, or what it cannot hold would fold down.
  // Rounded, because a drifting clock's step is another one for every piece, and the filter need not be.
  const cutoff = step > 1.01 ? Math.round(1000 / step) / 1000 : 1;
  const known = kernels.get(cutoff);
  if (known !== undefined) return known;
  const half = Math.ceil(HALF_TAPS / cutoff);
  const taps = 2 * half;
  const weights = new Float32Array((PHASES + 1) * taps);
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    const row = new Float64Array(taps);
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - half + 1 - phase / PHASES;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x * cutoff) / (Math.PI * x * cutoff);
      row[tap] = sinc * (bessel(BETA * Math.sqrt(Math.max(0, 1 - (x / half) ** 2))) / bessel(BETA));
      sum += row[tap] ?? 0;
    }
    for (let tap = 0; tap < taps; tap++) weights[phase * taps + tap] = (row[tap] ?? 0) / sum;
  }
  const kernel = { half, weights };
  kernels.set(cutoff, kernel);
  return kernel;
}

/** How many input frames a resampled stretch needs on each side of what it covers; none where nothing is resampled. */
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
  const { half, weights } = kernelOf(step);
  const taps = 2 * half;
  for (let n = 0; n < count; n++) {
    const place = at + n * step;
    const whole = Math.floor(place);
    const exact = (place - whole) * PHASES;
    const phase = Math.floor(exact);
    const blend = exact - phase;
    const row = phase * taps;
    const start = whole - half + 1 - inputFrom;
    let sum = 0;
    for (let tap = Math.max(0, -start); tap < taps && start + tap < input.length; tap++) {
      const near = weights[row + tap] ?? 0;
      sum += (near + ((weights[row + taps + tap] ?? 0) - near) * blend) * (input[start + tap] ?? 0);
    }
    output[n] = sum;
  }
  return output;
}
