import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Sound that was heard, with the local time at which the first frame of each chunk was played. */
export interface TraceIndex {
  frames: number[];
  atMs: number[];
  /** Chunks that the player had to change, for want of a packet or to give delay back. */
  concealed: boolean[];
  /** Chunks that are sample for sample what was sent; the others were read between frames, because two clocks differ. */
  exact: boolean[];
}

/** Bounded: what does not fit is not kept, and a trace is for a demo of minutes. */
const CHUNKS_MAX = 200_000;
const FRAMES_MAX = CHUNKS_MAX * 128;
/** Ten seconds and more at once, because who is measured must not notice. */
const PIECE_SAMPLES = 2 ** 20;

/** Keeps what a lane played, for whoever wants to measure it afterwards: `<name>.s32` (stereo, 32-bit) and `<name>.json`. */
export class Trace {
  readonly #pieces: Int32Array[] = [];
  readonly #frames = new Uint32Array(CHUNKS_MAX);
  readonly #atMs = new Float64Array(CHUNKS_MAX);
  readonly #flags = new Uint8Array(CHUNKS_MAX);
  #chunks = 0;
  #samples = 0;

  /** @param scale What brings a sample to 24 bit. */
  add(samples: ArrayLike<number>, atMs: number, concealed = false, exact = false, scale = 1): void {
    if (this.#chunks >= CHUNKS_MAX || this.#samples / 2 >= FRAMES_MAX) return;
    this.#frames[this.#chunks] = this.#samples / 2;
    this.#atMs[this.#chunks] = atMs;
    this.#flags[this.#chunks++] = (concealed ? 1 : 0) | (exact ? 2 : 0);
    for (let at = 0; at < samples.length; at++, this.#samples++) {
      const place = this.#samples % PIECE_SAMPLES;
      if (place === 0) this.#pieces.push(new Int32Array(PIECE_SAMPLES));
      const piece = this.#pieces.at(-1);
      if (piece !== undefined) piece[place] = (samples[at] ?? 0) * scale;
    }
  }

  save(folder: string, name: string): void {
    const all = new Int32Array(this.#samples);
    for (const [at, piece] of this.#pieces.entries())
      all.set(piece.subarray(0, this.#samples - at * PIECE_SAMPLES), at * PIECE_SAMPLES);
    const flags = Array.from(this.#flags.subarray(0, this.#chunks));
    const index: TraceIndex = {
      frames: Array.from(this.#frames.subarray(0, this.#chunks)),
      atMs: Array.from(this.#atMs.subarray(0, this.#chunks)),
      concealed: flags.map((flag) => (flag & 1) !== 0),
      exact: flags.map((flag) => (flag & 2) !== 0),
    };
    writeFileSync(join(folder, `${name}.s32`), new Uint8Array(all.buffer));
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(index));
  }
}
