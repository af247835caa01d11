import { encode } from "../../../audio/pcm.ts";
import type { MemberId, SessionId } from "../../../protocol/ids.ts";
import type { Recording, StemFormat } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { COPY_MAX_SECONDS, CopyDetails, type CopyHead, copyRecordFrames } from "../../../protocol/safety-copies.ts";
import { positionAt } from "../../../protocol/transport.ts";
import { type Lost, packDetails, packEnd, packSound } from "./copy-records.std.ts";
import { type Sealer, sealerFor } from "./copy-seal.std.ts";
import type { CopyStore, GrowingCopy } from "./copy-store.std.ts";
import { isCovered, type Stretch } from "./covered.std.ts";

/** A stretch of a lane, as the sound's end has kept it: interleaved 24-bit integers. */
export interface KeptSound {
  memberId: MemberId;
  /** When its first frame was captured, in session time. */
  sessionMs: number;
  /** Which count of the lane's frames it is, and the first frame's number in it, modulo 2³². */
  stream: number;
  frame: number;
  sampleRateHz: number;
  channels: number;
  samples: Int32Array;
  missingFrames: number;
  /** Those that came in fewer channels than the lane has. */
  foldedFrames: number;
  /** Nothing joins it to what came before. */
  isNew: boolean;
}

/** Of what a media lane brings (heard-lane.std.ts): a count that nobody else has. */
const MEDIA_STREAM = 0;
/** So often it is written down how far a copy is: every ten seconds. */
const RECORDS_PER_NOTE = 60;
/** What is kept comes this much after it was played; whoever has fallen silent by then has nothing more to bring. */
const TAIL_MS = 4_000;

export interface CopyKeeperOptions {
  store: CopyStore;
  /** So much of the disk stays free, and so much is taken of it at most. */
  reserveBytes: number;
  mostBytes: number;
  sessionId: SessionId;
  /** The clock on the wall. */
  nowMs(): number;
  newCopyId(): string;
  /** Whose lanes are to be kept from now on. */
  keep(memberIds: readonly MemberId[]): void;
  onChange(): void;
  onWarning(code: string, message: string): void;
  after(ms: number, call: () => void): void;
}

/** One roll of the transport, in session time. */
interface Roll {
  fromMs: number;
  toMs: number;
  state: TransportState;
}

/**
 * Keeps safety copies: while a take rolls, what each of those who wish it plays, just as it was sent, goes to this disk sealed under their key. A
 * roll is one copy, the turns of a loop one behind the other. It goes once its owner's own stems have arrived, or after a month.
 */
export class CopyKeeper {
  readonly #options: CopyKeeperOptions;
  /** Under whose key what is kept. */
  readonly #wishes = new Map<MemberId, string>();
  readonly #growing = new Map<MemberId, Growing>();
  readonly #ending = new Set<Promise<void>>();
  #roll: Roll | undefined;
  #isOn = false;
  #kept: readonly MemberId[] = [];

  constructor(options: CopyKeeperOptions) {
    this.#options = options;
    options.store.sweep(options.nowMs());
  }

