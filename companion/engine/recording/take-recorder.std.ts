import { frameBytesOf } from "../../../audio/pcm.ts";
import { fileNameOf } from "../../../protocol/file-name.ts";
import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { ClockPoint, StemFormat } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import type { CaptureRing } from "../capture/capture-ring.std.ts";
import type { Disk } from "../stems/disk.std.ts";
import type { Sharing, Stem } from "../stems/stem.std.ts";
import { Recorder } from "./recorder.std.ts";
import { Take, type TakeStem } from "./take.std.ts";

/** An input of the device that can be armed: a name, and one to eight of the device's channels, counted from 0. */
export interface Input {
  name: string;
  channels: readonly number[];
}

/** An armed input, and how many frames from before the record button belong to its stem. */
export interface ArmedInput extends Input {
  preRollFrames?: number;
}

export interface NewTake {
  takeId: string;
  /** The device's frame at which record was pressed, where it lies, and when it was. */
  frame: number;
  timelineFrames: number;
  startedAtMs: number;
  state: TransportState;
  clockAt(frame: number): Omit<ClockPoint, "frame">;
  /** Told to collaborators with the stem's name, so that two people's stems differ. */
  suffix: string;
  sampleRateHz?: StemFormat["sampleRateHz"];
  encoding?: StemFormat["encoding"];
}

/** Where stems are kept from their first frame on. */
export interface StemShelf {
  readonly stems: readonly Stem[];
  /** What the person has decided about a stem that begins now. */
  readonly sharingOfNew: Sharing;
  begin(stem: Stem, readyBytes: () => number): void;
  complete(stem: Stem): void;
}

export interface TakeRecorderOptions {
  disk: Disk;
  folder: string;
  sessionId: SessionId;
  sessionName: string;
  library: StemShelf;
  /** What the disk still holds; asked of the system where it is not given. */
  freeBytes?(): number;
  newRecordingId(): RecordingId;
  onRecording(stem: Stem): void;
  onRecorded(stem: Stem): void;
  onWarning(code: string, message: string): void;
}

/** Records takes: each roll of the transport, every armed input in a file of its own, from the frame of record to that of its end. */
export class TakeRecorder {
  readonly #options: TakeRecorderOptions;
  readonly #rolling = new Map<RecordingId, Stem>();
  readonly #sealing = new Set<Promise<void>>();
  #takes: Take[] = [];
  #counter = 0;

  constructor(options: TakeRecorderOptions) {
    this.#options = options;
  }

  /** For how long the disk holds what is being recorded now; `null` while nothing is. */
  get secondsLeft(): number | null {
    const bytesPerSecond = [...this.#rolling.values()].reduce(
      (sum, { format }) => sum + format.sampleRateHz * frameBytesOf(format),
      0,
    );
    if (bytesPerSecond === 0) return null;
    return (this.#options.freeBytes?.() ?? this.#options.disk.freeBytes(this.#options.folder)) / bytesPerSecond;
  }

  get isRecording(): boolean {
    return this.#takes.length > 0;
  }

  /** Rolls: every armed input becomes a stem of its own. One that cannot be written is said, and holds up none of the others. */
  record(take: NewTake, inputs: readonly ArmedInput[]): void {
    const { library, onWarning, onRecording } = this.#options;
    // A roll that was not ended, because its end was missed, ends where the next begins.
    this.end(take.frame, take.state);
    this.#counter = Math.max(this.#counter, library.stems.length) + 1;
    const stems = inputs.flatMap((input) => {
      try {
        return [this.#newStem(take, input, this.#counter)];
      } catch (error) {
        const why = error instanceof Error ? error.message : error;
        onWarning("recorder", `"${input.name}" cannot be written: ${why}`);
        return [];
      }
    });
    if (stems.length === 0) return;
    this.#takes.push(new Take(stems, take.clockAt));
    for (const { recorder } of stems) {
      this.#rolling.set(recorder.stem.recordingId, recorder.stem);
      library.begin(recorder.stem, () => recorder.readyBytes);
      onRecording(recorder.stem);
    }
  }

  /** Ends what rolls at a frame of the device. */
  end(frame: number, state: TransportState): void {
    for (const take of this.#takes) take.end(frame, state);
  }

  /** Brings to disk what the ring has of the takes; with `all` when no more blocks may come. Never called in the device's own turn. */
  drain(ring: CaptureRing, frame: number, state: TransportState, all = false): void {
    this.#takes = this.#takes.filter((take) => {
      if (take.error !== undefined) {
        const sentence = `The disk refused (${take.error.message}): the take ends here, what was played until now is safe.`;
        this.#options.onWarning("recorder", sentence);
        take.end(frame, state);
      }
      const whole = take.drain(ring, all);
      for (const { recorder, sealed } of whole ?? []) this.#seal(recorder.stem, sealed);
      return whole === null;
    });
  }

  /** Resolves when everything that has ended is sealed. */
  async settled(): Promise<void> {
    await Promise.all(this.#sealing);
  }

  #newStem(take: NewTake, { name, channels, preRollFrames = 0 }: ArmedInput, number: number): TakeStem {
    const { disk, folder, sessionId, sessionName, newRecordingId, library } = this.#options;
    const { sampleRateHz = 48_000, encoding = "pcm24" } = take;
    const recorder = new Recorder(disk, folder, {
      recordingId: newRecordingId(),
      sessionId,
      takeId: take.takeId,
      name: this.#freeName(`${name} take ${number} ${take.suffix}`),
      format: { sampleRateHz, channels: channels.length, encoding },
      timelineFrames: take.timelineFrames - Math.round((preRollFrames * TIMELINE_RATE_HZ) / sampleRateHz),
      startedAtMs: take.startedAtMs - (preRollFrames / sampleRateHz) * 1000,
      bpm: take.state.bpm,
      transportAtStart: take.state,
      sharing: library.sharingOfNew,
      project: sessionName,
      takeName: String(number),
    });
    return { firstFrame: take.frame - preRollFrames, channels, recorder };
  }

  #seal(stem: Stem, sealed: Promise<Stem>): void {
    const done = sealed
      .then((whole) => {
        this.#rolling.delete(whole.recordingId);
        this.#options.library.complete(whole);
        this.#options.onRecorded(whole);
      })
      .catch((error) => {
        const why = error instanceof Error ? error.message : error;
        const sentence = `"${stem.name}" is on the disk but could not be read back (${why}); the next start tries again.`;
        this.#options.onWarning("recorder", sentence);
      })
      .finally(() => this.#sealing.delete(done));
    this.#sealing.add(done);
  }

  /** Safe on any disk, and never the name of a file that is there: a counter that began again must not meet one. */
  #freeName(wanted: string): string {
    const { disk, folder, library } = this.#options;
    const taken = new Set(library.stems.map(({ name }) => name));
    const isFree = (name: string) => !taken.has(name) && !disk.has(disk.pathOf(folder, `${name}.wav`));
    let name = fileNameOf(wanted);
    for (let again = 2; !isFree(name); again++) name = fileNameOf(`${wanted} (${again})`);
    return name;
  }
}
