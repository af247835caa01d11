import type { StemFormat } from "../protocol/recordings.ts";

/** A stem's sound begins within this many bytes: ours within 3 KiB, and whoever reads a header need not read more. */
export const WAV_HEADER_MAX_BYTES = 64 * 1024;

/** What a WAVE header says about the sound behind it. */
export interface WavHeader {
  sampleRateHz: number;
  channels: number;
  encoding: StemFormat["encoding"] | "other";
  /** Where the first frame begins, in bytes from the start of the file. */
  dataAtBytes: number;
  dataBytes: number;
  frames: number;
}

const EXTENSIBLE = 0xfffe;
const SIZE_ELSEWHERE = 0xffffffff;

/**
 * Reads the header of a WAVE file: RIFF, or RF64/BW64 whose true sizes are in `ds64` (EBU Tech 3306, ITU-R BS.2088). `start` are the
 * file's first bytes, at most `WAV_HEADER_MAX_BYTES` of them. `null`: this is no such file, or its sound begins too late. Nothing it
 * says is believed here: see `stemProblem`.
 */
export function readWavHeader(start: Uint8Array): WavHeader | null {
  const view = new DataView(start.buffer, start.byteOffset, Math.min(start.byteLength, WAV_HEADER_MAX_BYTES));
  const id = (at: number) => String.fromCharCode(...start.subarray(at, at + 4));
  if (view.byteLength < 12 || !["RIFF", "RF64", "BW64"].includes(id(0)) || id(8) !== "WAVE") return null;
  let largeDataBytes: number | null = null;
  let format: Pick<WavHeader, "sampleRateHz" | "channels" | "encoding"> | null = null;
  let frameBytes = 0;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const [name, sizeBytes, body] = [id(at), view.getUint32(at + 4, true), at + 8];
    if (name === "data") {
      if (format === null || frameBytes === 0) return null;
      const dataBytes = sizeBytes === SIZE_ELSEWHERE && largeDataBytes !== null ? largeDataBytes : sizeBytes;
      return { ...format, dataAtBytes: body, dataBytes, frames: dataBytes / frameBytes };
    }
    if (name === "ds64" && id(0) !== "RIFF" && sizeBytes >= 24 && body + 24 <= view.byteLength) {
      largeDataBytes = Number(view.getBigUint64(body + 8, true));
    }
    if (name === "fmt " && sizeBytes >= 16 && body + 16 <= view.byteLength) {
      const hasSubformat = view.getUint16(body, true) === EXTENSIBLE && sizeBytes >= 40 && body + 26 <= view.byteLength;
      const tag = view.getUint16(hasSubformat ? body + 24 : body, true);
      const bits = view.getUint16(body + 14, true);
      frameBytes = view.getUint16(body + 12, true);
      const channels = view.getUint16(body + 2, true);
      const fits = frameBytes === (channels * bits) / 8;
      const encoding = !fits
        ? "other"
        : tag === 1 && bits === 24
          ? "pcm24"
          : tag === 3 && bits === 32
            ? "float32"
            : "other";
      format = { channels, sampleRateHz: view.getUint32(body + 4, true), encoding };
    }
    // Chunks lie on even bytes.
    at = body + sizeBytes + (sizeBytes & 1);
  }
  return null;
}

/**
 * The rule for a header that lies: a file is a stem only if its header says what was announced (rate, channels, encoding, frames) and
 * the sound it speaks of lies wholly within the file. What comes after the sound is nobody's business. Returns what is wrong, in a
 * sentence, or `null`.
 */
export function stemProblem(
  start: Uint8Array,
  announced: { format: StemFormat; frames: number; sizeBytes: number },
): string | null {
  const header = readWavHeader(start);
  if (header === null) return "It is not a WAVE file whose sound begins in its first 64 KiB.";
  const { format, frames, sizeBytes } = announced;
  if (header.encoding !== format.encoding) return `Its header does not say ${format.encoding}.`;
  if (header.channels !== format.channels)
    return `Its header says ${header.channels} channels, not ${format.channels}.`;
  if (header.sampleRateHz !== format.sampleRateHz)
    return `Its header says ${header.sampleRateHz} Hz, not ${format.sampleRateHz}.`;
  if (header.frames !== frames) return `Its header says ${header.frames} frames, not ${frames}.`;
  if (header.dataAtBytes + header.dataBytes > sizeBytes) return "Its header speaks of more sound than the file holds.";
  return null;
}
