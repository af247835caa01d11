import { existsSync, readFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { sha256Of } from "../stems/file-hash.node.ts";
import { peaksPathOf } from "../stems/finalize.node.ts";
import type { Stem } from "../stems/stem.std.ts";

/** What a share reads of a stem on this disk, with the care that it is still what was recorded. */

/** The waveform that was made when the stem was sealed, as a completion carries it. */
export function peaksOf(stem: Stem): { peaks?: string } {
  const path = peaksPathOf(stem);
  return existsSync(path) ? { peaks: readFileSync(path).toString("base64") } : {};
}

/** Exactly these bytes of the file, or an error: a part must not be filled up with nothing. */
export async function readPart(file: FileHandle, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw new Error("The file on this disk is shorter than what was recorded.");
    done += bytesRead;
  }
  return bytes;
}

/** Why this file cannot be sent again, or `null`: it is what was recorded, or still grows. */
export async function whyChanged(stem: Stem | undefined): Promise<Error | null> {
  if (stem === undefined || (await sha256Of(stem.path).catch(() => null)) === stem.sha256) return null;
  return new Error("The file on this disk is no longer what was recorded. It stays as it is, and is not shared.");
}
