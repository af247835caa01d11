import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { wavFile } from "../../audio/wav-writer.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";

/** Stereo, 24 bit. */
export const FRAME_BYTES = 6;
/** The frames of a stem on this machine. */
export const soundOf = (stem: Stem) =>
  readFileSync(stem.path).subarray(stem.headerBytes, stem.headerBytes + stem.frames * FRAME_BYTES);

/** Where sound lies in other sound, how many of its frames are the same there, and how many are neither that nor silence. */
export function compare(some: Buffer, of: Buffer): { at: number; same: number; other: number } {
  const frameOf = (bytes: Buffer, frame: number, count = 1) =>
    bytes.subarray(frame * FRAME_BYTES, (frame + count) * FRAME_BYTES);
  const frames = some.byteLength / FRAME_BYTES;
  let at: number | undefined;
  for (let frame = 0; at === undefined && frame < frames; frame += 50) {
    const place = of.indexOf(frameOf(some, frame, 50));
    if (place >= 0 && place % FRAME_BYTES === 0) at = place / FRAME_BYTES - frame;
  }
  if (at === undefined) return { at: 0, same: 0, other: frames };
  const silence = Buffer.alloc(FRAME_BYTES);
  let same = 0;
  let other = 0;
  for (let frame = 0; frame < frames; frame++) {
    // What lies before the other's beginning is beside nothing, and not beside its end.
    if (at + frame < 0) continue;
    const [here, there] = [frameOf(some, frame), frameOf(of, at + frame)];
    if (here.equals(there)) same++;
    else if (there.byteLength > 0 && !here.equals(silence)) other++;
  }
  return { at, same, other };
}

/** After so long the noise comes again: a longer take holds its places more than once. */
export const NOISE_SECONDS = 8;

/** Noise, so that no two places of its turn are alike; of 16 bits and with both sides alike, since a lane that loses packets is sent in so much. */
export function writeNoise(path: string): string {
  const drawn = new Int32Array(new Uint8Array(randomBytes(NOISE_SECONDS * 48_000 * 4)).buffer);
  const noise = new Int32Array(2 * drawn.length).map((_, place) => ((drawn[place >> 1] ?? 0) >> 12) & ~255);
  writeFileSync(path, wavFile({ sampleRateHz: 48_000, channels: 2, encoding: "pcm24" }, noise));
  return path;
}
