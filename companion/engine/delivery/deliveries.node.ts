import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeletionWish } from "../../../protocol/deliveries.ts";
import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import { DELIVERIES_SHOWN_MAX } from "../../../protocol/limits.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { SessionFolder } from "../project/session-folder.node.ts";
import type { Stem } from "../stems/stem.std.ts";
import { deliver } from "./delivery.node.ts";
import { type ChoiceOf, choose, DeliveryChoices, isWanted } from "./delivery-choices.std.ts";
import type { DeliveryReport, DeliveryState } from "./delivery-report.std.ts";
import { deliveryVerdict } from "./disk-room.std.ts";
import { readWishes, type WishesApi } from "./wishes.std.ts";

/** A fetch that failed is tried again after this long, then twice as long, besides whenever the room says that the list has changed. */
const RETRY_MS = 30_000;
const RETRY_MAX_MS = 10 * 60_000;

interface DeliveriesOptions {
  api: Pick<ApiClient, "listRecordings" | "readRecording" | "download"> &
    Partial<WishesApi & Pick<ApiClient, "answerWish">>;
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
  /** Copies that their owners wish gone, whenever that is another list. */
  onWished?(wishes: readonly PresentWish[]): void;
  /** What is on our servers, whenever that has been read. */
  onListed?(recordings: readonly Recording[]): void;
  /** What there is and what of it comes here, whenever that may have changed. */
  onReport?(report: DeliveryReport): void;
}

/** A wish, and whether this folder has the copy; by what name, if it has. */
export type PresentWish = Pick<DeletionWish, "recordingId" | "wishedAtMs"> & { isHere: boolean; name: string | null };

/** What a person has chosen lies beside what was delivered, so that it holds for every program that opens the folder. */
const CHOICES_FILE = "deliveries.json";

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
  #choices: DeliveryChoices;
  #listed: readonly Recording[] = [];
  #coming: string | undefined;
  #unaskedBytes = 0;
  #wishes: readonly PresentWish[] = [];
  readonly #stopped = new AbortController();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#folder = new SessionFolder(options.folder, options.sessionName);
    this.#choices = readChoices(options.folder);
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

  /** The person chooses what comes here: all of somebody, a take, or a stem. What is here already stays. */
  choose(of: ChoiceOf, wanted: boolean): Promise<void> {
    const choices = choose(this.#choices, of, wanted, this.#listed);
    this.#choices = choices;
    try {
      const path = join(this.#options.folder, CHOICES_FILE);
      writeFileSync(`${path}.part`, JSON.stringify(choices));
      renameSync(`${path}.part`, path);
    } catch (error) {
      // It holds until this companion is closed, and is said.
      this.#warn(error);
    }
    this.#report();
    return this.fetch();
  }

  /** What the person does about a wish. `deleted` takes the copy from this folder first; the owner is told what was done. */
  async answerWish(recordingId: RecordingId, answer: "deleted" | "kept"): Promise<boolean> {
    try {
      if (answer === "deleted") await this.#folder.remove(recordingId);
      await this.#options.api.answerWish?.(recordingId, answer);
      await this.#readWishes();
      return true;
    } catch (error) {
      this.#warn(error);
      return false;
    }
  }

  /** Says where things stand to somebody who has only just come. */
  tellAll(): void {
    this.#report();
    this.#options.onWished?.(this.#wishes);
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
    this.#listed = listed ?? this.#listed;
    if (listed !== undefined) this.#options.onListed?.(listed);
    this.#report();
    for (const recording of listed ?? []) {
      const { recordingId, state } = recording;
      if (state !== "complete" || this.#folder.has(recordingId) || isHere?.(recordingId)) continue;
      // The person may have chosen otherwise meanwhile.
      if (!isWanted(this.#choices, recording)) continue;
      await attempt(() => this.#fetchOne(recording));
    }
    this.#coming = undefined;
    this.#report();
    await this.#readWishes().catch(() => undefined);
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
    this.#coming = recordingId;
    this.#report();
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
    const wishes = (await readWishes(ask, sessionId)).map(({ recordingId, wishedAtMs }) => {
      const name = this.#folder.nameOf(recordingId);
      return { recordingId, wishedAtMs, name, isHere: name !== null };
    });
    if (this.#stopped.signal.aborted || JSON.stringify(wishes) === JSON.stringify(this.#wishes)) return;
    this.#wishes = wishes;
    onWished(wishes);
  }

  #report(): void {
    const { onReport, folder, isHere, freeBytes = () => freeBytesOf(folder) } = this.#options;
    if (onReport === undefined || this.#stopped.signal.aborted) return;
    const stateOf = (recording: Recording): DeliveryState => {
      if (this.#folder.has(recording.recordingId)) return "here";
      if (!isWanted(this.#choices, recording)) return "declined";
      if (recording.recordingId === this.#coming) return "coming";
      return this.#asked.has(recording.recordingId) && !this.#allowed.has(recording.recordingId) ? "asked" : "waiting";
    };
    onReport({
      freeBytes: freeBytes(),
      stems: this.#listed
        .filter(({ recordingId, state }) => state === "complete" && !isHere?.(recordingId))
        .slice(-DELIVERIES_SHOWN_MAX)
        .map((recording) => ({
          recordingId: recording.recordingId,
          takeId: recording.takeId,
          memberId: recording.memberId,
          name: recording.name,
          sizeBytes: recording.sizeBytes ?? 0,
          state: stateOf(recording),
        })),
    });
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

/** A file that cannot be read is none: then all comes, as for somebody who never chose. */
function readChoices(folder: string): DeliveryChoices {
  try {
    return DeliveryChoices.parse(JSON.parse(readFileSync(join(folder, CHOICES_FILE), "utf8")));
  } catch {
    return [];
  }
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
