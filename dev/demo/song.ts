import { writeFileSync } from "node:fs";
import { INT24_SCALE, toInt24 } from "../../audio/pcm.ts";
import { wavFile } from "../../audio/wav-writer.ts";

/**
 * Two parts of one song, made on the spot, for a demo without files of one's own: a plucked guitar (Karplus and Strong, 1983) for the
 * host and drums for the guest. 24-bit stereo; the same every time.
 */
const RATE_HZ = 48_000;
const BPM = 96;

function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function pluck(out: Float64Array, at: number, hz: number, seconds: number, random: () => number): void {
  const string = Float64Array.from({ length: Math.round(RATE_HZ / hz) }, random);
  for (let n = 0; n < seconds * RATE_HZ && at + n < out.length; n++) {
    const here = n % string.length;
    const value = string[here] ?? 0;
    out[at + n] = (out[at + n] ?? 0) + 0.25 * value;
    string[here] = 0.498 * (value + (string[(here + 1) % string.length] ?? 0));
  }
}

function hit(
  out: Float64Array,
  at: number,
  hz: number,
  decaySeconds: number,
  noisy: number,
  random: () => number,
): void {
  for (let n = 0; n < 0.4 * RATE_HZ && at + n < out.length; n++) {
    const t = n / RATE_HZ;
    const tone = Math.sin(2 * Math.PI * hz * (1 + Math.exp(-t * 40)) * t);
    out[at + n] = (out[at + n] ?? 0) + 0.4 * Math.exp(-t / decaySeconds) * ((1 - noisy) * tone + noisy * random());
  }
}

/** Writes one part as a WAV of the given length. */
export function writePart(path: string, part: "guitar" | "drums", seconds: number): void {
  const out = new Float64Array(Math.round(seconds * RATE_HZ));
  const random = noise(part === "guitar" ? 17 : 71);
  const beat = Math.round((60 / BPM) * RATE_HZ);
  const chords = [
    [147, 185, 220, 294],
    [110, 139, 165, 220],
    [123, 147, 185, 247],
    [98, 123, 147, 196],
  ];
  for (let eighth = 0; (eighth * beat) / 2 < out.length; eighth++) {
    const at = (eighth * beat) / 2;
    if (part === "guitar") {
      const chord = chords[Math.floor(eighth / 8) % chords.length] ?? [];
      pluck(out, at, chord[eighth % chord.length] ?? 147, 1.5, random);
    } else {
      if (eighth % 8 === 0 || eighth % 8 === 5) hit(out, at, 55, 0.12, 0.05, random);
      if (eighth % 4 === 2) hit(out, at, 190, 0.08, 0.7, random);
      hit(out, at, 6_000, 0.02, 0.95, random);
    }
  }
  const samples = new Int32Array(out.length * 2);
  // A little noise, as every microphone has: no two moments of the part are alike.
  for (const [side, gain] of [1, 0.8].entries())
    for (const [n, sample] of out.entries())
      samples[n * 2 + side] = toInt24((sample * gain + random() * 2e-4) * (INT24_SCALE - 1));
  writeFileSync(path, wavFile({ sampleRateHz: RATE_HZ, channels: 2, encoding: "pcm24" }, samples));
}
