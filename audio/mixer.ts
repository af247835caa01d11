import { addClick } from "./click.ts";
import type { FrameRange } from "./frame-range.ts";
import { HalfSpeed } from "./half-speed.ts";

/** What the page tells the mixer. Positions are frames of the session's timeline, which is also the rate that it runs at. */
export type ToMixer =
  | { type: "stem"; id: number; from: number; to: number; gain: number; pan: number }
  /** `pan` from −1 (left) to 1; what is in the middle is as loud on both sides as it was. */
  | { type: "gain"; id: number; gain: number; pan: number }
  | { type: "chunk"; id: number; at: number; channels: Float32Array[] }
  | { type: "drop"; id: number; at: number }
  | { type: "seek"; position: number; generation: number }
  | { type: "play" }
  | { type: "pause" }
  | { type: "loop"; loop: FrameRange | null }
  /** A metronome of this tempo, or none. */
  | { type: "click"; bpm: number | null }
  /** At half speed everything is an octave lower, as on a tape. */
  | { type: "speed"; isHalf: boolean };

export type MixerState = "stopped" | "playing" | "waiting" | "ended";

/** What the mixer tells the page. `generation` is the last seek's that it has heard of. */
export interface FromMixer {
  position: number;
  state: MixerState;
  generation: number;
  /** The loudest sample of each side since the last report, full scale 1. */
  peaks: [left: number, right: number];
  /** When, on the audio clock, `position` was the next frame to be heard. */
  atSeconds: number;
}

interface Chunk {
  at: number;
  end: number;
  channels: Float32Array[];
}
interface Stem extends FrameRange {
  gain: number;
  pan: number;
  /** On its way to `gain`. */
  level: number;
  chunks: Chunk[];
}

/** After a start, a jump or a wait so much must be there before it goes on: rather one wait than a stutter. */
export const FILL_FRAMES = 48_000;
/** From silent to full in ten milliseconds: quick to the hand, and no click. */
const RAMP_PER_FRAME = 1 / 480;

/**
 * All stems of a session under one playhead. They cannot come apart: there is one position, and where a stem that is heard has no sound
 * yet, none of them goes on. Runs in the audio thread; it only adds up what it was given.
 */
export class Mixer {
  readonly #stems = new Map<number, Stem>();
  #position = 0;
  #state: MixerState = "stopped";
  #loop: FrameRange | null = null;
  #generation = 0;
  #isFilling = true;
  #clickBpm: number | null = null;
  #isHalf = false;
  readonly #half = new HalfSpeed();
  #peaks: [number, number] = [0, 0];

  /** Peaks since this was last asked. */
  takePeaks(): [number, number] {
    const peaks = this.#peaks;
    this.#peaks = [0, 0];
    return peaks;
  }