  /** Whether this person keeps what others play, if those wish it. */
  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    this.#choose();
  }

  /** Of whom something would be kept now. */
  get keeps(): readonly MemberId[] {
    return this.#isOn ? [...this.#wishes.keys()] : [];
  }

  /** Copies that are not whole yet. */
  get growing(): readonly string[] {
    return [...this.#growing.values()].map(({ head }) => head.copyId);
  }

  /** Somebody wishes that what they play is kept under this key, or (`null`) no longer. */
  wish(memberId: MemberId, publicKey: string | null): void {
    if (publicKey === null) this.#wishes.delete(memberId);
    else this.#wishes.set(memberId, publicKey);
    this.#choose();
  }

  /** The transport has changed: `after` is in force from its own instant on. */
  execute(before: TransportState, after: TransportState): void {
    const isRecording = after.motion === "recording";
    if (isRecording && before.motion === "recording") return;
    if (this.#roll !== undefined && this.#roll.toMs > after.atMs) this.#roll.toMs = after.atMs;
    if (isRecording) {
      this.#endAll();
      this.#roll = { fromMs: after.atMs, toMs: Number.POSITIVE_INFINITY, state: after };
    } else {
      const roll = this.#roll;
      this.#options.after(TAIL_MS, () => {
        if (roll !== this.#roll) return;
        this.#endAll();
        this.#roll = undefined;
        this.#choose();
      });
    }
    this.#choose();
  }

  /** The room says how the transport stands, to somebody who may have missed how it came to be so. */
  enter(state: TransportState): void {
    const isRolling = this.#roll?.toMs === Number.POSITIVE_INFINITY;
    if (isRolling !== (state.motion === "recording"))
      this.execute({ ...state, motion: isRolling ? "recording" : "stopped" }, state);
  }

  /** What a lane has brought. */
  hear(sound: KeptSound): void {
    const roll = this.#roll;
    const publicKey = this.#wishes.get(sound.memberId);
    if (roll === undefined || publicKey === undefined || !this.#isOn) return;
    const { sampleRateHz, channels, sessionMs } = sound;
    const placeOf = (ms: number) => Math.round(((ms - sessionMs) / 1000) * sampleRateHz);
    const frames = sound.samples.length / channels;
    const from = Math.max(0, placeOf(roll.fromMs));
    const to = Math.min(frames, Number.isFinite(roll.toMs) ? placeOf(roll.toMs) : frames);
    if (sound.isNew) this.#end(sound.memberId);
    if (from < to && this.#growing.has(sound.memberId) && !this.#hasRoom()) this.#refuse(sound.memberId);
    else if (from < to) {
      const startMs = sessionMs + (from / sampleRateHz) * 1000;
      const frame = (sound.frame + from) >>> 0;
      const growing = this.#growing.get(sound.memberId) ?? this.#begin({ ...sound, frame }, publicKey, roll, startMs);
      growing?.add(sound.samples.subarray(from * channels, to * channels), sound);
      if (growing?.isLong) this.#end(sound.memberId);
    }
    if (to < frames) this.#end(sound.memberId);
  }

  /** What somebody no longer has a use for. */
  remove(copyIds: readonly string[]): void {
    for (const [memberId, { head }] of this.#growing) if (copyIds.includes(head.copyId)) this.#end(memberId);
    for (const copyId of copyIds) this.#options.store.remove(copyId);
    this.#options.onChange();
  }

  /** What is on our servers: a copy whose owner's own stems are among it has done its duty. */
  settle(recordings: readonly Recording[]): void {
    const { store } = this.#options;
    const { growing } = this;
    store.sweep(this.#options.nowMs());
    for (const { copyId, memberId, startedAtMs, seconds } of store.heads) {
      const copy = { fromMs: startedAtMs, toMs: startedAtMs + seconds * 1000 };
      if (!growing.includes(copyId) && isCovered(copy, stretchesOf(memberId, recordings))) store.remove(copyId);
    }
    this.#options.onChange();
  }

  /** Resolves when everything is on the disk. */
  async close(): Promise<void> {
    this.#endAll();
    this.#roll = undefined;
    await Promise.all(this.#ending);
  }

  #begin(sound: KeptSound, publicKey: string, { state }: Roll, startedAtMs: number): Growing | undefined {
    const { store, sessionId, newCopyId, nowMs, onWarning, onChange } = this.#options;
    if (store.isFull || !this.#hasRoom()) {
      this.#refuse(sound.memberId);
      return undefined;
    }
    const details = CopyDetails.safeParse({
      format: { sampleRateHz: sound.sampleRateHz, channels: sound.channels, encoding: "pcm24" },
      timelineFrames: Math.max(0, Math.round(positionAt(state, startedAtMs))),
      startedAtMs,
      transportAtStart: state,
      lane: sound.stream === MEDIA_STREAM ? undefined : { stream: sound.stream, frame: sound.frame },
    });
    if (!details.success) return undefined;
    const copyId = newCopyId();
    const head = { copyId, sessionId, memberId: sound.memberId, publicKey, startedAtMs, seconds: 0, madeAtMs: nowMs() };
    const growing = new Growing(store, head, details.data, {
      onBegun: onChange,
      onError: ({ message }) =>
        onWarning(
          "safety-copies",
          `A safety copy of somebody's take ends here (${message}). Nothing of yours is affected.`,
        ),
    });
    this.#growing.set(sound.memberId, growing);
    return growing;
  }

  #hasRoom(): boolean {
    const { store, reserveBytes, mostBytes } = this.#options;
    return store.freeBytes >= reserveBytes && store.heldBytes < mostBytes;
  }

  /** Nothing more of theirs is kept, before they wish it anew. */
  #refuse(memberId: MemberId): void {
    this.#end(memberId);
    this.#options.onWarning(
      "safety-copies",
      "There is no room for more safety copies of the others here. Nothing of yours is affected.",
    );
    this.wish(memberId, null);
  }

  #end(memberId: MemberId): void {
    const growing = this.#growing.get(memberId);
    if (growing === undefined) return;
    this.#growing.delete(memberId);
    const ended = growing.end().finally(() => {
      this.#ending.delete(ended);
      this.#options.onChange();
    });
    this.#ending.add(ended);
  }

  #endAll(): void {
    for (const memberId of [...this.#growing.keys()]) this.#end(memberId);
  }

  #choose(): void {
    const wanted = this.#roll === undefined ? [] : this.keeps;
    if (wanted.length !== this.#kept.length || wanted.some((one, at) => one !== this.#kept[at]))
      this.#options.keep(wanted);
    this.#kept = wanted;
    this.#options.onChange();
  }
}

/** Session time that somebody's complete stems hold. */
export function stretchesOf(memberId: string, recordings: readonly Recording[]): Stretch[] {
  return recordings.flatMap((one) => {
    if (one.memberId !== memberId || one.state !== "complete" || one.frames === null) return [];
    return [stretchOf(one.startedAtMs, one.frames, one.format)];
  });
}

export const stretchOf = (startedAtMs: number, frames: number, { sampleRateHz }: StemFormat): Stretch => ({
  fromMs: startedAtMs,
  toMs: startedAtMs + (frames / sampleRateHz) * 1000,
});

interface Opened {
  sealer: Sealer;
  file: GrowingCopy;
}

/** A copy on its way to disk: sound is gathered into records, which are sealed one behind the other. */
class Growing {
  readonly head: Omit<CopyHead, "encapsulated">;
  readonly #onError: (error: Error) => void;
  readonly #rateHz: number;
  readonly #channels: number;
  readonly #pending: Int32Array;
  #filled = 0;
  #frames = 0;
  #missingFrames = 0;
  #foldedFrames = 0;
  /** Of what lies on the disk. */
  #keptFrames = 0;
  #keptRecords = 0;
  /** Everything that is to be sealed, in order; what fails ends the copy where it is. */
  #tail: Promise<Opened | null>;

  constructor(
    store: CopyStore,
    head: Omit<CopyHead, "encapsulated">,
    details: CopyDetails,
    { onBegun, onError }: { onBegun(): void; onError(error: Error): void },
  ) {
    this.head = head;
    this.#rateHz = details.format.sampleRateHz;
    this.#channels = details.format.channels;
    this.#pending = new Int32Array(copyRecordFrames(this.#channels) * this.#channels);
    this.#onError = onError;
    this.#tail = this.#open(store, onBegun);
    this.#seal(packDetails(details), 0);
  }

  get isLong(): boolean {
    return this.#frames >= COPY_MAX_SECONDS * this.#rateHz;
  }

  add(samples: Int32Array, { missingFrames, foldedFrames }: Lost): void {
    this.#missingFrames += missingFrames;
    this.#foldedFrames += foldedFrames;
    this.#frames += samples.length / this.#channels;
    for (let at = 0; at < samples.length; ) {
      const some = Math.min(samples.length - at, this.#pending.length - this.#filled);
      this.#pending.set(samples.subarray(at, at + some), this.#filled);
      this.#filled += some;
      at += some;
      if (this.#filled === this.#pending.length) this.#flush();
    }
  }

  async end(): Promise<void> {
    this.#flush();
    const lost = { missingFrames: this.#missingFrames, foldedFrames: this.#foldedFrames };
    this.#seal(packEnd({ frames: this.#frames, ...lost }), 0);
    const open = await this.#tail;
    this.#tail = Promise.resolve(null);
    if (open !== null) await this.#close(open).catch((error: Error) => this.#onError(error));
  }

  async #open(store: CopyStore, onBegun: () => void): Promise<Opened | null> {
    try {
      const sealer = await sealerFor(this.head.publicKey, this.head.copyId);
      const file = store.begin({ ...this.head, encapsulated: sealer.encapsulated });
      onBegun();
      return { sealer, file };
    } catch (error) {
      this.#onError(errorOf(error));
      return null;
    }
  }

  #flush(): void {
    if (this.#filled === 0) return;
    const sound = packSound(encode(this.#pending.subarray(0, this.#filled), "pcm24"));
    const frames = this.#filled / this.#channels;
    this.#filled = 0;
    this.#seal(sound, frames);
  }

  #seal(plain: Uint8Array<ArrayBuffer>, frames: number): void {
    this.#tail = this.#tail.then(async (open) => {
      if (open === null) return null;
      try {
        open.file.add(await open.sealer.seal(plain));
        this.#keptFrames += frames;
        if (++this.#keptRecords % RECORDS_PER_NOTE === 0) open.file.note(this.#headOf(open));
        return open;
      } catch (error) {
        this.#onError(errorOf(error));
        // What came before is a copy all the same; the disk that refused may refuse its end too.
        await this.#close(open).catch(() => undefined);
        return null;
      }
    });
  }

  #close(open: Opened): Promise<void> {
    return open.file.end(this.#headOf(open));
  }

  #headOf({ sealer }: Opened): CopyHead {
    return { ...this.head, encapsulated: sealer.encapsulated, seconds: this.#keptFrames / this.#rateHz };
  }
}

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
