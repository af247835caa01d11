import type { LaneMix } from "../../../audio/lane-mixer.ts";
import { LANE_CHANNELS, type LaneLevel, LanePlayers } from "../../../audio/lane-players.ts";
import { INT24_SCALE, toInt24 } from "../../../audio/pcm.ts";
import type { BufferChoice } from "../../../audio/playout.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { LinkSet, type LinkSetOptions } from "./link-set.std.ts";

export interface LinksOptions extends LinkSetOptions {
  /** What was heard of somebody in a block; `isExact`: just as it was sent. */
  onHeard?(samples: Int32Array, isConcealed: boolean, isExact: boolean): void;
}

/**
 * Links and players of a device whose turn is in the same thread: one block of the device goes to everybody, and one comes back, mixed.
 */
export class Links extends LinkSet {
  readonly #lanes: LanePlayers;
  readonly #mixed: Float32Array[] = Array.from({ length: LANE_CHANNELS }, () => new Float32Array(LANE_PACKET_FRAMES));
  /** Who plays in the same thread has no monitor of ours. */
  readonly #own: readonly Float32Array[] = [];
  readonly #block = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS);

  constructor(options: LinksOptions) {
    const { onHeard } = options;
    const block = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS);
    const lanes = new LanePlayers(
      onHeard === undefined
        ? undefined
        : (_memberId, heard, _channels, _count, isConcealed, isExact) => {
            interleave(heard, block);
            onHeard(block, isConcealed, isExact);
          },
    );
    super(options, lanes);
    this.#lanes = lanes;
  }

  /** Whether this person only listens. */
  set listensLate(isLate: boolean) {
    this.isLate = isLate;
    this.#lanes.isLate = isLate;
  }

  set buffer(buffer: BufferChoice) {
    this.#lanes.buffer = buffer;
  }

  /** One turn of the device: sends what came in, adds what the others play to what goes out. `atMs`: when the block had been captured. */
  turn(frame: number, input: Int32Array, output: Int32Array, maySend: boolean, sessionMs: number, atMs: number): void {
    if (maySend) this.send(frame, input, sessionMs);
    this.#lanes.pull(this.#mixed, atMs, this.#own);
    interleave(this.#mixed, this.#block);
    for (let at = 0; at < output.length; at++) output[at] = (output[at] ?? 0) + (this.#block[at] ?? 0);
  }

  /** How loud somebody is here, in this person's own mix. */
  mix(memberId: MemberId, mix: LaneMix): void {
    this.#lanes.mix(memberId, mix);
  }

  /** Each lane's peak since this was last asked, and its short-term loudness. */
  takeLevels(): LaneLevel[] {
    return this.#lanes.takeLevels();
  }
}

function interleave(from: readonly Float32Array[], to: Int32Array): void {
  for (let channel = 0; channel < LANE_CHANNELS; channel++) {
    const samples = from[channel];
    for (let at = 0, place = channel; at < LANE_PACKET_FRAMES; at++, place += LANE_CHANNELS)
      to[place] = toInt24((samples?.[at] ?? 0) * INT24_SCALE);
  }
}
