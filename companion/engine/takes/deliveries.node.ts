import { join } from "node:path";
import type { SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { deliver } from "./delivery.node.ts";
import { SessionFolder } from "./session-folder.node.ts";
import type { Stem } from "./stem.std.ts";

/** A fetch that failed is tried again after this long, besides whenever the room says that the list has changed. */
const RETRY_MS = 30_000;

interface DeliveriesOptions {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  folder: string;
  /** Whether this stem was recorded in this folder: then it need not be fetched, whoever's it is. */
  isHere?(recordingId: string): boolean;
  onDelivered(recording: Recording, path: string): void;
  onTrouble(message: string): void;
}

/**
 * Brings what is shared in a session into its folder and lays every stem in its place: the others', and this person's own from another
 * machine. Calls that meet are one. A stem that cannot be had holds up none of the others.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #folder: SessionFolder;
  #running: Promise<void> | undefined;
  #again = false;
  #retry: NodeJS.Timeout | undefined;
  readonly #stopped = new AbortController();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#folder = new SessionFolder(options.folder, options.sessionName);
  }

  /** Fetches what is not here yet. */
  fetch(): Promise<void> {
    this.#again = this.#running !== undefined;
    this.#running ??= this.#fetchAll().finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#stopped.signal.aborted) void this.fetch();
    });
    return this.#running;
  }

  /** A stem of this person's own takes its place beside the others'. */
  async layOwn(stem: Stem): Promise<void> {
    try {
      await this.#folder.lay(stem, stem.path);
    } catch (error) {
      this.#trouble(error);
    }
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#stopped.abort();
  }

  async #fetchAll(): Promise<void> {
    const { api, sessionId, isHere } = this.#options;
    clearTimeout(this.#retry);
    let failed = false;
    const attempt = async <Result>(step: () => Promise<Result>): Promise<Result | undefined> => {
      if (this.#stopped.signal.aborted) return undefined;
      try {
        return await step();
      } catch (error) {
        failed = true;
        this.#trouble(error);
        return undefined;
      }
    };
    for (const { recordingId, state } of (await attempt(() => api.listRecordings(sessionId))) ?? []) {
      if (state !== "complete" || this.#folder.has(recordingId) || isHere?.(recordingId)) continue;
      await attempt(() => this.#fetchOne(recordingId));
    }
    if (failed && !this.#stopped.signal.aborted) this.#retry = setTimeout(() => void this.fetch(), RETRY_MS);
  }

  async #fetchOne(recordingId: Recording["recordingId"]): Promise<void> {
    const { api, folder, onDelivered } = this.#options;
    // The list does not carry the clock map; the recording itself does.
    const recording = await api.readRecording(recordingId);
    const path = await deliver(api, recording, join(folder, "originals"), this.#stopped.signal);
    await this.#folder.lay(recording, path);
    onDelivered(recording, path);
  }

  #trouble(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    this.#options.onTrouble(error instanceof Error ? error.message : String(error));
  }
}
