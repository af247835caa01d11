import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import type { Block, Device } from "./source.std.ts";

const FRAMES_PER_MS = 48;
/** A loop that fell behind further than this was asleep with its machine: the count jumps instead of racing after it. */
const BEHIND_MAX_MS = 1_000;

/**
 * A sound device made of a file, for a machine that has none: its input is the file, again and again, at 48 kHz by the machine's
 * clock, in blocks of 128 frames.
 */
export class FileDevice implements Device {
  readonly sampleRateHz = 48_000;
  readonly channels: number;
  readonly #input: Int32Array;
  readonly #onBlock: (block: Block) => void;
  readonly #block: Int32Array;
  readonly #output: Int32Array;
  #openedAtMs = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;
  /** How often the count had to jump. */
  skips = 0;

  /** @param input Interleaved, 24-bit; at least one block. Silence where it is empty. */
  constructor(input: Int32Array, onBlock: (block: Block) => void, channels = 2) {
    this.channels = channels;
    this.#block = new Int32Array(LANE_PACKET_FRAMES * channels);
    this.#output = new Int32Array(LANE_PACKET_FRAMES * channels);
    this.#input = input.length >= this.#block.length ? input : new Int32Array(this.#block.length);
    this.#onBlock = onBlock;
  }

  /** The machine's clock when frame 0 was captured. */
  get openedAtMs(): number {
    return this.#openedAtMs;
  }

  /** Starts the input at its beginning; or, where frame 0 was at another instant, where it would be by now. Its turns are the caller's. */
  begin(openedAtMs?: number): void {
    this.#openedAtMs = openedAtMs ?? machineNowMs();
    const captured = (machineNowMs() - this.#openedAtMs) * FRAMES_PER_MS;
    this.#frame = Math.floor(captured / LANE_PACKET_FRAMES) * LANE_PACKET_FRAMES;
  }

  /** The same with turns by a timer. */
  open(openedAtMs?: number): void {
    this.begin(openedAtMs);
    const turn = () => {
      this.turn();
      this.#timer = setTimeout(turn, 1);
    };
    turn();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** The frame captured at an instant of the machine's clock. */
  frameAt(localMs: number): number {
    return Math.round((localMs - this.#openedAtMs) * FRAMES_PER_MS);
  }

  /** When a frame was captured, by the machine's clock. */
  timeOf(frame: number): number {
    return this.#openedAtMs + frame / FRAMES_PER_MS;
  }

  /** Every block that has been captured since; returns how many milliseconds from now the next one will have been. */
  turn(): number {
    // A block is there once its last frame has been captured.
    const captured = (machineNowMs() - this.#openedAtMs) * FRAMES_PER_MS;
    if (captured - this.#frame > BEHIND_MAX_MS * FRAMES_PER_MS) {
      this.#frame = Math.floor(captured / LANE_PACKET_FRAMES) * LANE_PACKET_FRAMES;
      this.skips++;
    }
    while (this.#frame + LANE_PACKET_FRAMES <= captured) {
      this.#output.fill(0);
      this.#read(this.#frame);
      this.#onBlock({ frame: this.#frame, input: this.#block, output: this.#output });
      this.#frame += LANE_PACKET_FRAMES;
    }
    return this.timeOf(this.#frame + LANE_PACKET_FRAMES) - machineNowMs();
  }

  #read(frame: number): void {
    const { channels } = this;
    const frames = this.#input.length / channels;
    for (let at = 0; at < LANE_PACKET_FRAMES; at++) {
      const from = ((frame + at) % frames) * channels;
      for (let channel = 0; channel < channels; channel++)
        this.#block[at * channels + channel] = this.#input[from + channel] ?? 0;
    }
  }
}
