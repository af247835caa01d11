/** The waveforms that the timeline draws. */
import type { LaneStem } from "./lanes.std.ts";

/** As many as there are takes on screen at the most, 4 KB each: what is drawn must not push out what is drawn beside it. */
const PEAKS_MAX = 2_000;
/** Asked for at a time; the others wait. */
const ASKS_MAX = 6;
/** A waveform that is not there yet is asked for again so often, and so long after. */
const TRIES_MAX = 5;
const ASK_AGAIN_MS = 1_000;
/** Waveforms that come one after the other are drawn together. */
const TELL_MS = 150;

export interface PeaksStoreOptions {
  /** Of a stem that this browser recorded. */
  readOwn(recordingId: string): Promise<Int8Array | null>;
  readShared(recordingId: string): Promise<Int8Array | null>;
  /** Those of these stems are here, or may be asked for again. */
  onArrival(recordingIds: ReadonlySet<string>): void;
}

/** Fetches each waveform once, when its stem is first drawn, a few at a time; bounded, and whatever was not drawn for longest goes first. */
export class PeaksStore {
  readonly #options: PeaksStoreOptions;
  readonly #byId = new Map<string, Int8Array | "asked" | "none">();
  readonly #tries = new Map<string, number>();
  readonly #waiting: { recordingId: string; from: "own" | "server" }[] = [];
  #asks = 0;
  #untold = new Set<string>();

  constructor(options: PeaksStoreOptions) {
    this.#options = options;
  }

  of({ recordingId, peaks }: Pick<LaneStem, "recordingId" | "peaks">): Int8Array | null {
    const known = this.#byId.get(recordingId);
    if (known instanceof Int8Array) {
      // The newest use comes last.
      this.#byId.delete(recordingId);
      this.#byId.set(recordingId, known);
      return known;
    }
    if (known === undefined && peaks !== null) {
      if (this.#byId.size >= PEAKS_MAX) this.#byId.delete(this.#byId.keys().next().value ?? "");
      this.#byId.set(recordingId, "asked");
      this.#waiting.push({ recordingId, from: peaks });
      this.#askNext();
    }
    return null;
  }

  #askNext(): void {
    if (this.#asks >= ASKS_MAX) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#asks++;
    void this.#ask(next.recordingId, next.from).finally(() => {
      this.#asks--;
      this.#askNext();
    });
  }

  async #ask(recordingId: string, from: "own" | "server"): Promise<void> {
    const { readOwn, readShared } = this.#options;
    const read = await (from === "own" ? readOwn(recordingId) : readShared(recordingId)).catch(() => null);
    const tries = (this.#tries.get(recordingId) ?? 0) + 1;
    if (read !== null && read.length > 0) {
      this.#byId.set(recordingId, read);
      this.#tries.delete(recordingId);
      this.#tell(recordingId);
    } else if (tries >= TRIES_MAX) {
      this.#byId.set(recordingId, "none");
      this.#tries.delete(recordingId);
    } else {
      this.#tries.set(recordingId, tries);
      // A stem that has just been sealed is known a moment before its picture is kept.
      setTimeout(() => {
        this.#byId.delete(recordingId);
        this.#tell(recordingId);
      }, ASK_AGAIN_MS);
    }
  }

  #tell(recordingId: string): void {
    this.#untold.add(recordingId);
    if (this.#untold.size > 1) return;
    setTimeout(() => {
      const told = this.#untold;
      this.#untold = new Set();
      this.#options.onArrival(told);
    }, TELL_MS);
  }
}

/** As the site gives it to this page. */
export async function readSharedPeaks(recordingId: string): Promise<Int8Array | null> {
  const answer = await fetch(`/api/v1/recordings/${recordingId}/peaks`);
  return answer.ok ? new Int8Array(await answer.arrayBuffer()) : null;
}
