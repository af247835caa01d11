import { frameBytesOf } from "../../audio/pcm.ts";
import { readWavHeader, WAV_HEADER_MAX_BYTES } from "../../audio/wav-reader.ts";
import { type StemInfo, wavHeader } from "../../audio/wav-writer.ts";

const SILENCE = new Uint8Array(64 * 1024);

/** A stem with silence in front of it, so that it begins where others do. */
export interface PaddedStem {
  sizeBytes: number;
  /** The stem's file as the store has it → the new file, piece by piece: nothing of it is held but its first bytes. */
  pieces(file: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>>;
}

/**
 * A Broadcast Wave file that begins `silentFrames` before the stem does, for a DAW that does not look at a file's place. `info` describes
 * the new file; what it holds after the silence is the stem's own sound, bit for bit.
 *
 * @param frames The stem's own length, at its own rate.
 */
export function padStem(info: StemInfo, silentFrames: number, frames: number): PaddedStem {
  const frameBytes = frameBytesOf(info.format);
  const soundBytes = frames * frameBytes;
  const dataBytes = silentFrames * frameBytes + soundBytes;
  const header = wavHeader(info, dataBytes);
  // A chunk of odd length is followed by a byte that its size does not count (RIFF).
  const sizeBytes = header.byteLength + dataBytes + (dataBytes & 1);

  async function* pieces(stored: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield header;
    for (let left = silentFrames * frameBytes; left > 0; left -= SILENCE.byteLength)
      yield SILENCE.slice(0, Math.min(left, SILENCE.byteLength));
    let left = soundBytes;
    for await (const bytes of soundOf(stored)) {
      const some = bytes.slice(0, left);
      left -= some.byteLength;
      yield some;
      if (left === 0) break;
    }
    if (left > 0) throw new Error("A stem holds less sound than was announced.");
    if (dataBytes & 1) yield new Uint8Array(1);
  }
  return { sizeBytes, pieces };
}

/** What lies behind a file's header. */
async function* soundOf(file: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | null = new Uint8Array();
  for await (const bytes of file) {
    if (start === null) {
      yield bytes;
      continue;
    }
    const both: Uint8Array = new Uint8Array(start.byteLength + bytes.byteLength);
    both.set(start);
    both.set(bytes, start.byteLength);
    const header = readWavHeader(both);
    if (header === null && both.byteLength > WAV_HEADER_MAX_BYTES) throw new Error("A stem has no header.");
    start = header === null ? both : null;
    if (header !== null) yield both.subarray(header.dataAtBytes);
  }
}
