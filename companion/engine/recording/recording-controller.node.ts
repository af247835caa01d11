import { randomUUID } from "node:crypto";
import type { StemFormat } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { positionAt } from "../../../protocol/transport.ts";
import type { Device } from "../capture/source.std.ts";
import { type MachineClocks, Vigil } from "../clock/sleep-detector.std.ts";
import type { Execution } from "../transport/follower.std.ts";
import type { Input, OwnTakes } from "./own-takes.node.ts";
import { InputRing, PRE_ROLL_MAX_SECONDS } from "./take.std.ts";

/** How often the desk looks whether device and machine are what they were. */
const LOOK_MS = 200;
/** A device that has not called for this long has gone; it may come back. */
const SILENT_MS = 600;
/** With room for less than this, the person hears of it while there is time to make some. */
const DISK_LOW_SECONDS = 10 * 60;
const DISK_LOOK_MS = 10_000;
/** Up to this much missing sound is a dropout, for which silence stands; more of it ends the take. */
const DROPOUT_MAX_MS = 500;

export interface DeskOptions {
  own: OwnTakes;
  device: Device;
  /** What can be armed of the device. */
  inputs: readonly Input[];
  clocks: MachineClocks;
  /** Session time at an instant of the machine's clock, and how well that is known. */
  sessionAt(localMs: number): { atMs: number; errorMs: number };
  state(): TransportState;
  /** Whether this member's role may record. */
  mayRecord(): boolean;
  suffix(): string;
  encoding: StemFormat["encoding"];
  /** What the others see: whether anything is armed, and whether anything is being recorded. */
  onStatus(status: { armed: boolean; recording: boolean }): void;
  onTrouble(code: string, message: string): void;
}

