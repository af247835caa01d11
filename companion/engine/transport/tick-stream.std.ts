import type { TransportState } from "../../../protocol/room.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";
import type { DawDriver } from "../midi/driver.std.ts";
import type { DawPort } from "../midi/port.std.ts";

/** After a tick the next is asked for from here on; no language ticks as often as this. */
const APART_MS = 0.5;
/** Ticks that a busy machine held back for less than this leave late, together; older ones are left out. */
const LATE_MAX_MS = 50;

export interface TickStreamOptions {
  port: DawPort;
  driver: DawDriver;
  clock: {
    nowSessionMs(): number;
    toLocalMs(sessionMs: number): number;
    scheduleAtSession(sessionMs: number, call: () => void): () => void;
  };
  map(): TimelineMap;
  /** How much later than it is told the DAW does a thing; every tick leaves so much earlier. */
  lateMs?: number;
}

/**
 * The ticks of a language that has them, MIDI clock or MIDI timecode: from the moment at which a DAW is to roll each leaves at its own
 * instant of session time, computed from the state and never from the tick before, so none of their errors adds up.
 */
export class TickStream {
  readonly #options: TickStreamOptions;
  #state: TransportState | undefined;
  #fromMs = 0;
  #cancel: (() => void) | undefined;
  #turn = 0;

  constructor(options: TickStreamOptions) {
    this.#options = options;
  }

  /** What the DAW is to do from an instant on. */
  takeUp(state: TransportState, atMs: number): void {
    this.#state = state;
    this.#fromMs = atMs;
    this.#schedule();
  }

  reschedule(): void {
    if (this.#state !== undefined) this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#turn++;
    this.#state = undefined;
  }

  #schedule(): void {
    this.#cancel?.();
    const turn = ++this.#turn;
    const { clock, driver, map, port, lateMs = 0 } = this.#options;
    if (this.#state === undefined || driver.tick === undefined) return;
    const fromMs = Math.max(this.#fromMs, clock.nowSessionMs() + lateMs - LATE_MAX_MS);
    const tick = driver.tick(this.#state, map(), fromMs);
    if (tick === null) return;
    this.#cancel = clock.scheduleAtSession(tick.atMs - (port.aheadMs ?? 0) - lateMs, () => {
      if (turn !== this.#turn) return;
      this.#fromMs = tick.atMs + APART_MS;
      port.sendAt(tick.bytes, clock.toLocalMs(tick.atMs) - lateMs);
      this.#schedule();
    });
  }
}
