import { BurgPredictor } from "./burg.ts";
import type { LaneReader } from "./lane-ring.ts";
import { kernelOf, PHASES } from "./windowed-sinc.ts";

/** Sound in hand, per channel: more than a resampler looks at and a predictor learns from. */
const HOLD_FRAMES = 8_192;
const KEEP_FRAMES = 2_048;
/** Burg's method over the last 20 ms, of an order that holds a chord. */
const LEARN_FRAMES = 960;
const ORDER = 32;
/** What is extrapolated fades by half in 10 ms, because after that it is a guess. */
const FADE_PER_FRAME = 0.5 ** (1 / 480);
/** True sound comes back over what was extrapolated within 3 ms. */
export const BLEND_FRAMES = 144;

/**
 * The last stretch of a lane as its player hears it: frames as they were sent, and where one is missing, what Burg's method expects after
 * those before. Read at any place between frames by the house's windowed sinc. Allocates nothing after construction.
 */
export class LaneHistory {
  /** Of all channels so many are in use; those behind them are silent. */
  channels: number;
  readonly #channelsMax: number;
  /** One past the last frame that had them all. */
  #widestTo = 0;
  readonly #sound: Float64Array[];
  readonly #predictors: BurgPredictor[];
  readonly #weights: Float64Array;
  /** The loudest of what a guess was learned from, per channel: it is never louder. */
  readonly #peaks: Float64Array;
  /** One past the newest frame in hand. */
  #end = KEEP_FRAMES;
  /** Up to here sound that is guessed lies already, and true sound is blended over it. */
  #blendTo = 0;
  #isGuessing = false;
  /** The last stretch in which not everything is as it was sent. */
  #changedFrom = 0;
  #changedTo = 0;

  constructor(channels: number) {
    this.#channelsMax = channels;
    this.channels = Math.min(2, channels);
    this.#sound = Array.from({ length: channels }, () => new Float64Array(HOLD_FRAMES));
    this.#predictors = Array.from({ length: channels }, () => new BurgPredictor(ORDER, LEARN_FRAMES));
    this.#peaks = new Float64Array(channels);
    this.#weights = new Float64Array(2 * kernelOf(96_000 / 44_100).half);
  }

  get end(): number {
    return this.#end;
  }

