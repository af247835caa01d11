import { bytesOf, type Disk, type DiskFile, hashOf } from "../stems/disk.std.ts";
import { peaksPathOf } from "../stems/finalize.std.ts";
import type { Stem } from "../stems/stem.std.ts";

/** What a share reads of a stem on this disk, with the care that it is still what was recorded. */

/** The waveform that was made when the stem was sealed, as a completion carries it. */
export async function peaksOf(disk: Disk, stem: Stem): Promise<{ peaks?: string }> {
  const path = peaksPathOf(stem);
  return disk.has(path) ? { peaks: base64Of(await bytesOf(disk, path)) } : {};
}

/** Exactly these bytes of the file, or an error: a part must not be filled up with nothing. */
export async function readPart(file: DiskFile, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  if ((await file.read(bytes, from)) === length) return bytes;
  throw new Error("The file on this disk is shorter than what was recorded.");
}

export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Characters that one call makes: more arguments than this are too many for some engines. */
const CALL_BYTES = 8_192;

export function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CALL_BYTES)
    text += String.fromCharCode(...bytes.subarray(at, at + CALL_BYTES));
  return btoa(text);
}

/** Why this file cannot be sent again, or `null`: it is what was recorded, or still grows. */
export async function whyChanged(disk: Disk, stem: Stem | undefined): Promise<Error | null> {
  if (stem === undefined || (await hashOf(disk, stem.path).catch(() => null)) === stem.sha256) return null;
  return new Error("The file on this disk is no longer what was recorded. It stays as it is, and is not shared.");
}
