import { BLEND_FRAMES, LaneHistory } from "./lane-history.ts";
import type { Arrival, LaneReader } from "./lane-ring.ts";
import { Lateness } from "./lateness.ts";
import { LatenessQuantile } from "./lateness-quantile.ts";
import { kernelOf } from "./windowed-sinc.ts";

/** What a listener trades for what: less delay, or fewer gaps where the path is uneven. The buffer's ceiling, in milliseconds. */
export const BUFFER_CEILING_MS = { tight: 15, balanced: 30, safe: 60 } as const;
export type BufferChoice = keyof typeof BUFFER_CEILING_MS;

export interface LaneStats {
  packets: number;
  /** Packets whose place was played without them. */
  lostPackets: number;
  playedFrames: number;
  /** Frames that were not played as they were sent: extrapolated, or blended when delay was given back. */
  concealedFrames: number;
  /** How far behind the newest packet the playhead runs. */
  depthFrames: number;
  /** Packets whose sound came with the one after them, those refused as alien, replayed or too many, and those sent in 16 bit. */
  rescuedPackets: number;
  refusedPackets: number;
  narrowPackets: number;
  /** What the buffer aims at, and the sender's clock against this one's. */
  targetMs: number;
  skewPpm: number;
}

/** Two packets of 128 frames at 48 kHz: below it, one late turn of the sender is a gap. */
const FLOOR_MS = 5.3;
/** A target that fell is believed after this long; one that rose at once. */
const LOWER_AFTER_MS = 1_500;
const LOWER_BY_MS = 0.5;
/** Speed is changed by at most this much (4 cents), to be where the target is within a second. */
const SPEED_MAX = 0.0025;
const SETTLE_MS = 1_000;
/** Nearer than this to the target nothing is done, where the clocks are one; further than that sound is left out, blended. */
const NEAR_MS = 0.5;
const LEAVE_OUT_MS = 6;
/** Clocks nearer than this are one: then sound passes untouched. */
const SAME_CLOCK = 1.5e-6;
/** While nothing newer has come, time is played on for this long; then the place waits. */
const GUESS_ON_MS = 20;
/** A path that is further from what it was than this has changed: that it was late until it was known is no jitter. */
const STEP_MS = 4;
/** A packet that is overtaken by so much sound is no neighbour; and the share of those that are is one of the last two thousand. */
const OVERTAKEN_FRAMES = 3_840;
const OVERTAKEN_PART = 1 / 2_000;
const OVERTAKEN_MAX = 0.002;
/** A path that has just begun is turbulent, and what overtakes there says nothing of later. */
const TURBULENT_FRAMES = 240_000;
/** Holes for this long, though packets come: whatever was believed is forgotten. */
const ANCHOR_MS = 500;

/**
 * Playout of one lane: a place in the sender's count that moves with the listener's device. It starts where packets are just in time, moves at
 * the speed of both clocks, and keeps as far behind the line under all arrivals as lateness asks for. It never goes back: where delay has to
 * grow it waits, under sound that is extrapolated; where delay is given back it speeds up a little or leaves sound out, blended. Every state
 * has a way out: a new stream or half a second without a usable frame begins it anew.
 */
export class Playout {
  readonly #lane: LaneReader;
  readonly #localRateHz: number;
  readonly #ceilingMs: () => number;
  /** Who only listens is this far behind at least, and has time to ask for what is missing; 0 for who plays. */
  lateMs = 0;
  readonly #history: LaneHistory;
  /** A frame as it is heard: two ears, and behind them the lane's own channels where those are wanted too. */
  readonly #frame: Float64Array;
  readonly #arrival: Arrival = { endFrame: 0, atMs: 0, generation: 0, frames: 0, isProtected: false, isNarrow: false };
  /** What each pull lacked of the newest frame that the line promises, and how far above the line each packet came. */
  #lacks = new LatenessQuantile(48_000);
  #excess = new LatenessQuantile(48_000);
  #packetFrames = 0;
  /** Which share of packets lately came after a later one. */
  #overtaken = 0;
  #baseBefore = Number.NaN;
  #generation = 0;
  #rateHz = 48_000;
  #lateness = new Lateness(48_000);
  #newestEnd = 0;
  /** When the block in hand is due, in frames of the sender's rate. */
  #x = 0;
  /** The sender's frame that the history takes next, and the place of the next output in the history. */
  #feed: number | undefined;
  #place: number;
  #isWaiting = true;
  #guessedOn = 0;
  #unusedFrames = 0;
  #target = 0;
  /** What a pull looks at, ahead of its place. */
  #look = 0;
  #lowSince = 0;
  #isLocked = false;
  #isOneClock = false;
  /** Up to here some of it came in 16 bit. */
  #narrowEnd = Number.NEGATIVE_INFINITY;
  /** The place of the last block's first frame. */
  #pulled = 0;
  #isExact = false;
  #isConcealed = false;
  #speed = 0;
  #played = 0;
  #concealed = 0;
  #missing = 0;

