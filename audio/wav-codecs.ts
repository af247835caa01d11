import { INT24_SCALE, readInt24 } from "./pcm.ts";
import { readWavHeader, type WavHeader } from "./wav-reader.ts";

/** A sound as it lies in memory: one array a channel, full scale is ±1. */
export interface Sound {
  sampleRateHz: number;
  channels: Float32Array<ArrayBuffer>[];
}

/** Speakers of one file: more is not sound that anybody plays in, and may be an attack on memory. */
const CHANNELS_MAX = 64;

/**
 * A whole WAVE file of any codec that this house knows, decoded. `null`: it is none, or its codec is another one; what cannot be decoded is
 * refused, because as samples it would be noise at full scale. Where a header claims no sound, or more than there is (programs that wrote to
 * a pipe), everything behind it is the sound.
 */
export function decodeWav(bytes: Uint8Array): Sound | null {
  const header = readWavHeader(bytes, bytes.byteLength);
  if (header === null || header.channels < 1 || header.channels > CHANNELS_MAX) return null;
  const there = bytes.byteLength - header.dataAtBytes;
  const dataBytes = header.dataBytes === 0 ? there : Math.min(header.dataBytes, there);
  const data = bytes.subarray(header.dataAtBytes, header.dataAtBytes + dataBytes);
  const channels = channelsOf(header, data);
  return channels === null ? null : { sampleRateHz: header.sampleRateHz, channels };
}

function channelsOf(header: WavHeader, data: Uint8Array): Float32Array<ArrayBuffer>[] | null {
  switch (header.codec) {
    case "pcm":
    case "float":
    case "a-law":
    case "mu-law":
      return decodeFrames(header, data);
    case "ima-adpcm":
      return decodeBlocks(header, data, imaBlock, 4);
    case "ms-adpcm":
      return decodeBlocks(header, data, msBlock, 7);
    case null:
      return null;
  }
}

/** Every frame on its own. A sample narrower than its bytes lies at their upper end (Microsoft, Multiple Channel Audio Data). */
function decodeFrames(header: WavHeader, data: Uint8Array): Float32Array<ArrayBuffer>[] | null {
  const { channels, frameBytes } = header;
  const sampleBytes = frameBytes / channels;
  const read = sampleReader(header, sampleBytes, data);
  if (read === null) return null;
  const frames = Math.floor(data.byteLength / frameBytes);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let n = 0, at = channel * sampleBytes; n < frames; n++, at += frameBytes) samples[n] = read(at);
    return samples;
  });
}

function sampleReader(
  { codec, bits }: WavHeader,
  sampleBytes: number,
  data: Uint8Array,
): ((at: number) => number) | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (codec === "float") {
    if (sampleBytes === 4 && bits === 32) return (at) => view.getFloat32(at, true);
    if (sampleBytes === 8 && bits === 64) return (at) => view.getFloat64(at, true);
    return null;
  }
  if (codec === "a-law") return sampleBytes === 1 ? (at) => aLaw(data[at] ?? 0) : null;
  if (codec === "mu-law") return sampleBytes === 1 ? (at) => muLaw(data[at] ?? 0) : null;
  if (bits < 1 || bits > sampleBytes * 8) return null;
  if (sampleBytes === 1) return (at) => ((data[at] ?? 128) - 128) / 2 ** 7;
  if (sampleBytes === 2) return (at) => view.getInt16(at, true) / 2 ** 15;
  if (sampleBytes === 3) return (at) => readInt24(data, at) / INT24_SCALE;
  if (sampleBytes === 4) return (at) => view.getInt32(at, true) / 2 ** 31;
  return null;
}

/** ITU-T G.711, A-law: every second bit is inverted; a sign, a segment of three bits and a step of four. */
function aLaw(byte: number): number {
  const value = byte ^ 0x55;
  const segment = (value >> 4) & 7;
  const step = ((value & 15) << 4) + 8;
  const size = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return ((value & 0x80) === 0 ? -size : size) / 2 ** 15;
}

/** ITU-T G.711, µ-law: all bits are inverted, and 33 was added before the segment was found. */
function muLaw(byte: number): number {
  const value = ~byte & 0xff;
  const size = ((((value & 15) << 3) + 0x84) << ((value >> 4) & 7)) - 0x84;
  return ((value & 0x80) === 0 ? size : -size) / 2 ** 15;
}

/** Writes one block's frames to `out` from `at` on. */
type BlockDecoder = (block: Uint8Array, channels: number, frames: number, out: Float32Array[], at: number) => void;

