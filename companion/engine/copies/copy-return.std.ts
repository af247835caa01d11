import { decodeInterleaved } from "../../../audio/pcm.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import type { ClockPoint } from "../../../protocol/recordings.ts";
import {
  COPY_WINDOW_RECORDS,
  type CopyDetails,
  type CopyHead,
  type CopyMessage,
  type CopyRecord,
} from "../../../protocol/safety-copies.ts";
import { readCopyPart } from "./copy-records.std.ts";
import { type CopyKeys, openerOf } from "./copy-seal.std.ts";

/** A copy that somebody has and its owner has not, and how much of it has come. */
export interface ReturnableCopy extends CopyHead {
  /** Who keeps it. */
  from: MemberId;
  /** `null`: nobody has asked for it. */
  returnedSeconds: number | null;
}

/** Where a copy that comes back is written: a stem like any other. */
export interface ReturnedStem {
  write(samples: Int32Array): void;
  mark(point: ClockPoint): void;
  finish(): Promise<void>;
  readonly error: Error | undefined;
}

export interface CopyReturnOptions {
  /** Whether this person's own stems hold all of it. */
  isHere(copy: CopyHead): boolean;
  begin(details: CopyDetails): ReturnedStem;
  say(to: MemberId, message: CopyMessage): void;
  onChange(): void;
  onReturned(copy: CopyHead, missingMs: number): void;
  onWarning(code: string, message: string): void;
}

interface Coming {
  copy: CopyHead;
  from: MemberId;
  /** The record that comes next, and the one up to which was asked. */
  next: number;
  askedTo: number;
  open: Promise<(sealed: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>>;
  stem: ReturnedStem | undefined;
  rateHz: number;
  frames: number;
  missingFrames: number;
  /** Records that have come wait for the one before. */
  tail: Promise<void>;
  progressed: boolean;
}

/** A copy's own clock is the owner's device, whose place was told with each packet: as exact as session time is anywhere. */
const ERROR_MS = 5;

/**
 * Brings copies back to their owner: asks whoever keeps them for some records after the other, opens them, and writes a stem as if it had been
 * recorded here. What does not come is asked for again; who is gone is waited for.
 */
export class CopyReturn {
  readonly #options: CopyReturnOptions;
  readonly #offers = new Map<MemberId, readonly CopyHead[]>();
  readonly #coming = new Map<string, Coming>();
  keys: CopyKeys | undefined;

  constructor(options: CopyReturnOptions) {
    this.#options = options;
  }

  /** What the others keep that is not here. */
  get copies(): ReturnableCopy[] {
    const all = [...this.#offers].flatMap(([from, heads]) => heads.map((head) => ({ from, head })));
    const found = new Map<string, ReturnableCopy>();
    for (const { from, head } of all) {
      const coming = this.#coming.get(head.copyId);
      if (coming === undefined && this.#options.isHere(head)) continue;
      const returnedSeconds = coming === undefined ? null : coming.frames / coming.rateHz;
      found.set(head.copyId, { ...head, from, returnedSeconds });
    }
    return [...found.values()].sort((a, b) => a.startedAtMs - b.startedAtMs);
  }

  /** What somebody keeps of this person's. */
  offer(from: MemberId, copies: readonly CopyHead[]): void {
    this.#offers.set(
      from,
      copies.filter(({ publicKey }) => publicKey === this.keys?.publicKey),
    );
    for (const one of this.#coming.values()) if (one.from === from) this.#ask(one);
    this.#options.onChange();
  }

  /** The person wishes to have it back. */
  bring(copyId: string): void {
    const { keys } = this;
    const found = this.copies.find((one) => one.copyId === copyId);
    if (found === undefined || keys === undefined || this.#coming.has(copyId)) return;
    const { from, returnedSeconds: _, ...copy } = found;
    const coming: Coming = {
      copy,
      from,
      next: 0,
      askedTo: 0,
      open: openerOf(keys, copy.encapsulated, copyId),
      stem: undefined,
      rateHz: 48_000,
      frames: 0,
      missingFrames: 0,
      tail: Promise.resolve(),
      progressed: true,
    };
    coming.open.catch(() => undefined);
    this.#coming.set(copyId, coming);
    this.#ask(coming);
    this.#options.onChange();
  }

  hear(from: MemberId, { copyId, number, sealed }: CopyRecord): void {
    const coming = this.#coming.get(copyId);
    if (coming === undefined || coming.from !== from || number !== coming.next) return;
    coming.next++;
    coming.progressed = true;
    coming.tail = coming.tail.then(() => this.#take(coming, sealed)).catch((error) => this.#fail(coming, error));
    if (coming.next === coming.askedTo) this.#ask(coming);
  }

  /** Whoever keeps it has no more of it than so many records. */
  end(from: MemberId, copyId: string, records: number): void {
    const coming = this.#coming.get(copyId);
    if (coming === undefined || coming.from !== from || coming.next < records) return;
    coming.tail = coming.tail.then(() => this.#finish(coming)).catch((error) => this.#fail(coming, error));
  }

  /** Called every few seconds: what was asked for and has not come is asked for again. */
  tick(): void {
    for (const coming of this.#coming.values()) {
      if (!coming.progressed) this.#ask(coming);
      coming.progressed = false;
    }
  }

  #ask(coming: Coming): void {
    coming.askedTo = coming.next + COPY_WINDOW_RECORDS;
    this.#options.say(coming.from, { say: "give", copyId: coming.copy.copyId, from: coming.next });
  }

  async #take(coming: Coming, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
    const part = readCopyPart(await (await coming.open)(sealed));
    if (part === null) throw new Error("it holds something else than sound.");
    if (part.what === "details") {
      if (coming.stem !== undefined) return;
      coming.rateHz = part.details.format.sampleRateHz;
      coming.stem = this.#options.begin(part.details);
      coming.stem.mark({ frame: 0, atMs: part.details.startedAtMs, errorMs: ERROR_MS });
      return;
    }
    if (part.what === "end") {
      coming.missingFrames = part.missingFrames;
      return;
    }
    if (coming.stem === undefined) throw new Error("it begins in the middle.");
    const samples = Int32Array.from(decodeInterleaved(part.bytes, "pcm24"));
    coming.stem.write(samples);
    if (coming.stem.error !== undefined) throw coming.stem.error;
    coming.frames += samples.length / 2;
    this.#options.onChange();
  }

  async #finish(coming: Coming): Promise<void> {
    const { copy, stem } = coming;
    if (!this.#coming.delete(copy.copyId)) return;
    if (stem === undefined) throw new Error("there is nothing in it.");
    await stem.finish();
    this.#options.onReturned(copy, (coming.missingFrames / coming.rateHz) * 1000);
    this.#options.onChange();
  }

  #fail({ copy, stem }: Coming, error: unknown): void {
    this.#coming.delete(copy.copyId);
    const why = error instanceof Error && error.message !== "" ? error.message : "it does not open with your key.";
    this.#options.onWarning("safety-copies", `A safety copy could not be brought back: ${why}`);
    void stem?.finish().catch(() => undefined);
    this.#options.onChange();
  }
}