/**
 * The recording side of a companion: inputs that the person arms, the ring that remembers their last seconds, takes that the transport
 * rolls and ends. It also ends a take by itself when its sound can no longer be had (device gone, machine asleep, disk full): what was
 * played until then is safe, and the person and the others hear of it within a second.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #ring: InputRing;
  readonly #armed = new Map<string, number>();
  readonly #vigil: Vigil;
  readonly #timer: NodeJS.Timeout;
  #status = { armed: false, recording: false };
  #heardAtMs: number;
  #isSilent = false;
  #diskAtMs = Number.NEGATIVE_INFINITY;
  #toldDiskLow = false;
  /** From the person's own settings: seconds from before the record button that belong to a stem. */
  preRollSeconds = PRE_ROLL_MAX_SECONDS;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#ring = new InputRing(options.device.sampleRateHz, options.device.channels);
    this.#vigil = new Vigil(options.clocks);
    this.#heardAtMs = options.clocks.monotonicMs();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  get status(): { armed: boolean; recording: boolean } {
    return this.#status;
  }

  /** The person's own act. An input that rolls already rolls on: a take is what was armed when it began. */
  arm(name: string, armed: boolean): void {
    const { inputs, onTrouble } = this.#options;
    if (!inputs.some((input) => input.name === name)) {
      const names = inputs.map((input) => `"${input.name}"`).join(", ");
      onTrouble("arm", `There is no input "${name}". There is: ${names}.`);
      return;
    }
    // What was played before the input was armed was not meant for a take.
    if (armed && !this.#armed.has(name)) this.#armed.set(name, this.#ring.end);
    if (!armed) this.#armed.delete(name);
    this.#tell();
  }

  /** A block of the device, all its channels. */
  block(frame: number, input: Int32Array): void {
    const { own, device } = this.#options;
    const missing = this.#ring.end === 0 ? 0 : frame - this.#ring.end;
    this.#heardAtMs = this.#options.clocks.monotonicMs();
    const isBack = this.#isSilent;
    if (isBack) this.#options.onTrouble("device", "The sound device is back.");
    this.#isSilent = false;
    const missingMs = Math.round((missing / device.sampleRateHz) * 1000);
    const isLong = missingMs > DROPOUT_MAX_MS;
    if (own.isRecording && isLong) this.#cut("device", `The sound device left ${(missingMs / 1000).toFixed(1)} s out.`);
    else if (own.isRecording && missing > 0) {
      const message = `The sound device left ${missingMs} ms out; silence stands for it, and what follows is in time.`;
      this.#options.onTrouble("dropout", message);
    }
    this.#ring.push(frame, input);
    // Where everybody is still recording, so is this one again: in a new take, at its place.
    if ((isBack || isLong) && this.#options.state().motion === "recording") this.#record(frame, this.#options.state());
    own.follow(this.#ring, this.#ring.end, this.#options.state());
    this.#tell();
  }

  /** A command of the transport at a frame of the device. */
  execute({ before, after }: Pick<Execution, "before" | "after">, frame: number): void {
    const isRecording = after.motion === "recording";
    if (before.motion === "recording" && !isRecording) this.#options.own.end(frame, after);
    else if (isRecording && before.motion !== "recording") this.#record(frame, after);
    this.#tell();
  }

  /** Ends what rolls, now: the person leaves, or may no longer record. */
  end(): void {
    this.#options.own.end(this.#ring.end, this.#options.state());
    this.#options.own.follow(this.#ring, this.#ring.end, this.#options.state(), true);
    this.#tell();
  }

  /** Looks whether the machine slept, its clock was set or the device has gone; called by itself. */
  look(): void {
    const { onTrouble, clocks } = this.#options;
    const surprise = this.#vigil.look();
    if (surprise?.what === "slept") {
      this.#cut("slept", `This machine was asleep for ${(surprise.ms / 1000).toFixed(1)} s.`);
      this.#heardAtMs = clocks.monotonicMs();
    } else if (surprise !== null) {
      const by = `${surprise.ms > 0 ? "forward" : "back"} by ${(Math.abs(surprise.ms) / 1000).toFixed(1)} s`;
      onTrouble("clock-set", `This machine's clock was set ${by}. Takes count the device's frames and stay in place.`);
    } else if (!this.#isSilent && clocks.monotonicMs() - this.#heardAtMs > SILENT_MS) {
      this.#isSilent = true;
      this.#cut("device", "The sound device has gone.");
    }
    this.#lookAtDisk();
    this.#tell();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.end();
    await this.#options.own.settled();
  }

  #lookAtDisk(): void {
    const { own, clocks, onTrouble } = this.#options;
    if (this.#toldDiskLow || clocks.monotonicMs() - this.#diskAtMs < DISK_LOOK_MS) return;
    this.#diskAtMs = clocks.monotonicMs();
    const { secondsLeft } = own;
    if (secondsLeft === null || secondsLeft > DISK_LOW_SECONDS) return;
    this.#toldDiskLow = true;
    const minutes = Math.floor(secondsLeft / 60);
    onTrouble(
      "disk-low",
      `The disk holds ${minutes} more minutes of what is being recorded. Make room; nothing is lost yet.`,
    );
  }

  #cut(code: string, message: string): void {
    const { own, onTrouble } = this.#options;
    const wasRecording = own.isRecording;
    this.end();
    onTrouble(code, wasRecording ? `${message} The take ends there; what was played until then is safe.` : message);
  }

  #record(frame: number, state: TransportState): void {
    const { own, device, sessionAt, inputs, suffix, encoding } = this.#options;
    if (!this.#options.mayRecord()) return;
    const { atMs } = sessionAt(device.timeOf(frame));
    const timelineFrames = positionAt(state, atMs);
    // The session's origin is bar one: what lies before it has no place.
    const roomFrames = Math.floor((timelineFrames / 48_000) * device.sampleRateHz);
    const wanted = Math.min(this.preRollSeconds, PRE_ROLL_MAX_SECONDS) * device.sampleRateHz;
    const armed = inputs.flatMap((input) => {
      const since = this.#armed.get(input.name);
      if (since === undefined) return [];
      const had = frame - Math.max(since, this.#ring.begin);
      return [{ ...input, preRollFrames: Math.max(0, Math.floor(Math.min(wanted, roomFrames, had))) }];
    });
    if (armed.length === 0) return;
    this.#toldDiskLow = false;
    this.#diskAtMs = Number.NEGATIVE_INFINITY;
    own.record(
      {
        takeId: randomUUID(),
        frame,
        timelineFrames,
        startedAtMs: Math.round(atMs),
        state,
        clockAt: (at) => sessionAt(device.timeOf(at)),
        suffix: suffix(),
        sampleRateHz: device.sampleRateHz,
        encoding,
      },
      armed,
    );
  }

  #tell(): void {
    const status = { armed: this.#armed.size > 0, recording: this.#options.own.isRecording };
    if (status.armed === this.#status.armed && status.recording === this.#status.recording) return;
    this.#status = status;
    this.#options.onStatus(status);
  }
}
