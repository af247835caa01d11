import { PeerClocks } from "./peer-clocks.std.ts";
import { type ClockEstimate, type ClockSample, SessionClock } from "./session-clock.std.ts";

/** The most by which the ticker runs faster or slower than the estimate: ear and DAW do not notice it. */
const SLEW_MAX_PPM = 500;
/** The same while nothing moves by it: what was measured on a busy machine is run in before somebody presses play, and a clock that a DAW hears all the while wavers by a hundredth. */
const IDLE_MAX_PPM = 10_000;
/**
 * Where the bounds prove it further off than `PROVEN_MS`, because what it began with was measured on a busy machine, it is brought back at
 * once: a wrong session time is worse than a fast one.
 */
const PROVEN_MS = 5;
const PROVEN_MAX_PPM = 500_000;
const PROVEN_SPAN_MS = 500;
/** An error is taken out over this long, if that is slow enough. */
const SLEW_SPAN_MS = 2_000;
/** Beyond this the machine slept or a clock was set, and running up to it would take minutes: the ticker steps, once. */
const STEP_MS = 250;
/** Until session time is known this well nothing runs by it, and each sample may step it. */
const SETTLED_SAMPLES = 8;

/**
 * The session ticker: session time as everything here runs on it. It follows the estimate of `SessionClock` by running a little faster or
 * slower, never jumps at a sample and never goes back, even where it is proven wrong and hurries; after a sleep it steps forward once. Its bound is the estimate's plus what is still
 * to be run in, so it holds at every instant. Within it, it agrees with the other players' (`PeerClocks`).
 */
export class SessionTicker {
  readonly #clock = new SessionClock();
  /** What the others make of session time, heard over the lanes. */
  readonly peers = new PeerClocks();
  #line: { localMs: number; sessionMs: number; rate: number } | undefined;
  #steps = 0;

  /** The estimate with the ticker's own bound; `undefined` before the first sample. */
  get estimate(): ClockEstimate | undefined {
    const { estimate } = this.#clock;
    const line = this.#line;
    if (estimate === undefined || line === undefined) return undefined;
    return {
      ...estimate,
      errorMs: estimate.errorMs + Math.abs(this.#clock.toSessionMs(line.localMs) - line.sessionMs),
    };
  }

  /** What is known from the room alone, and what the others are told. */
  get room(): ClockEstimate | undefined {
    return this.#clock.estimate;
  }

  /** How often it had to step since it settled. */
  get steps(): number {
    return this.#steps;
  }

  /** `isIdle`: nothing moves by session time just now. */
  addSample(sample: ClockSample, isIdle = false): void {
    this.#clock.addSample(sample);
    const { estimate } = this.#clock;
    if (estimate === undefined) return;
    const localMs = Math.max(sample.receivedLocalMs, this.#line?.localMs ?? Number.NEGATIVE_INFINITY);
    const wantedMs = this.#clock.toSessionMs(localMs) + this.peers.aheadMs(this.#clock, localMs);
    const line = this.#line;
    const isSettled = estimate.samples >= SETTLED_SAMPLES || this.#steps > 0;
    const errorMs = line === undefined ? 0 : wantedMs - this.toSessionMs(localMs);
    const drifts = 1 + estimate.driftPpm / 1e6;
    if (line === undefined || !isSettled || Math.abs(errorMs) > STEP_MS) {
      if (line !== undefined && isSettled) this.#steps++;
      this.#line = { localMs, sessionMs: wantedMs, rate: drifts };
      return;
    }
    const isProven = Math.abs(errorMs) > estimate.errorMs + PROVEN_MS;
    const calmPpm = isIdle ? IDLE_MAX_PPM : SLEW_MAX_PPM;
    const [mostPpm, spanMs] = isProven ? [PROVEN_MAX_PPM, PROVEN_SPAN_MS] : [calmPpm, SLEW_SPAN_MS];
    const slewPpm = Math.max(-mostPpm, Math.min(mostPpm, (errorMs / spanMs) * 1e6));
    this.#line = { localMs, sessionMs: this.toSessionMs(localMs), rate: drifts + slewPpm / 1e6 };
  }

  /** Session time at an instant of the local clock. Throws before the first sample. */
  toSessionMs(localMs: number): number {
    const { localMs: fromMs, sessionMs, rate } = this.#known();
    return sessionMs + (localMs - fromMs) * rate;
  }

  /** The local clock at an instant of session time. Throws before the first sample. */
  toLocalMs(sessionMs: number): number {
    const { localMs, sessionMs: fromMs, rate } = this.#known();
    return localMs + (sessionMs - fromMs) / rate;
  }

  #known() {
    if (this.#line === undefined) throw new Error("Session time is not known before the room's first answer.");
    return this.#line;
  }
}
