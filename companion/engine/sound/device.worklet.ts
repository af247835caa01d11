/**
 * The device's turn in a browser: each block that was captured goes to the ring that the lanes worker reads, and each block that is played comes
 * from the lanes' own rings, mixed here. Nothing in it waits for another thread.
 */
import { BLOCK_MS, CaptureRing } from "../../../audio/capture-ring.ts";
import { LanePlayers } from "../../../audio/lane-players.ts";
import { LoudnessMeter } from "../../../audio/loudness.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { FromDevice, InputChannels, ToDevice } from "./browser-messages.std.ts";
import "./click-ear.worklet.ts";
import "./round-trip.worklet.ts";

declare function registerProcessor(
  name: string,
  processor: new (options: { processorOptions: { memory: SharedArrayBuffer } }) => AudioWorkletProcessor,
): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** About 43 ms, and 213. */
const BLOCKS_PER_LEVELS = 16;
const LEVELS_PER_STATES = 5;
const silence = new Float32Array(LANE_PACKET_FRAMES);

registerProcessor(
  "session-device",
  class extends AudioWorkletProcessor {
    readonly #ring: CaptureRing;
    readonly #players = new LanePlayers();
    readonly #meter = new LoudnessMeter();
    readonly #members: MemberId[] = [];
    #channels: InputChannels = "both";
    #blocks = 0;
    #reports = 0;

    constructor({ processorOptions }: { processorOptions: { memory: SharedArrayBuffer } }) {
      super();
      this.#ring = new CaptureRing(processorOptions.memory);
      this.port.onmessage = ({ data }: MessageEvent<ToDevice>) => this.#handleMessage(data);
    }

    process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
      const [first = silence, second = first] = input ?? [];
      const left = this.#channels === "right" ? second : first;
      const right = this.#channels === "left" ? first : second;
      const own = [left, right];
      this.#ring.put(own);
      this.#meter.add(left, right, LANE_PACKET_FRAMES);
      this.#blocks++;
      const { originMs } = this.#ring;
      // Before the first look of the lanes worker nothing can have come.
      if (output !== undefined && originMs !== 0) this.#players.pull(output, originMs + this.#blocks * BLOCK_MS, own);
      if (this.#blocks % BLOCKS_PER_LEVELS === 0) this.#report();
      return true;
    }

    #handleMessage(message: ToDevice): void {
      switch (message.type) {
        case "add":
          this.#players.add(message.memberId, message.memory);
          this.#members.push(message.memberId);
          return;
        case "remove":
          this.#players.remove(message.memberId);
          this.#members.splice(this.#members.indexOf(message.memberId), 1);
          return;
        case "mix":
          this.#players.mix(message.memberId, message.mix);
          return;
        case "hold":
          for (const { memberId, holdMs } of message.holds) this.#players.hold(memberId, holdMs);
          this.#players.monitorMs = message.monitorMs;
          return;
        case "late":
          this.#players.isLate = message.isLate;
          return;
        case "buffer":
          this.#players.buffer = message.buffer;
          return;
        case "channels":
          this.#channels = message.channels;
          return;
      }
    }

    #report(): void {
      const own = { peak: this.#meter.takePeak(), shortTermLufs: this.#meter.shortTermLufs };
      const states =
        ++this.#reports % LEVELS_PER_STATES === 0
          ? this.#members.flatMap((memberId) => {
              const state = this.#players.stateOf(memberId);
              return state === undefined ? [] : [[memberId, state] as const];
            })
          : null;
      this.port.postMessage({ own, levels: this.#players.takeLevels(), states } satisfies FromDevice);
    }
  },
);
