import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { stemProblem, WAV_HEADER_MAX_BYTES } from "../../audio/wav-reader.ts";
import { recordings } from "../../migrations/schema.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { COMPLETION_LEASE_MS, DELETION_MARGIN_MS, HASH_STEP_BYTES } from "../../protocol/limits.ts";
import { type CompleteRecording, peaksProblem } from "../../protocol/recordings.ts";
import { done, ok, type Result } from "../../protocol/result.ts";
import { RECORDING_RETENTION_MS } from "../../protocol/retention.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { toHex } from "../platform/hash.ts";
import { isFinal, isNoSuchUpload, type ObjectStore, objectStore } from "../platform/object-store.ts";
import { objectKey, peaksKey } from "./keys.ts";
import { Sha256 } from "./sha256.ts";
import { formatOf, listParts, type Part, type Row } from "./store.ts";
import { type OpenUpload, type Outcome, refuse, startOver } from "./upload.ts";

/** What is read of an object at a time while it is hashed. */
const WINDOW_BYTES = 8 * 1024 * 1024;

/** What keeps these parts from being the announced file, or `null`. */
function partsProblem(parts: readonly Part[], partBytes: number, wanted: CompleteRecording): string | null {
  const missing: number[] = [];
  const held = new Map(parts.filter((part) => part.etag !== null).map((part) => [part.number, part]));
  for (let number = 1; number <= wanted.parts && missing.length < 10; number++) {
    if (!held.has(number)) missing.push(number);
  }
  if (missing.length > 0)
    return `Still missing: part ${missing.join(", ")}${missing.length === 10 ? " and maybe more" : ""}.`;
  if (parts.length > wanted.parts) return `There are ${parts.length} parts, and only ${wanted.parts} were announced.`;
  for (const part of held.values()) {
    const sizeOk = part.number === wanted.parts ? part.sizeBytes <= partBytes : part.sizeBytes === partBytes;
    if (!sizeOk)
      return `Part ${part.number} has ${part.sizeBytes} bytes; only the last may have fewer than ${partBytes}.`;
  }
  const sum = parts.reduce((total, part) => total + part.sizeBytes, 0);
  return sum === wanted.sizeBytes ? null : `The parts have ${sum} bytes together, not ${wanted.sizeBytes}.`;
}

/** `verifying`: the whole file has not been read yet, and asking again goes on with it. */
type Completion = Result<"complete" | "verifying", ErrorCode, { detail?: string }>;

/**
 * Puts the parts together, reads the header and the whole file's hash, and only then shows it to anybody. Harmless to repeat and to
 * ask for twice at once: R2 completes once, and the row changes only while it is of the very upload that was verified. A large file is read
 * over several requests, each of which goes on from where the last one wrote down that it was.
 */
