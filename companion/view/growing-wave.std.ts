import type { Columns } from "../../audio/peaks.ts";

/** About one step of a level meter: finer than that nothing is known of a lane that is only heard. */
const BIN_FRAMES = 2_048;
/** Twelve minutes of the finest; a take that is longer has bins twice as long, and so on: it is the same bytes however long somebody plays. */
const BINS_MAX = 16_384;

/** What a stem looks like while it is recorded: the loudest of each moment, as the meters tell it. As large from its first second on as it ever is, and forgotten with the take. */
export class GrowingWave {
  #fromFrames = 0;
  #toFrames = 0;
  #binFrames = BIN_FRAMES;
  #count = 0;
  readonly #bins = new Uint8Array(BINS_MAX);

  /** The part of the timeline that it has been told of. */
  get span(): { from: number; to: number } {
    return { from: this.#fromFrames, to: this.#toFrames };
  }

  /** A level at a place. A place before the last one is another take, or a turn of the loop: it begins anew. */
  add(positionFrames: number, peak: number): void {
    if (this.#count === 0 || positionFrames < this.#toFrames) {
      this.#fromFrames = positionFrames;
      this.#binFrames = BIN_FRAMES;
      this.#count = 0;
    }
    this.#toFrames = positionFrames;
    const level = Math.min(127, Math.round(peak * 127));
    while ((positionFrames - this.#fromFrames) / this.#binFrames >= BINS_MAX) this.#halve();
    const bin = Math.floor((positionFrames - this.#fromFrames) / this.#binFrames);
    // Between two looks the level was as it is now.
    if (bin >= this.#count) this.#bins.fill(level, this.#count, bin + 1);
    this.#count = Math.max(this.#count, bin + 1);
    this.#bins[bin] = Math.max(this.#bins[bin] ?? 0, level);
  }

  /** Two bins become one. */
  #halve(): void {
    this.#count = Math.ceil(this.#count / 2);
    for (let at = 0; at < this.#count; at++)
      this.#bins[at] = Math.max(this.#bins[2 * at] ?? 0, this.#bins[2 * at + 1] ?? 0);
    this.#bins.fill(0, this.#count);
    this.#binFrames *= 2;
  }

  /** As columns of a part of it, in the form that peaks are drawn in. */
  columns(from: number, to: number, count: number): Columns {
    const lows = new Int8Array(count);
    const highs = new Int8Array(count);
    for (let at = 0; at < count; at++) {
      const first = Math.floor((from + ((to - from) * at) / count - this.#fromFrames) / this.#binFrames);
      const last = Math.max(
        first,
        Math.floor((from + ((to - from) * (at + 1)) / count - this.#fromFrames) / this.#binFrames) - 1,
      );
      let peak = 0;
      for (let bin = Math.max(0, first); bin <= Math.min(last, this.#count - 1); bin++)
        peak = Math.max(peak, this.#bins[bin] ?? 0);
      highs[at] = peak;
      lows[at] = -peak;
    }
    return { lows, highs };
  }
}
