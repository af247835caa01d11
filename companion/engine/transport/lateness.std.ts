/** Lateness: how late this program has been for what it was to do at an instant, at worst, in the last half minute. */
const KEPT_MS = 30_000;
/** A program that is busy is late many times; this many of the latest say enough. */
const KEPT = 64;
/** What every event loop is late by is not told apart. */
const UNSEEN_MS = 2;

export class Lateness {
  #late: readonly { ms: number; atMs: number }[] = [];

  /** `ms`: how late it was; early is in time. */
  note(ms: number, atMs: number): void {
    if (ms > UNSEEN_MS) this.#late = [...this.#late, { ms, atMs }].slice(-KEPT);
  }

  worstMs(nowMs: number): number {
    this.#late = this.#late.filter(({ atMs }) => nowMs - atMs <= KEPT_MS);
    return this.#late.reduce((worst, { ms }) => Math.max(worst, ms), 0);
  }
}
