import { randomInt } from "node:crypto";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { FileDevice } from "../capture/file-source.node.ts";
import { readInput } from "../capture/input-file.node.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { Links } from "../links/links.std.ts";
import { MediaLink } from "../links/media.node.ts";
import { openNodePeer } from "../links/peer.node.ts";
import { Trace } from "../links/trace.node.ts";
import type { FromSound, ToSound } from "./sound-messages.std.ts";

const TICK_MS = 200;
/** How far the others are away is told every two seconds. */
const TICKS_PER_LATENCY = 10;

export interface SoundEngineOptions {
  say(message: FromSound): void;
  /** Each block that the device has captured. */
  onBlock(frame: number, samples: Int32Array): void;
}

/**
 * The sound of one studio: the device and the links. It knows neither room nor disk; it is told who is here, and says what is to be signalled.
 * Whatever else the companion is busy with, it is busy with in another process.
 */
export class SoundEngine {
  readonly #options: SoundEngineOptions;
  readonly #links: Links;
  readonly #heard = { studio: new Trace(), media: new Trace() };
  #device: FileDevice | undefined;
  #traces = false;
  #maySend = false;
  #clock: { localMs: number; offsetMs: number; driftPpm: number } | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: SoundEngineOptions) {
    this.#options = options;
    const { say } = options;
    this.#links = new Links({
      openPeer: openNodePeer,
      openMedia: ({ offers, signal }) =>
        new MediaLink({
          iceServers: () => this.#links.iceServers,
          offers,
          signal,
          onMedia: (samples) => {
            if (!this.#traces) return;
            this.#heard.media.add(
              Int32Array.from(samples, (sample) => sample * 256),
              machineNowMs(),
            );
          },
        }),
      signal: (to, signal) => say({ type: "signal", to, signal }),
      onState: (memberId, state) => say({ type: "link", memberId, state }),
      // Counted when it is in the device's hand, however late the device's turn was.
      onHeard: (samples, isConcealed, isExact) => {
        if (this.#traces) this.#heard.studio.add(samples.slice(), machineNowMs(), isConcealed, isExact);
      },
      nowMs: machineNowMs,
      newStream: () => randomInt(2 ** 32),
    });
  }

  hear(message: ToSound): void {
    switch (message.type) {
      case "open":
        this.#traces = message.traces;
        void this.#open(message.inputPath, message.openedAtMs);
        break;
      case "ice-servers":
        this.#links.iceServers = message.iceServers;
        break;
      case "members":
        this.#maySend = message.maySend;
        this.#links.enter(message.memberId);
        this.#links.follow(message.members);
        break;
      case "signal":
        this.#links.hear(message.from, message.signal);
        break;
      case "clock":
        this.#clock = message;
        break;
      case "mix":
        this.#links.mix(message.memberId, message.mix);
        break;
      case "buffer":
        this.#links.buffer = message.buffer;
        break;
      case "report":
        this.#options.say({
          type: "report",
          report: this.#links.report(),
          deviceSkips: this.#device?.skips ?? 0,
        });
        break;
      case "close":
        this.close();
        if (!this.#traces) break;
        this.#heard.studio.save(message.folder, "heard-studio");
        this.#heard.media.save(message.folder, "heard-media");
        break;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#device?.close();
    this.#links.close();
  }

  async #open(inputPath: string, openedAtMs: number | null): Promise<void> {
    try {
      const samples = await readInput(inputPath);
      this.#device = new FileDevice(samples, ({ frame, input, output }) => this.#turn(frame, input, output));
      this.#device.open(openedAtMs ?? undefined);
      let ticks = 0;
      this.#timer = setInterval(() => {
        this.#links.tick();
        if (++ticks % TICKS_PER_LATENCY === 0)
          this.#options.say({
            type: "latencies",
            latencies: this.#links.latencies(),
            levels: this.#links.takeLevels(),
          });
      }, TICK_MS);
      this.#options.say({ type: "opened", openedAtMs: this.#device.openedAtMs });
    } catch (error) {
      this.#options.say({ type: "refused", message: error instanceof Error ? error.message : String(error) });
    }
  }

  #turn(frame: number, input: Int32Array, output: Int32Array): void {
    const device = this.#device;
    if (device === undefined) return;
    this.#options.onBlock(frame, input);
    this.#links.turn(
      frame,
      input,
      output,
      this.#maySend,
      this.#sessionMsAt(device.timeOf(frame)),
      device.timeOf(frame + LANE_PACKET_FRAMES),
    );
  }

  #sessionMsAt(localMs: number): number {
    if (this.#clock === undefined) return 0;
    return localMs + this.#clock.offsetMs + ((localMs - this.#clock.localMs) * this.#clock.driftPpm) / 1e6;
  }
}
