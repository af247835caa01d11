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

/** Keeps what a lane played, for whoever wants to measure it afterwards: `<name>.s32` (stereo, 32-bit) and `<name>.json`. */
export class Trace {
  readonly #chunks: Int32Array[] = [];
  readonly #index: TraceIndex = { frames: [], atMs: [], concealed: [], exact: [] };
  #frames = 0;

  add(samples: Int32Array, atMs: number, concealed = false, exact = false): void {
    if (this.#chunks.length >= CHUNKS_MAX) return;
    this.#index.frames.push(this.#frames);
    this.#index.atMs.push(atMs);
    this.#index.concealed.push(concealed);
    this.#index.exact.push(exact);
    this.#chunks.push(samples);
    this.#frames += samples.length / 2;
  }

  save(folder: string, name: string): void {
    const all = new Int32Array(this.#frames * 2);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    writeFileSync(join(folder, `${name}.s32`), new Uint8Array(all.buffer));
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(this.#index));
  }
}
