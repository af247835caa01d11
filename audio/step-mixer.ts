import { TIMELINE_RATE_HZ } from "../protocol/limits.ts";
import type { FrameRange } from "./frame-range.ts";

/** From an instant of the audio clock on: where the playhead is, and whether it moves. */
export interface Leg {
  fromSeconds: number;
  positionFrames: number;
  isRolling: boolean;
  loop: FrameRange | null;
}

export type ToStepMixer =
  /** What is known of the transport, in order; what was said before is forgotten. */
  | { type: "course"; legs: readonly Leg[] }
  | { type: "stem"; id: number; gain: number }
  | { type: "forget"; id: number }
  | { type: "chunk"; id: number; at: number; channels: Float32Array[] }
  | { type: "drop"; id: number; at: number };

/** A playhead that is off by less is left where it is: the clocks that it is reckoned with know no better. */
const OFF_MAX_FRAMES = 24;
/** A jump is a crossfade of so many frames: 2 ms. */
const FADE_FRAMES = 96;

/** Where the playhead is at an instant of the audio clock, in whole frames. */
export function placeOnLeg({ fromSeconds, positionFrames, isRolling, loop }: Leg, seconds: number): number {
  if (!isRolling) return Math.round(positionFrames);
  const moved = positionFrames + (seconds - fromSeconds) * TIMELINE_RATE_HZ;
  const turns = loop !== null && positionFrames < loop.to && moved >= loop.to;
  return Math.round(turns ? loop.from + ((moved - loop.to) % (loop.to - loop.from)) : moved);
}

interface Stem {
  gain: number;
  /** On its way to `gain`. */
  level: number;
  chunks: { at: number; end: number; channels: Float32Array[] }[];
}

/**
 * The step mixer: takes under everybody's one transport. Its position is not its own: it is where the session's playhead is at each instant of
 * the audio clock, so it waits for nothing. A stem whose sound has not come yet is silent until it has, and then it is in place.
 */
export class StepMixer {
  readonly #stems = new Map<number, Stem>();
  #legs: readonly Leg[] = [];
  /** The next frame of the timeline; `null` while nothing moves. */
  #next: number | null = null;
  #old: [Float32Array, Float32Array] = [new Float32Array(FADE_FRAMES), new Float32Array(FADE_FRAMES)];

  tell(message: ToStepMixer): void {
    switch (message.type) {
      case "course":
        this.#legs = message.legs;
        return;
      case "stem": {
        const stem = this.#stems.get(message.id);
        if (stem === undefined) this.#stems.set(message.id, { gain: message.gain, level: 0, chunks: [] });
        else stem.gain = message.gain;
        return;
      }
      case "forget":
        this.#stems.delete(message.id);
        return;
      case "chunk": {
        const { at, channels } = message;
        this.#stems.get(message.id)?.chunks.push({ at, end: at + (channels[0]?.length ?? 0), channels });
        return;
      }
      case "drop": {
        const stem = this.#stems.get(message.id);
        if (stem !== undefined) stem.chunks = stem.chunks.filter(({ at }) => at !== message.at);
        return;
      }
    }
  }

  /** Fills one block, left and right, whose first frame is heard at `seconds` of the audio clock. */
  process(left: Float32Array, right: Float32Array, seconds: number): void {
    left.fill(0);
    right.fill(0);
    const starts = this.#legs.map(({ fromSeconds }) => Math.ceil((fromSeconds - seconds) * TIMELINE_RATE_HZ - 1e-6));
    for (let done = 0; done < left.length; ) {
      const at = starts.findLastIndex((start) => start <= done);
      const until = Math.min(left.length, starts[at + 1] ?? left.length);
      this.#leg(
        this.#legs[at],
        seconds + done / TIMELINE_RATE_HZ,
        left.subarray(done, until),
        right.subarray(done, until),
      );
      done = until;
    }
    for (const stem of this.#stems.values()) stem.level = stem.gain;
  }

  #leg(leg: Leg | undefined, seconds: number, left: Float32Array, right: Float32Array): void {
    const before = this.#next;
    const wanted = leg?.isRolling === true ? placeOnLeg(leg, seconds) : null;
    const goesOn = before !== null && wanted !== null && Math.abs(wanted - before) <= OFF_MAX_FRAMES;
    const from = goesOn ? before : wanted;
    if (!goesOn && before !== null) this.#fadeOut(before, leg?.loop ?? null, left, right);
    if (from === null) {
      this.#next = null;
      return;
    }
    this.#next = this.#run(from, leg?.loop ?? null, left, right, goesOn ? 0 : Math.min(FADE_FRAMES, left.length));
  }

  /** What was heard goes on under what comes, quieter and quieter. */
  #fadeOut(from: number, loop: FrameRange | null, left: Float32Array, right: Float32Array): void {
    const frames = Math.min(FADE_FRAMES, left.length);
    const [oldLeft, oldRight] = this.#old.map((one) => one.subarray(0, frames)) as [Float32Array, Float32Array];
    oldLeft.fill(0);
    oldRight.fill(0);
    this.#run(from, loop, oldLeft, oldRight, 0);
    for (let at = 0; at < frames; at++) {
      const level = 1 - at / frames;
      left[at] = (left[at] ?? 0) + (oldLeft[at] ?? 0) * level;
      right[at] = (right[at] ?? 0) + (oldRight[at] ?? 0) * level;
    }
  }

  /** Adds up the stems from a place on, round the loop if there is one; returns the place after. */
  #run(from: number, loop: FrameRange | null, left: Float32Array, right: Float32Array, fadeFrames: number): number {
    let place = from;
    for (let done = 0; done < left.length; ) {
      const turnsAt = loop !== null && place < loop.to ? loop.to : Number.POSITIVE_INFINITY;
      const frames = Math.min(left.length - done, turnsAt - place);
      for (const stem of this.#stems.values()) add(stem, place, frames, left, right, done, fadeFrames);
      place += frames;
      done += frames;
      if (place === turnsAt && loop !== null) place = loop.from;
    }
    return place;
  }
}

function add(
  { gain, level, chunks }: Stem,
  place: number,
  frames: number,
  left: Float32Array,
  right: Float32Array,
  offset: number,
  fadeFrames: number,
): void {
  if (gain === 0 && level === 0) return;
  for (const { at, end, channels } of chunks) {
    const [first, second = first] = channels;
    if (first === undefined || second === undefined) continue;
    for (let frame = Math.max(at, place), last = Math.min(end, place + frames); frame < last; frame++) {
      const to = offset + frame - place;
      const moves = level + ((gain - level) * to) / left.length;
      const amount = to < fadeFrames ? moves * (to / fadeFrames) : moves;
      left[to] = (left[to] ?? 0) + (first[frame - at] ?? 0) * amount;
      right[to] = (right[to] ?? 0) + (second[frame - at] ?? 0) * amount;
    }
  }
}
