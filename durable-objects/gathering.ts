import { EVENTS_BATCH_MAX_CHARS, EVENTS_GATHER_MS, EVENTS_PER_BATCH_MAX } from "../protocol/limits.ts";
import { eventsOf } from "./events-message.ts";

/** Calls back after a while. */
export type After = (delayMs: number, run: () => void) => void;

/**
 * Gathering: the first line is told at once, and those which follow it within `EVENTS_GATHER_MS` are told together. When many write at once
 * a frame for each line and reader is most of the room's work, and most of the readers'. The lines are in the log before they wait here.
 */
export class Gathering {
  readonly #tell: (text: string) => void;
  readonly #after: After;
  #lines: string[] = [];
  #chars = 0;
  #isOpen = false;

  constructor(tell: (text: string) => void, after: After) {
    this.#tell = tell;
    this.#after = after;
  }

  add(line: string): void {
    if (this.#chars + line.length > EVENTS_BATCH_MAX_CHARS) this.flush();
    this.#lines.push(line);
    this.#chars += line.length;
    if (this.#isOpen && this.#lines.length < EVENTS_PER_BATCH_MAX) return;
    this.flush();
    this.#open();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#after(EVENTS_GATHER_MS, () => {
      this.#isOpen = false;
      if (this.#lines.length === 0) return;
      this.flush();
      this.#open();
    });
  }

  /** Tells what waits, before whatever is to be told after it. */
  flush(): void {
    if (this.#lines.length === 0) return;
    const text = eventsOf(this.#lines);
    this.#lines = [];
    this.#chars = 0;
    this.#tell(text);
  }
}
