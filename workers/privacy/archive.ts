import { downloadZip, predictLength } from "client-zip";
import { and, asc, eq, gt, isNotNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { profiles, recordings } from "../../migrations/schema.ts";
import { fileNameOf } from "../../protocol/file-name.ts";
import type { Export } from "../../protocol/privacy.ts";
import { sampleKey } from "../hub/sample.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { type ObjectStore, objectStore } from "../platform/object-store.ts";
import { openSealed } from "../platform/personal-keys.ts";
import { readAll, StoredId } from "../platform/rows.ts";
import { objectKey, peaksKey } from "../recordings/keys.ts";
import { ARCHIVE_STEMS, pieceKey } from "./export.ts";
import { exportSchema } from "./export-schema.ts";

/** One file of the archive: its name, its length, and what it is read from when its turn comes. */
interface Entry {
  name: string;
  size: number;
  open: () => Promise<ReadableStream<Uint8Array>> | ReadableStream<Uint8Array>;
}

async function openObject(store: ObjectStore, key: string, size: number | null): Promise<ReadableStream<Uint8Array>> {
  const object = await store.get(key);
  // It has ended since the list was made: the archive breaks off rather than come without it in silence.
  if (object === null || (size !== null && object.size !== size))
    throw new Error("Something of the export is not there any more.");
  return object.body;
}

/** The pieces one after the other, one open at a time. */
function openPieces(store: ObjectStore, exportId: string, pieces: number): ReadableStream<Uint8Array> {
  // The runtime's own: what goes through is not copied into this isolate on the way.
  const { readable, writable } = new IdentityTransformStream();
  const pump = async () => {
    try {
      for (let piece = 0; piece < pieces; piece++)
        await (await openObject(store, pieceKey(exportId, piece), null)).pipeTo(writable, { preventClose: true });
      await writable.close();
    } catch (error) {
      await writable.abort(error).catch(() => undefined);
    }
  };
  void pump();
  return readable;
}

const textEntry = (name: string, text: string): Entry => {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.byteLength, open: () => new Blob([bytes]).stream() };
};

const Stem = z.object({
  id: StoredId.recording,
  sessionId: StoredId.session,
  name: z.string(),
  sizeBytes: z.int(),
  peaksBytes: z.int(),
});

const Sample = z.object({ id: z.string(), bytes: z.number(), sha256: z.string() });

/**
 * The sound about a person: what they shared and what is on their profile. Told by their rows and their key alone: of the sound itself the store
 * is not asked before its turn, so the first byte goes out as soon for a thousand stems as for one.
 */
async function soundOf(
  env: Env,
  deps: Deps,
  store: ObjectStore,
  accountId: string,
  after: string,
  limit: number,
): Promise<Entry[]> {
  const db = drizzle(env.DB);
  const { id: stemId, sessionId: itsSession, name: itsName, sizeBytes: itsBytes, peaksBytes: itsPeaks } = recordings;
  const found = await db
    .select({ id: stemId, sessionId: itsSession, name: itsName, sizeBytes: itsBytes, peaksBytes: itsPeaks })
    .from(recordings)
    .where(
      and(
        eq(recordings.accountId, accountId),
        eq(recordings.state, "complete"),
        isNotNull(itsBytes),
        gt(stemId, after),
      ),
    )
    .orderBy(asc(stemId))
    .limit(limit);
  const stems = readAll(Stem, found);
  const { id: profileId, sampleBytes: bytes, sampleSha256: sha256 } = profiles;
  const samples = await db
    .select({ id: profileId, bytes, sha256 })
    .from(profiles)
    .where(and(eq(profiles.accountId, accountId), gt(bytes, 0)))
    .limit(1);
  const [sample] = readAll(Sample, samples);
  const entries: Entry[] = [];
  for (const { id, sessionId, name, sizeBytes, peaksBytes } of stems) {
    const key = objectKey(sessionId, id);
    entries.push({
      name: `audio/${id} ${fileNameOf((await openSealed(env, deps, "take", name)) ?? "")}.wav`,
      size: sizeBytes,
      open: () => openObject(store, key, sizeBytes),
    });
    const waveform = peaksKey(sessionId, id);
    if (peaksBytes > 0)
      entries.push({
        name: `audio/${id}.peaks`,
        size: peaksBytes,
        open: () => openObject(store, waveform, peaksBytes),
      });
  }
  if (sample !== undefined && after === "")
    entries.push({
      name: "audio/profile sample",
      size: sample.bytes,
      open: () => openObject(store, sampleKey(sample.id, sample.sha256), sample.bytes),
    });
  return entries;
}

/** An archive, of the stems after one, as a stream of known length: memory does not grow with what is in it. */
export async function archiveOf(
  env: Env,
  deps: Deps,
  accountId: string,
  { exportId, pieces, dataBytes, requestedAtMs }: Export,
  after = "",
  stems = ARCHIVE_STEMS,
) {
  const store = objectStore(env, deps);
  const entries: Entry[] = [
    { name: "data.json", size: dataBytes, open: () => openPieces(store, exportId, pieces) },
    textEntry("data.schema.json", JSON.stringify(exportSchema(), null, 2)),
    ...(await soundOf(env, deps, store, accountId, after, stems)),
  ];
  const lastModified = new Date(requestedAtMs);
  async function* inputs() {
    for (const { name, size, open } of entries) yield { name, size, lastModified, input: await open() };
  }
  const { body } = downloadZip(inputs());
  if (body === null) throw new Error("The archive has no body.");
  return body.pipeThrough(new FixedLengthStream(predictLength(entries.map(({ name, size }) => ({ name, size })))));
}
