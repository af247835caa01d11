import type { MemberId } from "../protocol/ids.ts";
import { DELAY_HOLD_MAX_MS, LANE_CHANNELS_MAX, LANE_PACKET_FRAMES, LISTEN_LATE_MS } from "../protocol/limits.ts";
import { DelayLine } from "./delay-line.ts";
import { type LaneMix, LaneStrip, Limiter, plainMix } from "./lane-mixer.ts";
import { LaneReader } from "./lane-ring.ts";
import { BUFFER_CEILING_MS, type BufferChoice, type LaneStats, Playout } from "./playout.ts";

/** A lane is heard in stereo, however many channels it is sent in (`audio/fold-down.ts`). */
export const LANE_CHANNELS = 2;
/** Every device is asked for this rate; one whose rate is not ours to choose runs at its own. */
export const DEVICE_RATE_HZ = 48_000;
/** The rates that a device may run at. */
export const DEVICE_RATES_HZ = [44_100, 48_000, 88_200, 96_000] as const;
export type DeviceRateHz = (typeof DEVICE_RATES_HZ)[number];

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

/**
 * What was heard of somebody in a block, before this person's own mix: `heard` with two ears, and `channels` as the lane has them, of which the first
 * `count` are there; `isExact`: just as it was sent.
 */
export type OnHeard = (
  memberId: MemberId,
  heard: readonly Float32Array[],
  channels: readonly Float32Array[],
  count: number,
  isConcealed: boolean,
  isExact: boolean,
) => void;

interface Player {
  lane: LaneReader;
  playout: Playout;
  /** What it is held back by, for a group that plays with equal delay or by bars. */
  held: DelayLine;
  strip: LaneStrip;
}

/**
 * The lanes of everybody who is heard, played and mixed for one pair of ears. Lives in the device's turn: on Node beside the links, in a browser
 * in the audio thread, where all that it knows of a link is the lane's ring.
 */
export class LanePlayers {
  readonly #players = new Map<MemberId, Player>();
  /** What the person has set, for as long as the session: links come and go. */
  readonly #mixes = new Map<MemberId, LaneMix>();
  readonly #onHeard: OnHeard | undefined;
  #lateMs = 0;
  /** Two ears, and behind them a lane's own channels, where somebody wants them. */
  readonly #heard: readonly Float32Array[];
  readonly #pair: readonly Float32Array[];
  readonly #channels: readonly Float32Array[];
  readonly #limiter = new Limiter();
  readonly #rateHz: number;
  readonly #monitor: DelayLine;
  readonly #own: Float32Array[] = Array.from({ length: LANE_CHANNELS }, () => new Float32Array(LANE_PACKET_FRAMES));
  #isMonitored = false;
  buffer: BufferChoice = "balanced";

  /**
   * @param rateHz At which the device plays.
   * @param ports How many channels of a lane are wanted beside what is heard of it, for a device that has a port for each.
   */
  constructor(onHeard?: OnHeard, rateHz: number = DEVICE_RATE_HZ, ports = 0) {
    this.#onHeard = onHeard;
    this.#rateHz = rateHz;
    this.#heard = Array.from({ length: LANE_CHANNELS + ports }, () => new Float32Array(LANE_PACKET_FRAMES));
    this.#pair = this.#heard.slice(0, LANE_CHANNELS);
    this.#channels = this.#heard.slice(LANE_CHANNELS);
    this.#monitor = this.#newLine(LANE_CHANNELS);
  }

