/** What a machine did behind the program's back. */
export type Surprise =
  /** It slept, or stopped the program, for this long. */
  | { what: "slept"; ms: number }
  /** Somebody set its wall clock by this much; nothing that is counted in frames is touched. */
  | { what: "clock-set"; ms: number };

/** The machine's clocks, in milliseconds. Node's `os.uptime()` counts sleep on every system; the monotonic clock does not on Linux. */
export interface MachineClocks {
  monotonicMs(): number;
  wallMs(): number;
  uptimeMs(): number;
}

/** Looks further apart than this were not the program's choice: busy for two seconds it may be, and its sound goes on meanwhile. */
const LATE_MS = 5_000;
/** Clocks of one machine differ by their steps and by being read one after the other, not by this much. */
const APART_MS = 500;

/**
 * Compares the machine's clocks at each `check`, a few times a second: sleep shows as uptime (or the program's own turn) running ahead, a
 * clock that was set as wall time running ahead or back.
 */
export class SleepDetector {
  readonly #clocks: MachineClocks;
  #last: { monotonicMs: number; wallMs: number; uptimeMs: number };

  constructor(clocks: MachineClocks) {
    this.#clocks = clocks;
    this.#last = this.#read();
  }

  check(): Surprise | null {
    const now = this.#read();
    const monotonicMs = now.monotonicMs - this.#last.monotonicMs;
    const uptimeMs = now.uptimeMs - this.#last.uptimeMs;
    const wallMs = now.wallMs - this.#last.wallMs;
    this.#last = now;
    const passedMs = Math.max(monotonicMs, uptimeMs);
    if (monotonicMs > LATE_MS || uptimeMs - monotonicMs > APART_MS) return { what: "slept", ms: passedMs };
    if (Math.abs(wallMs - passedMs) > APART_MS) return { what: "clock-set", ms: wallMs - passedMs };
    return null;
  }

  #read() {
    const { monotonicMs, wallMs, uptimeMs } = this.#clocks;
    return { monotonicMs: monotonicMs(), wallMs: wallMs(), uptimeMs: uptimeMs() };
  }
}
