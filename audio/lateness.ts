import { lineUnderPoints } from "./line-fit.ts";

/** Arrivals are looked at in windows of this length; of each, the one that came soonest says where the line lies. */
const WINDOW_MS = 250;
const WINDOWS = 240;
/** The base is the soonest arrival of so many windows: a second, in which some packet finds an empty path. */
const BASE_WINDOWS = 4;
/** A line is told from arrivals that span this much, and no two quartzes are further apart than this. */
const SKEW_SPAN_MS = 8_000;
const SKEW_MAX = 400e-6;
/** Of an end of the line so much is not known. */
const ENDS_MS = 0.15;
/** The path itself changed when arrivals lie this far from the line: earlier than it once, or later for two windows. */
const STEP_MS = 4;

/**
 * The lateness of a lane's packets: how long after its last frame was due each one arrived. The line under all arrivals is the path at its
 * best together with the difference of the two clocks (Moon, Skelly and Towsley 1999): its slope is their skew, its height the base.
 * What lies above the line is jitter. All in the sender's frames; time is given in.
 */
export class Lateness {
  readonly #rateHz: number;
  readonly #xs = new Float64Array(WINDOWS);
  readonly #ys = new Float64Array(WINDOWS);
  readonly #hull = new Int32Array(WINDOWS);
  readonly #line = { slope: 0, at0: 0 };
  #count = 0;
  #windowFrom = Number.NaN;
  #soonestX = 0;
  #soonest = Number.POSITIVE_INFINITY;
  #lateWindows = 0;
  /** How far from the truth the skew may be: what is not known of the line's ends, over its length. One until there is a line. */
  skewError = 1;
  /** Frames that the sender counts while the listener's clock counts one, less one. */
  skew = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  get isKnown(): boolean {
    return this.#count > 0 || Number.isFinite(this.#soonest);
  }

  /** @param x When it arrived, in frames by the listener's clock. @param endFrame One past the packet's last frame. */
  add(x: number, endFrame: number): void {
    const y = x - endFrame;
    if (Number.isNaN(this.#windowFrom)) this.#windowFrom = x;
    const level = y + this.skew * x;
    if (level < this.#soonest + this.skew * this.#soonestX || !Number.isFinite(this.#soonest)) {
      this.#soonest = y;
      this.#soonestX = x;
    }
    if (x - this.#windowFrom >= (WINDOW_MS / 1000) * this.#rateHz) this.#close(x);
  }

  /** The lateness of a packet on the line, for one that arrives at `x`. */
  baseAt(x: number): number {
    let level = Number.isFinite(this.#soonest) ? this.#soonest + this.skew * this.#soonestX : Number.POSITIVE_INFINITY;
    for (let at = Math.max(0, this.#count - BASE_WINDOWS); at < this.#count; at++)
      level = Math.min(level, (this.#ys[at] ?? 0) + this.skew * (this.#xs[at] ?? 0));
    return level - this.skew * x;
  }

  /** Nothing came for a while: what comes now tells anew where the line lies, and the skew stays. */
  moved(): void {
    this.#count = 0;
    this.#soonest = Number.POSITIVE_INFINITY;
    this.#windowFrom = Number.NaN;
    this.#lateWindows = 0;
  }

  #close(x: number): void {
    const level = this.#soonest + this.skew * this.#soonestX;
    if (this.#count > 0) this.#followSteps(level - (this.#baseOfWindows() ?? level));
    if (this.#count === WINDOWS) {
      this.#xs.copyWithin(0, WINDOWS / 2);
      this.#ys.copyWithin(0, WINDOWS / 2);
      this.#count = WINDOWS / 2;
    }
    this.#xs[this.#count] = this.#soonestX;
    this.#ys[this.#count] = this.#soonest;
    this.#count++;
    this.#windowFrom = x;
    this.#soonest = Number.POSITIVE_INFINITY;
    this.#fit();
  }

  #baseOfWindows(): number | null {
    let level = Number.POSITIVE_INFINITY;
    for (let at = Math.max(0, this.#count - BASE_WINDOWS); at < this.#count; at++)
      level = Math.min(level, (this.#ys[at] ?? 0) + this.skew * (this.#xs[at] ?? 0));
    return Number.isFinite(level) ? level : null;
  }

  /** Moves what was learned before a step of the path along with it, so that a step is not taken for skew. */
  #followSteps(away: number): void {
    const step = (STEP_MS / 1000) * this.#rateHz;
    this.#lateWindows = away > step ? this.#lateWindows + 1 : 0;
    if (away > -step && this.#lateWindows < 2) return;
    for (let at = 0; at < this.#count; at++) this.#ys[at] = (this.#ys[at] ?? 0) + away;
    this.#lateWindows = 0;
  }

  #fit(): void {
    const spanFrames = (this.#xs[this.#count - 1] ?? 0) - (this.#xs[0] ?? 0);
    if (spanFrames < (SKEW_SPAN_MS / 1000) * this.#rateHz) return;
    if (!lineUnderPoints(this.#xs, this.#ys, this.#count, this.#hull, this.#line)) return;
    this.skewError = ((ENDS_MS / 1000) * this.#rateHz) / spanFrames;
    // Lateness falls where the sender's clock is fast.
    this.skew = Math.max(-SKEW_MAX, Math.min(SKEW_MAX, -this.#line.slope));
  }
}
