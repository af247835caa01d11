/** Bins of a histogram of lateness, and how wide each is. */
const BINS = 400;
const BIN_MS = 0.25;
/** Two generations are counted together; each lasts this long, so what is older than two is forgotten whole. */
const GENERATION_MS = 4_000;
/** One in a thousand may be later. */
const QUANTILE = 0.999;
const UNSAID_MAX = 64;

/**
 * The quantile of how late something was in the last 4 to 8 seconds. What was noted counts only once it is said what it meant: lateness that
 * turns out to be another path is no jitter. Allocates nothing after construction.
 */
export class LatenessQuantile {
  readonly #perBin: number;
  #now = new Float64Array(BINS);
  #before = new Float64Array(BINS);
  #sinceMs = Number.NaN;
  readonly #unsaid = new Int32Array(UNSAID_MAX);
  #unsaidCount = 0;

  constructor(rateHz: number) {
    this.#perBin = (BIN_MS / 1000) * rateHz;
  }

  note(frames: number): void {
    if (this.#unsaidCount < UNSAID_MAX)
      this.#unsaid[this.#unsaidCount++] = Math.max(0, Math.min(BINS - 1, Math.floor(frames / this.#perBin)));
  }

  /** Counts what was noted since, or forgets it. */
  settle(counts: boolean, atMs: number): void {
    for (let at = 0; counts && at < this.#unsaidCount; at++) {
      const bin = this.#unsaid[at] ?? 0;
      this.#now[bin] = (this.#now[bin] ?? 0) + 1;
    }
    this.#unsaidCount = 0;
    if (atMs - this.#sinceMs < GENERATION_MS) return;
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#now.fill(0);
    this.#sinceMs = atMs;
  }

  clear(): void {
    this.#now.fill(0);
    this.#before.fill(0);
    this.#unsaidCount = 0;
  }

  /** In frames, to the upper edge of its bin. */
  get frames(): number {
    let total = 0;
    for (let bin = 0; bin < BINS; bin++) total += (this.#now[bin] ?? 0) + (this.#before[bin] ?? 0);
    let bin = BINS - 1;
    for (let above = 0; bin > 0; bin--) {
      above += (this.#now[bin] ?? 0) + (this.#before[bin] ?? 0);
      if (above > total * (1 - QUANTILE)) break;
    }
    return (bin + 1) * this.#perBin;
  }
}
