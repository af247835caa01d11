import { INT24_SCALE, toInt24 } from "../../audio/pcm.ts";

/**
 * The band's instruments, made by arithmetic: plucked strings (Karplus and Strong, 1983), drums of decaying sines and noise, and an electric
 * piano by frequency modulation (Chowning, 1973). One loop of sixteen bars; what rings beyond its end rings on at its beginning, so it
 * has no seam. The same every time.
 */
export const RATE_HZ = 48_000;
export const BPM = 96;
export const LOOP_BARS = 16;
const BEAT_FRAMES = (60 / BPM) * RATE_HZ;
export const BAR_FRAMES = 4 * BEAT_FRAMES;
export const LOOP_FRAMES = LOOP_BARS * BAR_FRAMES;

export const parts = ["drums", "bass", "guitar", "keys"] as const;
export type Part = (typeof parts)[number];

/** Roots of the song's chords, a bar each: D, A, B minor, G. */
const CHORDS = [
  { root: 73.42, tones: [146.83, 185, 220, 293.66] },
  { root: 55, tones: [110, 138.59, 164.81, 220] },
  { root: 61.74, tones: [123.47, 146.83, 185, 246.94] },
  { root: 49, tones: [98, 123.47, 146.83, 196] },
] as const;
const chordOf = (bar: number) => CHORDS[bar % CHORDS.length] ?? CHORDS[0];

type Random = () => number;

/** A linear congruential generator, from −1 to 1. */
function noise(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Adds a note from `beat` on, sample by sample, round the loop's end. */
function play(out: Float64Array, beat: number, seconds: number, sample: (t: number, at: number) => number): void {
  const start = Math.round(beat * BEAT_FRAMES);
  for (let at = 0; at < seconds * RATE_HZ; at++) {
    const place = (start + at) % LOOP_FRAMES;
    out[place] = (out[place] ?? 0) + sample(at / RATE_HZ, at);
  }
}

function pluck(out: Float64Array, beat: number, hz: number, seconds: number, gain: number, random: Random): void {
  const string = Float64Array.from({ length: Math.round(RATE_HZ / hz) }, random);
  play(out, beat, seconds, (_, at) => {
    const here = at % string.length;
    const value = string[here] ?? 0;
    string[here] = 0.498 * (value + (string[(here + 1) % string.length] ?? 0));
    return gain * value;
  });
}

/** A drum: a sine that falls to its pitch, and noise. */
function hit(
  out: Float64Array,
  beat: number,
  hz: number,
  decaySeconds: number,
  noisy: number,
  gain: number,
  random: Random,
) {
  play(out, beat, decaySeconds * 5, (t) => {
    const tone = Math.sin(2 * Math.PI * hz * t * (1 + Math.exp(-t * 40)));
    return gain * Math.exp(-t / decaySeconds) * ((1 - noisy) * tone + noisy * random());
  });
}

function piano(out: Float64Array, beat: number, hz: number, seconds: number, gain: number): void {
  play(out, beat, seconds, (t) => {
    const phase = 2 * Math.PI * hz * t;
    const fade = Math.min(1, t * 200) * Math.exp(-t * 1.4) * Math.min(1, (seconds - t) * 40);
    return gain * fade * Math.sin(phase + 1.6 * Math.exp(-t * 3) * Math.sin(phase * 2));
  });
}

const players: Record<Part, (out: Float64Array, bar: number, random: Random) => void> = {
  drums(out, bar, random) {
    const first = bar * 4;
    const isFill = bar % 8 === 7;
    for (const beat of [0, 2.5]) hit(out, first + beat, 52, 0.12, 0.04, 0.7, random);
    for (const beat of [1, 3]) hit(out, first + beat, 185, 0.09, 0.65, 0.5, random);
    for (let eighth = 0; eighth < 8; eighth++)
      hit(out, first + eighth / 2, 6_000, 0.018, 0.95, eighth % 2 === 0 ? 0.16 : 0.1, random);
    if (isFill) for (let at = 0; at < 6; at++) hit(out, first + 2.5 + at / 4, 190 - at * 18, 0.1, 0.4, 0.35, random);
    if (bar % 8 === 0) hit(out, first, 4_200, 0.5, 0.9, 0.22, random);
  },
  bass(out, bar, random) {
    const { root } = chordOf(bar);
    for (const [beat, times] of [
      [0, 1],
      [1.5, 1],
      [2, 2],
      [3, 1.5],
    ] as const)
      pluck(out, bar * 4 + beat, root * times, 0.9, 0.55, random);
  },
  guitar(out, bar, random) {
    const { tones } = chordOf(bar);
    const gain = bar % 8 < 4 ? 0.2 : 0.34;
    for (let eighth = 0; eighth < 8; eighth++)
      pluck(out, bar * 4 + eighth / 2, (tones[(eighth * 3) % 4] ?? 147) * 2, 1.4, gain, random);
  },
  keys(out, bar) {
    if (bar % 8 < 2) return;
    for (const beat of bar % 2 === 0 ? [0, 2.5] : [0.5, 2])
      for (const tone of chordOf(bar).tones) piano(out, bar * 4 + beat, tone * 2, 1.6, 0.11);
  },
};

/** One loop of a part, full scale ±1. `take` makes it another one: nobody plays a thing twice alike. */
export function playPart(part: Part, take = 0): Float64Array {
  const out = new Float64Array(LOOP_FRAMES);
  const random = noise(17 + parts.indexOf(part) * 54 + take * 1_001);
  for (let bar = 0; bar < LOOP_BARS; bar++) players[part](out, bar, random);
  // A little noise, as every microphone has.
  for (let at = 0; at < out.length; at++) out[at] = Math.max(-1, Math.min(1, (out[at] ?? 0) + random() * 2e-4));
  return out;
}

/** Parts laid over each other, in stereo, as a device would give them. */
export function stereoLoop(wanted: readonly { part: Part; pan: number }[]): Int32Array {
  const samples = new Int32Array(LOOP_FRAMES * 2);
  for (const { part, pan } of wanted) {
    const mono = playPart(part);
    for (let at = 0; at < LOOP_FRAMES; at++) {
      const value = (mono[at] ?? 0) * (INT24_SCALE - 1);
      samples[at * 2] = toInt24((samples[at * 2] ?? 0) + value * Math.min(1, 1 - pan));
      samples[at * 2 + 1] = toInt24((samples[at * 2 + 1] ?? 0) + value * Math.min(1, 1 + pan));
    }
  }
  return samples;
}
