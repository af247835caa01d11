/**
 * Bars and beats of a timeline map: from a place in frames to bar and beat, and back. A tempo changes how long a quarter note is from
 * its place on; a signature begins a bar at its place, however much of the bar before it was still to come. Everything is in frames at
 * 48 kHz from the session's origin and in quarter notes, as Standard MIDI Files 1.0 counts tempo.
 */
import { TIMELINE_RATE_HZ } from "../protocol/limits.ts";
import type { TimelineMap } from "../protocol/timeline.ts";

const FRAMES_PER_MINUTE = 60 * TIMELINE_RATE_HZ;
/**
 * Places are whole frames, so a line that lies between two frames is the nearer one. A line exactly between them may come out of its
 * sums a little lower, after hours less than the millionth of a frame that is added here, and would be rounded to the frame before.
 */
const HALF_FRAME = 0.5 + 1e-6;

interface TempoStretch {
  frames: number;
  quarters: number;
  framesPerQuarter: number;
}

interface SignatureStretch {
  quarters: number;
  /** Its first bar, counted from 0. */
  bar: number;
  beats: number;
  quartersPerBeat: number;
  quartersPerBar: number;
}

export interface BarPlace {
  /** From 1. */
  bar: number;
  /** From 1, in beats of the signature that is in force. */
  beat: number;
}

export interface BarLine {
  /** Not rounded: where the line lies between two frames. */
  frames: number;
  /** From 1. */
  bar: number;
}

export class Bars {
  readonly #tempo: TempoStretch[] = [];
  readonly #signatures: SignatureStretch[] = [];

  constructor(map: Pick<TimelineMap, "tempo" | "signatures">) {
    for (const { positionFrames, bpm } of map.tempo) {
      const before = this.#tempo.at(-1);
      const quarters =
        before === undefined ? 0 : before.quarters + (positionFrames - before.frames) / before.framesPerQuarter;
      this.#tempo.push({ frames: positionFrames, quarters, framesPerQuarter: FRAMES_PER_MINUTE / bpm });
    }
    for (const { positionFrames, beats, unit } of map.signatures) {
      const quarters = this.quartersAt(positionFrames);
      const before = this.#signatures.at(-1);
      const slack = HALF_FRAME / this.#tempoAt(positionFrames).framesPerQuarter;
      const bar =
        before === undefined ? 0 : before.bar + Math.ceil((quarters - before.quarters - slack) / before.quartersPerBar);
      const quartersPerBeat = 4 / unit;
      this.#signatures.push({ quarters, bar, beats, quartersPerBeat, quartersPerBar: beats * quartersPerBeat });
    }
  }

  #tempoAt(frames: number): TempoStretch {
    return last(this.#tempo, (stretch) => stretch.frames <= frames);
  }

  /** Quarter notes from the origin to a place. */
  quartersAt(frames: number): number {
    const tempo = this.#tempoAt(frames);
    return tempo.quarters + (frames - tempo.frames) / tempo.framesPerQuarter;
  }

  /** The place of so many quarter notes, in frames that are not rounded. */
  framesAt(quarters: number): number {
    const tempo = last(this.#tempo, (stretch) => stretch.quarters <= quarters);
    return tempo.frames + (quarters - tempo.quarters) * tempo.framesPerQuarter;
  }

  /** Bar and beat at a place. A frame before a bar line counts as before it. */
  placeAt(frames: number): BarPlace {
    const quarters = this.quartersAt(frames + HALF_FRAME);
    const signature = last(this.#signatures, (stretch) => stretch.quarters <= quarters);
    const within = quarters - signature.quarters;
    const bars = Math.floor(within / signature.quartersPerBar);
    const beat = Math.floor((within - bars * signature.quartersPerBar) / signature.quartersPerBeat);
    return { bar: signature.bar + bars + 1, beat: Math.min(signature.beats, beat + 1) };
  }

  /** `17.3`: bar and beat at a place, as an instrument shows them. */
  label(frames: number): string {
    const { bar, beat } = this.placeAt(frames);
    return `${bar}.${beat}`;
  }

  /** Where a bar begins, in frames that are not rounded. Bars before the first begin at the origin. */
  framesOfBar(bar: number): number {
    const wanted = Math.max(0, bar - 1);
    const signature = last(this.#signatures, (stretch) => stretch.bar <= wanted);
    return this.framesAt(signature.quarters + (wanted - signature.bar) * signature.quartersPerBar);
  }

  /** How long the bar at a place lasts, in frames that are not rounded. */
  barFramesAt(frames: number): number {
    const { bar } = this.placeAt(frames);
    return this.framesOfBar(bar + 1) - this.framesOfBar(bar);
  }

  /** The first bar line after a place, or the last one before it. */
  stepFrom(frames: number, direction: 1 | -1): number {
    const { bar } = this.placeAt(frames);
    const begins = Math.round(this.framesOfBar(bar));
    if (direction === 1) return Math.round(this.framesOfBar(bar + 1));
    return begins < frames ? begins : Math.round(this.framesOfBar(bar - 1));
  }

  /** Bar lines between two places, at most `linesMax` of them: each, or every second, fourth, eighth … bar. */
  lines(from: number, to: number, linesMax: number): BarLine[] {
    const first = Math.max(1, this.placeAt(from).bar);
    const final = this.placeAt(to).bar;
    let step = 1;
    while ((final - first + 1) / step > linesMax) step *= 2;
    const lines: BarLine[] = [];
    for (let bar = Math.ceil((first - 1) / step) * step + 1; bar <= final; bar += step) {
      const frames = this.framesOfBar(bar);
      if (frames >= from - HALF_FRAME) lines.push({ frames, bar });
    }
    return lines;
  }
}

/** The last of ascending stretches for which something holds; the first one where it holds for none. */
function last<Stretch>(stretches: readonly Stretch[], holds: (stretch: Stretch) => boolean): Stretch {
  let [low, high] = [0, stretches.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const stretch = stretches[middle];
    if (stretch !== undefined && holds(stretch)) low = middle;
    else high = middle - 1;
  }
  const found = stretches[low];
  if (found === undefined) throw new Error("A map has at least one anchor.");
  return found;
}
