import type { StemFormat } from "../protocol/recordings.ts";

/**
 * PCM samples as files and packets hold them, little-endian and interleaved (EBU Tech 3285). Inside the house a sample is either an
 * integer of 24 bits or a float whose full scale is ±1; every 24-bit integer has its exact float.
 */
export const INT24_SCALE = 2 ** 23;

export const frameBytesOf = ({ channels, encoding }: StemFormat) => channels * (encoding === "pcm24" ? 3 : 4);

/** The nearest 24-bit integer, at full scale where it would be beyond. */
export const toInt24 = (sample: number) => Math.max(-INT24_SCALE, Math.min(INT24_SCALE - 1, Math.round(sample)));

/** Writes integers of 24 bits, three bytes each, from `at` on. Allocates nothing. */
export function writeInt24(samples: ArrayLike<number>, bytes: Uint8Array, at = 0): void {
  for (let n = 0, byte = at; n < samples.length; n++, byte += 3) {
    const sample = samples[n] ?? 0;
    bytes[byte] = sample;
    bytes[byte + 1] = sample >> 8;
    bytes[byte + 2] = sample >> 16;
  }
}

/** The integer of 24 bits at a byte. */
export const readInt24 = (bytes: Uint8Array, at: number) =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | (((bytes[at + 2] ?? 0) << 24) >> 8);

/** 24-bit samples, whole or between, as a stem's bytes in its own encoding. */
export function encode(samples: ArrayLike<number>, encoding: StemFormat["encoding"]): Uint8Array<ArrayBuffer> {
  if (encoding === "float32") {
    const floats = new Float32Array(samples.length);
    for (let n = 0; n < floats.length; n++) floats[n] = (samples[n] ?? 0) / INT24_SCALE;
    return new Uint8Array(floats.buffer);
  }
  const bytes = new Uint8Array(samples.length * 3);
  const whole = new Int32Array(samples.length);
  for (let n = 0; n < whole.length; n++) whole[n] = toInt24(samples[n] ?? 0);
  writeInt24(whole, bytes);
  return bytes;
}

/** A stem's bytes taken apart: one array a channel, full scale is ±1. Bytes of half a frame are left out. */
export function decode(bytes: Uint8Array, format: StemFormat): Float32Array<ArrayBuffer>[] {
  const frames = Math.floor(bytes.byteLength / frameBytesOf(format));
  const { channels } = format;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    if (format.encoding === "float32") {
      for (let n = 0; n < frames; n++) samples[n] = view.getFloat32((n * channels + channel) * 4, true);
    } else {
      for (let n = 0, at = channel * 3; n < frames; n++, at += channels * 3)
        samples[n] = readInt24(bytes, at) / INT24_SCALE;
    }
    return samples;
  });
}

/** A stem's bytes as 24-bit values, interleaved as they lie. */
export function decodeInterleaved(bytes: Uint8Array, encoding: StemFormat["encoding"]): Float64Array {
  const sampleBytes = encoding === "pcm24" ? 3 : 4;
  const samples = new Float64Array(Math.floor(bytes.byteLength / sampleBytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let n = 0; n < samples.length; n++)
    samples[n] = sampleBytes === 3 ? readInt24(bytes, n * 3) : view.getFloat32(n * 4, true) * INT24_SCALE;
  return samples;
}
