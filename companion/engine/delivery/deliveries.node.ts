import { existsSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { DeletionWish } from "../../../protocol/deliveries.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { SessionFolder } from "../project/session-folder.node.ts";
import type { Stem } from "../stems/stem.std.ts";
import { deliver } from "./delivery.node.ts";
import { deliveryVerdict } from "./disk-room.std.ts";
import { readWishes, type WishesApi } from "./wishes.std.ts";

/** A fetch that failed is tried again after this long, then twice as long, besides whenever the room says that the list has changed. */
const RETRY_MS = 30_000;
const RETRY_MAX_MS = 10 * 60_000;

interface DeliveriesOptions {
  api: Pick<ApiClient, "listRecordings" | "readRecording" | "download"> & Partial<WishesApi>;
  sessionId: SessionId;
  sessionName: string;
  folder: string;
  /** Whether this stem was recorded in this folder: then it need not be fetched, whoever's it is. */
  isHere?(recordingId: string): boolean;
  /** What the disk still holds; asked of the system where it is not given. */
  freeBytes?(): number;
  /** More than comes by itself: it waits until the person says yes. Said once for each. */
  onAsk(recording: Recording): void;
  onDelivered(recording: Recording, path: string): void;
  onWarning(message: string): void;
  /** Owners ask for copies to go; said when there are more than before. */
  onWished?(wishes: readonly DeletionWish[]): void;
}

/**
 * Brings what is shared in a session into its folder and puts every stem in its place: the others', and this person's own from another
 * machine. Calls that meet are one. A stem that cannot be had holds up none of the others. What is large waits for the person's yes, and
 * nothing is brought that would take the disk's reserve.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #folder: SessionFolder;
  #running: Promise<void> | undefined;
  #again = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = RETRY_MS;
  /** What was said since the last time that all went well: once is enough. */
  readonly #told = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #allowed = new Set<string>();
  #unaskedBytes = 0;
  #wished = 0;
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

  /** The session's map goes into the projects. */
  async setMap(map: TimelineMap): Promise<void> {
    try {
      await this.#folder.setMap(map);
    } catch (error) {
      this.#warn(error);
    }
  }

  /** The person says yes to what waits: to one, or to everything that they were asked about. */
  allow(recordingId?: string): Promise<void> {
    for (const id of recordingId === undefined ? this.#asked : [recordingId]) this.#allowed.add(id);
    return this.fetch();
  }

  /** A stem of this person's own takes its place beside the others'. */
  async addOwn(stem: Stem): Promise<void> {
    try {
      await this.#folder.add(stem, stem.path);
    } catch (error) {
      this.#warn(error);
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
        this.#warn(error);
        return undefined;
      }
    };
    const listed = await attempt(() => api.listRecordings(sessionId));
    if (listed !== undefined) dropRemains(join(this.#options.folder, "originals"), listed);
    for (const recording of listed ?? []) {
      const { recordingId, state } = recording;
      if (state !== "complete" || this.#folder.has(recordingId) || isHere?.(recordingId)) continue;
      await attempt(() => this.#fetchOne(recording));
    }
    await this.#readWishes();
    if (!failed) {
      this.#retryMs = RETRY_MS;
      this.#told.clear();
    } else if (!this.#stopped.signal.aborted) {
      this.#retry = setTimeout(() => void this.fetch(), this.#retryMs);
      this.#retryMs = Math.min(RETRY_MAX_MS, 2 * this.#retryMs);
    }
  }

  async #fetchOne(listed: Recording): Promise<void> {
    const { api, folder, onDelivered, onAsk, freeBytes = () => freeBytesOf(folder) } = this.#options;
    const { recordingId, name } = listed;
    const sizeBytes = listed.sizeBytes ?? 0;
    const isAllowed = this.#allowed.has(recordingId);
    const verdict = deliveryVerdict(sizeBytes, { freeBytes: freeBytes(), unaskedBytes: this.#unaskedBytes, isAllowed });
    if (verdict === "no-room")
      throw new Error(`"${name}" stays on the server: this disk keeps what it has for what you record.`);
    if (verdict === "ask") {
      if (!this.#asked.has(recordingId)) onAsk(listed);
      this.#asked.add(recordingId);
      return;
    }
    // The list does not carry the clock map; the recording itself does.
    const recording = await api.readRecording(recordingId);
    const path = await deliver(api, recording, join(folder, "originals"), this.#stopped.signal);
    await this.#folder.add(recording, path);
    if (!isAllowed) this.#unaskedBytes += sizeBytes;
    onDelivered(recording, path);
  }

  /** A wish that cannot be read now is read with the next change; it holds nothing up. */
  async #readWishes(): Promise<void> {
    const { api, sessionId, onWished } = this.#options;
    const { listWishes, readWishKey } = api;
    if (onWished === undefined || listWishes === undefined || readWishKey === undefined) return;
    const ask = { listWishes: () => listWishes.call(api), readWishKey: () => readWishKey.call(api) };
    const wishes = await readWishes(ask, sessionId).catch(() => []);
    if (wishes.length > this.#wished && !this.#stopped.signal.aborted) onWished(wishes);
    this.#wished = wishes.length;
  }

  #warn(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#stopped.signal.aborted || this.#told.has(message)) return;
    this.#told.add(message);
    this.#options.onWarning(message);
  }
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Half of what was withdrawn, or ended, while this companion was away: nothing will ever complete it. */
function dropRemains(folder: string, listed: readonly Recording[]): void {
  if (!existsSync(folder)) return;
  const tails = new Set(listed.map(({ recordingId }) => recordingId.slice(-6)));
  for (const name of readdirSync(folder)) {
    const tail = / ([0-9a-z]{6})\.wav\.part$/.exec(name)?.[1];
    if (tail !== undefined && !tails.has(tail)) rmSync(join(folder, name), { force: true });
  }
}
