import { decodeInterleaved } from "../../../audio/pcm.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import type { ClockPoint } from "../../../protocol/recordings.ts";
import {
  COPY_KEPT_MS,
  COPY_RECORD_FRAMES,
  COPY_WINDOW_RECORDS,
  type CopyDetails,
  type CopyHead,
  type CopyMessage,
  type CopyRecord,
} from "../../../protocol/safety-copies.ts";
import { CopyMerge } from "./copy-merge.std.ts";
import { type Lost, NOTHING_LOST, readCopyPart } from "./copy-records.std.ts";
import { type CopyKeys, openerOf } from "./copy-seal.std.ts";

/** What the others have of one take of this person's, and how much of it has come back. */
export interface OwnCopy {
  /** The longest of the copies: by it the take is asked for. */
  copyId: string;
  /** Who keeps one. */
  from: MemberId[];
  startedAtMs: number;
  seconds: number;
  /** When the last of them goes by itself. */
  untilMs: number;
  /** Whether this person's own stems hold all of it. */
  isHere: boolean;
  /** `null`: nobody has asked for it. */
  returnedSeconds: number | null;
}

/** A take that has come back, and what is not in it as it was played. */
export interface ReturnedCopy {
  startedAtMs: number;
  seconds: number;
  /** So much never reached whoever kept it: silence stands for it. */
  missingMs: number;
  /** So much reached them mixed down, in fewer channels. */
  foldedMs: number;
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
  isHere(copy: Pick<CopyHead, "startedAtMs" | "seconds">): boolean;
  begin(details: CopyDetails): ReturnedStem;
  say(to: MemberId, message: CopyMessage): void;
  onChange(): void;
  onReturned(copy: ReturnedCopy): void;
  onWarning(code: string, message: string): void;
}

/** A copy as somebody offers it. */
interface Offer {
  from: MemberId;
  head: CopyHead;
}

/** One keeper's copy on its way. */
interface Part extends Offer {
  /** The record that comes next, and the one up to which was asked. */
  next: number;
  askedTo: number;
  open: Promise<(sealed: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>>;
  details: CopyDetails | undefined;
  lost: Lost;
  /** Why it ended before its end. */
  error: unknown;
  /** Records that have come wait for the one before, so many of them. */
  tail: Promise<void>;
  waiting: number;
  /** Looks in a row at which nothing had come. */
  idle: number;
  isOver: boolean;
}

/** A take on its way back: all copies of it that there are, until it is known which of them are of one lane. */
interface Coming {
  copyId: string;
  parts: Part[];
  merge: CopyMerge;
  stem: ReturnedStem | undefined;
  startedAtMs: number;
  channels: number;
  rateHz: number;
  frames: number;
  isEnding: boolean;
}

/** A copy's own clock is the owner's device, whose place was told with each packet: as exact as session time is anywhere. */
const ERROR_MS = 5;
/** Copies of one take overlap; two takes, one behind the other, by what clocks differ at most. */
const OVERLAP_MIN_MS = 100;
/** One keeper is waited for by the others' copies as long as this many looks. */
const IDLE_MAX = 5;
/** What has come of one copy and waits for another is bounded: no more is asked for meanwhile. */
const WAITING_MAX_FRAMES = 2 * COPY_WINDOW_RECORDS * COPY_RECORD_FRAMES;

/**
 * Brings takes back to their owner: asks whoever keeps copies of one for some records after the other, opens them, lays them over each other, and
 * writes a stem as if it had been recorded here. What does not come is asked for again; who is gone is waited for, unless another has a copy too.
 */
export class CopyReturn {
  readonly #options: CopyReturnOptions;
  readonly #offers = new Map<MemberId, readonly CopyHead[]>();
  readonly #coming = new Map<string, Coming>();
  keys: CopyKeys | undefined;

  constructor(options: CopyReturnOptions) {
    this.#options = options;
  }

  /** What the others keep. */
  get copies(): OwnCopy[] {
    return this.#takes().map((offers) => {
      const fromMs = Math.min(...offers.map(({ head }) => head.startedAtMs));
      const seconds = Math.max(...offers.map(({ head }) => head.startedAtMs / 1000 + head.seconds)) - fromMs / 1000;
      const { copyId } = longestOf(offers);
      const coming = offers.flatMap(({ head }) => this.#coming.get(head.copyId) ?? []).at(0);
      return {
        copyId,
        from: [...new Set(offers.map(({ from }) => from))],
        startedAtMs: fromMs,
        seconds,
        untilMs: Math.max(...offers.map(({ head }) => head.madeAtMs)) + COPY_KEPT_MS,
        isHere: coming === undefined && this.#options.isHere({ startedAtMs: fromMs, seconds }),
        returnedSeconds: coming === undefined ? null : coming.frames / coming.rateHz,
      };
    });
  }

