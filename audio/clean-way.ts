/** From this share of lost packets on a way is not clean. */
const LOST_FROM = 0.002;
/** So many reports in a row without one are believed. */
const REPORTS = 2;
/** After it was not clean it is not believed for so long, each time longer when it did not last. */
const AGAIN_MS = 10_000;
const AGAIN_MAX_MS = 160_000;
const LASTED_MS = 60_000;
/** More than this waiting here is a window that has closed: some packets' worth. */
const WAITING_MAX_BYTES = 8_192;

/**
 * Whether a way is clean enough for a carrier that a congestion window governs (a data channel): there 1 % of loss costs half a second, so it is
 * left with the first packet that is lost or has to wait, and tried again ever more seldom.
 */
export class CleanWay {
  #reports = 0;
  #isClean = false;
  #sinceMs = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #againMs = AGAIN_MS;

  /** @param waitingBytes What waits in the carrier; `null` where there is none. */
  isClean(waitingBytes: number | null, nowMs: number): boolean {
    if (this.#isClean && (waitingBytes === null || waitingBytes > WAITING_MAX_BYTES)) this.#leave(nowMs);
    return this.#isClean && waitingBytes !== null;
  }

  /** What the other end says that it did not get, once a second. */
  hear(lossShare: number, nowMs: number): void {
    if (lossShare >= LOST_FROM) {
      this.#reports = 0;
      if (this.#isClean) this.#leave(nowMs);
      return;
    }
    this.#reports++;
    if (this.#isClean || this.#reports < REPORTS || nowMs < this.#notBeforeMs) return;
    this.#isClean = true;
    this.#sinceMs = nowMs;
  }

  /** Another path begins anew. */
  clear(): void {
    this.#reports = 0;
    this.#isClean = false;
  }

  #leave(nowMs: number): void {
    const lasted = nowMs - this.#sinceMs >= LASTED_MS;
    this.#againMs = lasted ? AGAIN_MS : Math.min(AGAIN_MAX_MS, 2 * this.#againMs);
    this.#notBeforeMs = nowMs + this.#againMs;
    this.clear();
  }
}
