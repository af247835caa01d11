/** A cable of MIDI carries a thousand messages a second, a busy control surface over USB some hundreds. */
const PIECES_MAX = 2_000;
const BYTES_MAX = 131_072;
const WINDOW_MS = 1_000;

/** Limits what one port may say in a second; what is beyond is not listened to. A stuck cable costs this much and no more. */
export class FloodGuard {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #pieces = 0;
  #bytes = 0;

  /** Whether this piece is still within the second's share. */
  admits(bytes: number, nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= WINDOW_MS) {
      this.#sinceMs = nowMs;
      this.#pieces = 0;
      this.#bytes = 0;
    }
    this.#pieces++;
    this.#bytes += bytes;
    return this.#pieces <= PIECES_MAX && this.#bytes <= BYTES_MAX;
  }
}
