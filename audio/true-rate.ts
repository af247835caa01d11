/** How long a device is looked at for one measure: its buffers are a few milliseconds of it. */
const WINDOW_MS = 5_000;
/** So many measures in a row have to agree this well: a machine that is busy is late by another amount each time, a device is wrong by the same. */
const WINDOWS = 5;
const AGREEMENT = 0.01;
/** Crystals are off by a ten-thousandth at the most. Rates that are taken for each other are 8 % apart or more. */
const LIE = 0.02;
/** What hardly moves has been paused, and has no rate. */
const PAUSED = 0.4;

/** The rate at which a device really runs, told from its frames and the machine's clock. */
export class TrueRate {
  readonly #saidHz: number;
  #from: { frames: number; ms: number } | null = null;
  #ratesHz: number[] = [];

  constructor(saidHz: number) {
    this.#saidHz = saidHz;
  }

  /** So many frames had passed at this instant; told about once a second. */
  note(frames: number, ms: number): void {
    const from = this.#from;
    if (from !== null && ms - from.ms < WINDOW_MS) return;
    this.#from = { frames, ms };
    if (from === null) return;
    this.#ratesHz = [...this.#ratesHz, ((frames - from.frames) / (ms - from.ms)) * 1000].slice(-WINDOWS);
  }

  /** The device's own rate where it is another one than it says; `null` where it is true, or not known yet. */
  get otherHz(): number | null {
    if (this.#ratesHz.length < WINDOWS) return null;
    const rateHz = this.#ratesHz.reduce((sum, one) => sum + one, 0) / WINDOWS;
    const isSteady = this.#ratesHz.every((one) => Math.abs(one - rateHz) <= rateHz * AGREEMENT);
    const isTrue = Math.abs(rateHz - this.#saidHz) <= this.#saidHz * LIE;
    return isTrue || !isSteady || rateHz < this.#saidHz * PAUSED ? null : rateHz;
  }
}
