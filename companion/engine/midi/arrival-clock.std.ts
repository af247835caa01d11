/** Arrivals that the fastest way is looked for among: a machine that is not always busy brings one at once now and then. */
const KEPT = 64;
/** A pause that the system counts otherwise than the machine's clock does: what was learnt before it says nothing. */
const APART_MAX_MS = 500;

/**
 * The arrival clock of a port: when bytes really came in. The system counts the time between two messages as they come, and a program that was
 * busy hears of them later; of the latest ones that was least late whose own time is the furthest ahead, and the others came as long
 * before or after it as the system says.
 */
export class ArrivalClock {
  #sumMs = 0;
  /** By how much the program's clock was ahead of the system's count, for each of the latest. */
  #aheadMs: number[] = [];

  /**
   * @param deltaMs Since the message before, as the system counts; anything for the first.
   * @param heardMs When the program heard of it, by the machine's clock.
   * @returns When it came, by the machine's clock; never later than `heardMs`.
   */
  note(deltaMs: number, heardMs: number): number {
    if (this.#aheadMs.length > 0) this.#sumMs += deltaMs;
    const aheadMs = heardMs - this.#sumMs;
    const least = this.#aheadMs.reduce((one, other) => Math.min(one, other), aheadMs);
    if (!Number.isFinite(aheadMs) || Math.abs(aheadMs - least) > APART_MAX_MS) {
      this.#sumMs = heardMs;
      this.#aheadMs = [0];
      return heardMs;
    }
    this.#aheadMs = [...this.#aheadMs.slice(1 - KEPT), aheadMs];
    return Math.min(heardMs, this.#sumMs + least);
  }
}
