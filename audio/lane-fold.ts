import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { FoldDown } from "./fold-down.ts";
import { Limiter } from "./lane-mixer.ts";
import { INT24_SCALE, toInt24 } from "./pcm.ts";

/**
 * A lane's own blocks as the stereo that stands for them, for whoever has no use for more, and where the up-link has no room for it: a pair is itself,
 * one channel is on both sides, and the rest is folded down as it is panned, under the mix's limiter, because eight inputs at once may be more than
 * full scale. Allocates nothing after construction; what it returns is valid until the next call.
 */
export class LaneFold {
  readonly #channels: number;
  readonly #isPair: boolean;
  readonly #fold: FoldDown;
  readonly #limiter = new Limiter();
  readonly #planar: Float32Array[];
  readonly #sides: readonly Float32Array[];
  readonly #stereo = new Int32Array(LANE_PACKET_FRAMES * 2);

  constructor(pans: readonly number[]) {
    this.#channels = pans.length;
    this.#isPair = pans.length === 2 && pans[0] === -1 && pans[1] === 1;
    this.#fold = new FoldDown(pans);
    this.#planar = Array.from({ length: Math.max(2, pans.length) }, () => new Float32Array(LANE_PACKET_FRAMES));
    this.#sides = this.#planar.slice(0, 2);
  }

  /** @param samples One block of the lane, interleaved 24-bit integers. */
  of(samples: Int32Array): Int32Array {
    if (this.#isPair) return samples;
    const stereo = this.#stereo;
    if (this.#channels === 1) {
      for (let at = 0; at < LANE_PACKET_FRAMES; at++) stereo[2 * at] = stereo[2 * at + 1] = samples[at] ?? 0;
      return stereo;
    }
    for (const [channel, planar] of this.#planar.entries())
      for (let at = 0; at < LANE_PACKET_FRAMES; at++)
        planar[at] = (samples[at * this.#channels + channel] ?? 0) / INT24_SCALE;
    const [left, right] = this.#sides;
    if (left === undefined || right === undefined) return stereo;
    this.#fold.fold(this.#planar, this.#channels, left, right);
    this.#limiter.apply(this.#sides, LANE_PACKET_FRAMES);
    for (let at = 0; at < LANE_PACKET_FRAMES; at++) {
      stereo[2 * at] = toInt24((left[at] ?? 0) * INT24_SCALE);
      stereo[2 * at + 1] = toInt24((right[at] ?? 0) * INT24_SCALE);
    }
    return stereo;
  }
}
