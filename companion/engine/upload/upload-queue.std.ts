import type { RecordingId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { UploadApi } from "../api/api-client.std.ts";
import type { Disk } from "../stems/disk.std.ts";
import { writeSidecar } from "../stems/sidecar.std.ts";
import type { Sharing, Stem } from "../stems/stem.std.ts";
import { Upload, type UploadSource, wholeSource } from "./upload.std.ts";
import type { UploadProgress } from "./upload-progress.std.ts";

interface UploadQueueOptions {
  api: UploadApi;
  disk: Disk;
  nowMs(): number;
  onProgress(progress: UploadProgress): void;
  onShared(recording: Recording, stem: Stem): void;
  onWarning(code: string, message: string): void;
}

/**
 * What a person has decided about their stems, and the shares that carry it out. A decision is on the disk before anything is done about
 * it; so a restart goes on with it, and a decision that was carried out is not carried out again.
 */
export class UploadQueue {
  readonly #options: UploadQueueOptions;
  readonly #uploads = new Map<RecordingId, Upload>();

  constructor(options: UploadQueueOptions) {
    this.#options = options;
  }

  /** After a restart: goes on with what was decided. */
  goOn(stem: Stem): void {
    if (stem.sharing === "wanted" || stem.sharing === "paused") this.begin(wholeSource(stem));
    if (stem.sharing === "withdrawing") void this.withdraw(stem);
  }

  share(stem: Stem, source: UploadSource = wholeSource(stem)): void {
    this.#decide(stem, "wanted");
    this.#uploads.get(stem.recordingId)?.resume();
    this.begin(source);
  }

  pause(stem: Stem): void {
    const upload = this.#uploads.get(stem.recordingId);
    if (upload === undefined) return;
    this.#decide(stem, "paused");
    upload.pause();
  }

  resume(stem: Stem): void {
    if (stem.sharing !== "paused") return;
    this.#decide(stem, "wanted");
    this.#uploads.get(stem.recordingId)?.resume();
  }

  /** Until the server has said yes this is tried again, by the next run as well. */
  async withdraw(stem: Stem): Promise<void> {
    if (stem.sharing === "local" || stem.sharing === "withdrawn") return;
    this.#decide(stem, "withdrawing");
    const upload = this.#uploads.get(stem.recordingId) ?? this.#newUpload(wholeSource(stem));
    this.#uploads.delete(stem.recordingId);
    try {
      await upload.withdraw();
      if (stem.sharing === "withdrawing") this.#decide(stem, "withdrawn");
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      this.#options.onWarning("share", `"${stem.name}" could not be taken back yet: ${why}`);
    }
  }

  begin(source: UploadSource): void {
    const { stem } = source;
    if (this.#uploads.has(stem.recordingId)) return;
    const upload = this.#newUpload(source);
    this.#uploads.set(stem.recordingId, upload);
    if (stem.sharing === "paused") upload.pause();
    upload
      .run()
      .then((recording) => {
        // Taken back in the same moment: that was said later.
        if (recording === null || stem.sharing === "withdrawing") return;
        this.#decide(stem, "shared");
        this.#options.onShared(recording, stem);
      })
      .catch((error) => {
        const why = error instanceof Error ? error.message : String(error);
        if (stem.sharing === "wanted" || stem.sharing === "paused") this.#decide(stem, "local");
        this.#options.onWarning("share", `"${stem.name}" is on this machine and not shared: ${why}`);
      })
      .finally(() => {
        if (this.#uploads.get(stem.recordingId) === upload) this.#uploads.delete(stem.recordingId);
      });
  }

  close(): void {
    for (const upload of this.#uploads.values()) upload.stop();
  }

  #newUpload(source: UploadSource): Upload {
    const { api, disk, nowMs, onProgress } = this.#options;
    return new Upload({ api, disk, source, nowMs, onProgress });
  }

  /** On a full disk the decision holds for this run only: the sidecar that is there stays as it is. */
  #decide(stem: Stem, sharing: Sharing): void {
    stem.sharing = sharing;
    try {
      writeSidecar(this.#options.disk, stem);
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      this.#options.onWarning("share", `What you decided about "${stem.name}" could not be written down: ${why}`);
    }
  }
}