  get report(): Omit<FromMixer, "atSeconds" | "peaks"> {
    return { position: this.#position, state: this.#state, generation: this.#generation };
  }

  tell(message: ToMixer): void {
    switch (message.type) {
      case "stem": {
        const { from, to, gain, pan } = message;
        this.#stems.set(message.id, { from, to, gain, pan, level: gain, chunks: [] });
        return;
      }
      case "gain": {
        const stem = this.#stems.get(message.id);
        if (stem === undefined) return;
        stem.gain = message.gain;
        stem.pan = message.pan;
        if (this.#state === "stopped" || this.#state === "ended") stem.level = message.gain;
        return;
      }
      case "chunk": {
        const stem = this.#stems.get(message.id);
        const end = message.at + (message.channels[0]?.length ?? 0);
        stem?.chunks.push({ at: message.at, end, channels: message.channels });
        stem?.chunks.sort((a, b) => a.at - b.at);
        return;
      }
      case "drop": {
        const stem = this.#stems.get(message.id);
        if (stem !== undefined) stem.chunks = stem.chunks.filter(({ at }) => at !== message.at);
        return;
      }
      case "seek":
        this.#position = message.position;
        this.#generation = message.generation;
        this.#isFilling = true;
        this.#half.clear();
        if (this.#state === "ended") this.#state = "stopped";
        return;
      case "play":
        this.#state = "playing";
        return;
      case "pause":
        this.#state = "stopped";
        for (const stem of this.#stems.values()) stem.level = stem.gain;
        return;
      case "loop":
        this.#loop = message.loop;
        return;
      case "click":
        this.#clickBpm = message.bpm;
        return;
      case "speed":
        this.#isHalf = message.isHalf;
        this.#half.clear();
        return;
    }
  }

  /** Fills one block, left and right, and moves on by as much of it as could be played. Blocks are of an even length up to 1,024. */
  process(left: Float32Array, right: Float32Array): void {
    if (this.#isHalf) {
      const frames = left.length / 2;
      this.#play(...this.#half.room(frames));
      this.#half.stretch(frames, left, right);
    } else this.#play(left, right);
    for (let at = 0; at < left.length; at++) {
      this.#peaks[0] = Math.max(this.#peaks[0], Math.abs(left[at] ?? 0));
      this.#peaks[1] = Math.max(this.#peaks[1], Math.abs(right[at] ?? 0));
    }
  }

  #play(left: Float32Array, right: Float32Array): void {
    left.fill(0);
    right.fill(0);
    if (this.#state !== "playing" && this.#state !== "waiting") return;
    this.#state = "playing";
    let done = 0;
    while (done < left.length) {
      const loop = this.#loop !== null && this.#position < this.#loop.to ? this.#loop : null;
      const end = loop?.to ?? Math.max(0, ...Array.from(this.#stems.values(), (stem) => stem.to));
      if (this.#position >= end) {
        this.#state = "ended";
        return;
      }
      const fill = Math.min(FILL_FRAMES, end - this.#position);
      const run = this.#ready(Math.min(left.length - done, end - this.#position));
      if (run === 0 || (this.#isFilling && this.#ready(fill) < fill)) {
        this.#isFilling = true;
        this.#state = "waiting";
        return;
      }
      this.#isFilling = false;
      for (const stem of this.#stems.values()) this.#add(stem, left, right, done, run);
      if (this.#clickBpm !== null) addClick(left, right, done, run, this.#position, this.#clickBpm);
      this.#position += run;
      done += run;
      if (loop !== null && this.#position === loop.to) this.#position = loop.from;
    }
  }

  /** For how many of `frames` every stem that is heard has its sound. */
  #ready(frames: number): number {
    let until = this.#position + frames;
    for (const stem of this.#stems.values()) {
      if (stem.gain === 0 || stem.to <= this.#position || stem.from >= until) continue;
      let covered = Math.max(this.#position, stem.from);
      for (const { at, end } of stem.chunks) if (at <= covered && end > covered) covered = end;
      if (covered < Math.min(until, stem.to)) until = Math.max(this.#position, covered);
    }
    return until - this.#position;
  }

  #add(stem: Stem, left: Float32Array, right: Float32Array, offset: number, frames: number): void {
    const from = this.#position;
    const until = from + frames;
    const fades = stem.level !== stem.gain;
    const startLevel = stem.level;
    const levelAt = (frame: number) => {
      const moved = (frame - from) * RAMP_PER_FRAME;
      return startLevel < stem.gain ? Math.min(stem.gain, startLevel + moved) : Math.max(stem.gain, startLevel - moved);
    };
    const [toLeft, toRight] = [Math.min(1, 1 - stem.pan), Math.min(1, 1 + stem.pan)];
    if (fades || stem.gain > 0) {
      for (const { at, end, channels } of stem.chunks) {
        const [first, second = first] = channels;
        if (first === undefined || second === undefined) continue;
        for (let frame = Math.max(at, from), last = Math.min(end, until); frame < last; frame++) {
          const level = fades ? levelAt(frame) : stem.gain;
          const to = offset + frame - from;
          left[to] = (left[to] ?? 0) + (first[frame - at] ?? 0) * level * toLeft;
          right[to] = (right[to] ?? 0) + (second[frame - at] ?? 0) * level * toRight;
        }
      }
    }
    stem.level = levelAt(until);
  }
}
