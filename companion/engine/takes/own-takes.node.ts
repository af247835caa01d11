import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import type { ClockPoint, Recording } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { Recorder } from "./recorder.node.ts";
import { recoverStems } from "./recovery.node.ts";
import { Share, type ShareProgress, type ShareSource, wholeSource } from "./share.node.ts";
import { writeSidecar } from "./sidecar.node.ts";
import type { Stem } from "./stem.std.ts";
import { type InputRing, Take } from "./take.node.ts";

/** An input of the device that can be armed: a name, and one or two channels. */
export interface Input {
  name: string;
  channels: readonly number[];
}

export interface NewTake {
  takeId: string;
  /** The device's frame that the take begins with. */
  frame: number;
  timelineFrames: number;
  startedAtMs: number;
  state: TransportState;
  clockAt(frame: number): Omit<ClockPoint, "frame">;
  /** Told to collaborators with the stem's name, so that two people's stems differ. */
  suffix: string;
}

export interface OwnTakesOptions {
  api: ApiClient;
  folder: string;
  sessionId: SessionId;
  sessionName: string;
  nowMs(): number;
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
  readonly #shares = new Map<RecordingId, Share>();
  #takes: Take[] = [];
  #counter = 0;
  /** "Share as I record": decided for this session, by the person. */
  shareAsIRecord = false;

  constructor(options: OwnTakesOptions) {
    this.#options = options;
  }

  /** Repairs and offers what an earlier run left, and goes on with what the person had shared by then. */
  async open(): Promise<void> {
    for (const stem of await recoverStems(this.#options.folder)) {
      if (stem.sessionId !== this.#options.sessionId) continue;
      this.#stems.set(stem.recordingId, stem);
      this.#options.onRecovered(stem);
      if (stem.sharing === "wanted" || stem.sharing === "paused") this.#begin(wholeSource(stem));
    }
    this.#counter = this.#stems.size;
  }

  get stems(): readonly Stem[] {
    return [...this.#stems.values()];
  }

  get isRecording(): boolean {
    return this.#takes.length > 0;
  }

  /** Rolls: every armed input becomes a stem of its own. */
  record(take: NewTake, inputs: readonly Input[]): void {
    const { folder, sessionId, sessionName, newRecordingId, onTrouble, onRecording } = this.#options;
    const number = ++this.#counter;
    try {
      const stems = inputs.map(({ name, channels }) => {
        const recorder = new Recorder(folder, {
          recordingId: newRecordingId(),
          sessionId,
          takeId: take.takeId,
          name: this.#freeName(`${name} take ${number} ${take.suffix}`),
          format: { sampleRateHz: 48_000, channels: channels.length === 2 ? 2 : 1, encoding: "pcm24" },
          timelineFrames: take.timelineFrames,
          startedAtMs: take.startedAtMs,
          bpm: take.state.bpm,
          transportAtStart: take.state,
          sharing: this.shareAsIRecord ? "wanted" : "local",
          project: sessionName,
        });
        return { channels, recorder };
      });
      this.#takes.push(new Take(stems, take.frame, take.clockAt));
      for (const { recorder } of stems) {
        const { stem } = recorder;
        const { promise, resolve } = Promise.withResolvers<Stem>();
        const source = { stem, readyBytes: () => recorder.readyBytes, ended: promise };
        this.#growing.set(stem.recordingId, { source, whole: resolve });
        onRecording(stem);
        if (this.shareAsIRecord) this.#begin(source);
      }
    } catch (error) {
      onTrouble("recorder", `The take cannot be written: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Ends what rolls at a frame of the device. */
  end(frame: number, state: TransportState): void {
    for (const take of this.#takes) take.end(frame, state, (stem) => this.#onEnded(stem));
  }

  /** Called for each block of the device, after the ring has it. */
  follow(ring: InputRing, frame: number, state: TransportState): void {
    this.#takes = this.#takes.filter((take) => {
      if (take.error !== undefined) {
        const sentence = `The disk refused (${take.error.message}): the take ends here, what was played until now is safe.`;
        this.#options.onTrouble("recorder", sentence);
        take.end(frame, state, (stem) => this.#onEnded(stem));
      }
      return !take.follow(ring);
    });
  }

  /** The person's own act (C7). Without an id: everything that is not shared yet, what rolls just now included. */
  share(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) {
      if (recordingId === undefined && stem.sharing !== "local") continue;
      this.#decide(stem, "wanted");
      this.#begin(this.#growing.get(stem.recordingId)?.source ?? wholeSource(stem));
    }
  }

  pause(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) {
      const share = this.#shares.get(stem.recordingId);
      if (share === undefined) continue;
      this.#decide(stem, "paused");
      share.pause();
    }
  }

  resume(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) {
      if (stem.sharing !== "paused") continue;
      this.#decide(stem, "wanted");
      this.#shares.get(stem.recordingId)?.resume();
    }
  }

  /** Takes back. The file stays here; copies that others have fetched are theirs. */
  async withdraw(recordingId: string): Promise<void> {
    for (const stem of this.#chosen(recordingId)) {
      if (stem.sharing === "local") continue;
      this.#decide(stem, "withdrawn");
      const share = this.#shares.get(stem.recordingId) ?? this.#newShare(wholeSource(stem));
      this.#shares.delete(stem.recordingId);
      try {
        await share.withdraw();
      } catch (error) {
        this.#options.onTrouble(
          "share",
          `"${stem.name}" could not be taken back: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  }

  close(): void {
    for (const share of this.#shares.values()) share.stop();
  }

  #chosen(recordingId: string | undefined): Stem[] {
    const all = [...this.#stems.values(), ...[...this.#growing.values()].map(({ source }) => source.stem)];
    return recordingId === undefined ? all : all.filter((stem) => stem.recordingId === recordingId);
  }

  #decide(stem: Stem, sharing: Stem["sharing"]): void {
    stem.sharing = sharing;
    writeSidecar(stem);
  }

  #onEnded(stem: Stem): void {
    this.#stems.set(stem.recordingId, stem);
    this.#growing.get(stem.recordingId)?.whole(stem);
    this.#growing.delete(stem.recordingId);
    this.#options.onRecorded(stem);
  }

  #newShare(source: ShareSource): Share {
    const { api, nowMs, onProgress } = this.#options;
    return new Share({ api, source, nowMs, onProgress });
  }

  #begin(source: ShareSource): void {
    const { stem } = source;
    if (this.#shares.has(stem.recordingId)) return;
    const share = this.#newShare(source);
    this.#shares.set(stem.recordingId, share);
    if (stem.sharing === "paused") share.pause();
    share
      .run()
      .then((recording) => {
        if (recording !== null) this.#options.onShared(recording, stem);
      })
      .catch((error) => {
        const why = error instanceof Error ? error.message : String(error);
        this.#decide(stem, "local");
        this.#options.onTrouble("share", `"${stem.name}" is on this machine and not shared: ${why}`);
      })
      .finally(() => {
        if (this.#shares.get(stem.recordingId) === share) this.#shares.delete(stem.recordingId);
      });
  }

  /** A counter that began again must not meet a file that is there. */
  #freeName(wanted: string): string {
    const taken = new Set([...this.#chosen(undefined)].map(({ name }) => name));
    let name = wanted;
    for (let again = 2; taken.has(name); again++) name = `${wanted} (${again})`;
    return name;
  }
}
