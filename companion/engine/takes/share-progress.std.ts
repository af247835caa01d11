/** What a person sees of a share: where it is, how fast it goes, how long it will take. */
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

/**
 * Said before a person shares, wherever they do it (promise D3): the one text of it.
 */
export const SHARE_NOTICE =
  "Sharing sends this take to SessionLinked and to everybody in the session who may have files. Their companions keep copies of their own: withdrawing or deleting it later takes it from our servers, not from their machines.";

/** The rate that is shown is that of about the last ten seconds. */
const WINDOW_MS = 10_000;

/** How fast bytes go, from what was told of them in the last seconds. */
export class Pace {
  readonly #recent: [atMs: number, bytes: number][] = [];

  add(atMs: number, bytes: number): void {
    const last = this.#recent.at(-1);
    // A clock that was set back, or a part that has to be sent again, begins a new count.
    if (last !== undefined && (atMs < last[0] || bytes < last[1])) this.forget();
    this.#recent.push([atMs, bytes]);
    while (this.#recent.length > 2 && atMs - (this.#recent[0]?.[0] ?? atMs) > WINDOW_MS) this.#recent.shift();
  }

  forget(): void {
    this.#recent.length = 0;
  }

  get bytesPerSecond(): number {
    const [first] = this.#recent;
    const last = this.#recent.at(-1);
    if (first === undefined || last === undefined || last[0] === first[0]) return 0;
    return ((last[1] - first[1]) / (last[0] - first[0])) * 1000;
  }
}
