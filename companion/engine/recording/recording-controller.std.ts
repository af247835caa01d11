import type { StemFormat } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { isCapturingAt, positionAt } from "../../../protocol/transport.ts";
import { CaptureRing, PRE_ROLL_MAX_SECONDS } from "../capture/capture-ring.std.ts";
import type { Device } from "../capture/source.std.ts";
import { every } from "../clock/every.std.ts";
import { type MachineClocks, SleepDetector } from "../clock/sleep-detector.std.ts";
import type { Execution } from "../transport/follower.std.ts";
import { nextCaptureChange } from "./capture-course.std.ts";
import type { Input, TakeRecorder } from "./take-recorder.std.ts";

/** How often what the ring has gathered goes to the disk. */
const DRAIN_MS = 5;
/** How often it looks whether device and machine are what they were. */
const LOOK_MS = 200;
/** A device that has not called for this long has gone; it may come back. */
const SILENT_MS = 600;
/** With room for less than this, the person hears of it while there is time to make some. */
const DISK_LOW_SECONDS = 10 * 60;
const DISK_LOOK_MS = 10_000;
/** Breaks that wait to be looked at; a device that stutters more often than that has said enough. */
const BREAKS_MAX = 64;
/** Up to this much missing sound is a dropout, for which silence stands; more of it ends the take. */
const DROPOUT_MAX_MS = 500;

export interface RecordingControllerOptions {
  takes: TakeRecorder;
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
  onWarning(code: string, message: string): void;
}

/** Where the device's count jumped, or went on after silence. */
interface Break {
  frame: number;
  missing: number;
  isBack: boolean;
}

/**
 * The recording side of a companion: inputs that the person arms, the ring that remembers their last seconds, takes that the transport
 * rolls and ends. It also ends a take by itself when its sound can no longer be had (device gone, machine asleep, disk full): what was
 * played until then is safe, and the person and the others hear of it within a second.
 */
export class RecordingController {
  readonly #options: RecordingControllerOptions;
  #ring: CaptureRing;
  readonly #armed = new Map<string, number>();
  readonly #sleepDetector: SleepDetector;
  readonly #timers: readonly (() => void)[];
  readonly #breaks: Break[] = [];
  #status = { armed: false, recording: false };
  #lookedAtMs = 0;
  #heardAtMs: number;
  #isSilent = false;
  /** What is recorded, and up to which instant of session time its takes have been followed. */
  #course: { state: TransportState; fromMs: number; isCapturing: boolean } | undefined;
  #diskAtMs = Number.NEGATIVE_INFINITY;
  #toldDiskLow = false;
  /** From the person's own settings: seconds from before the record button that belong to a stem. */
  preRollSeconds = PRE_ROLL_MAX_SECONDS;

  constructor(options: RecordingControllerOptions) {
    this.#options = options;
    this.#ring = new CaptureRing(options.device.sampleRateHz, options.device.channels);
    this.#sleepDetector = new SleepDetector(options.clocks);
    this.#heardAtMs = options.clocks.monotonicMs();
    this.#timers = [every(DRAIN_MS, () => this.drain()), every(LOOK_MS, () => this.look())];
  }

  get status(): { armed: boolean; recording: boolean } {
    return this.#status;
  }

