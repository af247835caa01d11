import { PART_MAX_BYTES, RECORDING_MAX_BYTES } from "../../../protocol/limits.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { UPLOAD_ABANDONED_AFTER_MS } from "../../../protocol/retention.ts";
import { ApiError, type UploadApi } from "../api/api-client.std.ts";
import { again, backoffMs, isRetryable } from "../api/retry.std.ts";
import { sleep } from "../api/sleep.std.ts";
import type { Disk, DiskFile } from "../stems/disk.std.ts";
import type { Stem } from "../stems/stem.std.ts";
import { base64Of, digestOf, peaksOf, readPart, whyChanged } from "./stem-file.std.ts";
import { UploadMeter, type UploadProgress, type UploadState } from "./upload-progress.std.ts";

/** Parts on their way at once: one travels while the store keeps the other. Memory is this many parts, whatever the take's length. */
const IN_FLIGHT = 2;
/** How often a request without an answer is looked at. */
const WATCH_MS = 1_000;
/** An upload of that age is begun anew from the file on this disk, a day before the server gives it up and two before R2 does. */
const RESTART_AFTER_MS = UPLOAD_ABANDONED_AFTER_MS - 24 * 60 * 60 * 1000;
/** Restarts in a row that brought nothing further. */
const RESTARTS_MAX = 3;
/** Answers that mean that the store no longer has this upload, or that what it had was not the file. */
const LOST: readonly string[] = ["not-found", "upload-ended", "hash-mismatch", "gone"];

/** This upload grows too old to be finished. */
class Stale extends Error {}
/** How often a take that is still being recorded is looked at. */
const LOOK_MS = 500;
const BUSY_MS = 1_000;
const VERIFYING_MS = 200;
/** A stem that is whole, or one that grows: then `readyBytes` says how far its bytes will not change any more. */
export interface UploadSource {
  stem: Stem;
  readyBytes(): number;
  ended: Promise<Stem>;
}

export const wholeSource = (stem: Stem): UploadSource => ({
  stem,
  readyBytes: () => stem.sizeBytes,
  ended: Promise.resolve(stem),
});

interface UploadOptions {
  api: UploadApi;
  disk: Disk;
  source: UploadSource;
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  onProgress(progress: UploadProgress): void;
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
export class Upload {
  readonly #options: UploadOptions;
  readonly #source: UploadSource;
  readonly #taken = new Set<number>();
  readonly #meter: UploadMeter;
  #running: Promise<unknown> | undefined;
  #openedAtMs = 0;
  #restarts = 0;
  #partBytes = 0;
  #whole: Stem | undefined;
  #paused: PromiseWithResolvers<void> | undefined;
  #flight = new AbortController();
  #withdrawn = false;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#meter = new UploadMeter(options.nowMs);
    void options.source.ended.then((stem) => {
      this.#whole = stem;
    });
  }

  get progress(): UploadProgress {
    const { recordingId, name, sizeBytes } = this.#source.stem;
    const { state, sentBytes, bytesPerSecond, message } = this.#meter;
    const totalBytes = this.#whole === undefined ? null : sizeBytes;
    return {
      recordingId,
      name,
      state,
      sentBytes,
      totalBytes,
      bytesPerSecond,
      secondsLeft: totalBytes === null || bytesPerSecond <= 0 ? null : (totalBytes - sentBytes) / bytesPerSecond,
      ...(message === undefined ? {} : { message }),
    };
  }

