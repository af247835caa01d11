import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { LoudnessMeter } from "./loudness.ts";

/** What a person sets of one lane in their own mix; nobody else hears of it. */
export interface LaneMix {
  gainDb: number;
  /** −1 left, 0 middle, 1 right. */
  pan: number;
  isMuted: boolean;
  isSolo: boolean;
}

export const plainMix: LaneMix = { gainDb: 0, pan: 0, isMuted: false, isSolo: false };

/** How far music steps back while somebody talks. */
const DUCK = 10 ** (-12 / 20);
/** From silent to full in ten milliseconds: quick to the hand, and no click. */
const RAMP_PER_FRAME = 1 / 480;

/** One lane's strip: gain, balance, mute and solo, and what it measures behind them. */
export class LaneStrip {
  readonly #meter: LoudnessMeter;
  readonly #left = new Float32Array(LANE_PACKET_FRAMES);
  readonly #right = new Float32Array(LANE_PACKET_FRAMES);
  #level = [1, 1];
  mix: LaneMix = plainMix;
  /** Whether somebody else talks. */
  isDucked = false;

  constructor(rateHz = 48_000) {
    this.#meter = new LoudnessMeter(rateHz);
  }

  /** Adds a block, of a packet's length or less, to the mix. `isSoloed`: whether any lane is. */
  add(from: readonly Float32Array[], to: readonly Float32Array[], frames: number, isSoloed: boolean): void {
    const { gainDb, pan, isMuted, isSolo } = this.mix;
    const gain = isMuted || (isSoloed && !isSolo) ? 0 : 10 ** (gainDb / 20) * (this.isDucked ? DUCK : 1);
    // Balance: what is in the middle stays as loud as it was.
    const left = gain * Math.min(1, 1 - pan);
    const right = gain * Math.min(1, 1 + pan);
    const inLeft = from[0];
    const inRight = from[1];
    const outLeft = to[0];
    const outRight = to[1];
    if (inLeft === undefined || inRight === undefined || outLeft === undefined || outRight === undefined) return;
    let levelLeft = this.#level[0] ?? 0;
    let levelRight = this.#level[1] ?? 0;
    for (let at = 0; at < frames; at++) {
      levelLeft = toward(levelLeft, left);
      levelRight = toward(levelRight, right);
      const one = (inLeft[at] ?? 0) * levelLeft;
      const other = (inRight[at] ?? 0) * levelRight;
      outLeft[at] = (outLeft[at] ?? 0) + one;
      outRight[at] = (outRight[at] ?? 0) + other;
      this.#left[at] = one;
      this.#right[at] = other;
    }
    this.#meter.add(this.#left, this.#right, frames);
    this.#level[0] = levelLeft;
    this.#level[1] = levelRight;
  }

  /** Peak since this was last asked, full scale 1, and loudness of the last three seconds. */
  takeLevels(): { peak: number; shortTermLufs: number } {
    return { peak: this.#meter.takePeak(), shortTermLufs: this.#meter.shortTermLufs };
  }
}

const toward = (level: number, target: number) =>
  level < target ? Math.min(target, level + RAMP_PER_FRAME) : Math.max(target, level - RAMP_PER_FRAME);

/** −0.3 dBFS: a converter has something left. */
const CEILING = 10 ** (-0.3 / 20);
/** The gain goes down within this many frames, and comes back over a fifth of a second. */
const ATTACK_FRAMES = 32;
const RELEASE_PER_FRAME = 1 / 9_600;

/**
 * A limiter over the whole mix, without look-ahead, because that would be delay: six people at full level are turned down, and what is faster than
 * it is held at the ceiling.
 */
export class Limiter {
  #gain = 1;

  apply(channels: readonly Float32Array[], frames: number): void {
    let peak = 0;
    for (const channel of channels)
      for (let at = 0; at < frames; at++) peak = Math.max(peak, Math.abs(channel[at] ?? 0));
    const needed = Math.min(1, CEILING / Math.max(peak, 1e-9));
    if (needed === 1 && this.#gain === 1) return;
    const from = this.#gain;
    const to = needed < from ? needed : Math.min(needed, from + RELEASE_PER_FRAME * frames);
    const ramp = needed < from ? Math.min(ATTACK_FRAMES, frames) : frames;
    for (const channel of channels) {
      for (let at = 0; at < frames; at++) {
        const gain = from + (to - from) * Math.min(1, (at + 1) / ramp);
        channel[at] = Math.max(-CEILING, Math.min(CEILING, (channel[at] ?? 0) * gain));
      }
    }
    this.#gain = to;
  }
}
