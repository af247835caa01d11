import { DeviceClock } from "../../../audio/device-clock.ts";
import { DEVICE_RATE_HZ } from "../../../audio/lane-players.ts";
import type { Captured } from "../transport/test-roll.std.ts";
import type { HeardBlocks } from "./click-ear.worklet.ts";
import { DeviceInput, type SoundRefusal } from "./input.dom.ts";

/** A test roll is heard for about seven seconds; what came before it is nobody's. */
const KEPT_FRAMES = 15 * DEVICE_RATE_HZ;
/** One frame a time: a clock of blocks of one frame. */
const FRAME_MS = 1000 / DEVICE_RATE_HZ;

/**
 * What a DAW plays while it is rolled alone, at an input that it comes back to: by a cable, a loopback device, or its loudspeaker and a microphone.
 * Life: opened for one test roll, and closed after it. Nothing of it leaves the page.
 */
export class ClickEar {
  readonly #context: AudioContext;
  readonly #input: DeviceInput;
  readonly #clock = new DeviceClock(FRAME_MS);
  #blocks: HeardBlocks[] = [];

  /** `""`: the system's own input. Opened by a person's click. */
  static async open(deviceUrl: string, inputId: string): Promise<ClickEar | SoundRefusal> {
    let context: AudioContext | undefined;
    try {
      context = new AudioContext({ sampleRate: DEVICE_RATE_HZ, latencyHint: 0 });
      await context.audioWorklet.addModule(deviceUrl);
      await context.resume();
      const node = new AudioWorkletNode(context, "click-ear", { outputChannelCount: [1] });
      const ear = new ClickEar(context, node);
      const refusal = await ear.#input.choose(inputId);
      // It plays nothing; an engine asks a node for nothing that leads nowhere.
      node.connect(context.destination);
      if (refusal === null) return ear;
      await ear.close();
      return refusal === "superseded" ? "failed" : refusal;
    } catch {
      await context?.close();
      return "failed";
    }
  }

  private constructor(context: AudioContext, node: AudioWorkletNode) {
    this.#context = context;
    this.#input = new DeviceInput(context, [node], () => undefined);
    node.port.onmessage = ({ data }: MessageEvent<HeardBlocks>) => {
      this.#clock.note(data.endFrame, performance.now());
      this.#blocks.push(data);
      const [first] = this.#blocks;
      if (first !== undefined && data.endFrame - first.endFrame > KEPT_FRAMES) this.#blocks.shift();
    };
  }

  /** What came in between two instants of the page's clock, as far as it is kept. */
  captured(fromMs: number, untilMs: number): Captured | null {
    const { originMs } = this.#clock;
    if (originMs === null) return null;
    // A block is seen as long after it was played as the input takes, where an engine says so.
    const startMs = originMs - (this.#input.settings.latency ?? 0) * 1000;
    const timeOf = (frame: number) => startMs + frame * FRAME_MS;
    const blocks = this.#blocks.filter(
      ({ samples, endFrame }) => timeOf(endFrame) > fromMs && timeOf(endFrame - samples.length) < untilMs,
    );
    const [first] = blocks;
    if (first === undefined) return null;
    const firstFrame = first.endFrame - first.samples.length;
    const samples = new Float32Array((blocks.at(-1)?.endFrame ?? 0) - firstFrame);
    for (const block of blocks) samples.set(block.samples, block.endFrame - block.samples.length - firstFrame);
    return { samples, rateHz: DEVICE_RATE_HZ, startsAtMs: timeOf(firstFrame) };
  }

  async close(): Promise<void> {
    this.#input.close();
    await this.#context.close();
  }
}