export async function completeUpload(
  env: Env,
  deps: Deps,
  row: Row,
  wanted: CompleteRecording,
  stepBytes = HASH_STEP_BYTES,
): Promise<Completion> {
  if (row.state === "complete") {
    const same = row.sha256 === wanted.sha256 && row.sizeBytes === wanted.sizeBytes;
    return same ? ok("complete") : refuse("conflict", "This recording is complete, with another hash.");
  }
  if (row.uploadId === null) return refuse("upload-ended");
  const upload: OpenUpload = { ...row, uploadId: row.uploadId };
  const peaks = wanted.peaks === undefined ? undefined : Uint8Array.fromBase64(wanted.peaks);
  if (peaks !== undefined) {
    const wrong = peaksProblem(new Int8Array(peaks.buffer), row.channels);
    if (wrong !== null) return refuse("bad-request", wrong);
  }
  const parts = await listParts(env.DB, row.id);
  const wrong = partsProblem(parts, row.partBytes, wanted);
  if (wrong !== null) return refuse("parts-incomplete", wrong);

  // From here on the sweep leaves it alone; what it may have in hand already is not to be had any more.
  const nowMs = deps.now();
  const lease = await env.DB.prepare(
    `UPDATE recordings SET expires_at_ms = max(expires_at_ms, ?2)
     WHERE id = ?1 AND state = 'uploading' AND upload_id = ?3 AND expires_at_ms > ?4`,
  )
    .bind(row.id, nowMs + COMPLETION_LEASE_MS, row.uploadId, nowMs + DELETION_MARGIN_MS)
    .run();
  if (lease.meta.changes === 0) return refuse("upload-ended");

  const key = objectKey(row.sessionId, row.id);
  const store = objectStore(env, deps);
  const { frames, sizeBytes } = wanted;
  if (row.hashedBytes === 0) {
    const isWhole = await assemble(store, key, row.uploadId, parts);
    if (!isWhole) return await startOver(env, deps, upload);
    const format = formatOf(row);
    const lie = stemProblem(await readStart(store, key), { format, frames, sizeBytes });
    if (lie !== null) {
      await startOver(env, deps, upload);
      return refuse("stem-invalid", lie);
    }
  }
  const sha256 =
    sizeBytes <= stepBytes
      ? await hashObject(store, key, sizeBytes)
      : await hashStep(env, deps, upload, sizeBytes, stepBytes);
  if (sha256 === "going on") return ok("verifying");
  if (sha256 !== wanted.sha256) {
    await startOver(env, deps, upload);
    return refuse("hash-mismatch", "Every part is intact, so the hash was of another file. Send the parts again.");
  }
  if (peaks !== undefined) await store.put(peaksKey(row.sessionId, row.id), peaks);
  const published = await publish(env, deps, upload, wanted, peaks?.byteLength ?? 0);
  return published.ok ? ok("complete") : published;
}

async function publish(
  env: Env,
  deps: Deps,
  row: OpenUpload,
  wanted: CompleteRecording,
  peaksBytes: number,
): Promise<Outcome> {
  const completedAtMs = deps.now();
  const place = JSON.stringify({
    clock: wanted.clock,
    transportAtStart: wanted.transportAtStart,
    transportAtEnd: wanted.transportAtEnd,
  });
  // The tier of this instant: it may have changed while a large file was read.
  const [completed] = await env.DB.batch([
    env.DB.prepare(
      `UPDATE recordings SET state = 'complete', upload_id = NULL, size_bytes = ?2, frames = ?3, sha256 = ?4, place = ?5,
         hashed_bytes = 0, hash_state = NULL, peaks_bytes = ?6, completed_at_ms = ?7, held_bytes = ?2, expires_at_ms =
           (SELECT CASE tier WHEN 'free' THEN ?8 WHEN 'pro' THEN ?9 END FROM accounts WHERE id = recordings.account_id)
       WHERE id = ?1 AND state = 'uploading' AND upload_id = ?10`,
    ).bind(
      row.id,
      wanted.sizeBytes,
      wanted.frames,
      wanted.sha256,
      place,
      peaksBytes,
      completedAtMs,
      completedAtMs + RECORDING_RETENTION_MS.free,
      completedAtMs + RECORDING_RETENTION_MS.pro,
      row.uploadId,
    ),
    env.DB.prepare(
      `DELETE FROM recording_parts WHERE recording_id = ?1
         AND EXISTS (SELECT 1 FROM recordings WHERE id = ?1 AND state = 'complete')`,
    ).bind(row.id),
  ]);
  if ((completed?.meta.changes ?? 0) > 0) return done;
  // A twin of this request was faster, or began anew; or the recording was withdrawn meanwhile: then nothing may stay behind.
  const { id, state } = recordings;
  const now = await drizzle(env.DB).select({ state }).from(recordings).where(eq(id, row.id)).get();
  if (now?.state === "complete") return done;
  if (now === undefined) {
    await objectStore(env, deps).delete([objectKey(row.sessionId, row.id), peaksKey(row.sessionId, row.id)]);
  }
  return refuse("upload-ended");
}

