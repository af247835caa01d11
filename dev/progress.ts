/**
 * What is going on, for a person who waits: one line a step, with a bar where the length is known. On a terminal the current
 * line is redrawn; elsewhere each step is printed once when it ends, so that a log stays readable.
 */
const BAR_CHARS = 24;

export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #live: boolean;
  #label = "";
  #startedAtMs = 0;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
    this.#live = out.isTTY === true;
  }

  /** Begins a step; the one before it is closed as done. */
  step(label: string): void {
    this.done();
    this.#label = label;
    this.#startedAtMs = performance.now();
    this.update(undefined);
  }

  /** `ratio` from 0 to 1, or undefined while the length is unknown. */
  update(ratio: number | undefined, note = ""): void {
    if (!this.#live || this.#label === "") return;
    const filled = Math.round(Math.max(0, Math.min(1, ratio ?? 0)) * BAR_CHARS);
    const bar = ratio === undefined ? "·".repeat(BAR_CHARS) : "█".repeat(filled) + "─".repeat(BAR_CHARS - filled);
    this.#out.write(`\r\x1b[K  ${bar}  ${this.#label}${note === "" ? "" : `  ${note}`}`);
  }

  /** Closes the current step. */
  done(note = ""): void {
    if (this.#label === "") return;
    const seconds = ((performance.now() - this.#startedAtMs) / 1000).toFixed(1);
    this.#out.write(
      `${this.#live ? "\r\x1b[K" : ""}  ✓ ${this.#label}${note === "" ? "" : `  ${note}`}  (${seconds} s)\n`,
    );
    this.#label = "";
  }

  /** Leaves the current step as it is, for an error message to follow. */
  broken(): void {
    if (this.#label === "") return;
    this.#out.write(`${this.#live ? "\r\x1b[K" : ""}  ✗ ${this.#label}\n`);
    this.#label = "";
  }
}
