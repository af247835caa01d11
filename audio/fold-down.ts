import { LANE_CHANNELS_MAX } from "../protocol/limits.ts";

/**
 * What stands for a channel on each side of a fold-down to stereo. The channels of a lane or a stem are inputs of an interface and no
 * loudspeakers, so no table of a surround format applies to them: one alone is heard on both sides as it is, two are left and right, and of more each
 * is a source that is panned at constant power, in the middle unless its player says otherwise. There it is at 0.7071 (−3 dB) on both sides, which
 * is what ITU-R BS.775-3 (annex 4) gives a centre channel in two-channel stereo.
 */
export class FoldDown {
  readonly left = new Float64Array(LANE_CHANNELS_MAX);
  readonly right = new Float64Array(LANE_CHANNELS_MAX);

  /** @param pans Where each channel stands, from −1 (left) to 1 (right); in the middle where nothing is said. */
  constructor(pans: ArrayLike<number> = []) {
    this.pan(pans);
  }

  /** Allocates nothing. */
  pan(pans: ArrayLike<number>): void {
    for (let channel = 0; channel < LANE_CHANNELS_MAX; channel++) {
      const angle = ((Math.max(-1, Math.min(1, pans[channel] ?? 0)) + 1) * Math.PI) / 4;
      // A channel that is wholly on one side is silent on the other, to the bit.
      this.left[channel] = angle === Math.PI / 2 ? 0 : Math.cos(angle);
      this.right[channel] = Math.sin(angle);
    }
  }

  /** Folds `count` of `channels` into two, which may be the first two of them. */
  fold(channels: readonly Float32Array[], count: number, left: Float32Array, right: Float32Array): void {
    for (let at = 0; at < left.length; at++) {
      let toLeft = 0;
      let toRight = 0;
      for (let channel = 0; channel < count; channel++) {
        const sample = channels[channel]?.[at] ?? 0;
        toLeft += sample * (this.left[channel] ?? 0);
        toRight += sample * (this.right[channel] ?? 0);
      }
      left[at] = toLeft;
      right[at] = toRight;
    }
  }
}

/** Sound of one array a channel as one or two: what has more than two channels is folded down, each of them in the middle. */
export function foldDown(channels: Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer>[] {
  const [left, right] = channels;
  if (channels.length <= 2 || left === undefined || right === undefined) return channels;
  new FoldDown().fold(channels, channels.length, left, right);
  return [left, right];
}
