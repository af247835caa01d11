import type { StemFormat } from "../protocol/recordings.ts";

/** A stem's sound begins within this many bytes: ours within 3 KiB, and whoever reads a header need not read more. */
export const WAV_HEADER_MAX_BYTES = 64 * 1024;

/** The codecs of WAVE that other programs write (RFC 2361 and Microsoft's mmreg.h). */
export const WAV_CODECS = { 1: "pcm", 2: "ms-adpcm", 3: "float", 6: "a-law", 7: "mu-law", 17: "ima-adpcm" } as const;
export type WavCodec = (typeof WAV_CODECS)[keyof typeof WAV_CODECS];

/** What a WAVE header says about the sound behind it. */
export interface WavHeader {
  sampleRateHz: number;
  channels: number;
  /** The encoding of a stem, where it is one. */
  encoding: StemFormat["encoding"] | "other";
  /** `null`: one that this house does not know. */
  codec: WavCodec | null;
  /** Significant bits of a sample, and the bytes of a frame, or of a block where the codec works by blocks. */
  bits: number;
  frameBytes: number;
  /** Frames in a block, where the codec works by blocks. */
  blockFrames: number;
  /** Frames by the header's own count (`fact`), where it has one. */
  factFrames: number | null;
  /** Where the first frame begins, in bytes from the start of the file. */
  dataAtBytes: number;
  /** As the header claims. A program that wrote to a pipe says 0 or the most that fits. */
  dataBytes: number;
  frames: number;
}

/** Chunks before the sound: programs write a dozen. A file of nothing but empty ones would be an hour's work. */
const CHUNKS_MAX = 1_000;

type Format = Omit<WavHeader, "factFrames" | "dataAtBytes" | "dataBytes" | "frames">;

const EXTENSIBLE = 0xfffe;
const SIZE_ELSEWHERE = 0xffffffff;

/**
 * Reads the header of a WAVE file: RIFF, or RF64/BW64 whose true sizes are in `ds64` (EBU Tech 3306, ITU-R BS.2088). `start` are the
 * file's first bytes, of which at most `limitBytes` are looked at. `null`: this is no such file, or its sound begins too late. Nothing it
 * says is believed here: see `stemProblem`.
 */
export function readWavHeader(start: Uint8Array, limitBytes = WAV_HEADER_MAX_BYTES): WavHeader | null {
  const view = new DataView(start.buffer, start.byteOffset, Math.min(start.byteLength, limitBytes));
  const id = (at: number) => String.fromCharCode(...start.subarray(at, at + 4));
  if (view.byteLength < 12 || !["RIFF", "RF64", "BW64"].includes(id(0)) || id(8) !== "WAVE") return null;
  let largeDataBytes: number | null = null;
  let format: Format | null = null;
  let factFrames: number | null = null;
  for (let at = 12, chunks = 0; at + 8 <= view.byteLength && chunks < CHUNKS_MAX; chunks++) {
    const [name, sizeBytes, body] = [id(at), view.getUint32(at + 4, true), at + 8];
    if (name === "data") {
      if (format === null || format.frameBytes === 0) return null;
      const dataBytes = sizeBytes === SIZE_ELSEWHERE && largeDataBytes !== null ? largeDataBytes : sizeBytes;
      return { ...format, factFrames, dataAtBytes: body, dataBytes, frames: dataBytes / format.frameBytes };
    }
    if (name === "ds64" && id(0) !== "RIFF" && sizeBytes >= 24 && body + 24 <= view.byteLength) {
      largeDataBytes = Number(view.getBigUint64(body + 8, true));
    }
    if (name === "fmt " && sizeBytes >= 16 && body + 16 <= view.byteLength) format = readFormat(view, body, sizeBytes);
    if (name === "fact" && sizeBytes >= 4 && body + 4 <= view.byteLength) factFrames = view.getUint32(body, true);
    // Chunks lie on even bytes.
    at = body + sizeBytes + (sizeBytes & 1);
  }
  return null;
}

function readFormat(view: DataView, body: number, sizeBytes: number): Format {
  const isExtensible = view.getUint16(body, true) === EXTENSIBLE && sizeBytes >= 40 && body + 26 <= view.byteLength;
  const tag = view.getUint16(isExtensible ? body + 24 : body, true);
  const bits = view.getUint16(body + 14, true);
  const frameBytes = view.getUint16(body + 12, true);
  const channels = view.getUint16(body + 2, true);
  const isWhole = frameBytes === (channels * bits) / 8;
  return {
    channels,
    sampleRateHz: view.getUint32(body + 4, true),
    encoding: isWhole && tag === 1 && bits === 24 ? "pcm24" : isWhole && tag === 3 && bits === 32 ? "float32" : "other",
    codec: Object.hasOwn(WAV_CODECS, tag) ? WAV_CODECS[tag as keyof typeof WAV_CODECS] : null,
    bits,
    frameBytes,
    blockFrames: sizeBytes >= 20 && body + 20 <= view.byteLength ? view.getUint16(body + 18, true) : 0,
  };
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
