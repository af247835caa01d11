/** The waveforms that the timeline draws. */
import type { LaneStem } from "./lanes.std.ts";

/** Waveforms kept in memory at a time; the longest unseen goes first. */
const PEAKS_MAX = 300;
/** A waveform that is not there yet is asked for again so often, and so long after. */
const ASKED_MAX = 5;
const ASK_AGAIN_MS = 1_000;

/** Fetches each waveform once, when its lane is first drawn. */
export class PeaksStore {
  readonly #byId = new Map<string, Int8Array | "asked" | "none">();
  readonly #asked = new Map<string, number>();
  readonly #readOwn: (recordingId: string) => Promise<Int8Array | null>;
  readonly #onArrival: () => void;

  constructor(readOwn: (recordingId: string) => Promise<Int8Array | null>, onArrival: () => void) {
    this.#readOwn = readOwn;
    this.#onArrival = onArrival;
  }

  of({ recordingId, peaks }: LaneStem): Int8Array | null {
    const known = this.#byId.get(recordingId);
    if (known instanceof Int8Array) return known;
    if (known === undefined && peaks !== null) {
      if (this.#byId.size >= PEAKS_MAX) this.#byId.delete(this.#byId.keys().next().value ?? "");
      this.#byId.set(recordingId, "asked");
      void this.#fetch(recordingId, peaks);
    }
    return null;
  }

  async #fetch(recordingId: string, from: "own" | "server"): Promise<void> {
    const read = from === "own" ? await this.#readOwn(recordingId) : await readShared(recordingId);
    const asked = (this.#asked.get(recordingId) ?? 0) + 1;
    this.#asked.set(recordingId, asked);
    if (read !== null && read.length > 0) this.#byId.set(recordingId, read);
    else if (asked >= ASKED_MAX) this.#byId.set(recordingId, "none");
    // A stem that has just been sealed is known a moment before its picture is kept.
    else setTimeout(() => this.#again(recordingId), ASK_AGAIN_MS);
    this.#onArrival();
  }

  #again(recordingId: string): void {
    this.#byId.delete(recordingId);
    this.#onArrival();
  }
}

async function readShared(recordingId: string): Promise<Int8Array | null> {
  const answer = await fetch(`/api/v1/recordings/${recordingId}/peaks`).catch(() => null);
  const bytes = answer?.ok === true ? await answer.arrayBuffer().catch(() => null) : null;
  return bytes === null ? null : new Int8Array(bytes);
}
