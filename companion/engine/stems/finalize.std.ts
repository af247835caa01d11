import { frameBytesOf } from "../../../audio/pcm.ts";
import { PEAKS_MAX_BYTES } from "../../../protocol/limits.ts";
import type { StemFormat } from "../../../protocol/recordings.ts";
import { removeClockJournal } from "./clock-journal.std.ts";
import { type Disk, isFull } from "./disk.std.ts";
import { writeSidecar } from "./sidecar.std.ts";
import type { Stem } from "./stem.std.ts";

/** Enough bins that a waveform is crisp on a wide screen at sixteen times its size; more channels have fewer, within the protocol's limit. */
const BINS_MAX = 32_768;
/** A bin shorter than this shows nothing that its neighbour does not. */
const BIN_FRAMES_MIN = 256;

/**
 * Reads a whole stem once, for both things that can only be known of the whole: its SHA-256, and its peaks in the form that
 * protocol/recordings.ts describes. Memory: one piece and the peaks.
 */
export async function sealStem(
  disk: Pick<Disk, "pieces" | "newHash">,
  path: string,
  headerBytes: number,
  format: StemFormat,
  frames: number,
): Promise<{ sha256: string; peaks: Int8Array<ArrayBuffer> }> {
  const hash = disk.newHash();
  const { channels } = format;
  const frameBytes = frameBytesOf(format);
  const bins = Math.max(
    1,
    Math.min(BINS_MAX, Math.floor(PEAKS_MAX_BYTES / (2 * channels)), Math.ceil(frames / BIN_FRAMES_MIN)),
  );
  const peaks = new Int8Array(bins * channels * 2);
  let carry = new Uint8Array(0);
  let skip = headerBytes;
  let frame = 0;
  let previousBin = -1;
  for await (const piece of disk.pieces(path)) {
    hash.add(piece);
    const skipped = Math.min(skip, piece.length);
    skip -= skipped;
    const bytes = new Uint8Array(carry.length + piece.length - skipped);
    bytes.set(carry);
    bytes.set(piece.subarray(skipped), carry.length);
    const view = new DataView(bytes.buffer);
    const whole = bytes.length - (bytes.length % frameBytes);
    for (let at = 0; at < whole && frame < frames; at += frameBytes, frame++) {
      const bin = Math.min(bins - 1, Math.floor((frame * bins) / frames));
      for (let channel = 0; channel < channels; channel++) {
        // The top byte of a 24-bit sample is its value in 128ths, rounded down.
        const value =
          format.encoding === "pcm24"
            ? view.getInt8(at + channel * 3 + 2)
            : Math.max(-128, Math.min(127, Math.floor(view.getFloat32(at + channel * 4, true) * 128)));
        const place = (bin * channels + channel) * 2;
        if (bin !== previousBin || value < (peaks[place] ?? 0)) peaks[place] = value;
        if (bin !== previousBin || value > (peaks[place + 1] ?? 0)) peaks[place + 1] = value;
      }
      previousBin = bin;
    }
    carry = bytes.slice(whole);
  }
  return { sha256: hash.hex(), peaks };
}

/** Hash, peaks and sidecar of a stem whose file is whole. */
export async function finishStem(disk: Disk, stem: Stem): Promise<Stem> {
  const { sha256, peaks } = await sealStem(disk, stem.path, stem.headerBytes, stem.format, stem.frames);
  stem.sha256 = sha256;
  attempt(() => {
    disk.replace(peaksPathOf(stem), new Uint8Array(peaks.buffer));
    writeSidecar(disk, stem);
    removeClockJournal(disk, stem.path);
  });
  return stem;
}

/** On a full disk there is no room for what lies beside the sound either; the next start makes it again. */
export function attempt(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** The waveform lies beside the stem. */
export const peaksPathOf = (stem: Stem) => `${stem.path}.peaks`;