  /** The next frame has so many channels; fewer are in use again once nothing else is in hand any more. */
  widen(channels: number): void {
    this.channels = Math.max(this.channels, Math.min(this.#channelsMax, channels));
    this.#widestTo = this.#end + 1;
  }

  /** Room for the next frames; returns by how much all places moved down. */
  makeRoom(place: number): number {
    if (this.#end + KEEP_FRAMES < HOLD_FRAMES) return 0;
    const by = Math.floor(place) - KEEP_FRAMES;
    for (const sound of this.#sound) sound.copyWithin(0, by, Math.min(HOLD_FRAMES, this.#end + BLEND_FRAMES));
    this.#end -= by;
    this.#blendTo -= by;
    this.#changedFrom -= by;
    this.#changedTo -= by;
    this.#widestTo -= by;
    if (this.#widestTo <= 0 && this.channels > 2) {
      this.channels = 2;
      for (const sound of this.#sound.slice(2)) sound.fill(0);
    }
    return by;
  }

  /** The next frames of a lane that is heard as it is, as far as they are there; returns how many, none where something is guessed or blended. */
  take(lane: LaneReader, frame: number, most: number): number {
    const [left, right] = this.#sound;
    if (left === undefined || this.#isGuessing || this.#blendTo > this.#end || this.channels > 2) return 0;
    const count = lane.hearRun(frame, most, left, right, this.#end);
    this.#end += count;
    return count;
  }

  /** One channel of the next frame, as it was sent; `next` ends the frame. */
  add(channel: number, value: number): void {
    const sound = this.#sound[channel];
    if (sound === undefined) return;
    const left = this.#blendTo - this.#end;
    const guess = left > 0 ? (sound[this.#end] ?? 0) : 0;
    sound[this.#end] = left > 0 ? value + ((guess - value) * left) / (BLEND_FRAMES + 1) : value;
  }

  next(): void {
    this.#end++;
    this.#isGuessing = false;
  }

  /** Silence, before a lane has begun. */
  rest(): void {
    for (const sound of this.#sound) sound[this.#end] = 0;
    this.#end++;
  }

  /** A frame that is missing, as it is likely to have been. */
  guess(): void {
    if (!this.#isGuessing && this.#blendTo <= this.#end) this.#learn();
    this.#isGuessing = true;
    this.#guessAt(this.#end);
    this.#end++;
    this.#changed(this.#end);
  }

  /** True sound is back: it fades in over what would have been guessed. */
  resume(): void {
    if (!this.#isGuessing) return;
    for (let at = this.#end; at < this.#end + BLEND_FRAMES; at++) this.#guessAt(at);
    this.#blendTo = this.#end + BLEND_FRAMES;
    this.#changed(this.#blendTo);
    this.#isGuessing = false;
  }

  /** Whether so many frames from a place on are as they were sent. */
  isTrue(place: number, frames: number): boolean {
    return place >= this.#changedTo || place + frames <= this.#changedFrom;
  }

  #changed(to: number): void {
    if (this.#end > this.#changedTo + KEEP_FRAMES) this.#changedFrom = this.#end - 1;
    this.#changedTo = to;
  }

  /** The next sound is another one than would have come: `value` is what would have, for as long as the two are blended. */
  expect(at: number, channel: number, value: number): void {
    const sound = this.#sound[channel];
    if (sound !== undefined) sound[this.#end + at] = value;
    this.#blendTo = this.#end + BLEND_FRAMES;
    this.#changed(this.#blendTo);
  }

  /**
   * Reads `frames` frames from `place` on, `step` apart, into one array a channel. Frames up to half a kernel past the last place must be
   * in hand.
   */
  read(place: number, step: number, frames: number, out: readonly Float32Array[]): void {
    const isWhole = step === 1 && Number.isInteger(place);
    if (isWhole) {
      for (let channel = 0; channel < this.channels; channel++) {
        const sound = this.#sound[channel];
        const into = out[channel];
        if (sound === undefined || into === undefined) continue;
        for (let n = 0; n < frames; n++) into[n] = sound[place + n] ?? 0;
      }
      return;
    }
    if (this.channels === 2) {
      this.#readPair(place, step, frames, out);
      return;
    }
    const { half, weights } = kernelOf(step);
    const taps = 2 * half;
    const row = this.#weights;
    for (let n = 0; n < frames; n++) {
      const at = place + n * step;
      const whole = Math.floor(at);
      const exact = (at - whole) * PHASES;
      const phase = Math.floor(exact);
      const blend = exact - phase;
      for (let tap = 0, near = phase * taps, far = near + taps; tap < taps; tap++, near++, far++) {
        const weight = weights[near] ?? 0;
        row[tap] = weight + ((weights[far] ?? 0) - weight) * blend;
      }
      const first = whole - half + 1;
      for (let channel = 0; channel < this.channels; channel++) {
        const sound = this.#sound[channel];
        const into = out[channel];
        if (sound === undefined || into === undefined) continue;
        // Two sums, because a sum waits for the one before it.
        let even = 0;
        let odd = 0;
        for (let tap = 0, from = first; tap < taps; tap += 2, from += 2) {
          even += (row[tap] ?? 0) * (sound[from] ?? 0);
          odd += (row[tap + 1] ?? 0) * (sound[from + 1] ?? 0);
        }
        into[n] = even + odd;
      }
    }
  }

  /** Both sides of a stereo lane at once: each weight is blended once and used twice, and no sum waits for another. To the bit what `read` makes of each. */
  #readPair(place: number, step: number, frames: number, [left, right]: readonly Float32Array[]): void {
    const [one, other] = this.#sound;
    if (one === undefined || other === undefined || left === undefined || right === undefined) return;
    const { half, weights } = kernelOf(step);
    const taps = 2 * half;
    for (let n = 0; n < frames; n++) {
      const at = place + n * step;
      const whole = Math.floor(at);
      const exact = (at - whole) * PHASES;
      const phase = Math.floor(exact);
      const blend = exact - phase;
      let near = phase * taps;
      let far = near + taps;
      let evenLeft = 0;
      let oddLeft = 0;
      let evenRight = 0;
      let oddRight = 0;
      for (let from = whole - half + 1, end = from + taps; from < end; from += 2, near += 2, far += 2) {
        const first = weights[near] ?? 0;
        const second = weights[near + 1] ?? 0;
        const even = first + ((weights[far] ?? 0) - first) * blend;
        const odd = second + ((weights[far + 1] ?? 0) - second) * blend;
        evenLeft += even * (one[from] ?? 0);
        oddLeft += odd * (one[from + 1] ?? 0);
        evenRight += even * (other[from] ?? 0);
        oddRight += odd * (other[from + 1] ?? 0);
      }
      left[n] = evenLeft + oddLeft;
      right[n] = evenRight + oddRight;
    }
  }

  #learn(): void {
    for (let channel = 0; channel < this.channels; channel++) {
      const sound = this.#sound[channel];
      if (sound === undefined) continue;
      this.#predictors[channel]?.learn(sound, this.#end);
      let peak = 0;
      for (let at = this.#end - LEARN_FRAMES; at < this.#end; at++) peak = Math.max(peak, Math.abs(sound[at] ?? 0));
      this.#peaks[channel] = peak;
    }
  }

  #guessAt(at: number): void {
    for (let channel = 0; channel < this.channels; channel++) {
      const sound = this.#sound[channel];
      const predictor = this.#predictors[channel];
      if (sound === undefined || predictor === undefined) continue;
      const peak = this.#peaks[channel] ?? 0;
      const value = Math.max(-peak, Math.min(peak, predictor.predict(sound, at) * FADE_PER_FRAME));
      // Nobody hears what is below −140 dB, and numbers that small are slow.
      sound[at] = Math.abs(value) < 1e-7 ? 0 : value;
    }
  }
}
