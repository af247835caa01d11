/**
 * Linear prediction by Burg's method (Burg 1975; Marple 1980): the next sample as a weighted sum of those before, with weights that are
 * stable by construction, so that an extrapolated tone goes on and does not grow. Used to conceal a gap in a lane.
 */
export class BurgPredictor {
  readonly #order: number;
  readonly #frames: number;
  readonly #forward: Float64Array;
  readonly #backward: Float64Array;
  readonly #next: Float64Array;
  readonly weights: Float64Array;

  /** @param frames How much sound the weights are learned from. */
  constructor(order: number, frames: number) {
    this.#order = order;
    this.#frames = frames;
    this.#forward = new Float64Array(frames);
    this.#backward = new Float64Array(frames);
    this.#next = new Float64Array(order);
    this.weights = new Float64Array(order);
  }

  /** Learns from the `frames` samples of `sound` that end before `end`. Allocates nothing. */
  learn(sound: Float64Array, end: number): void {
    // Plain variables: a pair in brackets is an object for each sample, and the collector's pauses are gaps.
    const f = this.#forward;
    const b = this.#backward;
    const a = this.weights;
    const next = this.#next;
    const n = this.#frames;
    a.fill(0);
    for (let at = 0; at < n; at++) f[at] = b[at] = sound[end - n + at] ?? 0;
    for (let m = 0; m < this.#order; m++) {
      let over = 0;
      let under = 1e-18;
      for (let at = m + 1; at < n; at++) {
        const ahead = f[at] ?? 0;
        const behind = b[at - 1] ?? 0;
        over += ahead * behind;
        under += ahead * ahead + behind * behind;
      }
      const k = (2 * over) / under;
      for (let at = 0; at < m; at++) next[at] = (a[at] ?? 0) - k * (a[m - 1 - at] ?? 0);
      for (let at = 0; at < m; at++) a[at] = next[at] ?? 0;
      a[m] = k;
      for (let at = n - 1; at > m; at--) {
        const ahead = f[at] ?? 0;
        const behind = b[at - 1] ?? 0;
        f[at] = ahead - k * behind;
        b[at] = behind - k * ahead;
      }
    }
  }

  /** What comes after the samples that end before `end`. */
  predict(sound: Float64Array, end: number): number {
    let sum = 0;
    for (let tap = 0; tap < this.#order; tap++) sum += (this.weights[tap] ?? 0) * (sound[end - 1 - tap] ?? 0);
    return sum;
  }
}
