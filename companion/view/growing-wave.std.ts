import type { Columns } from "../../audio/peaks.ts";

/** About one step of a level meter: finer than that nothing is known of a lane that is only heard. */
const BIN_FRAMES = 2_048;
/** Two hours; a take that is longer goes on without a picture until it is whole. */
const BINS_MAX = 170_000;

/** What a stem looks like while it is recorded: the loudest of each moment, as the meters tell it. Bounded, and forgotten with the take. */
export class GrowingWave {
  #fromFrames = 0;
  #toFrames = 0;
  #bins: number[] = [];

  /** The part of the timeline that it has been told of. */
  get span(): { from: number; to: number } {
    return { from: this.#fromFrames, to: this.#toFrames };
  }

  /** A level at a place. A place before the last one is another take, or a turn of the loop: it begins anew. */
  add(positionFrames: number, peak: number): void {
    if (this.#bins.length === 0 || positionFrames < this.#toFrames) {
      this.#fromFrames = positionFrames;
      this.#bins = [];
    }
    this.#toFrames = positionFrames;
    const bin = Math.floor((positionFrames - this.#fromFrames) / BIN_FRAMES);
    if (bin >= BINS_MAX) return;
    // Between two looks the level was as it is now.
    while (this.#bins.length <= bin) this.#bins.push(peak);
    this.#bins[bin] = Math.max(this.#bins[bin] ?? 0, peak);
  }

  clear(): void {
    this.#bins = [];
    this.#fromFrames = 0;
    this.#toFrames = 0;
  }

  /** As columns of a part of it, in the form that peaks are drawn in. */
  columns(from: number, to: number, count: number): Columns {
    const lows = new Int8Array(count);
    const highs = new Int8Array(count);
    for (let at = 0; at < count; at++) {
      const first = Math.floor((from + ((to - from) * at) / count - this.#fromFrames) / BIN_FRAMES);
      const last = Math.max(
        first,
        Math.floor((from + ((to - from) * (at + 1)) / count - this.#fromFrames) / BIN_FRAMES) - 1,
      );
      let peak = 0;
      for (let bin = Math.max(0, first); bin <= last; bin++) peak = Math.max(peak, this.#bins[bin] ?? 0);
      highs[at] = Math.min(127, Math.round(peak * 127));
      lows[at] = -(highs[at] ?? 0);
    }
    return { lows, highs };
  }
}
