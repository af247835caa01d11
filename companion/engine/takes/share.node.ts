import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PART_MAX_BYTES, RECORDING_MAX_BYTES } from "../../../protocol/limits.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { type ApiClient, ApiError } from "../api/api-client.std.ts";
import { peaksPathOf } from "./recorder.node.ts";
import { again, backoffMs, isRetryable } from "./retry.node.ts";
import type { Stem } from "./stem.std.ts";

/** Parts on their way at once: one travels while the store keeps the other. Memory is this many parts, whatever the take's length. */
const IN_FLIGHT = 2;
/** A part without an answer for this long is worth a word to the person. */
const STALL_MS = 60_000;
/** The store gives an upload up after six days; from the fifth on it is begun anew, from the file on this disk. */
const RESTART_AFTER_MS = 5 * 24 * 60 * 60 * 1000;
const RESTARTS_MAX = 3;
/** How often a take that is still being recorded is looked at. */
const LOOK_MS = 500;
/** The rate that is shown is that of about the last ten seconds. */
const RATE_WINDOW_MS = 10_000;

export type ShareState = "uploading" | "paused" | "waiting" | "stalled" | "complete" | "withdrawn" | "failed";

export interface ShareProgress {
  recordingId: string;
  name: string;
  state: ShareState;
  sentBytes: number;
  /** `null` while the take is still being recorded. */
  totalBytes: number | null;
  bytesPerSecond: number;
  /** `null` while it cannot be known. */
  secondsLeft: number | null;
  /** For "waiting", "stalled" and "failed": what is the matter, in a sentence. */
  message?: string;
}

/** A stem that is whole, or one that grows: then `readyBytes` says how far its bytes will not change any more. */
export interface ShareSource {
  stem: Stem;
  readyBytes(): number;
  ended: Promise<Stem>;
}

export const wholeSource = (stem: Stem): ShareSource => ({
  stem,
  readyBytes: () => stem.sizeBytes,
  ended: Promise.resolve(stem),
});

interface ShareOptions {
  api: ApiClient;
  source: ShareSource;
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  onProgress(progress: ShareProgress): void;
  partBytes?: number;
}

/**
 * The way of one stem from this disk to the collaborators; made only because a person shares it (C7).
 *
 * It opens the upload, sends every part that is ready, and completes it when the take has ended. The first part holds the header, which
 * changes until then, so it goes last. Every step may be repeated, so a lost answer, a dead server and a restart of this program are one
 * case: ask what is held and send the rest. It does not give up by itself: it ends complete, withdrawn, or refused for a reason that
 * trying again cannot mend.
 */
export class Share {
  readonly #options: ShareOptions;
  readonly #source: ShareSource;
  readonly #held = new Set<number>();
  readonly #taken = new Set<number>();
  readonly #recent: [atMs: number, sentBytes: number][] = [];
  #partBytes = 0;
  #whole: Stem | undefined;
  #paused: PromiseWithResolvers<void> | undefined;
  #flight = new AbortController();
  #withdrawn = false;
  #state: ShareState = "uploading";
  #message: string | undefined;
  #confirmedAtMs: number;

  constructor(options: ShareOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#confirmedAtMs = options.nowMs();
    void options.source.ended.then((stem) => {
      this.#whole = stem;
    });
  }

