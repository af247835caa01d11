import { type LaneMix, LaneStrip, Limiter } from "../../../audio/lane-mixer.ts";
import { LaneReader } from "../../../audio/lane-ring.ts";
import type { LatencyLegs } from "../../../audio/latency.ts";
import { INT24_SCALE, toInt24 } from "../../../audio/pcm.ts";
import { BUFFER_CEILING_MS, type BufferChoice, type LaneStats, Playout } from "../../../audio/playout.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES, LINKS_MAX } from "../../../protocol/limits.ts";
import { may } from "../../../protocol/roles.ts";
import type { Member, Signal } from "../../../protocol/room.ts";
import { LANE_CHANNELS, Link } from "./link.std.ts";
import type { IceServer, OpenPeer, PeerState } from "./peer.std.ts";

/** The lane beside the lane: an engine's own, where it has one. */
export interface Media {
  hear(signal: Signal): void;
  send(samples: Int32Array): void;
  close(): void;
}

export interface LinksOptions {
  openPeer: OpenPeer;
  openMedia?(options: { offers: boolean; signal(signal: Signal): void }): Media;
  signal(memberId: MemberId, signal: Signal): void;
  onState(memberId: MemberId, state: PeerState): void;
  /** What was heard of somebody in a block; `isExact`: just as it was sent. */
  onHeard?(samples: Int32Array, isConcealed: boolean, isExact: boolean): void;
  /** The machine's clock, in milliseconds. */
  nowMs(): number;
  newStream(): number;
}

export interface LinksReport {
  lane: LaneStats;
  /** Milliseconds there and back, as packets of the lane have it. */
  roundTripMs: number | null;
  relayed: boolean | null;
}

const DEVICE_RATE_HZ = 48_000;
/** Somebody who is not here and sends nothing is waited for this long; their seat in the room is kept longer. */
const GONE_AFTER_MS = 30_000;

interface Joined {
  link: Link;
  playout: Playout;
  media: Media | undefined;
  strip: LaneStrip;
  isPresent: boolean;
  goneAtMs: number;
}

/**
 * The links to everybody who is here: one for each, made when they come, closed when they are removed, or when neither the room nor a packet has
 * spoken of them for half a minute. One block of the device goes to all of them, and one comes back, mixed.
 */
