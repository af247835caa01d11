import { sharingWording } from "../../../protocol/consent.ts";

/** What a person sees of a share: where it is, how fast it goes, how long it will take. */
export type UploadState = "uploading" | "paused" | "waiting" | "stalled" | "complete" | "withdrawn" | "failed";

export interface UploadProgress {
  recordingId: string;
  name: string;
  state: UploadState;
  sentBytes: number;
  /** `null` while the take is still being recorded. */
  totalBytes: number | null;
  bytesPerSecond: number;
  /** `null` while it cannot be known. */
  secondsLeft: number | null;
  /** For "waiting", "stalled" and "failed": what is the matter, in a sentence. */
  message?: string;
}

/** Said before a person shares, at a terminal. */
export const SHARE_NOTICE = sharingWording.en;

/** The rate that is shown is that of about the last ten seconds. */
const WINDOW_MS = 10_000;

/** How fast bytes go, from what was told of them in the last seconds. */
class Pace {
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

/** How often a part on its way is spoken of. */
const SAY_MS = 500;
/** Nothing got through for this long: worth a word to the person. */
const STALL_MS = 60_000;

/** How far a share is: what the store holds, what is on its way, and when something last got through. */
export class UploadMeter {
  readonly #nowMs: () => number;
  /** Bytes of parts on their way that the network has taken. */
  readonly #flying = new Map<number, number>();
  readonly #pace = new Pace();
  #heldBytes = 0;
  #movedAtMs: number;
  #saidAtMs = 0;
  state: UploadState = "uploading";
  message: string | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#movedAtMs = nowMs();
  }

  get sentBytes(): number {
    return [...this.#flying.values()].reduce((sum, bytes) => sum + bytes, this.#heldBytes);
  }

  get bytesPerSecond(): number {
    return this.#pace.bytesPerSecond;
  }

  get isStalled(): boolean {
    return this.#nowMs() - this.#movedAtMs >= STALL_MS;
  }

  /** The time in which there was nothing to send was no stall. */
  moved(): void {
    this.#movedAtMs = this.#nowMs();
  }

  hold(bytes: number): void {
    this.#heldBytes = bytes;
  }

  begin(part: number): void {
    if (this.#flying.size === 0) this.moved();
    this.#flying.set(part, 0);
  }

  /** Returns whether it is time to speak of it. */
  fly(part: number, bytes: number): boolean {
    if (!this.#flying.has(part)) return false;
    this.#flying.set(part, bytes);
    this.moved();
    return Math.abs(this.#movedAtMs - this.#saidAtMs) >= SAY_MS;
  }

  land(part: number, bytes: number): void {
    this.#flying.delete(part);
    this.#heldBytes += bytes;
    if (bytes > 0) this.moved();
  }

  /** What was on its way has to be sent again. */
  drop(): void {
    for (const part of this.#flying.keys()) this.#flying.set(part, 0);
  }

  say(state: UploadState, message?: string): void {
    this.state = state;
    this.message = message;
    this.#saidAtMs = this.#nowMs();
    if (state === "uploading") this.#pace.add(this.#saidAtMs, this.sentBytes);
    else this.#pace.forget();
  }
}
