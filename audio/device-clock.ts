import { BLOCK_MS } from "./capture-ring.ts";

/** The earliest of so many milliseconds is believed: what woke up later was late, and the device was not. */
const WINDOW_MS = 1_000;
/** A clock that is further off than this has jumped: the machine slept. */
const JUMP_MS = 40;
/** Otherwise it is followed by at most this much a look. */
const STEP_MS = 0.05;

/**
 * When a device's frame 0 was, by the machine's clock, told from when its blocks were seen. A block is never seen before it is there, so the
 * earliest of many is nearly true; a device that calls for several blocks at once is at its own time with the last of them.
 */
export class DeviceClock {
  readonly #blockMs: number;
  #earliest = Number.POSITIVE_INFINITY;
  #earliestBefore = Number.POSITIVE_INFINITY;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #originMs: number | null = null;

  constructor(blockMs = BLOCK_MS) {
    this.#blockMs = blockMs;
  }

  /** `null` while it is not known. */
  get originMs(): number | null {
    return this.#originMs;
  }

  /** So many blocks were there at this instant. */
  note(blocks: number, nowMs: number): void {
    if (nowMs - this.#sinceMs > WINDOW_MS) {
      this.#earliestBefore = nowMs - this.#sinceMs > 2 * WINDOW_MS ? Number.POSITIVE_INFINITY : this.#earliest;
      this.#earliest = Number.POSITIVE_INFINITY;
      this.#sinceMs = nowMs;
    }
    this.#earliest = Math.min(this.#earliest, nowMs - blocks * this.#blockMs);
    const wanted = Math.min(this.#earliest, this.#earliestBefore);
    const off = wanted - (this.#originMs ?? wanted);
    if (this.#originMs === null || Math.abs(off) > JUMP_MS) this.#originMs = wanted;
    else this.#originMs += Math.max(-STEP_MS, Math.min(STEP_MS, off));
  }
}
