/** The audio thread's part of a device's round trip: a sweep goes out, and what comes in from that frame on is kept. */
import { SWEEP_FRAMES, sweep } from "../../../audio/round-trip.ts";

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** Longer than any device takes that somebody could play with. */
const HEARD_SECONDS = 0.5;

registerProcessor(
  "round-trip",
  class extends AudioWorkletProcessor {
    readonly #sweep = sweep(sampleRate);
    #heard: Float32Array | null = null;
    #at = 0;

    constructor() {
      super();
      this.port.onmessage = () => {
        this.#heard = new Float32Array(Math.round(sampleRate * HEARD_SECONDS) + SWEEP_FRAMES);
        this.#at = 0;
      };
    }

    process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
      const heard = this.#heard;
      const [out] = output ?? [];
      if (heard === null || out === undefined) return true;
      out.set(this.#sweep.subarray(this.#at, this.#at + out.length));
      const [left] = input ?? [];
      if (left !== undefined) heard.set(left.subarray(0, heard.length - this.#at), this.#at);
      this.#at += out.length;
      if (this.#at < heard.length) return true;
      this.#heard = null;
      this.port.postMessage(heard, [heard.buffer]);
      return true;
    }
  },
);