export class Links {
  readonly #options: LinksOptions;
  readonly #links = new Map<MemberId, Joined>();
  readonly #stream: number;
  readonly #heard: Float32Array[] = Array.from({ length: LANE_CHANNELS }, () => new Float32Array(LANE_PACKET_FRAMES));
  readonly #mixed: Float32Array[] = Array.from({ length: LANE_CHANNELS }, () => new Float32Array(LANE_PACKET_FRAMES));
  readonly #limiter = new Limiter();
  readonly #block = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS);
  #memberId: MemberId | undefined;
  iceServers: readonly IceServer[] = [];
  buffer: BufferChoice = "balanced";

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#stream = options.newStream();
  }

  get size(): number {
    return this.#links.size;
  }

  /** Who this companion is in the room. */
  enter(memberId: MemberId): void {
    this.#memberId = memberId;
  }

  /** Everybody of the session, as the room says it. */
  follow(members: readonly Pick<Member, "memberId" | "connected" | "role">[]): void {
    const nowMs = this.#options.nowMs();
    const known = new Set<MemberId>();
    for (const { memberId, connected, role } of members) {
      if (memberId === this.#memberId) continue;
      known.add(memberId);
      const joined = connected ? this.#to(memberId) : this.#links.get(memberId);
      if (joined === undefined) continue;
      // An observer or somebody demoted is not heard, whatever their program sends.
      joined.link.maySpeak = may(role, "audio.send");
      if (joined.isPresent && !connected) joined.goneAtMs = nowMs;
      joined.isPresent = connected;
    }
    for (const memberId of this.#links.keys()) if (!known.has(memberId)) this.#close(memberId);
  }

  hear(from: MemberId, signal: Signal): void {
    const joined = this.#to(from);
    if (signal.connection === "media") joined?.media?.hear(signal);
    else if (signal.connection !== "video") joined?.link.hear(signal);
  }

  /** One turn of the device: sends what came in, adds what the others play to what goes out. `atMs`: when the block had been captured. */
  turn(frame: number, input: Int32Array, output: Int32Array, maySend: boolean, sessionMs: number, atMs: number): void {
    let isSoloed = false;
    for (const { strip } of this.#links.values()) isSoloed ||= strip.mix.isSolo;
    for (const channel of this.#mixed) channel.fill(0);
    for (const { link, playout, media, strip } of this.#links.values()) {
      if (maySend) {
        link.send(frame, input, sessionMs);
        media?.send(input);
      }
      if (!playout.pull(this.#heard, LANE_PACKET_FRAMES, atMs)) continue;
      strip.add(this.#heard, this.#mixed, LANE_PACKET_FRAMES, isSoloed);
      if (this.#options.onHeard === undefined) continue;
      interleave(this.#heard, this.#block);
      this.#options.onHeard(this.#block, playout.isConcealed, playout.isExact);
    }
    this.#limiter.apply(this.#mixed, LANE_PACKET_FRAMES);
    interleave(this.#mixed, this.#block);
    for (let at = 0; at < output.length; at++) output[at] = (output[at] ?? 0) + (this.#block[at] ?? 0);
  }

  /** How loud somebody is here, in this person's own mix. */
  mix(memberId: MemberId, mix: LaneMix): void {
    const strip = this.#links.get(memberId)?.strip;
    if (strip !== undefined) strip.mix = mix;
  }

  /** Each lane's peak since this was last asked, and its short-term loudness. */
  takeLevels(): { memberId: MemberId; peak: number; shortTermLufs: number }[] {
    return [...this.#links].map(([memberId, { strip }]) => ({ memberId, ...strip.takeLevels() }));
  }

  /** Called a few times a second. */
  tick(): void {
    const nowMs = this.#options.nowMs();
    for (const [memberId, { link, playout, isPresent, goneAtMs }] of this.#links) {
      link.bufferMs = playout.stats.targetMs;
      link.tick();
      if (!isPresent && nowMs - Math.max(link.heardAtMs, goneAtMs) > GONE_AFTER_MS) this.#close(memberId);
    }
  }

  /** What each of the others is away, one way, as far as it is known. */
  latencies(): { memberId: MemberId; legs: LatencyLegs }[] {
    const blockMs = (LANE_PACKET_FRAMES / DEVICE_RATE_HZ) * 1000;
    return [...this.#links].flatMap(([memberId, { link, playout }]) => {
      const { bufferMs } = playout;
      if (bufferMs === null || link.roundTripMs === null || !link.isConnected) return [];
      const legs = { captureMs: blockMs, networkMs: link.roundTripMs / 2, bufferMs, playoutMs: blockMs };
      return [{ memberId, legs }];
    });
  }

  report(): LinksReport | null {
    const [joined] = this.#links.values();
    if (joined === undefined) return null;
    const { link, playout } = joined;
    return { lane: playout.stats, roundTripMs: link.roundTripMs, relayed: link.isRelayed };
  }

  close(): void {
    for (const memberId of this.#links.keys()) this.#close(memberId);
  }

  #close(memberId: MemberId): void {
    const joined = this.#links.get(memberId);
    this.#links.delete(memberId);
    joined?.link.close();
    joined?.media?.close();
  }

  /** The link to a member, made now if need be; `undefined` where there can be none. */
  #to(memberId: MemberId): Joined | undefined {
    const known = this.#links.get(memberId);
    if (known !== undefined || this.#memberId === undefined || this.#links.size >= LINKS_MAX) return known;
    const offers = this.#memberId < memberId;
    const signal = (message: Signal) => this.#options.signal(memberId, message);
    const link = new Link({
      offers,
      openPeer: this.#options.openPeer,
      iceServers: () => this.iceServers,
      signal,
      onState: (state) => this.#options.onState(memberId, state),
      nowMs: this.#options.nowMs,
      stream: this.#stream,
    });
    const playout = new Playout(
      new LaneReader(link.memory, LANE_CHANNELS),
      DEVICE_RATE_HZ,
      () => BUFFER_CEILING_MS[this.buffer],
    );
    const media = this.#options.openMedia?.({ offers, signal });
    const joined: Joined = { link, playout, media, strip: new LaneStrip(), isPresent: true, goneAtMs: 0 };
    this.#links.set(memberId, joined);
    return joined;
  }
}

function interleave(from: readonly Float32Array[], to: Int32Array): void {
  for (let channel = 0; channel < LANE_CHANNELS; channel++) {
    const samples = from[channel];
    for (let at = 0, place = channel; at < LANE_PACKET_FRAMES; at++, place += LANE_CHANNELS)
      to[place] = toInt24((samples?.[at] ?? 0) * INT24_SCALE);
  }
}