  add(memberId: MemberId, memory: SharedArrayBuffer): void {
    const lane = new LaneReader(memory, LANE_CHANNELS_MAX);
    const playout = new Playout(lane, this.#rateHz, () => BUFFER_CEILING_MS[this.buffer], this.#heard.length);
    playout.lateMs = this.#lateMs;
    this.#players.set(memberId, {
      lane,
      playout,
      held: this.#newLine(this.#heard.length),
      strip: Object.assign(new LaneStrip(this.#rateHz), { mix: this.mixOf(memberId) }),
    });
  }

  remove(memberId: MemberId): void {
    this.#players.delete(memberId);
  }

  /** Whether this person only listens: then clean and a little later, instead of soon. */
  set isLate(isLate: boolean) {
    this.#lateMs = isLate ? LISTEN_LATE_MS : 0;
    for (const { playout } of this.#players.values()) playout.lateMs = this.#lateMs;
  }

  /** How loud somebody is here, now and whenever their link is made anew. */
  mix(memberId: MemberId, mix: LaneMix): void {
    this.#mixes.set(memberId, mix);
    const player = this.#players.get(memberId);
    if (player !== undefined) player.strip.mix = mix;
  }

  mixOf(memberId: MemberId): LaneMix {
    return this.#mixes.get(memberId) ?? plainMix;
  }

  /** Holds somebody back by so much, beside what their way takes. */
  hold(memberId: MemberId, holdMs: number): void {
    const player = this.#players.get(memberId);
    if (player !== undefined) player.held.delayFrames = this.#framesOf(holdMs);
  }

  /** One's own sound in one's own ears, so much later; `null`: not at all. */
  set monitorMs(monitorMs: number | null) {
    this.#isMonitored = monitorMs !== null;
    this.#monitor.delayFrames = this.#framesOf(monitorMs ?? 0);
  }

  /**
   * The next block of the mix, one array a channel. `atMs`: when it is due, by the clock that arrivals are counted with. `own`: what the device has
   * captured meanwhile.
   */
  pull(out: readonly Float32Array[], atMs: number, own: readonly Float32Array[]): void {
    let isSoloed = false;
    let isTalking = false;
    for (const { lane, strip } of this.#players.values()) {
      isSoloed ||= strip.mix.isSolo;
      isTalking ||= lane.isTalkback && !strip.mix.isMuted;
    }
    for (const channel of out) channel.fill(0);
    if (this.#isMonitored) this.#addOwn(own, out);
    for (const [memberId, { lane, playout, held, strip }] of this.#players) {
      if (!playout.pull(this.#heard, LANE_PACKET_FRAMES, atMs)) continue;
      for (let channel = playout.channels; channel < this.#heard.length; channel++) this.#heard[channel]?.fill(0);
      held.pass(this.#heard, LANE_PACKET_FRAMES);
      // Who talks is heard, whoever is soloed, and everybody else makes room.
      const talks = lane.isTalkback;
      strip.isDucked = isTalking && !talks;
      strip.add(this.#heard, out, LANE_PACKET_FRAMES, isSoloed && !talks);
      const isWide = playout.channels > LANE_CHANNELS;
      const channels = isWide ? this.#channels : this.#pair;
      const count = isWide ? playout.channels - LANE_CHANNELS : LANE_CHANNELS;
      const isExact = playout.isExact && held.delayFrames === 0;
      this.#onHeard?.(memberId, this.#pair, channels, count, playout.isConcealed, isExact);
    }
    this.#limiter.apply(out, LANE_PACKET_FRAMES);
  }

  #framesOf(ms: number): number {
    return (ms / 1000) * this.#rateHz;
  }

  #newLine(channels: number): DelayLine {
    return new DelayLine(channels, this.#framesOf(DELAY_HOLD_MAX_MS));
  }

  #addOwn(own: readonly Float32Array[], out: readonly Float32Array[]): void {
    for (let channel = 0; channel < LANE_CHANNELS; channel++) {
      const [from, to] = [own[channel], this.#own[channel]];
      if (from !== undefined) to?.set(from);
    }
    this.#monitor.pass(this.#own, LANE_PACKET_FRAMES);
    for (let channel = 0; channel < LANE_CHANNELS; channel++) {
      const [from, to] = [this.#own[channel], out[channel]];
      for (let at = 0; from !== undefined && to !== undefined && at < LANE_PACKET_FRAMES; at++)
        to[at] = (to[at] ?? 0) + (from[at] ?? 0);
    }
  }

  stateOf(memberId: MemberId): PlayerState | undefined {
    const playout = this.#players.get(memberId)?.playout;
    return playout === undefined ? undefined : { stats: playout.stats, bufferMs: playout.bufferMs };
  }

  takeLevels(): LaneLevel[] {
    return Array.from(this.#players, ([memberId, { strip }]) => ({ memberId, ...strip.takeLevels() }));
  }
}
