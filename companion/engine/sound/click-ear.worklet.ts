/** The audio thread's part of listening to a metronome: what comes in, with the count of its frames. */

declare const currentFrame: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** What has come in, one channel, up to a frame of the context. */
export interface HeardBlocks {
  samples: Float32Array;
  endFrame: number;
}

/** Whole blocks of the context's, about 21 ms. */
const FRAMES = 1_024;

registerProcessor(
  "click-ear",
  class extends AudioWorkletProcessor {
    #samples = new Float32Array(FRAMES);
    #at = 0;

    process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
      // An input that is not there yet is as long as the output, and silent.
      const frames = output?.[0]?.length ?? 0;
      const [left] = input ?? [];
      if (left !== undefined) this.#samples.set(left, this.#at);
      this.#at += frames;
      if (this.#at < FRAMES) return true;
      const heard: HeardBlocks = { samples: this.#samples, endFrame: currentFrame + frames };
      this.port.postMessage(heard, [heard.samples.buffer]);
      this.#samples = new Float32Array(FRAMES);
      this.#at = 0;
      return true;
    }
  },
);
