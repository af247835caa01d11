/** Bins of a histogram of lateness, and how wide each is. */
const BINS = 400;
const BIN_MS = 0.25;
/** Lateness is counted in generations of this length: the last two of them are now, all of them are lately. */
const GENERATION_MS = 3_000;
const GENERATIONS = 10;
/** One in a thousand may be late: what is concealed then is heard by nobody. */
const BUDGET = 0.001;
/** A path that has just begun is turbulent; what was missed then says nothing of later. */
const WARM_UP_MS = 3_000;
const UNSAID_MAX = 64;

/**
 * How much lateness to wait for. Delay is paid always, a late packet once, so a single outlier is not waited for: it is concealed, within a budget
 * of one packet in a thousand over half a minute. What comes more often than that is waited for; and what has not come for a few seconds is not
 * waited for any longer, as long as the budget holds. Where it does not, stalls come and go, and the half minute counts.
 *
 * What was noted counts only once it is said what it meant: lateness that turns out to be another path is no jitter. Allocates nothing after
 * construction.
 */
export class LatenessQuantile {
  readonly #perBin: number;
  readonly #generations = Array.from({ length: GENERATIONS }, () => new Uint32Array(BINS));
  readonly #missed = new Uint32Array(GENERATIONS);
  readonly #noted = new Uint32Array(GENERATIONS);
  readonly #all = new Uint32Array(BINS);
  #total = 0;
  #at = 0;
  #sinceMs = Number.NaN;
  #warmUntilMs = Number.NaN;
  #isSpent = false;
  #waited = BINS;
  readonly #unsaid = new Int32Array(UNSAID_MAX);
  #unsaidCount = 0;

  constructor(rateHz: number) {
    this.#perBin = (BIN_MS / 1000) * rateHz;
  }

  /** @param waitedFrames What was waited for: later than that was missed. */
  note(frames: number, waitedFrames: number): void {
    this.#waited = waitedFrames / this.#perBin;
    if (this.#unsaidCount < UNSAID_MAX)
      this.#unsaid[this.#unsaidCount++] = Math.max(0, Math.min(BINS - 1, Math.floor(frames / this.#perBin)));
  }

  /** Counts what was noted since, or forgets it. */
  settle(counts: boolean, atMs: number): void {
    if (Number.isNaN(this.#sinceMs)) this.#sinceMs = atMs;
    if (Number.isNaN(this.#warmUntilMs)) this.#warmUntilMs = atMs + WARM_UP_MS;
    const now = this.#generations[this.#at];
    for (let n = 0; counts && now !== undefined && n < this.#unsaidCount; n++) {
      const bin = this.#unsaid[n] ?? 0;
      now[bin] = (now[bin] ?? 0) + 1;
      this.#all[bin] = (this.#all[bin] ?? 0) + 1;
      this.#noted[this.#at] = (this.#noted[this.#at] ?? 0) + 1;
      this.#total++;
      if (bin > this.#waited && atMs > this.#warmUntilMs) this.#missed[this.#at] = (this.#missed[this.#at] ?? 0) + 1;
    }
    this.#unsaidCount = 0;
    this.#audit();
    if (atMs - this.#sinceMs >= GENERATION_MS) this.#turn(atMs);
  }

  clear(): void {
    for (const generation of this.#generations) generation.fill(0);
    this.#all.fill(0);
    this.#missed.fill(0);
    this.#noted.fill(0);
    this.#total = 0;
    this.#isSpent = false;
    this.#unsaidCount = 0;
    this.#warmUntilMs = Number.NaN;
  }

  /** In frames, to the upper edge of its bin. */
  get frames(): number {
    const lately = this.#binOf(this.#all, null, this.#total);
    if (this.#isSpent) return (lately + 1) * this.#perBin;
    const before = (this.#at + GENERATIONS - 1) % GENERATIONS;
    const count = (this.#noted[this.#at] ?? 0) + (this.#noted[before] ?? 0);
    const now = this.#binOf(this.#generations[this.#at] ?? this.#all, this.#generations[before] ?? null, count);
    return (Math.min(lately, now) + 1) * this.#perBin;
  }

  /** More was missed lately than may be; so it is until nothing was missed for as long. */
  #audit(): void {
    let missed = 0;
    for (let at = 0; at < GENERATIONS; at++) missed += this.#missed[at] ?? 0;
    if (missed > Math.max(1, this.#total * BUDGET)) this.#isSpent = true;
    else if (missed === 0) this.#isSpent = false;
  }

  #turn(atMs: number): void {
    this.#at = (this.#at + 1) % GENERATIONS;
    const oldest = this.#generations[this.#at];
    for (let bin = 0; oldest !== undefined && bin < BINS; bin++)
      this.#all[bin] = (this.#all[bin] ?? 0) - (oldest[bin] ?? 0);
    oldest?.fill(0);
    this.#total -= this.#noted[this.#at] ?? 0;
    this.#missed[this.#at] = 0;
    this.#noted[this.#at] = 0;
    this.#sinceMs = atMs;
  }

  /** The bin above which no more lies than the budget allows of so many. */
  #binOf(one: Uint32Array, other: Uint32Array | null, total: number): number {
    let bin = BINS - 1;
    for (let above = 0; bin > 0; bin--) {
      above += (one[bin] ?? 0) + (other === null ? 0 : (other[bin] ?? 0));
      if (above > total * BUDGET) break;
    }
    return bin;
  }
}
