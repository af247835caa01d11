import { existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { frameBytesOf } from "../../../audio/pcm.ts";
import { fileNameOf } from "../../../protocol/file-name.ts";
import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { ClockPoint, Recording, StemFormat } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { recoverStems } from "../stems/recovery.node.ts";
import type { Stem } from "../stems/stem.std.ts";
import { readChoices, writeChoices } from "../upload/choices.node.ts";
import type { ShareSource } from "../upload/upload.node.ts";
import type { ShareProgress } from "../upload/upload-progress.std.ts";
import { Shares } from "../upload/upload-queue.node.ts";
import { Recorder } from "./recorder.node.ts";
import { type InputRing, Take, type TakeStem } from "./take.std.ts";

/** An input of the device that can be armed: a name, and one or two channels. */
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

export interface OwnTakesOptions {
  api: ApiClient;
  folder: string;
  sessionId: SessionId;
  sessionName: string;
  nowMs(): number;
  /** What the disk still holds; asked of the system where it is not given. */
  freeBytes?(): number;
  newRecordingId(): RecordingId;
  onRecovered(stem: Stem): void;
  onRecording(stem: Stem): void;
  onRecorded(stem: Stem): void;
  onProgress(progress: ShareProgress): void;
  onShared(recording: Recording, stem: Stem): void;
  onTrouble(code: string, message: string): void;
}

/**
 * This person's takes of one session: recorded here, kept here, and shared when they say so. What they decided is beside each file, so
 * after a restart a share goes on where it was, and what was not shared stays.
 */
export class OwnTakes {
  readonly #options: OwnTakesOptions;
  readonly #stems = new Map<RecordingId, Stem>();
  readonly #growing = new Map<RecordingId, { source: ShareSource; whole(stem: Stem): void }>();
  readonly #sealing = new Set<Promise<void>>();
  readonly #shares: Shares;
  #takes: Take[] = [];
  #counter = 0;
  #shareAsIRecord: boolean;

  constructor(options: OwnTakesOptions) {
    this.#options = options;
    this.#shareAsIRecord = readChoices(options.folder).shareAsIRecord;
    this.#shares = new Shares(options);
  }

  /** Repairs and offers what an earlier run left, and goes on with what the person had shared or taken back by then. */
  async open(): Promise<void> {
    for (const stem of await recoverStems(this.#options.folder)) {
      if (stem.sessionId !== this.#options.sessionId || this.has(stem.recordingId)) continue;
      this.#stems.set(stem.recordingId, stem);
      this.#options.onRecovered(stem);
      this.#shares.goOn(stem);
    }
    this.#counter = Math.max(this.#counter, this.#stems.size);
  }

  get stems(): readonly Stem[] {
    return [...this.#stems.values()];
  }

  /** "Share as I record": decided by the person, for this session and until they say otherwise. */
  get shareAsIRecord(): boolean {
    return this.#shareAsIRecord;
  }
  set shareAsIRecord(on: boolean) {
    this.#shareAsIRecord = on;
    writeChoices(this.#options.folder, { shareAsIRecord: on });
  }

  /** For how long the disk holds what is being recorded now; `null` while nothing is. */
  get secondsLeft(): number | null {
    const bytesPerSecond = [...this.#growing.values()].reduce(
      (sum, { source: { stem } }) => sum + stem.format.sampleRateHz * frameBytesOf(stem.format),
      0,
    );
    if (bytesPerSecond === 0) return null;
    return (this.#options.freeBytes?.() ?? freeBytesOf(this.#options.folder)) / bytesPerSecond;
  }

  get isRecording(): boolean {
    return this.#takes.length > 0;
  }

  has(recordingId: string): boolean {
    return this.#stems.has(recordingId as RecordingId) || this.#growing.has(recordingId as RecordingId);
  }

  /** Rolls: every armed input becomes a stem of its own. One that cannot be written is said, and holds up none of the others. */
  record(take: NewTake, inputs: readonly ArmedInput[]): void {
    // A roll that was not ended, because its end was missed, ends where the next begins.
    this.end(take.frame, take.state);
    const number = ++this.#counter;
    const stems = inputs.flatMap((input) => {
      try {
        return [this.#newStem(take, input, number)];
      } catch (error) {
        const why = error instanceof Error ? error.message : error;
        this.#options.onTrouble("recorder", `"${input.name}" cannot be written: ${why}`);
        return [];
      }
    });
    if (stems.length === 0) return;
    this.#takes.push(new Take(stems, take.clockAt));
    for (const { recorder } of stems) {
      const { stem } = recorder;
      const { promise, resolve } = Promise.withResolvers<Stem>();
      const source = { stem, readyBytes: () => recorder.readyBytes, ended: promise };
      this.#growing.set(stem.recordingId, { source, whole: resolve });
      this.#options.onRecording(stem);
      if (stem.sharing === "wanted") this.#shares.begin(source);
    }
  }

  /** Ends what rolls at a frame of the device. */
  end(frame: number, state: TransportState): void {
    for (const take of this.#takes) take.end(frame, state);
  }

  /** Called for each block of the device, after the ring has it; with `all` when no more blocks may come. */
  follow(ring: InputRing, frame: number, state: TransportState, all = false): void {
    this.#takes = this.#takes.filter((take) => {
      if (take.error !== undefined) {
        const sentence = `The disk refused (${take.error.message}): the take ends here, what was played until now is safe.`;
        this.#options.onTrouble("recorder", sentence);
        take.end(frame, state);
      }
      const whole = take.follow(ring, all);
      for (const { recorder, sealed } of whole ?? []) this.#seal(recorder.stem, sealed);
      return whole === null;
    });
  }

  /** Resolves when everything that has ended is sealed. */
  async settled(): Promise<void> {
    await Promise.all(this.#sealing);
  }

  /** The person's own act (C7). Without an id: everything that is not shared yet, what rolls just now included. */
  share(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) {
      if (recordingId === undefined && stem.sharing !== "local") continue;
      this.#shares.share(stem, this.#growing.get(stem.recordingId)?.source);
    }
  }

  pause(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) this.#shares.pause(stem);
  }

  resume(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) this.#shares.resume(stem);
  }

  /** Takes back. The file stays here; copies that others have fetched are theirs. */
  async withdraw(recordingId: string): Promise<void> {
    for (const stem of this.#chosen(recordingId)) await this.#shares.withdraw(stem);
  }

  close(): void {
    this.#shares.close();
  }

  #newStem(take: NewTake, { name, channels, preRollFrames = 0 }: ArmedInput, number: number): TakeStem {
    const { folder, sessionId, sessionName, newRecordingId } = this.#options;
    const { sampleRateHz = 48_000, encoding = "pcm24" } = take;
    const recorder = new Recorder(folder, {
      recordingId: newRecordingId(),
      sessionId,
      takeId: take.takeId,
      name: this.#freeName(`${name} take ${number} ${take.suffix}`),
      format: { sampleRateHz, channels: channels.length === 2 ? 2 : 1, encoding },
      timelineFrames: take.timelineFrames - Math.round((preRollFrames * TIMELINE_RATE_HZ) / sampleRateHz),
      startedAtMs: take.startedAtMs - (preRollFrames / sampleRateHz) * 1000,
      bpm: take.state.bpm,
      transportAtStart: take.state,
      sharing: this.shareAsIRecord ? "wanted" : "local",
      project: sessionName,
      takeName: String(number),
    });
    return { firstFrame: take.frame - preRollFrames, channels, recorder };
  }

  #chosen(recordingId: string | undefined): Stem[] {
    const all = [...this.#stems.values(), ...[...this.#growing.values()].map(({ source }) => source.stem)];
    return recordingId === undefined ? all : all.filter((stem) => stem.recordingId === recordingId);
  }

  #seal(stem: Stem, sealed: Promise<Stem>): void {
    const done = sealed
      .then((whole) => {
        this.#stems.set(whole.recordingId, whole);
        this.#growing.get(whole.recordingId)?.whole(whole);
        this.#growing.delete(whole.recordingId);
        this.#options.onRecorded(whole);
      })
      .catch((error) => {
        const why = error instanceof Error ? error.message : error;
        const sentence = `"${stem.name}" is on the disk but could not be read back (${why}); the next start tries again.`;
        this.#options.onTrouble("recorder", sentence);
      })
      .finally(() => this.#sealing.delete(done));
    this.#sealing.add(done);
  }

  /** Safe on any disk, and never the name of a file that is there: a counter that began again must not meet one. */
  #freeName(wanted: string): string {
    const taken = new Set([...this.#chosen(undefined)].map(({ name }) => name));
    const isFree = (name: string) => !taken.has(name) && !existsSync(join(this.#options.folder, `${name}.wav`));
    let name = fileNameOf(wanted);
    for (let again = 2; !isFree(name); again++) name = fileNameOf(`${wanted} (${again})`);
    return name;
  }
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