  get progress(): ShareProgress {
    const { recordingId, name, sizeBytes } = this.#source.stem;
    const sentBytes = this.#sentBytes();
    const totalBytes = this.#whole === undefined ? null : sizeBytes;
    const [first] = this.#recent;
    const last = this.#recent.at(-1);
    const spanMs = first === undefined || last === undefined ? 0 : last[0] - first[0];
    const bytesPerSecond =
      first === undefined || last === undefined || spanMs === 0 ? 0 : ((last[1] - first[1]) / spanMs) * 1000;
    return {
      recordingId,
      name,
      state: this.#state,
      sentBytes,
      totalBytes,
      bytesPerSecond,
      secondsLeft: totalBytes === null || bytesPerSecond === 0 ? null : (totalBytes - sentBytes) / bytesPerSecond,
      ...(this.#message === undefined ? {} : { message: this.#message }),
    };
  }

  /** What is on its way is dropped at once: a person who presses pause needs the line now. */
  pause(): void {
    if (this.#paused !== undefined || this.#isOver()) return;
    this.#paused = Promise.withResolvers();
    this.#flight.abort();
    this.#say("paused");
  }

  resume(): void {
    if (this.#paused === undefined) return;
    this.#flight = new AbortController();
    this.#confirmedAtMs = this.#options.nowMs();
    this.#paused.resolve();
    this.#paused = undefined;
    this.#say("uploading");
  }

  /** Ends the upload, or takes the recording back. Copies that others have fetched are theirs. */
  async withdraw(): Promise<void> {
    this.#withdrawn = true;
    this.#flight.abort();
    this.#paused?.resolve();
    await again(() => this.#options.api.withdrawRecording(this.#source.stem.recordingId), 20).catch((error) => {
      if (!(error instanceof ApiError && error.code === "not-found")) throw error;
    });
    this.#say("withdrawn");
  }

  /** Leaves everything as it is, for the program's end. */
  stop(): void {
    this.#withdrawn = true;
    this.#flight.abort();
    this.#paused?.resolve();
  }

  /** Runs to the end. `null` if it was withdrawn or stopped; throws what trying again cannot mend. */
  async run(): Promise<Recording | null> {
    for (let restarts = 0; ; restarts++) {
      try {
        return await this.#attempt();
      } catch (error) {
        if (this.#withdrawn) return null;
        // The store no longer has this upload, or what it had was not the file: begin anew, from the disk.
        const lost =
          error instanceof ApiError && ["not-found", "upload-ended", "hash-mismatch", "gone"].includes(error.code);
        if (lost && restarts < RESTARTS_MAX) continue;
        this.#say("failed", error instanceof Error ? error.message : String(error));
        throw error;
      }
    }
  }

  async #attempt(): Promise<Recording | null> {
    const opened = await this.#open();
    if (this.#withdrawn) return null;
    this.#partBytes = opened.partBytes;
    this.#taken.clear();
    this.#held.clear();
    for (const number of opened.partsHeld ?? []) {
      this.#held.add(number);
      this.#taken.add(number);
    }
    if (opened.state === "uploading") {
      this.#say("uploading");
      const file = await open(this.#source.stem.path);
      try {
        await Promise.all(Array.from({ length: IN_FLIGHT }, () => this.#carry(file)));
      } finally {
        await file.close();
      }
    }
    const stem = await this.#source.ended;
    if (this.#withdrawn) return null;
    const { recordingId, sizeBytes, frames, sha256, clock, transportAtStart, transportAtEnd } = stem;
    const parts = Math.ceil(sizeBytes / this.#partBytes);
    const complete = {
      sizeBytes,
      frames,
      sha256: sha256 ?? "",
      parts,
      clock,
      transportAtStart,
      transportAtEnd,
      ...peaksOf(stem),
    };
    const recording = await this.#persist(() => this.#options.api.completeRecording(recordingId, complete));
    if (recording === null) return null;
    for (let number = 1; number <= parts; number++) this.#held.add(number);
    this.#say("complete");
    return recording;
  }

  async #open(): Promise<Recording> {
    const { api, nowMs, partBytes = PART_MAX_BYTES } = this.#options;
    const { recordingId, sessionId, takeId, name, format, timelineFrames, startedAtMs, bpm } = this.#source.stem;
    const wanted = { recordingId, takeId, name, format, timelineFrames, startedAtMs, bpm, partBytes };
    const ask = async () => {
      await api.createRecording(sessionId, wanted).catch(async (error) => {
        // An older version may have begun it with parts of another size: that is still the same upload.
        if (!(error instanceof ApiError && error.code === "conflict")) throw error;
      });
      return await api.readRecording(recordingId);
    };
    let opened = await this.#persist(ask);
    if (opened?.state === "uploading" && nowMs() - opened.createdAtMs > RESTART_AFTER_MS) {
      await again(() => api.withdrawRecording(recordingId));
      opened = await this.#persist(ask);
    }
    if (opened === null) throw new Error("It was withdrawn.");
    return opened;
  }

  /** One of the carriers: takes the next part that nobody has, until there is none. */
  async #carry(file: FileHandle): Promise<void> {
    for (;;) {
      const number = await this.#next();
      if (number === null) return;
      const { stem } = this.#source;
      const from = (number - 1) * this.#partBytes;
      const length = this.#whole === undefined ? this.#partBytes : Math.min(this.#partBytes, stem.sizeBytes - from);
      const bytes = new Uint8Array(length);
      await file.read(bytes, 0, length, from);
      const digest = createHash("sha256").update(bytes).digest("base64");
      const sent = await this.#persist(async () => {
        await this.#options.api.putPart(stem.recordingId, number, bytes, digest, this.#flight.signal);
        return true;
      });
      if (sent === null) return;
      this.#held.add(number);
      this.#confirmedAtMs = this.#options.nowMs();
      this.#say("uploading");
    }
  }

  /** The number of a part that is ready and nobody has; `null` when all are, or it was withdrawn. */
  async #next(): Promise<number | null> {
    for (;;) {
      await this.#paused?.promise;
      if (this.#withdrawn) return null;
      const whole = this.#whole;
      const ready =
        whole === undefined
          ? Math.floor(this.#source.readyBytes() / this.#partBytes)
          : Math.ceil(whole.sizeBytes / this.#partBytes);
      for (let number = whole === undefined ? 2 : 1; number <= ready; number++) {
        if (this.#taken.has(number)) continue;
        this.#taken.add(number);
        return number;
      }
      if (whole !== undefined) return null;
      if (this.#source.readyBytes() > RECORDING_MAX_BYTES) throw new Error("The take is longer than can be shared.");
      await Promise.race([sleep(LOOK_MS), this.#source.ended]);
    }
  }

  /** Asks until it is answered: waits out what passes, keeps still while paused, says so when it takes long. */
  async #persist<Result>(ask: () => Promise<Result>): Promise<Result | null> {
    for (let tries = 0; ; tries++) {
      await this.#paused?.promise;
      if (this.#withdrawn) return null;
      const watch = setInterval(() => this.#watch(), STALL_MS / 6);
      try {
        return await ask();
      } catch (error) {
        if (this.#withdrawn) return null;
        if (this.#paused !== undefined || this.#flight.signal.aborted) continue;
        if (!isRetryable(error)) throw error;
        if (this.#state !== "stalled") this.#say("waiting", (error as Error).message);
        await sleep(backoffMs(tries), undefined, { signal: this.#flight.signal }).catch(() => undefined);
      } finally {
        clearInterval(watch);
      }
    }
  }

  #watch(): void {
    if (this.#paused !== undefined || this.#options.nowMs() - this.#confirmedAtMs < STALL_MS) return;
    this.#say(
      "stalled",
      "Nothing has got through for a minute. The take is safe here, and the upload goes on by itself.",
    );
  }

  #sentBytes(): number {
    const { sizeBytes } = this.#source.stem;
    const size = this.#whole === undefined ? Number.POSITIVE_INFINITY : sizeBytes;
    let sum = 0;
    for (const number of this.#held)
      sum += Math.max(0, Math.min(this.#partBytes, size - (number - 1) * this.#partBytes));
    return sum;
  }

  #isOver(): boolean {
    return this.#withdrawn || this.#state === "complete" || this.#state === "failed";
  }

  #say(state: ShareState, message?: string): void {
    this.#state = state;
    this.#message = message;
    const nowMs = this.#options.nowMs();
    if (state === "uploading") this.#recent.push([nowMs, this.#sentBytes()]);
    else this.#recent.length = 0;
    while (this.#recent.length > 2 && nowMs - (this.#recent[0]?.[0] ?? nowMs) > RATE_WINDOW_MS) this.#recent.shift();
    this.#options.onProgress(this.progress);
  }
}

function peaksOf(stem: Stem): { peaks?: string } {
  const path = peaksPathOf(stem);
  return existsSync(path) ? { peaks: readFileSync(path).toString("base64") } : {};
}
