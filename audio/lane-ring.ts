import { LANE_BUFFER_FRAMES, LANE_CHANNELS_MAX, LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { FoldDown } from "./fold-down.ts";
import type { PacketHead } from "./packet.ts";
import { INT24_SCALE } from "./pcm.ts";

/**
 * LaneRing: what the network has brought of one lane, in shared memory. One thread puts packets in, another plays; neither waits for the
 * other. A place of the ring belongs to a frame number and says which one it holds, so order and repetition do not matter, and whatever
 * carrier brings a packet first, its place is the same. What lies in it is bit for bit what was sent: 24-bit integers are exact in
 * Float32. Each place says how many channels it holds, because a lane may go out in fewer for a while; channels lie apart, so memory of those that
 * never come is never touched. Beside it runs a log of arrivals, from which the player learns how late packets are.
 */
const CONTROL = {
  generation: 0,
  arrivals: 1,
  sampleRateHz: 2,
  packets: 3,
  refused: 4,
  rescued: 5,
  narrow: 6,
  isTalkback: 7,
  stream: 8,
  /** How many channels the other end's lane has, as it says; where each stands (`pans`), and how often that was said. */
  ownChannels: 9,
  told: 10,
  pans: 11,
} as const;
const CONTROL_WORDS = 24;
/** A pan as a signed byte has it. */
const PAN_SCALE = 127;
/** Of a place's width: its channels are the lane's own, and stand where the other end says. */
const IS_OWN = 0x80;
/** Of the count of what a media lane brings, which is the receiver's own and in stereo; a lane's own streams are drawn. */
export const MEDIA_STREAM = 0;
/** Half of them is more than a second of packets at 48 kHz, also where each block comes in four. */
const ARRIVALS = 4_096;
/** Numbers of one arrival, as `Arrival` has them. */
const ARRIVAL_FIELDS = 5;
/** A sender may bring its frames up to this many times as fast as they are played, for a while; what is beyond is refused. */
const FLOOD_FACTOR = 4;
/** A packet that is later than the newest by less than this may be on its way; by more, it is one that was asked for once more. */
const UNDER_WAY_FRAMES = 10 * LANE_PACKET_FRAMES;
const AGAIN_FRAMES = 30 * LANE_PACKET_FRAMES;

export interface Arrival {
  /** One past its last frame. */
  endFrame: number;
  atMs: number;
  generation: number;
  frames: number;
  /** Whether the packet before rode along, and whether it is in 16 bit. */
  isProtected: boolean;
  isNarrow: boolean;
}

interface Views {
  control: Int32Array;
  tags: Int32Array;
  /** One channel behind the other. */
  samples: Float32Array;
  widths: Uint8Array;
  arrivals: Float64Array;
}

/** How many bytes of shared memory a lane of so many channels takes. */
export const laneRingBytes = (channels: number) =>
  ARRIVALS * ARRIVAL_FIELDS * 8 + CONTROL_WORDS * 4 + LANE_BUFFER_FRAMES * ((channels + 1) * 4 + 1);

function viewsOf(memory: SharedArrayBuffer, channels: number): Views {
  const controlAt = ARRIVALS * ARRIVAL_FIELDS * 8;
  const tagsAt = controlAt + CONTROL_WORDS * 4;
  const samplesAt = tagsAt + LANE_BUFFER_FRAMES * 4;
  return {
    arrivals: new Float64Array(memory, 0, ARRIVALS * ARRIVAL_FIELDS),
    control: new Int32Array(memory, controlAt, CONTROL_WORDS),
    tags: new Int32Array(memory, tagsAt, LANE_BUFFER_FRAMES),
    samples: new Float32Array(memory, samplesAt, LANE_BUFFER_FRAMES * channels),
    widths: new Uint8Array(memory, samplesAt + LANE_BUFFER_FRAMES * channels * 4, LANE_BUFFER_FRAMES),
  };
}

const MASK = LANE_BUFFER_FRAMES - 1;

/** The network's end. */
export class LaneWriter {
  readonly #views: Views;
  readonly #channels: number;
  #stream: number | undefined;
  /** A late packet of the stream before would otherwise begin it anew. */
  #streamBefore: number | undefined;
  #newest = 0;
  #firstEver = 0;
  /** Frames of the newest packet: others begin as far apart. */
  #step = LANE_PACKET_FRAMES;
  #ownChannels = 0;
  #cameFrames = 0;
  #dueFrames = 0;
  #budgetFrames = 0;
  #budgetAtMs = 0;

  constructor(memory: SharedArrayBuffer, channels: number) {
    this.#views = viewsOf(memory, channels);
    this.#channels = channels;
  }

  /**
   * Stores a packet's sound. Returns whether its last frame is the newest so far.
   *
   * @param samples Interleaved 24-bit integers of the packet.
   * @param previous Those of the packet before, where they rode along and are needed.
   */
  put(head: PacketHead, samples: Int32Array, previous: Int32Array | null, atMs: number): void {
    const { control } = this.#views;
    if (!this.#mayTake(head, atMs) || (head.stream === this.#streamBefore && head.stream !== this.#stream)) {
      Atomics.add(control, CONTROL.refused, 1);
      return;
    }
    if (head.stream !== this.#stream) this.#restart(head);
    // The number is modulo 2³²: the absolute one is the nearest to the newest.
    const first = this.#newest + ((head.frame - this.#newest) | 0);
    // What was asked for once more came, and was lost all the same.
    const isAgain = first < this.#newest - AGAIN_FRAMES;
    if (this.#store(first, head, samples, true) && !isAgain) this.#cameFrames += head.frames;
    if (previous !== null && this.#store(first - head.frames, head, previous, false))
      Atomics.add(control, CONTROL.rescued, 1);
    const ahead = first + head.frames - this.#newest;
    // A count that jumped is not a loss.
    if (ahead > 0) this.#dueFrames += ahead < head.sampleRateHz ? ahead : head.frames;
    if (ahead > 0) this.#step = Math.min(LANE_PACKET_FRAMES, head.frames);
    this.#newest = Math.max(this.#newest, first + head.frames);
    if (head.bits === 16) Atomics.add(control, CONTROL.narrow, 1);
    Atomics.store(control, CONTROL.isTalkback, head.kind === "talkback" ? 1 : 0);
    Atomics.add(control, CONTROL.packets, 1);
    this.#log(first + head.frames, head, atMs);
  }

  /** How many channels the other end's lane has, and where each stands in stereo, from −1 to 1. */
  setPans(pans: readonly number[]): void {
    const { control } = this.#views;
    this.#ownChannels = pans.length;
    const isTold = pans.every((pan, channel) => Math.round(pan * PAN_SCALE) === control[CONTROL.pans + channel]);
    if (isTold && control[CONTROL.ownChannels] === pans.length) return;
    for (const [channel, pan] of pans.entries()) control[CONTROL.pans + channel] = Math.round(pan * PAN_SCALE);
    Atomics.store(control, CONTROL.ownChannels, pans.length);
    Atomics.add(control, CONTROL.told, 1);
  }

  /** What comes next may be of the stream before this one: two carriers of one lane count apart, and follow each other. */
  mayGoBack(): void {
    this.#streamBefore = undefined;
  }

  /** Which share of the lane did not come, since the last time this was asked. */
  takeLoss(): number {
    const share = this.#dueFrames === 0 ? 0 : Math.max(0, 1 - this.#cameFrames / this.#dueFrames);
    this.#cameFrames = 0;
    this.#dueFrames = 0;
    return share;
  }

  /**
   * The first frames of packets that have not come though later ones have, at most `most` of them, oldest first, of the last `lateFrames`; not of
   * the very last, which may be on their way.
   */
  missing(lateFrames: number, most: number): number[] {
    const { tags } = this.#views;
    const step = this.#step;
    const found: number[] = [];
    const first = Math.max(this.#firstEver, this.#newest - Math.floor(lateFrames / step) * step);
    for (let frame = first; frame < this.#newest - UNDER_WAY_FRAMES && found.length < most; frame += step)
      if (Atomics.load(tags, frame & MASK) !== (frame | 0)) found.push(frame);
    return found;
  }

  /** A peer that sends a hundred times too fast costs us its own packets and nobody else anything. */
  #mayTake(head: PacketHead, atMs: number): boolean {
    const most = 2 * FLOOD_FACTOR * head.sampleRateHz;
    const since = ((atMs - this.#budgetAtMs) / 1000) * FLOOD_FACTOR * head.sampleRateHz;
    this.#budgetFrames = this.#stream === undefined ? most : Math.min(most, this.#budgetFrames + Math.max(0, since));
    this.#budgetAtMs = atMs;
    if (this.#budgetFrames < head.frames) return false;
    this.#budgetFrames -= head.frames;
    return true;
  }

  #restart({ stream, frame, sampleRateHz }: PacketHead): void {
    const { control, tags } = this.#views;
    this.#streamBefore = this.#stream;
    this.#stream = stream;
    this.#newest = frame;
    this.#firstEver = frame;
    // A number that cannot stand at its place: nothing is there.
    for (let place = 0; place < tags.length; place++) tags[place] = place + 1;
    Atomics.store(control, CONTROL.sampleRateHz, sampleRateHz);
    Atomics.store(control, CONTROL.stream, stream | 0);
    Atomics.add(control, CONTROL.generation, 1);
  }

  /** @param isOwn Whether it is the packet's own sound; what rode along is taken only where nothing is. */
  #store(first: number, { frames, channels, stream }: PacketHead, from: Int32Array, isOwn: boolean): boolean {
    const { tags, samples, widths } = this.#views;
    const width = Math.min(channels, this.#channels);
    const said = width | (channels === this.#ownChannels && stream !== MEDIA_STREAM ? IS_OWN : 0);
    const isThere = Atomics.load(tags, first & MASK) === (first | 0);
    if (isThere && !isOwn) return false;
    for (let at = 0; at < frames; at++) {
      const frame = first + at;
      const place = frame & MASK;
      for (let channel = 0; channel < width; channel++)
        samples[channel * LANE_BUFFER_FRAMES + place] = (from[at * channels + channel] ?? 0) / INT24_SCALE;
      widths[place] = said;
      Atomics.store(tags, place, frame | 0);
    }
    return !isThere;
  }

  #log(endFrame: number, { frames, hasPrevious, bits }: PacketHead, atMs: number): void {
    const { control, arrivals } = this.#views;
    const count = Atomics.load(control, CONTROL.arrivals);
    const at = ((count >>> 0) % ARRIVALS) * ARRIVAL_FIELDS;
    arrivals[at] = endFrame;
    arrivals[at + 1] = atMs;
    arrivals[at + 2] = Atomics.load(control, CONTROL.generation);
    arrivals[at + 3] = frames;
    arrivals[at + 4] = (hasPrevious ? 1 : 0) | (bits === 16 ? 2 : 0);
    Atomics.store(control, CONTROL.arrivals, (count + 1) | 0);
  }
}

/** The player's end. */
export class LaneReader {
  readonly #views: Views;
  readonly channels: number;
  readonly #fold = new FoldDown();
  readonly #middle = new FoldDown();
  readonly #pans = new Float64Array(LANE_CHANNELS_MAX);
  #told = 0;
  #isPair = true;
  #seen = 0;

  constructor(memory: SharedArrayBuffer, channels: number) {
    this.#views = viewsOf(memory, channels);
    this.channels = channels;
  }

  get sampleRateHz(): number {
    return Atomics.load(this.#views.control, CONTROL.sampleRateHz);
  }

  /** Which count of the sender's frames it is; 0 is the receiver's own, of what a media lane brings. */
  get stream(): number {
    return Atomics.load(this.#views.control, CONTROL.stream) >>> 0;
  }

  /** Whether the newest packet is somebody talking and not playing. */
  get isTalkback(): boolean {
    return Atomics.load(this.#views.control, CONTROL.isTalkback) === 1;
  }

  /** Packets that came, those refused, and those that were rescued by the one after them, since the ring was made. */
  get counts(): { packets: number; refused: number; rescued: number; narrow: number } {
    const count = (word: number) => Atomics.load(this.#views.control, word) >>> 0;
    return {
      packets: count(CONTROL.packets),
      refused: count(CONTROL.refused),
      rescued: count(CONTROL.rescued),
      narrow: count(CONTROL.narrow),
    };
  }

  /** The next arrival that has not been looked at, into `arrival`. */
  nextArrival(arrival: Arrival): boolean {
    const { control, arrivals } = this.#views;
    const count = Atomics.load(control, CONTROL.arrivals);
    if (count === this.#seen) return false;
    // A reader that slept finds the oldest gone.
    if (((count - this.#seen) | 0) > ARRIVALS / 2) this.#seen = (count - ARRIVALS / 2) | 0;
    const at = ((this.#seen >>> 0) % ARRIVALS) * ARRIVAL_FIELDS;
    arrival.endFrame = arrivals[at] ?? 0;
    arrival.atMs = arrivals[at + 1] ?? 0;
    arrival.generation = arrivals[at + 2] ?? 0;
    arrival.frames = arrivals[at + 3] ?? 0;
    arrival.isProtected = ((arrivals[at + 4] ?? 0) & 1) !== 0;
    arrival.isNarrow = ((arrivals[at + 4] ?? 0) & 2) !== 0;
    this.#seen = (this.#seen + 1) | 0;
    return true;
  }

  has(frame: number): boolean {
    return Atomics.load(this.#views.tags, frame & MASK) === (frame | 0);
  }

  /** How many channels the other end's lane has, as it says; 2 before it has. */
  get ownChannels(): number {
    return Atomics.load(this.#views.control, CONTROL.ownChannels) || 2;
  }

  /** How many channels of a frame have come. */
  widthOf(frame: number): number {
    return (this.#views.widths[frame & MASK] ?? 0) & ~IS_OWN;
  }

  /** One channel of a frame that is there, full scale ±1; what came in mono is both sides of a pair. */
  sample(frame: number, channel: number): number {
    const width = this.widthOf(frame);
    if (channel >= width && !(width === 1 && channel === 1)) return 0;
    return this.#views.samples[(width === 1 ? 0 : channel) * LANE_BUFFER_FRAMES + (frame & MASK)] ?? 0;
  }

  /** Learns where the channels stand, if that has been said anew. Called before frames are heard. */
  followPans(): void {
    const { control } = this.#views;
    const told = Atomics.load(control, CONTROL.told);
    if (told === this.#told) return;
    this.#told = told;
    for (let channel = 0; channel < LANE_CHANNELS_MAX; channel++)
      this.#pans[channel] = (control[CONTROL.pans + channel] ?? 0) / PAN_SCALE;
    this.#isPair = this.ownChannels === 2 && this.#pans[0] === -1 && this.#pans[1] === 1;
    this.#fold.pan(this.#pans);
  }

  /**
   * Frames that are there one behind the other and are a pair, or mono, as they are heard: into `left` and `right`, or `left` alone, from a place on.
   * Returns how many; at most `most`.
   */
  hearRun(frame: number, most: number, left: Float64Array, right: Float64Array | undefined, at: number): number {
    const { tags, samples, widths } = this.#views;
    let count = 0;
    for (; count < most; count++) {
      const place = (frame + count) & MASK;
      if (Atomics.load(tags, place) !== ((frame + count) | 0)) break;
      const said = widths[place] ?? 0;
      if (said !== 1 && said !== 2 && said !== (1 | IS_OWN) && !(this.#isPair && said === (2 | IS_OWN))) break;
      const first = samples[place] ?? 0;
      left[at + count] = first;
      if (right !== undefined)
        right[at + count] = (said & 1) === 1 ? first : (samples[LANE_BUFFER_FRAMES + place] ?? 0);
    }
    return count;
  }

  /**
   * A frame that is there, as it is heard with two ears: into the first two of `into`, or the one that it has. `true`: its channels are others than
   * those two, and lie behind them where there is room; else the two lie there once more, if so many are in use.
   */
  hear(frame: number, into: Float64Array, inUse: number): boolean {
    const { samples, widths } = this.#views;
    const place = frame & MASK;
    const said = widths[place] ?? 0;
    const width = said & ~IS_OWN;
    const isOwn = said !== width;
    const first = samples[place] ?? 0;
    if (width <= 2 && (width === 1 || this.#isPair || !isOwn)) {
      into[0] = first;
      if (into.length === 1) return false;
      into[1] = width === 1 ? first : (samples[LANE_BUFFER_FRAMES + place] ?? 0);
      for (let at = 2; at < inUse; at++) into[at] = at < 4 ? (into[at - 2] ?? 0) : 0;
      return false;
    }
    const { left, right } = isOwn ? this.#fold : this.#middle;
    let toLeft = 0;
    let toRight = 0;
    for (let channel = 0, from = place; channel < width; channel++, from += LANE_BUFFER_FRAMES) {
      const sample = samples[from] ?? 0;
      toLeft += sample * (left[channel] ?? 0);
      toRight += sample * (right[channel] ?? 0);
      if (channel + 2 < into.length) into[channel + 2] = sample;
    }
    for (let at = width + 2; at < into.length; at++) into[at] = 0;
    into[0] = toLeft;
    if (into.length > 1) into[1] = toRight;
    return true;
  }
}
