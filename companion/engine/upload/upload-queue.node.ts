import type { RecordingId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { writeSidecar } from "../stems/sidecar.node.ts";
import type { Sharing, Stem } from "../stems/stem.std.ts";
import { Share, type ShareSource, wholeSource } from "./upload.node.ts";
import type { ShareProgress } from "./upload-progress.std.ts";

interface SharesOptions {
  api: ApiClient;
  nowMs(): number;
  onProgress(progress: ShareProgress): void;
  onShared(recording: Recording, stem: Stem): void;
  onTrouble(code: string, message: string): void;
}

/**
 * What a person has decided about their stems, and the shares that carry it out. A decision is on the disk before anything is done about
 * it; so a restart goes on with it, and a decision that was carried out is not carried out again.
 */
export class Shares {
  readonly #options: SharesOptions;
  readonly #shares = new Map<RecordingId, Share>();

  constructor(options: SharesOptions) {
    this.#options = options;
  }

  /** After a restart: goes on with what was decided. */
  goOn(stem: Stem): void {
    if (stem.sharing === "wanted" || stem.sharing === "paused") this.begin(wholeSource(stem));
    if (stem.sharing === "withdrawing") void this.withdraw(stem);
  }

  share(stem: Stem, source: ShareSource = wholeSource(stem)): void {
    this.#decide(stem, "wanted");
    this.#shares.get(stem.recordingId)?.resume();
    this.begin(source);
  }

  pause(stem: Stem): void {
    const share = this.#shares.get(stem.recordingId);
    if (share === undefined) return;
    this.#decide(stem, "paused");
    share.pause();
  }

  resume(stem: Stem): void {
    if (stem.sharing !== "paused") return;
    this.#decide(stem, "wanted");
    this.#shares.get(stem.recordingId)?.resume();
  }

  /** Until the server has said yes this is tried again, by the next run as well. */
  async withdraw(stem: Stem): Promise<void> {
    if (stem.sharing === "local" || stem.sharing === "withdrawn") return;
    this.#decide(stem, "withdrawing");
    const share = this.#shares.get(stem.recordingId) ?? this.#newShare(wholeSource(stem));
    this.#shares.delete(stem.recordingId);
    try {
      await share.withdraw();
      if (stem.sharing === "withdrawing") this.#decide(stem, "withdrawn");
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      this.#options.onTrouble("share", `"${stem.name}" could not be taken back yet: ${why}`);
    }
  }

  begin(source: ShareSource): void {
    const { stem } = source;
    if (this.#shares.has(stem.recordingId)) return;
    const share = this.#newShare(source);
    this.#shares.set(stem.recordingId, share);
    if (stem.sharing === "paused") share.pause();
    share
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
        this.#options.onTrouble("share", `"${stem.name}" is on this machine and not shared: ${why}`);
      })
      .finally(() => {
        if (this.#shares.get(stem.recordingId) === share) this.#shares.delete(stem.recordingId);
      });
  }

  close(): void {
    for (const share of this.#shares.values()) share.stop();
  }

  #newShare(source: ShareSource): Share {
    const { api, nowMs, onProgress } = this.#options;
    return new Share({ api, source, nowMs, onProgress });
  }

  /** On a full disk the decision holds for this run only: the sidecar that is there stays as it is. */
  #decide(stem: Stem, sharing: Sharing): void {
    stem.sharing = sharing;
    try {
      writeSidecar(stem);
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      this.#options.onTrouble("share", `What you decided about "${stem.name}" could not be written down: ${why}`);
    }
  }
}