  /** What is on its way is dropped at once: a person who presses pause needs the line now. */
  pause(): void {
    if (this.#paused !== undefined || this.#isOver()) return;
    this.#paused = Promise.withResolvers();
    this.#flight.abort();
    this.#meter.drop();
    this.#say("paused");
  }

  resume(): void {
    if (this.#paused === undefined) return;
    this.#flight = new AbortController();
    this.#meter.moved();
    this.#paused.resolve();
    this.#paused = undefined;
    this.#say("uploading");
  }

  /** Ends the upload, or takes the recording back. Copies that others have fetched are theirs. */
  async withdraw(): Promise<void> {
    this.#withdrawn = true;
    this.#flight.abort();
    this.#paused?.resolve();
    const takeBack = () =>
      again(() => this.#options.api.withdrawRecording(this.#source.stem.recordingId), 20).catch((error) => {
        if (!(error instanceof ApiError && error.code === "not-found")) throw error;
      });
    await takeBack();
    // A request of its own that was on its way may have opened it again.
    if (this.#running !== undefined) await this.#running.then(takeBack, takeBack);
    this.#say("withdrawn");
  }

  /** Leaves everything as it is, for the program's end. */
  stop(): void {
    this.#withdrawn = true;
    this.#flight.abort();
    this.#paused?.resolve();
  }

  /** Runs to the end. `null` if it was withdrawn or stopped; throws what trying again cannot mend. */
  run(): Promise<Recording | null> {
    const running = this.#run();
    this.#running = running;
    return running;
  }

  async #run(): Promise<Recording | null> {
    for (;;) {
      try {
        return await this.#attempt();
      } catch (error) {
        if (this.#withdrawn) return null;
        const isLost = error instanceof Stale || (error instanceof ApiError && LOST.includes(error.code));
        const why =
          isLost && this.#restarts++ < RESTARTS_MAX
            ? await whyChanged(this.#options.disk, this.#whole)
            : (error as Error);
        if (why === null) continue;
        this.#say("failed", why.message);
        throw why;
      }
    }
  }

  async #attempt(): Promise<Recording | null> {
    const opened = await this.#open();
    if (this.#withdrawn) return null;
    this.#partBytes = opened.partBytes;
    this.#taken.clear();
    for (const number of opened.partsHeld ?? []) this.#taken.add(number);
    this.#meter.hold([...this.#taken].reduce((sum, number) => sum + this.#bytesOf(number), 0));
    if (opened.state === "uploading") {
      this.#say("uploading");
      const file = await this.#options.disk.open(this.#source.stem.path, "read");
      // Both carriers are done with the file before anything else is tried.
      const carried = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, () => this.#carry(file)));
      await file.close();
      for (const one of carried) if (one.status === "rejected") throw one.reason;
    }
    if (this.#withdrawn) return null;
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
      ...(await peaksOf(this.#options.disk, stem)),
    };
    const ask = () => this.#persist(() => this.#options.api.completeRecording(recordingId, complete));
    let recording = await ask();
    // A large one is read back in parts, one for each time that it is asked.
    while (recording?.state === "uploading") {
      await sleep(VERIFYING_MS);
      recording = await ask();
    }
    if (recording === null) return null;
    this.#meter.hold(sizeBytes);
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
    this.#openedAtMs = opened?.createdAtMs ?? 0;
    if (opened?.state === "uploading" && this.#isOld()) {
      await again(() => api.withdrawRecording(recordingId));
      opened = await this.#persist(ask);
      // By this machine's own clock, which may be wrong: it must not look old again at once.
      this.#openedAtMs = nowMs();
    }
    if (opened === null) throw new Error("It was withdrawn.");
    return opened;
  }

  /** One of the carriers: takes the next part that nobody has, until there is none. */
  async #carry(file: DiskFile): Promise<void> {
    for (;;) {
      const number = await this.#next();
      if (number === null) return;
      const { recordingId } = this.#source.stem;
      const bytes = await readPart(file, (number - 1) * this.#partBytes, this.#bytesOf(number));
      const digest = base64Of(await digestOf(bytes));
      const onSent = (sentBytes: number) => {
        if (!this.#flight.signal.aborted && this.#meter.fly(number, sentBytes)) this.#say("uploading");
      };
      this.#meter.begin(number);
      const sent = await this.#persist(async () => {
        await this.#options.api.putPart(recordingId, number, bytes, digest, this.#flight.signal, onSent);
        this.#meter.land(number, bytes.byteLength);
        return true;
      }).finally(() => this.#meter.land(number, 0));
      if (sent === null) return;
      this.#restarts = 0;
      this.#say("uploading");
    }
  }

  #bytesOf(number: number): number {
    if (this.#whole === undefined) return this.#partBytes;
    return Math.min(this.#partBytes, this.#whole.sizeBytes - (number - 1) * this.#partBytes);
  }

  /** The number of a part that is ready and nobody has; `null` when all are, or it was withdrawn. */
  async #next(): Promise<number | null> {
    for (;;) {
      await this.#paused?.promise;
      if (this.#withdrawn) return null;
      if (this.#isOld()) throw new Stale();
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
      const watch = setInterval(() => this.#watch(), WATCH_MS);
      try {
        return await ask();
      } catch (error) {
        if (this.#withdrawn) return null;
        if (this.#paused !== undefined || this.#flight.signal.aborted) continue;
        if (!isRetryable(error)) throw error;
        if (this.#meter.state !== "stalled") this.#say("waiting", (error as Error).message);
        // Another copy of this part is being stored, maybe by nobody any more: that is over within seconds.
        const waitMs = error instanceof ApiError && error.code === "part-busy" ? BUSY_MS : backoffMs(tries);
        await sleep(waitMs, this.#flight.signal).catch(() => undefined);
      } finally {
        clearInterval(watch);
      }
    }
  }

  #watch(): void {
    if (this.#paused !== undefined || !this.#meter.isStalled) return;
    this.#say(
      "stalled",
      "Nothing has got through for a minute. The take is safe here, and the upload goes on by itself.",
    );
  }

  #isOld(): boolean {
    return this.#options.nowMs() - this.#openedAtMs > RESTART_AFTER_MS;
  }

  #isOver(): boolean {
    return this.#withdrawn || ["complete", "failed"].includes(this.#meter.state);
  }

  #say(state: UploadState, message?: string): void {
    this.#meter.say(state, message);
    this.#options.onProgress(this.progress);
  }
}