function decodeBlocks(
  { channels, frameBytes: blockBytes, bits, blockFrames, factFrames }: WavHeader,
  data: Uint8Array,
  decode: BlockDecoder,
  headerBytes: number,
): Float32Array<ArrayBuffer>[] | null {
  const first = decode === imaBlock ? 1 : 2;
  const framesIn = (bytes: number) => first + Math.floor(((bytes - headerBytes * channels) * 2) / channels);
  if (bits !== 4 || channels > 2 || blockBytes < headerBytes * channels || blockFrames > framesIn(blockBytes))
    return null;
  const most = Math.ceil(data.byteLength / blockBytes) * framesIn(blockBytes);
  const out = Array.from({ length: channels }, () => new Float32Array(most));
  let at = 0;
  for (let from = 0; from + headerBytes * channels <= data.byteLength; from += blockBytes) {
    const block = data.subarray(from, from + blockBytes);
    const frames = Math.min(blockFrames === 0 ? Number.POSITIVE_INFINITY : blockFrames, framesIn(block.byteLength));
    decode(block, channels, frames, out, at);
    at += frames;
  }
  // The last block is filled up; `fact` says how much of it is sound.
  const frames = factFrames !== null && factFrames > 0 && factFrames < at ? factFrames : at;
  return out.map((samples) => samples.slice(0, frames));
}

/** IMA Digital Audio Focus, Recommended Practices 3.00: the steps between two samples, and how each code moves among them. */
const IMA_STEPS = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118,
  130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060,
  1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484,
  7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
] as const;
const IMA_MOVES = [-1, -1, -1, -1, 2, 4, 6, 8] as const;

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
const clamp16 = (value: number) => clamp(value, -(2 ** 15), 2 ** 15 - 1);
const int16 = (bytes: Uint8Array, at: number) => (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) << 16) >> 16;

/** A block begins with one whole sample for each channel; then each channel's codes follow in turns of eight. */
const imaBlock: BlockDecoder = (block, channels, frames, out, at) => {
  for (let channel = 0; channel < channels; channel++) {
    const samples = out[channel] ?? new Float32Array();
    let value = int16(block, channel * 4);
    let index = clamp(block[channel * 4 + 2] ?? 0, 0, 88);
    samples[at] = value / 2 ** 15;
    for (let n = 0; n < frames - 1; n++) {
      const byte = block[4 * channels + ((n >> 3) * channels + channel) * 4 + ((n & 7) >> 1)] ?? 0;
      const code = (n & 1) === 0 ? byte & 15 : byte >> 4;
      const step = IMA_STEPS[index] ?? 7;
      let change = step >> 3;
      if ((code & 4) !== 0) change += step;
      if ((code & 2) !== 0) change += step >> 1;
      if ((code & 1) !== 0) change += step >> 2;
      value = clamp16((code & 8) === 0 ? value + change : value - change);
      index = clamp(index + (IMA_MOVES[code & 7] ?? 0), 0, 88);
      samples[at + n + 1] = value / 2 ** 15;
    }
  }
};

/** Microsoft ADPCM (RFC 2361, A.3): seven pairs of weights for the two samples before, and how each code widens or narrows the step. */
const MS_WEIGHTS = [
  [256, 0],
  [512, -256],
  [0, 0],
  [192, 64],
  [240, 0],
  [460, -208],
  [392, -232],
] as const;
const MS_STEPS = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230] as const;
const MS_STEP_MIN = 16;

/** A block begins with weights, step and two whole samples of each channel, the later one first; codes alternate between channels. */
const msBlock: BlockDecoder = (block, channels, frames, out, at) => {
  for (let channel = 0; channel < channels; channel++) {
    const samples = out[channel] ?? new Float32Array();
    const [near, far] = MS_WEIGHTS[clamp(block[channel] ?? 0, 0, 6)] ?? MS_WEIGHTS[0];
    let step = int16(block, channels + channel * 2);
    let last = int16(block, channels * 3 + channel * 2);
    let before = int16(block, channels * 5 + channel * 2);
    samples[at] = before / 2 ** 15;
    samples[at + 1] = last / 2 ** 15;
    for (let n = 0; n < frames - 2; n++) {
      const nibble = n * channels + channel;
      const byte = block[channels * 7 + (nibble >> 1)] ?? 0;
      const code = (nibble & 1) === 0 ? byte >> 4 : byte & 15;
      const guess = (last * near + before * far) >> 8;
      before = last;
      last = clamp16(guess + (code > 7 ? code - 16 : code) * step);
      step = Math.max(MS_STEP_MIN, ((MS_STEPS[code] ?? 230) * step) >> 8);
      samples[at + n + 2] = last / 2 ** 15;
    }
  }
};