  /** @param channels Two ears, and so many of the lane's own channels behind them; of a lane of one channel, one. */
  constructor(lane: LaneReader, localRateHz: number, ceilingMs: () => number, channels = Math.min(2, lane.channels)) {
    this.#lane = lane;
    this.#localRateHz = localRateHz;
    this.#ceilingMs = ceilingMs;
    this.#history = new LaneHistory(channels);
    this.#frame = new Float64Array(channels);
    this.#place = this.#history.end;
  }

  get stats(): LaneStats {
    const { packets, refused, rescued, narrow } = this.#lane.counts;
    return {
      packets,
      lostPackets: Math.round(this.#missing / 128),
      playedFrames: this.#played,
      concealedFrames: this.#concealed,
      depthFrames: this.#feed === undefined ? 0 : Math.max(0, Math.round(this.#newestEnd - this.position)),
      rescuedPackets: rescued,
      refusedPackets: refused,
      narrowPackets: narrow,
      targetMs: (this.#target / this.#rateHz) * 1000,
      skewPpm: this.#lateness.skew * 1e6,
    };
  }

  /** Whether the last block was sound exactly as it was captured: in 24 bit, nothing guessed, blended, or read between frames. */
  get isExact(): boolean {
    return this.#isExact;
  }

  /** Whether something in the last block was guessed or blended. */
  get isConcealed(): boolean {
    return this.#isConcealed;
  }

  /** How long a frame that came on an undisturbed path was here when it was played; `null` while nothing is known, or what was known no longer holds. */
  get bufferMs(): number | null {
    if (this.#feed === undefined || !this.#lateness.isKnown) return null;
    const frames = this.#x - this.#lateness.baseAt(this.#x) - this.#pulled;
    return frames < 0 ? null : (frames / this.#rateHz) * 1000;
  }

  /** How many arrays of a block are more than silence: two where the lane is the pair that is heard, and else its own channels too. */
  get channels(): number {
    return this.#history.channels;
  }

  /** The place in the sender's count that the next output comes from; never smaller than it was, within a stream. */
  get position(): number {
    return this.#feed === undefined ? Number.NaN : this.#feed - (this.#history.end - this.#place);
  }

  /**
   * The next `frames` frames of the lane, at the listener's rate, one array a channel. `atMs` is when the first of them is due, by the clock that
   * arrivals are counted with. `false`: nothing has come yet, and `out` is silence.
   */
  pull(out: readonly Float32Array[], frames: number, atMs: number): boolean {
    this.#lane.followPans();
    this.#learn(atMs);
    const nominal = this.#rateHz / this.#localRateHz;
    const half = kernelOf(nominal).half;
    const x = (atMs / 1000) * this.#rateHz;
    this.#x = x;
    if (this.#feed === undefined) {
      for (const one of out) one.fill(0, 0, frames);
      return false;
    }
    const quantum = frames * nominal;
    this.#aim(x, quantum + half, atMs);
    const wanted = x - this.#lateness.baseAt(x) - this.#target;
    this.#pulled = this.position;
    const step = nominal * (1 + this.#speedFor(wanted, quantum));
    this.#place -= this.#history.makeRoom(this.#place);
    const until = Math.floor(this.#place + (frames - 1) * step) + half + 1;
    while (this.#history.end < until) if (!this.#feedRun(until)) this.#feedOne(wanted);
    this.#isConcealed = !this.#history.isTrue(this.#place, frames);
    const isWhole = step === 1 && Number.isInteger(this.#place);
    this.#isExact = isWhole && !this.#isConcealed && this.#pulled >= this.#narrowEnd;
    this.#history.read(this.#place, step, frames, out);
    this.#place += frames * step;
    // Sums of many steps leave a dust behind the point, which is not a place between frames.
    if (Math.abs(this.#place - Math.round(this.#place)) < 1e-6) this.#place = Math.round(this.#place);
    return true;
  }

  /** Takes note of what has arrived since. */
  #learn(atMs: number): void {
    while (this.#lane.nextArrival(this.#arrival)) {
      const { endFrame, atMs: arrivedMs, generation, frames, isProtected, isNarrow } = this.#arrival;
      if (generation !== this.#generation) this.#anchor(generation);
      if (isNarrow) this.#narrowEnd = endFrame;
      const isFirst = !this.#lateness.isKnown;
      const arrived = (arrivedMs / 1000) * this.#rateHz;
      this.#lateness.add(arrived, endFrame);
      const ahead = endFrame - this.#newestEnd;
      // What is far behind was asked for once more, and says nothing of the path.
      if (!isFirst && ahead > -OVERTAKEN_FRAMES) {
        this.#packetFrames = frames;
        const isOvertaken = ahead <= 0 && this.#played > TURBULENT_FRAMES;
        this.#overtaken += ((isOvertaken ? 1 : 0) - this.#overtaken) * OVERTAKEN_PART;
        // What rode along is the later for it, and is waited for.
        const rescued = isProtected && ahead > 0 ? Math.min(frames, ahead - frames) : 0;
        const late = arrived - endFrame - this.#lateness.baseAt(arrived);
        this.#excess.note(late + rescued, this.#target - this.#look - frames);
      }
      if (isFirst || endFrame > this.#newestEnd) this.#newestEnd = endFrame;
      if (!this.#isWaiting) this.#settle(true, atMs);
      if (this.#feed !== undefined) continue;
      this.#feed = endFrame;
      this.#isWaiting = true;
    }
  }

  /** Where the path has changed, what was late on the way there was no jitter. */
  #settle(isJitter: boolean, atMs: number): void {
    this.#lacks.settle(isJitter, atMs);
    this.#excess.settle(isJitter, atMs);
  }

  #anchor(generation: number): void {
    if (generation !== this.#generation) {
      this.#rateHz = this.#lane.sampleRateHz || 48_000;
      this.#lateness = new Lateness(this.#rateHz);
      this.#lacks = new LatenessQuantile(this.#rateHz);
      this.#excess = new LatenessQuantile(this.#rateHz);
    }
    this.#generation = generation;
    this.#narrowEnd = Number.NEGATIVE_INFINITY;
    this.#lateness.moved();
    this.#lacks.clear();
    this.#excess.clear();
    this.#baseBefore = Number.NaN;
    this.#feed = undefined;
    this.#target = 0;
    this.#unusedFrames = 0;
    this.#isLocked = false;
  }

  /** The target: lateness at the device's own pulls, which is what the sound has to be in time for, and what a pull looks at. */
  #aim(x: number, look: number, atMs: number): void {
    this.#look = look;
    if (this.#lateness.isKnown) this.#lacks.note(x - this.#lateness.baseAt(x) - this.#newestEnd, this.#target - look);
    // Where clocks differ, pulls and packets meet at all phases; where they are one, the phase is what it is, unless packets overtake each other.
    const isInStep = this.#isOneClock && this.#overtaken < OVERTAKEN_MAX;
    const needed = isInStep ? this.#lacks.frames : this.#excess.frames + this.#packetFrames;
    const ceiling = (this.#ceilingMs() / 1000) * this.#rateHz;
    const floor = (FLOOR_MS / 1000) * this.#rateHz;
    const late = (this.lateMs / 1000) * this.#rateHz;
    const target = Math.max(floor, look, late, Math.min(ceiling, look + needed));
    if (target >= this.#target - (LOWER_BY_MS / 1000) * this.#rateHz) this.#lowSince = atMs;
    if (target > this.#target || atMs - this.#lowSince > LOWER_AFTER_MS) this.#target = target;
  }

  /** How much faster than the nominal step to play, so that the place follows the clocks and comes to where it is wanted. */
  #speedFor(wanted: number, quantum: number): number {
    const { skew } = this.#lateness;
    const away = wanted - this.position;
    const near = (NEAR_MS / 1000) * this.#rateHz;
    const leaveOut = (LEAVE_OUT_MS / 1000) * this.#rateHz;
    if (this.#isWaiting) return 0;
    if (away > leaveOut) this.#leaveOut(Math.floor(away));
    const isOne = Math.abs(skew) < Math.max(SAME_CLOCK, this.#lateness.skewError) && this.#rateHz === this.#localRateHz;
    this.#isOneClock = isOne && this.#lateness.skewError < 1;
    this.#isLocked = isOne && (this.#isLocked ? away > -0.2 * near && away < 2 * near : away >= 0 && away < near);
    if (this.#isLocked) {
      // To the next whole frame, and from there on every frame is one that was sent.
      const end = Math.round(this.#place + quantum);
      this.#speed = 0;
      return (end - this.#place) / quantum - 1;
    }
    // Where the clocks are one it goes on until it is past the place, since what only comes nearer never locks.
    const beyond = isOne ? near / 4 : 0;
    const rest = away > leaveOut ? 0 : (away - beyond) / ((SETTLE_MS / 1000) * this.#rateHz);
    const speed = (isOne ? 0 : skew) + Math.max(-SPEED_MAX, Math.min(SPEED_MAX, rest));
    // Smoothly: a step of the speed is a step of the pitch.
    this.#speed += (speed - this.#speed) * 0.05;
    return this.#speed;
  }

  /** Frames that have come, up to a place of the history, at once; `false`: the next one is not to be had like that. */
  #feedRun(until: number): boolean {
    const frame = this.#feed;
    if (frame === undefined || this.#isWaiting) return false;
    const count = this.#history.take(this.#lane, frame, until - this.#history.end);
    if (count === 0) return false;
    this.#guessedOn = 0;
    this.#unusedFrames = 0;
    this.#played += count;
    this.#feed = frame + count;
    return true;
  }

  /** The next frame of the history, whatever has to be done for it. */
  #feedOne(wanted: number): void {
    const frame = this.#feed ?? 0;
    const limit = (Math.max(GUESS_ON_MS, this.#ceilingMs(), this.lateMs) / 1000) * this.#rateHz;
    if (this.#isWaiting && !this.#mayGoOn(wanted)) {
      this.#wait();
      return;
    }
    const next = this.#feed ?? frame;
    if (this.#lane.has(next)) {
      this.#history.resume();
      if (this.#lane.hear(next, this.#frame, this.#history.channels)) this.#history.widen(2 + this.#lane.widthOf(next));
      for (let channel = 0; channel < this.#history.channels; channel++)
        this.#history.add(channel, this.#frame[channel] ?? 0);
      this.#history.next();
      this.#guessedOn = 0;
      this.#unusedFrames = 0;
      this.#played++;
      this.#feed = next + 1;
      return;
    }
    this.#unused();
    this.#history.guess();
    if (this.#feed === undefined) return;
    this.#played++;
    this.#concealed++;
    // Where more delay is wanted anyway, or nothing has come for long, the place waits under what is guessed.
    if (next >= this.#newestEnd && (++this.#guessedOn > limit || wanted < this.position - 0.5 * 128)) {
      this.#isWaiting = true;
      if (this.#guessedOn <= limit) return;
      this.#baseBefore = this.#lateness.baseAt(this.#x);
      this.#lateness.moved();
      return;
    }
    this.#missing++;
    this.#feed = next + 1;
  }

  #mayGoOn(wanted: number): boolean {
    const frame = this.#feed ?? 0;
    const away = wanted - this.position;
    if (!this.#lateness.isKnown || away < 0 || !Number.isFinite(away)) return false;
    // Whoever paused counts on meanwhile: the place is where the sound is now.
    if (away > (LEAVE_OUT_MS / 1000) * this.#rateHz) this.#feed = frame + Math.floor(away);
    this.#isWaiting = false;
    this.#guessedOn = 0;
    const step = Math.abs(this.#lateness.baseAt(this.#x) - this.#baseBefore);
    this.#settle(!(step > (STEP_MS / 1000) * this.#rateHz), (this.#x / this.#rateHz) * 1000);
    this.#baseBefore = Number.NaN;
    return true;
  }

  #wait(): void {
    if (this.#played === 0) {
      this.#history.rest();
      return;
    }
    this.#played++;
    this.#concealed++;
    this.#unused();
    this.#history.guess();
  }

  /** Counts frames that could not be used though packets come, and after half a second believes nothing any more. */
  #unused(): void {
    if (++this.#unusedFrames < (ANCHOR_MS / 1000) * this.#rateHz) return;
    this.#unusedFrames = 0;
    const generation = this.#generation;
    this.#anchor(generation);
  }

  /** Gives delay back at once: what would have come next is blended into what comes later. */
  #leaveOut(frames: number): void {
    const from = this.#feed ?? 0;
    for (let at = 0; at < BLEND_FRAMES; at++) {
      if (this.#lane.has(from + at)) this.#lane.hear(from + at, this.#frame, this.#history.channels);
      else this.#frame.fill(0);
      for (let channel = 0; channel < this.#history.channels; channel++)
        this.#history.expect(at, channel, this.#frame[channel] ?? 0);
    }
    this.#concealed += BLEND_FRAMES;
    this.#feed = from + frames;
  }
}
