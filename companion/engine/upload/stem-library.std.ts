import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { UploadApi } from "../api/api-client.std.ts";
import type { Disk } from "../stems/disk.std.ts";
import { recoverStems } from "../stems/recovery.std.ts";
import { removeStem } from "../stems/sidecar.std.ts";
import type { Sharing, Stem } from "../stems/stem.std.ts";
import { readChoices, writeChoices } from "./choices.std.ts";
import type { UploadSource } from "./upload.std.ts";
import type { UploadProgress } from "./upload-progress.std.ts";
import { UploadQueue } from "./upload-queue.std.ts";

export interface StemLibraryOptions {
  api: UploadApi;
  disk: Disk;
  folder: string;
  sessionId: SessionId;
  nowMs(): number;
  onRecovered(stem: Stem): void;
  onProgress(progress: UploadProgress): void;
  onShared(recording: Recording, stem: Stem): void;
  onWarning(code: string, message: string): void;
}

/**
 * This person's own stems of one session: those that grow just now, and those that are whole. They stay on this machine until the person
 * shares them. What was decided is beside each file, so after a restart a share goes on where it was, and what was not shared stays.
 */
export class StemLibrary {
  readonly #options: StemLibraryOptions;
  readonly #whole = new Map<RecordingId, Stem>();
  readonly #growing = new Map<RecordingId, { source: UploadSource; complete(stem: Stem): void }>();
  readonly #uploads: UploadQueue;
  #shareAsIRecord: boolean;

  constructor(options: StemLibraryOptions) {
    this.#options = options;
    this.#shareAsIRecord = readChoices(options.disk, options.folder).shareAsIRecord;
    this.#uploads = new UploadQueue(options);
  }

  /** Repairs and offers what an earlier run left, and goes on with what the person had shared or taken back by then. */
  async open(): Promise<void> {
    for (const stem of await recoverStems(this.#options.disk, this.#options.folder)) {
      if (stem.sessionId !== this.#options.sessionId || this.has(stem.recordingId)) continue;
      this.#whole.set(stem.recordingId, stem);
      this.#options.onRecovered(stem);
      this.#uploads.goOn(stem);
    }
  }

  get stems(): readonly Stem[] {
    return [...this.#whole.values(), ...[...this.#growing.values()].map(({ source }) => source.stem)];
  }

  /** "Share as I record": decided by the person, for this session and until they say otherwise. */
  get shareAsIRecord(): boolean {
    return this.#shareAsIRecord;
  }
  set shareAsIRecord(on: boolean) {
    this.#shareAsIRecord = on;
    writeChoices(this.#options.disk, this.#options.folder, { shareAsIRecord: on });
  }

  /** What the person has decided about a stem that begins now. */
  get sharingOfNew(): Sharing {
    return this.#shareAsIRecord ? "wanted" : "local";
  }

  has(recordingId: string): boolean {
    return this.stems.some((stem) => stem.recordingId === recordingId);
  }

  /** A stem begins to grow; `readyBytes` says how far its bytes will not change any more. */
  begin(stem: Stem, readyBytes: () => number): void {
    const { promise, resolve } = Promise.withResolvers<Stem>();
    const source = { stem, readyBytes, ended: promise };
    this.#growing.set(stem.recordingId, { source, complete: resolve });
    if (stem.sharing === "wanted") this.#uploads.begin(source);
  }

  /** A stem that grew is whole. */
  complete(stem: Stem): void {
    this.#whole.set(stem.recordingId, stem);
    this.#growing.get(stem.recordingId)?.complete(stem);
    this.#growing.delete(stem.recordingId);
  }

  /** The person's own act (C7). Without an id: everything that is not shared yet, what rolls just now included. */
  share(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) {
      if (recordingId === undefined && stem.sharing !== "local") continue;
      this.#uploads.share(stem, this.#growing.get(stem.recordingId)?.source);
    }
  }

  pause(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) this.#uploads.pause(stem);
  }

  resume(recordingId?: string): void {
    for (const stem of this.#chosen(recordingId)) this.#uploads.resume(stem);
  }

  /** Takes back. The file stays here; copies that others have fetched are theirs. */
  async withdraw(recordingId: string): Promise<void> {
    for (const stem of this.#chosen(recordingId)) await this.#uploads.withdraw(stem);
  }

  /**
   * Takes a stem off the disk, where that is kept for the person out of their sight. What was shared stays shared; one that is on its way, or is
   * being taken back, stays until that is over. `false`: it stayed.
   */
  forget(recordingId: string): boolean {
    const [stem] = [...this.#whole.values()].filter((one) => one.recordingId === recordingId);
    if (stem === undefined || !["local", "shared", "withdrawn"].includes(stem.sharing)) return false;
    removeStem(this.#options.disk, stem);
    this.#whole.delete(stem.recordingId);
    return true;
  }

  close(): void {
    this.#uploads.close();
  }

  #chosen(recordingId: string | undefined): readonly Stem[] {
    return recordingId === undefined ? this.stems : this.stems.filter((stem) => stem.recordingId === recordingId);
  }
}
