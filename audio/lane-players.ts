import type { MemberId } from "../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { type LaneMix, LaneStrip, Limiter } from "./lane-mixer.ts";
import { LaneReader } from "./lane-ring.ts";
import { BUFFER_CEILING_MS, type BufferChoice, type LaneStats, Playout } from "./playout.ts";

/** A lane is heard in stereo, however many channels it is sent in. */
export const LANE_CHANNELS = 2;
/** Every device is asked for this rate. */
export const DEVICE_RATE_HZ = 48_000;

export interface PlayerState {
  stats: LaneStats;
  /** `null` while nothing is known. */
  bufferMs: number | null;
}

export interface LaneLevel {
  memberId: MemberId;
  /** Since it was last asked, full scale 1. */
  peak: number;
  shortTermLufs: number;
}

/** What was heard of somebody in a block; `isExact`: just as it was sent. */
export type OnHeard = (heard: readonly Float32Array[], isConcealed: boolean, isExact: boolean) => void;

interface Player {
  lane: LaneReader;
  playout: Playout;
  strip: LaneStrip;
}

/**
 * The lanes of everybody who is heard, played and mixed for one pair of ears. Lives in the device's turn: on Node beside the links, in a browser
 * in the audio thread, where all that it knows of a link is the lane's ring.
 */
export class LanePlayers {
  readonly #players = new Map<MemberId, Player>();
  readonly #onHeard: OnHeard | undefined;
  readonly #heard: Float32Array[] = Array.from({ length: LANE_CHANNELS }, () => new Float32Array(LANE_PACKET_FRAMES));
  readonly #limiter = new Limiter();
  buffer: BufferChoice = "balanced";

  constructor(onHeard?: OnHeard) {
    this.#onHeard = onHeard;
  }

  add(memberId: MemberId, memory: SharedArrayBuffer): void {
    const lane = new LaneReader(memory, LANE_CHANNELS);
    const playout = new Playout(lane, DEVICE_RATE_HZ, () => BUFFER_CEILING_MS[this.buffer]);
    this.#players.set(memberId, { lane, playout, strip: new LaneStrip() });
  }

  remove(memberId: MemberId): void {
    this.#players.delete(memberId);
  }

  /** How loud somebody is here. */
  mix(memberId: MemberId, mix: LaneMix): void {
    const player = this.#players.get(memberId);
    if (player !== undefined) player.strip.mix = mix;
  }

  /** The next block of the mix, one array a channel. `atMs`: when it is due, by the clock that arrivals are counted with. */
  pull(out: readonly Float32Array[], atMs: number): void {
    let isSoloed = false;
    let isTalking = false;
    for (const { lane, strip } of this.#players.values()) {
      isSoloed ||= strip.mix.isSolo;
      isTalking ||= lane.isTalkback && !strip.mix.isMuted;
    }
    for (const channel of out) channel.fill(0);
    for (const { lane, playout, strip } of this.#players.values()) {
      if (!playout.pull(this.#heard, LANE_PACKET_FRAMES, atMs)) continue;
      // Who talks is heard, whoever is soloed, and everybody else makes room.
      const talks = lane.isTalkback;
      strip.isDucked = isTalking && !talks;
      strip.add(this.#heard, out, LANE_PACKET_FRAMES, isSoloed && !talks);
      this.#onHeard?.(this.#heard, playout.isConcealed, playout.isExact);
    }
    this.#limiter.apply(out, LANE_PACKET_FRAMES);
  }

  stateOf(memberId: MemberId): PlayerState | undefined {
    const playout = this.#players.get(memberId)?.playout;
    return playout === undefined ? undefined : { stats: playout.stats, bufferMs: playout.bufferMs };
  }

  takeLevels(): LaneLevel[] {
    return Array.from(this.#players, ([memberId, { strip }]) => ({ memberId, ...strip.takeLevels() }));
  }
}
