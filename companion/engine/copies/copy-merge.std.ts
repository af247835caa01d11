import { type Lost, NOTHING_LOST } from "./copy-records.std.ts";

/** Sound of one keeper's copy: whole frames, interleaved, and where in the copy they begin. */
interface Piece {
  at: number;
  samples: Int32Array;
}

interface Source {
  /** Its first frame's place in the merged sound; `null` before it is known where the copy lies in the lane. */
  offset: number | null;
  pieces: Piece[];
  channels: number;
  frames: number;
  lost: Lost;
  isOver: boolean;
}

const AT_ONCE_FRAMES = 8_000;
const BELOW_16_BIT = 255;
/** Of what a frame is worth that is not silent. */
const [SOUND, UNLIKE, FINE, BEYOND_PAIR] = [8, 1, 2, 4];

/**
 * What a frame of so many channels is worth: nothing, or more where it is finer than 16 bit, where its channels differ, and most where it is not folded
 * down.
 */
function worthOf(samples: Int32Array, from: number, channels: number): number {
  let all = 0;
  let beyond = 0;
  let isAlike = true;
  for (let channel = 0; channel < channels; channel++) {
    const sample = samples[from + channel] ?? 0;
    all |= sample;
    if (channel >= 2) beyond |= sample;
    isAlike &&= sample === samples[from];
  }
  if (all === 0) return 1;
  return SOUND + ((all & BELOW_16_BIT) === 0 ? 0 : FINE) + (isAlike ? 0 : UNLIKE) + (beyond === 0 ? 0 : BEYOND_PAIR);
}

/**
 * Several keepers' copies of one lane as one sound. Each heard the same frames, by a path of its own: what one missed another has, and where one had
 * them in 16 bit another may have them whole. Frames are told by their numbers in the lane, so nothing has to be found in the sound.
 */
export class CopyMerge {
  readonly #sources = new Map<string, Source>();
  #base: number | undefined;
  #next: number | undefined;
  #zeroFrames = 0;
  #uncoveredFrames = 0;
  #narrowFrames = 0;

  /** @param channels The same for all copies that are merged. */
  add(key: string, samples: Int32Array, channels = 2): void {
    const source = this.#sourceOf(key);
    source.channels = channels;
    source.pieces.push({ at: source.frames, samples });
    source.frames += samples.length / channels;
  }

  /** Where in its lane a copy begins, modulo 2³². Nothing comes out before all are placed that are to be merged. */
  place(key: string, frame: number): void {
    this.#base ??= frame;
    this.#sourceOf(key).offset = (frame - this.#base) | 0;
  }

  /** Nothing more comes of it. */
  end(key: string, lost: Lost): void {
    const source = this.#sourceOf(key);
    source.lost = lost;
    source.isOver = true;
  }

  /** It is none of these. */
  drop(key: string): void {
    this.#sources.delete(key);
  }

  /** So much of a copy waits for the others. */
  waitingFrames(key: string): number {
    const { offset, frames } = this.#sourceOf(key);
    return Math.max(0, frames - Math.max(0, (this.#next ?? 0) - (offset ?? 0)));
  }

  /** Frames that none of them had, and those of which none had each channel, as far as their keepers know. */
  get lost(): Lost {
    const told = (what: keyof Lost) => [...this.#sources.values()].reduce((sum, { lost }) => sum + lost[what], 0);
    return {
      missingFrames: this.#uncoveredFrames + Math.min(this.#zeroFrames, told("missingFrames")),
      foldedFrames: Math.min(this.#narrowFrames, told("foldedFrames")),
    };
  }

  /** What follows, as far as every copy that still comes has got; `null` where nothing does yet. */
  take(): Int32Array<ArrayBuffer> | null {
    const placed = [...this.#sources.values()].flatMap(({ offset, ...source }) =>
      offset === null ? [] : [{ offset, endAt: offset + source.frames, ...source }],
    );
    if (placed.length === 0 || placed.length < this.#sources.size) return null;
    const from = this.#next ?? Math.min(...placed.map(({ offset }) => offset));
    this.#next = from;
    const coming = placed.filter(({ isOver }) => !isOver);
    const to =
      coming.length > 0 ? Math.min(...coming.map(({ endAt }) => endAt)) : Math.max(...placed.map(({ endAt }) => endAt));
    const frames = Math.min(AT_ONCE_FRAMES, to - from);
    if (frames <= 0) return null;
    const channels = Math.max(...placed.map((source) => source.channels));
    const merged = new Int32Array(frames * channels);
    const worth = new Uint8Array(frames);
    for (const { offset, pieces } of placed)
      for (const { at, samples } of pieces) lay(samples, channels, offset + at - from, merged, worth);
    for (const one of worth) {
      if (one === 0) this.#uncoveredFrames++;
      if (one === 1) this.#zeroFrames++;
      if (one >= SOUND && (one & (channels > 2 ? BEYOND_PAIR : UNLIKE)) === 0) this.#narrowFrames++;
    }
    this.#next = from + frames;
    for (const source of this.#sources.values()) forget(source, from + frames);
    return merged;
  }

  #sourceOf(key: string): Source {
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const source: Source = { offset: null, pieces: [], channels: 2, frames: 0, lost: NOTHING_LOST, isOver: false };
    this.#sources.set(key, source);
    return source;
  }
}

/** Lays a piece over what is there, frame by frame, where it is worth more. */
function lay(samples: Int32Array, channels: number, at: number, merged: Int32Array, worth: Uint8Array): void {
  const to = Math.min(worth.length, at + samples.length / channels);
  for (let frame = Math.max(0, at); frame < to; frame++) {
    const from = (frame - at) * channels;
    const here = worthOf(samples, from, channels);
    if (here <= (worth[frame] ?? 0)) continue;
    worth[frame] = here;
    for (let channel = 0; channel < channels; channel++)
      merged[frame * channels + channel] = samples[from + channel] ?? 0;
  }
}

/** What lies before a place has been taken. */
function forget(source: Source, before: number): void {
  const offset = source.offset ?? 0;
  while (source.pieces[0] !== undefined) {
    const { at, samples } = source.pieces[0];
    if (offset + at + samples.length / source.channels > before) return;
    source.pieces.shift();
  }
}
