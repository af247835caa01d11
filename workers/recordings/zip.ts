import { downloadZip, predictLength } from "client-zip";
import { fileNameOf } from "../../protocol/file-name.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { objectKey } from "./keys.ts";
import type { PaddedStem } from "./padded-stem.ts";

type Stem = Pick<Recording, "sessionId" | "recordingId" | "name" | "createdAtMs" | "sizeBytes"> & {
  /** The folder of its take. */
  folder?: string;
  /** Where it is to begin earlier than it does. */
  padded?: PaddedStem;
};

/** What a zip needs of R2; a test may put something there that is larger than any disk. */
export interface StemStore {
  get(key: string): Promise<{ body: ReadableStream<Uint8Array>; size: number } | null>;
}

/**
 * A zip of stems, streamed: one object at a time is open, the next is asked for when the one before has gone out, so memory does not
 * grow with any of them. Past 4 GiB it is ZIP64 (PKWARE APPNOTE 4.5.3). Its length is known before it begins, so a browser shows how
 * far it is, and one that breaks off is not taken for whole.
 */
export function zipOf(
  store: StemStore,
  stems: readonly Stem[],
): { stream: ReadableStream<Uint8Array>; length: bigint } {
  const names = namesOf(stems);
  const entries = stems.map((stem, at) => ({
    ...stem,
    name: names[at] ?? "",
    size: stem.padded?.sizeBytes ?? stem.sizeBytes ?? 0,
  }));
  const { body } = downloadZip(inputs(store, entries));
  if (body === null) throw new Error("The zip has no body.");
  return { stream: body, length: predictLength(entries.map(({ name, size }) => ({ name, size }))) };
}

async function* inputs(store: StemStore, entries: readonly (Stem & { size: number })[]) {
  for (const { sessionId, recordingId, name, createdAtMs, sizeBytes, padded, size } of entries) {
    const object = await store.get(objectKey(sessionId, recordingId));
    // It has ended since the list was made, or R2 does not answer: the zip breaks off rather than come without it in silence.
    if (object === null || object.size !== (sizeBytes ?? 0)) throw new Error("A stem is not there any more.");
    const input = padded === undefined ? object.body : padded.pieces(object.body);
    yield { name, lastModified: new Date(createdAtMs), input, size };
  }
}

/** Names that are safe on any disk, and different on those that tell neither case nor composition apart. */
function namesOf(stems: readonly Stem[]): string[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return stems.map(({ name, folder }) => {
    const plain = (folder === undefined ? "" : `${fileNameOf(folder)}/`) + fileNameOf(name);
    const key = plain.toLowerCase();
    for (let count = next.get(key) ?? 1; ; count++) {
      const file = count === 1 ? `${plain}.wav` : `${plain} (${count}).wav`;
      if (taken.has(file.toLowerCase())) continue;
      taken.add(file.toLowerCase());
      next.set(key, count + 1);
      return file;
    }
  });
}
