/** Takes in step with the transport, in the audio thread: it mixes what it was given, at the place where the playhead is. */
import { StepMixer, type ToStepMixer } from "../../../audio/step-mixer.ts";

declare const currentTime: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

registerProcessor(
  "takes-playback",
  class extends AudioWorkletProcessor {
    readonly #mixer = new StepMixer();

    constructor() {
      super();
      this.port.onmessage = ({ data }: MessageEvent<ToStepMixer>) => this.#mixer.tell(data);
    }

    process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
      const [left, right] = output ?? [];
      if (left !== undefined && right !== undefined) this.#mixer.process(left, right, currentTime);
      return true;
    }
  },
);