  /** What somebody keeps of this person's. */
  offer(from: MemberId, copies: readonly CopyHead[]): void {
    this.#offers.set(
      from,
      copies.filter(({ publicKey }) => publicKey === this.keys?.publicKey),
    );
    for (const coming of new Set(this.#coming.values()))
      for (const part of coming.parts) if (part.from === from && !part.isOver) this.#ask(part);
    this.#options.onChange();
  }

  /** The person wishes to have it back. */
  bring(copyId: string): void {
    const { keys } = this;
    const offers = this.#takes().find((all) => all.some(({ head }) => head.copyId === copyId));
    if (offers === undefined || keys === undefined || offers.some(({ head }) => this.#coming.has(head.copyId))) return;
    const parts = offers.map((offer): Part => {
      const open = openerOf(keys, offer.head.encapsulated, offer.head.copyId);
      open.catch(() => undefined);
      const tail = Promise.resolve();
      return {
        ...offer,
        next: 0,
        askedTo: 0,
        open,
        details: undefined,
        lost: NOTHING_LOST,
        error: undefined,
        tail,
        waiting: 0,
        idle: 0,
        isOver: false,
      };
    });
    const coming: Coming = {
      copyId,
      parts,
      merge: new CopyMerge(),
      stem: undefined,
      startedAtMs: 0,
      channels: 2,
      rateHz: 48_000,
      frames: 0,
      isEnding: false,
    };
    for (const part of parts) this.#coming.set(part.head.copyId, coming);
    for (const part of parts) this.#ask(part);
    this.#options.onChange();
  }

  hear(from: MemberId, { copyId, number, sealed }: CopyRecord): void {
    const coming = this.#coming.get(copyId);
    const part = partOf(coming, from, copyId);
    if (coming === undefined || part === undefined || number !== part.next) return;
    part.next++;
    part.idle = 0;
    this.#queue(coming, part, () => this.#take(coming, part, sealed));
  }

  /** Whoever keeps it has no more of it than so many records. */
  end(from: MemberId, copyId: string, records: number): void {
    const coming = this.#coming.get(copyId);
    const part = partOf(coming, from, copyId);
    if (coming === undefined || part === undefined || part.next < records) return;
    this.#queue(coming, part, async () => this.#over(coming, part));
  }

  /** Called every few seconds: what was asked for and has not come is asked for again. */
  tick(): void {
    for (const coming of new Set(this.#coming.values()))
      for (const part of coming.parts) {
        if (part.isOver || part.waiting > 0 || this.#isFull(coming, part)) continue;
        const isAlone = coming.parts.every((one) => one === part || (one.isOver && one.details === undefined));
        if (part.idle > 0) this.#ask(part);
        if (++part.idle > IDLE_MAX && !isAlone) this.#over(coming, part);
      }
  }

  /** The offers by take: those that overlap are of one. */
  #takes(): Offer[][] {
    const offers = [...this.#offers]
      .flatMap(([from, heads]) => heads.map((head) => ({ from, head })))
      .sort((a, b) => a.head.startedAtMs - b.head.startedAtMs);
    const takes: Offer[][] = [];
    let toMs = Number.NEGATIVE_INFINITY;
    for (const offer of offers) {
      const { startedAtMs, seconds } = offer.head;
      if (startedAtMs <= toMs - OVERLAP_MIN_MS) takes.at(-1)?.push(offer);
      else takes.push([offer]);
      toMs = Math.max(toMs, startedAtMs + seconds * 1000);
    }
    return takes;
  }

  #queue(coming: Coming, part: Part, step: () => Promise<void>): void {
    part.waiting++;
    part.tail = part.tail
      .then(step)
      .catch((error) => this.#over(coming, part, error))
      .finally(() => {
        part.waiting--;
      });
  }

  #ask(part: Part): void {
    part.askedTo = part.next + COPY_WINDOW_RECORDS;
    this.#options.say(part.from, { say: "give", copyId: part.head.copyId, from: part.next });
  }

  #isFull({ merge }: Coming, part: Part): boolean {
    return part.next === part.askedTo && merge.waitingFrames(part.head.copyId) >= WAITING_MAX_FRAMES;
  }

  async #take(coming: Coming, part: Part, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
    if (part.isOver) return;
    const read = readCopyPart(await (await part.open)(sealed));
    if (read === null) throw new Error("it holds something else than sound.");
    if (read.what === "details") {
      part.details ??= read.details;
      this.#begin(coming);
    } else if (read.what === "end") part.lost = read;
    else if (part.details === undefined) throw new Error("it begins in the middle.");
    else {
      const { channels } = part.details.format;
      coming.merge.add(part.head.copyId, Int32Array.from(decodeInterleaved(read.bytes, "pcm24")), channels);
    }
    this.#flush(coming);
  }

  /** Once each of the copies has said of which lane it is, those of one are merged; the others are takes of their own, and may come later. */
  #begin(coming: Coming): void {
    const known = coming.parts.flatMap(({ details, head }) => (details === undefined ? [] : [{ details, head }]));
    const isWaiting = coming.parts.some(({ details, isOver }) => details === undefined && !isOver);
    if (coming.stem !== undefined || isWaiting || known.length === 0) return;
    const main = known.find(({ head }) => head.copyId === coming.copyId) ?? known[0];
    const lane = main?.details.lane;
    const isOfIt = ({ details }: { details?: CopyDetails | undefined }) =>
      details === main?.details ||
      (lane !== undefined &&
        details?.lane?.stream === lane.stream &&
        details.format.channels === main?.details.format.channels &&
        details.format.sampleRateHz === main.details.format.sampleRateHz);
    for (const part of coming.parts)
      if (!isOfIt(part)) {
        part.isOver = true;
        coming.merge.drop(part.head.copyId);
        this.#coming.delete(part.head.copyId);
      }
    const merged = known.filter(isOfIt);
    const frameOf = ({ lane: of }: CopyDetails) => of?.frame ?? 0;
    for (const { details, head } of merged) coming.merge.place(head.copyId, frameOf(details));
    const first = merged
      .map(({ details }) => details)
      .reduce((one, other) => (((frameOf(other) - frameOf(one)) | 0) < 0 ? other : one));
    coming.parts = coming.parts.filter(isOfIt);
    coming.startedAtMs = first.startedAtMs;
    coming.channels = first.format.channels;
    coming.rateHz = first.format.sampleRateHz;
    coming.stem = this.#options.begin(first);
    coming.stem.mark({ frame: 0, atMs: first.startedAtMs, errorMs: ERROR_MS });
  }

  /** Writes what every copy has got to, and asks for more. */
  #flush(coming: Coming): void {
    const { stem, merge } = coming;
    if (stem !== undefined && stem.error === undefined)
      for (let sound = merge.take(); sound !== null; sound = merge.take()) {
        stem.write(sound);
        coming.frames += sound.length / coming.channels;
      }
    for (const part of coming.parts)
      if (!part.isOver && part.next === part.askedTo && !this.#isFull(coming, part)) this.#ask(part);
    if (stem?.error !== undefined) void this.#finish(coming, stem.error);
    this.#options.onChange();
  }

  /** Nothing more comes of a copy: all of it is there, or, with an error, what came before that. */
  #over(coming: Coming, part: Part, error?: unknown): void {
    if (part.isOver) return;
    part.isOver = true;
    part.error = error;
    coming.merge.end(part.head.copyId, part.lost);
    this.#begin(coming);
    if (part.details === undefined) coming.merge.drop(part.head.copyId);
    this.#flush(coming);
    if (!coming.parts.every(({ isOver }) => isOver)) return;
    // What could not be opened of one copy another may have had.
    const isBroken = coming.parts.every((one) => one.error !== undefined);
    void this.#finish(coming, isBroken ? error : undefined);
  }

  async #finish(coming: Coming, error: unknown): Promise<void> {
    if (coming.isEnding) return;
    coming.isEnding = true;
    const { stem, merge } = coming;
    let failed = error;
    await stem?.finish().catch((refused: unknown) => {
      failed ??= refused;
    });
    for (const [copyId, one] of this.#coming) if (one === coming) this.#coming.delete(copyId);
    if (stem === undefined || failed !== undefined) {
      const why =
        failed instanceof Error && failed.message !== ""
          ? failed.message
          : stem === undefined && failed === undefined
            ? "there is nothing in it."
            : "it does not open with your key.";
      this.#options.onWarning("safety-copies", `A safety copy could not be brought back: ${why}`);
    } else {
      const msOf = (frames: number) => (frames / coming.rateHz) * 1000;
      const { missingFrames, foldedFrames } = merge.lost;
      this.#options.onReturned({
        startedAtMs: coming.startedAtMs,
        seconds: coming.frames / coming.rateHz,
        missingMs: msOf(missingFrames),
        foldedMs: msOf(foldedFrames),
      });
    }
    this.#options.onChange();
  }
}

const longestOf = (offers: readonly Offer[]): CopyHead =>
  offers.map(({ head }) => head).reduce((one, other) => (other.seconds > one.seconds ? other : one));

const partOf = (coming: Coming | undefined, from: MemberId, copyId: string): Part | undefined =>
  coming?.parts.find((part) => part.from === from && part.head.copyId === copyId);