  /** The person's own act. An input that rolls already rolls on: a take is what was armed when it began. */
  arm(name: string, armed: boolean): void {
    const { inputs, onWarning } = this.#options;
    if (!inputs.some((input) => input.name === name)) {
      const names = inputs.map((input) => `"${input.name}"`).join(", ");
      onWarning("arm", `There is no input "${name}". There is: ${names}.`);
      return;
    }
    // What was played before the input was armed was not meant for a take.
    if (armed && !this.#armed.has(name)) this.#armed.set(name, this.#ring.end);
    if (!armed) this.#armed.delete(name);
    this.#tell();
  }

  /** A block of the device, all its channels: the ring has it, and nothing else is done in the device's turn. */
  block(frame: number, input: Int32Array): void {
    const isBack = this.#isSilent || this.#isAtOtherRate(frame);
    const missing = this.#ring.end === 0 ? 0 : frame - this.#ring.end;
    this.#heardAtMs = this.#options.clocks.monotonicMs();
    if (missing > 0 || isBack) this.#breaks.push({ frame, missing, isBack });
    if (this.#breaks.length > BREAKS_MAX) this.#breaks.shift();
    this.#isSilent = false;
    this.#ring.push(frame, input);
  }

  /** The device counts at another rate from its next block on: what rolls ends while its frames still have their places in time. */
  endCount(): void {
    this.drain();
    this.#cut("device", "The sound device runs at another rate now.");
  }

  /** What is recorded at another rate has a ring of its own. */
  #isAtOtherRate(frame: number): boolean {
    const { device } = this.#options;
    if (device.sampleRateHz === this.#ring.sampleRateHz) return false;
    this.#ring = new CaptureRing(device.sampleRateHz, device.channels);
    for (const name of this.#armed.keys()) this.#armed.set(name, frame);
    return true;
  }

  /** Brings to disk what the ring has gathered, and says what was missing in it; called by itself between the device's turns. */
  drain(): void {
    for (const one of this.#breaks.splice(0)) this.#mend(one);
    this.#followCourse();
    this.#options.takes.drain(this.#ring, this.#ring.end, this.#options.state());
    this.#tell();
  }

  /** A command of the transport at a frame of the device. */
  execute({ before, after }: Pick<Execution, "before" | "after">, frame: number): void {
    const { takes } = this.#options;
    if (after.motion !== "recording") {
      this.#course = undefined;
      if (before.motion === "recording") takes.end(frame, after);
    } else this.#begin(frame, after, before.motion === "recording");
    this.#tell();
  }

  /** Ends what rolls, now: the person leaves, or may no longer record. */
  end(frame = this.#ring.end): void {
    this.#course = undefined;
    this.#options.takes.end(frame, this.#options.state());
    this.#options.takes.drain(this.#ring, this.#ring.end, this.#options.state(), true);
    this.#tell();
  }

  /** Looks whether the machine slept, its clock was set or the device has gone; called by itself. */
  look(): void {
    const { onWarning, clocks } = this.#options;
    const nowMs = clocks.monotonicMs();
    // A program that was busy itself has not read yet what its device brought meanwhile.
    if (nowMs - this.#lookedAtMs > SILENT_MS) this.#heardAtMs = nowMs;
    this.#lookedAtMs = nowMs;
    const surprise = this.#sleepDetector.check();
    if (surprise?.what === "slept") {
      this.#cut("slept", `This machine was asleep for ${(surprise.ms / 1000).toFixed(1)} s.`);
      this.#heardAtMs = clocks.monotonicMs();
    } else if (surprise !== null) {
      const by = `${surprise.ms > 0 ? "forward" : "back"} by ${(Math.abs(surprise.ms) / 1000).toFixed(1)} s`;
      onWarning("clock-set", `This machine's clock was set ${by}. Takes count the device's frames and stay in place.`);
    } else if (!this.#isSilent && clocks.monotonicMs() - this.#heardAtMs > SILENT_MS) {
      this.#isSilent = true;
      this.#cut("device", "The sound device has gone.");
    }
    this.#lookAtDisk();
    this.#tell();
  }

  async close(): Promise<void> {
    for (const stop of this.#timers) stop();
    this.drain();
    this.end();
    await this.#options.takes.settled();
  }

  #lookAtDisk(): void {
    const { takes, clocks, onWarning } = this.#options;
    if (this.#toldDiskLow || clocks.monotonicMs() - this.#diskAtMs < DISK_LOOK_MS) return;
    this.#diskAtMs = clocks.monotonicMs();
    const { secondsLeft } = takes;
    if (secondsLeft === null || secondsLeft > DISK_LOW_SECONDS) return;
    this.#toldDiskLow = true;
    const minutes = Math.floor(secondsLeft / 60);
    onWarning(
      "disk-low",
      `The disk holds ${minutes} more minutes of what is being recorded. Make room; nothing is lost yet.`,
    );
  }

  /** The device left frames out before this one, or was gone. */
  #mend({ frame, missing, isBack }: Break): void {
    const { takes, device, onWarning, state } = this.#options;
    const missingMs = Math.round((missing / device.sampleRateHz) * 1000);
    const isLong = missingMs > DROPOUT_MAX_MS;
    if (isBack) onWarning("device", "The sound device is back.");
    if (takes.isRecording && isLong) {
      this.#cut("device", `The sound device left ${(missingMs / 1000).toFixed(1)} s out.`, frame - missing);
    } else if (takes.isRecording && missing > 0) {
      onWarning(
        "dropout",
        `The sound device left ${missingMs} ms out; silence stands for it, and what follows is in time.`,
      );
    }
    // Where everybody is still recording, so is this one again: in a new take, at its place.
    if ((isBack || isLong) && state().motion === "recording") this.#begin(frame, state(), false);
  }

  #cut(code: string, message: string, frame?: number): void {
    const { takes, onWarning } = this.#options;
    const wasRecording = takes.isRecording;
    this.end(frame);
    onWarning(code, wasRecording ? `${message} The take ends there; what was played until then is safe.` : message);
  }

  /** From a frame on this is what is recorded; a take that rolls already and still may goes on. */
  #begin(frame: number, state: TransportState, wasRecording: boolean): void {
    const { device, sessionAt, takes } = this.#options;
    const fromMs = Math.max(sessionAt(device.timeOf(frame)).atMs, state.atMs);
    const isCapturing = isCapturingAt(state, fromMs);
    const wasCapturing = wasRecording && this.#course?.isCapturing === true;
    this.#course = { state, fromMs, isCapturing };
    if (!isCapturing) takes.end(frame, state);
    else if (!wasCapturing) this.#record(frame, state, fromMs);
  }

  /** Punch points and turns of the loop that the device has passed, each at its frame. */
  #followCourse(): void {
    const { device, sessionAt, takes } = this.#options;
    const course = this.#course;
    if (course === undefined) return;
    const { end, begin } = this.#ring;
    const endMs = sessionAt(device.timeOf(end)).atMs;
    // What the ring no longer holds cannot become a take.
    course.fromMs = Math.max(course.fromMs, endMs - ((end - begin) / device.sampleRateHz) * 1000);
    for (;;) {
      const next = nextCaptureChange(course.state, course.fromMs);
      if (next === undefined || next.atMs > endMs) return;
      course.fromMs = next.atMs;
      course.isCapturing = next.isCapturing;
      const frame = end - Math.round(((endMs - next.atMs) / 1000) * device.sampleRateHz);
      if (next.isCapturing) this.#record(frame, course.state, next.atMs, next.isTurn);
      else takes.end(frame, course.state);
    }
  }

  #record(frame: number, state: TransportState, atMs: number, isTurn = false): void {
    const { takes, device, sessionAt, inputs, suffix, encoding } = this.#options;
    if (!this.#options.mayRecord()) return;
    const timelineFrames = positionAt(state, atMs);
    // The session's origin is bar one: what lies before it has no place.
    const roomFrames = Math.floor((timelineFrames / 48_000) * device.sampleRateHz);
    const wanted = isTurn ? 0 : Math.min(this.preRollSeconds, PRE_ROLL_MAX_SECONDS) * device.sampleRateHz;
    const armed = inputs.flatMap((input) => {
      const since = this.#armed.get(input.name);
      if (since === undefined) return [];
      const had = frame - Math.max(since, this.#ring.begin);
      return [{ ...input, preRollFrames: Math.max(0, Math.floor(Math.min(wanted, roomFrames, had))) }];
    });
    if (armed.length === 0) return;
    this.#toldDiskLow = false;
    this.#diskAtMs = Number.NEGATIVE_INFINITY;
    takes.record(
      {
        takeId: crypto.randomUUID(),
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
    const status = { armed: this.#armed.size > 0, recording: this.#options.takes.isRecording };
    if (status.armed === this.#status.armed && status.recording === this.#status.recording) return;
    this.#status = status;
    this.#options.onStatus(status);
  }
}
