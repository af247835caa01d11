/** The audio thread's end of the player. It loads this file alone, so nothing else of the page's script runs there. */
import { type FromMixer, Mixer, type ToMixer } from "../../audio/mixer.ts";

declare const currentTime: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** How many blocks pass between two reports while nothing changes: about 43 ms. */
const BLOCKS_PER_REPORT = 16;

registerProcessor(
  "session-mixer",
  class extends AudioWorkletProcessor {
    readonly #mixer = new Mixer();
    #blocks = 0;
    #last = "";

    constructor() {
      super();
      this.port.onmessage = ({ data }: MessageEvent<ToMixer>) => this.#mixer.tell(data);
    }

    process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
      const [left, right] = outputs[0] ?? [];
      if (left === undefined || right === undefined) return true;
      this.#mixer.process(left, right);
      const { report } = this.#mixer;
      const key = `${report.state} ${report.generation}`;
      if (++this.#blocks >= BLOCKS_PER_REPORT || key !== this.#last) {
        this.#blocks = 0;
        this.#last = key;
        // The next block, whose first frame is `position`, is heard when this one has been.
        const atSeconds = currentTime + left.length / 48_000;
        this.port.postMessage({ ...report, peaks: this.#mixer.takePeaks(), atSeconds } satisfies FromMixer);
      }
      return true;
    }
  },
);
