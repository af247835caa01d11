/** A DAW takes a moment to be on its line, and its first reports may be of before. */
const SETTLE_MS = 150;
/** So many reports say where a DAW rolls; timecode brings them in a quarter of a second. */
const REPORTS = 4;
/** Reports that are further apart than this say nothing exact: a counter that is polled, a busy machine. */
const SPREAD_MAX_MS = 3;

/**
 * The watch over one roll: from what a DAW says of its own place, shortly after it began to roll, how far it is from the session. It says so once for
 * each roll, and only where its reports agree.
 */
export class RollWatch {
  #sinceMs = Number.POSITIVE_INFINITY;
  #offMs: number[] = [];

  /** The DAW rolls, or rolls on from another place, from this instant on. */
  begin(atMs: number): void {
    this.#sinceMs = atMs;
    this.#offMs = [];
  }

  end(): void {
    this.#sinceMs = Number.POSITIVE_INFINITY;
  }

  /** A report, by how much it is ahead of the session; returns what this and those before it say, when they are enough. */
  note(offMs: number, atMs: number): number | null {
    if (atMs < this.#sinceMs + SETTLE_MS) return null;
    this.#offMs = [...this.#offMs, offMs].slice(-REPORTS);
    if (this.#offMs.length < REPORTS) return null;
    const [least = 0, ...others] = this.#offMs.toSorted((one, other) => one - other);
    const most = others.at(-1) ?? least;
    if (most - least > SPREAD_MAX_MS) return null;
    this.end();
    // Late is what a report may be, and never early: the one that is furthest ahead is the truest.
    return most;
  }
}