/**
 * R2's part of a completion. An upload that R2 has put together already, for a request whose answer was lost, counts as done. `false`:
 * it can never be put together, because R2 has dropped it or holds other bytes under a part's number.
 */
async function assemble(store: ObjectStore, key: string, uploadId: string, parts: readonly Part[]): Promise<boolean> {
  const uploaded = parts.flatMap(({ number, etag }) => (etag === null ? [] : [{ partNumber: number, etag }]));
  try {
    await store.completeUpload(key, uploadId, uploaded);
    return true;
  } catch (error) {
    if (!isFinal(error)) throw error;
    return isNoSuchUpload(error) && (await store.head(key)) !== null;
  }
}

async function readStart(store: ObjectStore, key: string): Promise<Uint8Array> {
  const start = await store.read(key, { offset: 0, length: WAV_HEADER_MAX_BYTES });
  return start === null ? new Uint8Array() : new Uint8Array(start.bytes);
}

/**
 * Lower-case hexadecimal SHA-256 of an object of so many bytes, or `null` if it has another size. Read in windows, the next on its way
 * while one is hashed: memory holds two of them whatever the object's size, and a read that breaks off costs one window, not all.
 */
async function hashObject(store: ObjectStore, key: string, sizeBytes: number): Promise<string | null> {
  const digest = new crypto.DigestStream("SHA-256");
  const writer = digest.getWriter();
  const window = (offset: number) => readWindow(store, key, offset, sizeBytes, sizeBytes);
  let next = window(0);
  for (let offset = 0; offset < sizeBytes; offset += WINDOW_BYTES) {
    const bytes = await next;
    if (bytes === null) {
      await writer.abort();
      digest.digest.catch(() => undefined);
      return null;
    }
    next = window(offset + WINDOW_BYTES);
    // Awaited in the next round, where a failure is thrown; until then nobody listens to it.
    next.catch(() => undefined);
    await writer.write(bytes);
  }
  await writer.close();
  return toHex(await digest.digest);
}

/**
 * Reads and hashes the next part of a large object, and writes down where it is. `null`: the object has another size. Two requests at once
 * read the same part, and whichever is further counts.
 */
async function hashStep(
  env: Env,
  deps: Deps,
  row: OpenUpload,
  sizeBytes: number,
  stepBytes: number,
): Promise<string | null | "going on"> {
  const store = objectStore(env, deps);
  const key = objectKey(row.sessionId, row.id);
  const hash = row.hashState === null ? new Sha256() : Sha256.resume(row.hashState, row.hashedBytes);
  const untilBytes = Math.min(sizeBytes, row.hashedBytes + stepBytes);
  const read = (offset: number) => readWindow(store, key, offset, untilBytes, sizeBytes);
  let next = read(row.hashedBytes);
  for (let offset = row.hashedBytes; offset < untilBytes; offset += WINDOW_BYTES) {
    const bytes = await next;
    if (bytes === null) return null;
    if (offset + bytes.byteLength >= sizeBytes) return hash.finish(new Uint8Array(bytes));
    if (offset + WINDOW_BYTES < untilBytes) {
      next = read(offset + WINDOW_BYTES);
      // Awaited in the next round, where a failure is thrown; until then nobody listens to it.
      next.catch(() => undefined);
    }
    hash.update(new Uint8Array(bytes));
  }
  await env.DB.prepare(
    `UPDATE recordings SET hashed_bytes = ?3, hash_state = ?4
     WHERE id = ?1 AND state = 'uploading' AND upload_id = ?2 AND hashed_bytes < ?3`,
  )
    .bind(row.id, row.uploadId, untilBytes, hash.state)
    .run();
  return "going on";
}

async function readWindow(
  store: ObjectStore,
  key: string,
  offset: number,
  untilBytes: number,
  sizeBytes: number,
): Promise<ArrayBuffer | null> {
  const length = Math.min(WINDOW_BYTES, untilBytes - offset);
  if (length <= 0) return null;
  const window = await store.read(key, { offset, length });
  return window === null || window.size !== sizeBytes ? null : window.bytes;
}
