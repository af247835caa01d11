import type { StemFormat } from "../protocol/recordings.ts";

export const frameBytesOf = ({ channels, encoding }: StemFormat) => channels * (encoding === "pcm24" ? 3 : 4);

/** Interleaved PCM as it lies in the file, taken apart: one array a channel, full scale is ±1. Bytes of half a frame are left out. */
export function decode(bytes: Uint8Array, format: StemFormat): Float32Array<ArrayBuffer>[] {
  const frames = Math.floor(bytes.byteLength / frameBytesOf(format));
  const { channels } = format;
  const out = Array.from({ length: channels }, () => new Float32Array(frames));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let channel = 0; channel < channels; channel++) {
    const samples = out[channel];
    if (samples === undefined) continue;
    if (format.encoding === "float32") {
      for (let n = 0; n < frames; n++) samples[n] = view.getFloat32((n * channels + channel) * 4, true);
    } else {
      for (let n = 0, at = channel * 3; n < frames; n++, at += channels * 3)
        samples[n] = (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 2 ** 23;
    }
  }
  return out;
}
