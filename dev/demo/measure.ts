import { readFileSync } from "node:fs";
import type { TraceIndex } from "../../companion/engine/links/trace.node.ts";
import { percentile } from "../percentile.ts";

/**
 * Delay and faithfulness, from inside the sound: what was heard is looked for in what was played. Nothing here believes a time stamp
 * of the link's; it needs only when a device captured a frame and when another played one, on one machine's clock.
 */
const FRAMES_PER_MS = 48;
/** Further back than this nothing is looked for. */
const DELAY_MAX_FRAMES = 500 * FRAMES_PER_MS;
const WINDOW_FRAMES = 4_096;
const HALF_STEP = 2 ** 7;

/** What one end played into its device: stereo interleaved, repeated for ever, frame 0 captured at `openedAtMs`. */
export interface Source {
  samples: Int32Array;
  openedAtMs: number;
}

export interface Heard {
  samples: Int32Array;
  index: TraceIndex;
}

export interface Delays {
  p50: number;
  p95: number;
  max: number;
}

export function readHeard(folder: string, name: string): Heard {
  const bytes = readFileSync(`${folder}/${name}.s32`);
  const samples = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { samples, index: JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8")) };
}

const delaysOf = (delays: number[]): Delays => ({
  p50: percentile(delays, 0.5),
  p95: percentile(delays, 0.95),
  max: percentile(delays, 1),
});

/** @param tolerance By how much a sample may differ: half a step of 16 bit, where a lane was sent so. */
function matches(
  { samples }: Source,
  frame: number,
  heard: Int32Array,
  at: number,
  frames: number,
  tolerance = 0,
): boolean {
  const length = samples.length / 2;
  for (let n = 0; n < frames; n++) {
    const from = (((frame + n) % length) + length) % length;
    for (const side of [0, 1])
      if (Math.abs((samples[from * 2 + side] ?? 0) - (heard[(at + n) * 2 + side] ?? 0)) > tolerance) return false;
  }
  return true;
}

/**
 * Every chunk heard between two instants is compared with the source, sample by sample; those that the player says it had to change, or to read
 * between frames because two clocks differ, are counted apart. The latter have the delay of their neighbours.
 */
export function measureExact(source: Source, { samples, index }: Heard, fromMs: number, toMs: number) {
  const delays: number[] = [];
  let delayFrames = -1;
  let delayMs: number | null = null;
  let compared = 0;
  let wrong = 0;
  let concealed = 0;
  let resampled = 0;
  for (let chunk = 0; chunk < index.frames.length; chunk++) {
    const playedAtMs = index.atMs[chunk] ?? 0;
    const at = index.frames[chunk] ?? 0;
    const frames = (index.frames[chunk + 1] ?? samples.length / 2) - at;
    if (playedAtMs < fromMs || playedAtMs > toMs) continue;
    if (index.concealed[chunk] === true) {
      concealed++;
      continue;
    }
    if (index.exact[chunk] !== true) {
      resampled++;
      if (delayMs !== null) delays.push(delayMs);
      continue;
    }
    compared++;
    const capturedNow = Math.round((playedAtMs - source.openedAtMs) * FRAMES_PER_MS);
    if (delayFrames < 0 || !matches(source, capturedNow - delayFrames, samples, at, frames)) {
      // Rounding to whole frames may move by one from block to block; anything else is looked for everywhere.
      const near = [delayFrames - 1, delayFrames + 1].find(
        (candidate) => candidate >= 0 && matches(source, capturedNow - candidate, samples, at, frames),
      );
      let found = near ?? -1;
      for (let candidate = 0; found < 0 && candidate < DELAY_MAX_FRAMES; candidate++) {
        if (matches(source, capturedNow - candidate, samples, at, frames)) found = candidate;
      }
      if (found < 0) {
        wrong++;
        continue;
      }
      delayFrames = found;
    }
    delayMs = delayFrames / FRAMES_PER_MS;
    delays.push(delayMs);
  }
  return {
    bitIdentical: compared + resampled > 0 && wrong === 0,
    chunks: compared + resampled,
    resampledChunks: resampled,
    concealedChunks: concealed,
    wrongChunks: wrong,
    oneWayMs: delaysOf(delays),
  };
}

/**
 * Where packets are lost a lane goes out in 16 bit, and its blocks are the source's to half a step of those. Delays of all blocks that were not
 * concealed; one that was read between frames has its neighbour's.
 */
export function measureNarrow(source: Source, { samples, index }: Heard, fromMs: number, toMs: number) {
  const delays: number[] = [];
  let delayFrames = -1;
  let concealed = 0;
  let sinceFound = 0;
  for (const [chunk, at] of index.frames.entries()) {
    const playedAtMs = index.atMs[chunk] ?? 0;
    const frames = (index.frames[chunk + 1] ?? samples.length / 2) - at;
    if (playedAtMs < fromMs || playedAtMs > toMs) continue;
    if (index.concealed[chunk] === true) {
      concealed++;
      continue;
    }
    const capturedNow = Math.round((playedAtMs - source.openedAtMs) * FRAMES_PER_MS);
    const fits = (delay: number) => delay >= 0 && matches(source, capturedNow - delay, samples, at, frames, HALF_STEP);
    let found = [0, -1, 1, -2, 2].map((off) => delayFrames + off).find(fits) ?? -1;
    // Far away it is looked for now and then: a block between two frames is found nowhere.
    for (let delay = 0; found < 0 && (delayFrames < 0 || sinceFound > 20) && delay < DELAY_MAX_FRAMES; delay++)
      if (fits(delay)) found = delay;
    sinceFound = found < 0 && sinceFound <= 20 ? sinceFound + 1 : 0;
    if (found >= 0) delayFrames = found;
    if (delayFrames >= 0) delays.push(delayFrames / FRAMES_PER_MS);
  }
  return {
    oneWayMs: { ...delaysOf(delays), p99: percentile(delays, 0.99) },
    // Of a lane that was not heard at all nothing can be said.
    concealedRatio: concealed / (concealed + delays.length),
  };
}

/** The lossy lane: where in the source each stretch fits best, and how well (normalised cross-correlation of the left channel). */
export function measureLossy(source: Source, { samples, index }: Heard, fromMs: number, toMs: number) {
  const delays: number[] = [];
  const correlations: number[] = [];
  let nextMs = fromMs;
  for (let chunk = 0; chunk < index.frames.length; chunk++) {
    const playedAtMs = index.atMs[chunk] ?? 0;
    const at = index.frames[chunk] ?? 0;
    if (playedAtMs < nextMs || playedAtMs > toMs || (at + WINDOW_FRAMES) * 2 > samples.length) continue;
    nextMs = playedAtMs + 500;
    const capturedNow = Math.round((playedAtMs - source.openedAtMs) * FRAMES_PER_MS);
    const best = bestFit(source, capturedNow, samples, at);
    if (best === undefined) continue;
    delays.push(best.delayFrames / FRAMES_PER_MS);
    correlations.push(best.correlation);
  }
  return { oneWayMs: delaysOf(delays), correlation: percentile(correlations, 0.5), windows: delays.length };
}

function bestFit({ samples }: Source, capturedNow: number, heard: Int32Array, at: number) {
  const length = samples.length / 2;
  const maxDelay = 150 * FRAMES_PER_MS;
  const window = Float64Array.from({ length: WINDOW_FRAMES }, (_, n) => heard[(at + n) * 2] ?? 0);
  const past = Float64Array.from(
    { length: WINDOW_FRAMES + maxDelay },
    (_, n) => samples[((((capturedNow - maxDelay + n) % length) + length) % length) * 2] ?? 0,
  );
  const energy = window.reduce((sum, value) => sum + value * value, 0);
  let pastEnergy = 0;
  for (let n = 0; n < WINDOW_FRAMES; n++) pastEnergy += (past[n] ?? 0) ** 2;
  let best: { delayFrames: number; correlation: number } | undefined;
  for (let shift = 0; shift < maxDelay; shift++) {
    let product = 0;
    for (let n = 0; n < WINDOW_FRAMES; n++) product += (window[n] ?? 0) * (past[shift + n] ?? 0);
    const correlation = product / Math.sqrt(energy * pastEnergy);
    if (correlation > (best?.correlation ?? 0)) best = { delayFrames: maxDelay - shift, correlation };
    pastEnergy += (past[shift + WINDOW_FRAMES] ?? 0) ** 2 - (past[shift] ?? 0) ** 2;
  }
  return best;
}

/** Where in the source a recorded stem begins: the device frame nearest to `nearFrame` at which all of it matches, or `null`. */
export function findStem(source: Source, stem: Int32Array, nearFrame: number): number | null {
  const probe = Math.min(stem.length / 2, WINDOW_FRAMES);
  for (let off = 0; off < 200 * FRAMES_PER_MS; off++) {
    for (const frame of [nearFrame + off, nearFrame - off]) {
      if (matches(source, frame, stem, 0, probe))
        return matches(source, frame, stem, 0, stem.length / 2) ? frame : null;
    }
  }
  return null;
}

/** One MIDI message as it left an end. */
export interface SentMidi {
  atMs: number;
  /** Hexadecimal. */
  bytes: string;
}

/** How an MMC Locate to any device begins (RP-013). */
const MMC_LOCATE = "f07f7f0644";
const isLocate = (message: SentMidi | undefined) => message?.bytes.startsWith(MMC_LOCATE) === true;

/**
 * What an end did, without what it did once more because it was late: of locates that follow each other the first, since whoever is late to a play
 * sends one more, to where the playhead is by then; and no locate with the same roll after it again, which puts in its place a DAW that was told to
 * roll too late (`DawLink`).
 */
export function locateOnce(sent: readonly SentMidi[]): SentMidi[] {
  const done: SentMidi[] = [];
  for (const message of sent) {
    const [before, last] = [done.at(-2), done.at(-1)];
    if (isLocate(message) && isLocate(last)) continue;
    if (isLocate(last) && message.bytes === before?.bytes) done.pop();
    else done.push(message);
  }
  return done;
}

/** Whether two ends did the same in the same order and rest at the same place; where they located on the way may differ by their lateness. */
export function isSameTransport(one: readonly SentMidi[], other: readonly SentMidi[]): boolean {
  const deed = (message: SentMidi | undefined) => (isLocate(message) ? MMC_LOCATE : message?.bytes);
  return (
    one.length === other.length &&
    one.every((message, at) => deed(message) === deed(other[at])) &&
    one.at(-1)?.bytes === other.at(-1)?.bytes
  );
}
