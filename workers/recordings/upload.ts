import type { ErrorCode } from "../../protocol/errors.ts";
import { randomBase32 } from "../../protocol/ids.ts";
import {
  COMPLETION_LEASE_MS,
  PART_LEASE_MS,
  PARTS_MAX,
  RECORDING_QUOTA_BYTES,
  STORAGE_QUOTA_BYTES,
} from "../../protocol/limits.ts";
import { type CompleteRecording, peaksProblem } from "../../protocol/recordings.ts";
import { RECORDING_RETENTION_MS, type Tier } from "../../protocol/retention.ts";
import type { Deps } from "../deps.ts";
import type { Env } from "../env.ts";
import { sha256Hex, toHex } from "../hash.ts";
import { readAtMost, readContentDigest } from "./digest.ts";
import { objectKey, peaksKey } from "./keys.ts";
import { heldBytesOf, listParts, type Part, type Row } from "./store.ts";

/**
 * An upload's life after its row: parts in any order and any number of times, then one completion that anybody may have to ask for
 * twice. D1 says what is held; R2 holds it; whatever step a crash falls between, asking again finishes it.
 */
type Outcome = { ok: true } | { ok: false; code: ErrorCode; detail?: string };
const refused = (code: ErrorCode, detail?: string): Outcome => ({
  ok: false,
  code,
  ...(detail === undefined ? {} : { detail }),
});

export interface PartRequest {
  number: number;
  digestHeader: string | undefined;
  lengthHeader: string | undefined;
  body: ReadableStream<Uint8Array> | null;
}

/** Verifies one part and stores it. Everything that can be refused without the bytes is refused before they are read. */
export async function storePart(env: Env, deps: Deps, row: Row, tier: Tier, part: PartRequest): Promise<Outcome> {
  if (row.state !== "uploading" || row.uploadId === null) return refused("upload-ended");
  if (part.number < 1 || part.number > PARTS_MAX) return refused("part-number", `Parts run from 1 to ${PARTS_MAX}.`);
  const announced = readContentDigest(part.digestHeader);
  if (announced === null) return refused("digest-missing");
  const sizeMessage = `A part has ${row.partBytes} bytes; only the last may have fewer.`;
  const announcedBytes = part.lengthHeader === undefined ? null : Number(part.lengthHeader);
  if (announcedBytes !== null && (announcedBytes > row.partBytes || announcedBytes === 0)) {
    return refused("part-size", sizeMessage);
  }
  const growthBytes = announcedBytes ?? row.partBytes;
  if (row.heldBytes + growthBytes > RECORDING_QUOTA_BYTES[tier]) {
    return refused(
      "quota-exceeded",
      `On the ${tier} plan one recording holds ${gigabytes(RECORDING_QUOTA_BYTES[tier])}.`,
    );
  }
  if ((await heldBytesOf(env.DB, row.accountId)) + growthBytes > STORAGE_QUOTA_BYTES[tier]) {
    return refused("quota-exceeded", `The ${tier} plan holds ${gigabytes(STORAGE_QUOTA_BYTES[tier])} together.`);
  }
  const bytes = await readAtMost(part.body, row.partBytes);
  if (bytes === null || bytes.byteLength === 0) return refused("part-size", sizeMessage);
  const sha256 = await sha256Hex(bytes);
  if (sha256 !== announced) return refused("digest-mismatch");

  const claim = await claimPart(env.DB, deps, row.id, part.number, sha256, bytes.byteLength);
  if (claim === "held") return { ok: true };
  if (claim === "busy") return refused("part-busy");
  const upload = env.RECORDINGS.resumeMultipartUpload(objectKey(row.sessionId, row.id), row.uploadId);
  const { etag } = await upload.uploadPart(part.number, bytes);
  // Only the writer who still holds the claim may say what R2 holds: a slower twin's etag belongs to bytes that are gone.
  const kept = await env.DB.prepare(
    "UPDATE recording_parts SET etag = ?4 WHERE recording_id = ?1 AND number = ?2 AND writer = ?3",
  )
    .bind(row.id, part.number, claim.writer, etag)
    .run();
  return kept.meta.changes > 0 ? { ok: true } : refused("part-busy");
}

const gigabytes = (bytes: number) => `${bytes / 1e9} GB`;

async function claimPart(
  db: D1Database,
  deps: Deps,
  recordingId: string,
  number: number,
  sha256: string,
  sizeBytes: number,
): Promise<"held" | "busy" | { writer: string }> {
  const nowMs = deps.now();
  const writer = randomBase32(16, deps.random);
  const claimed = await db
    .prepare(
      `INSERT INTO recording_parts (recording_id, number, etag, writer, claimed_at_ms, sha256, size_bytes)
       VALUES (?1, ?2, NULL, ?3, ?4, ?5, ?6)
       ON CONFLICT DO UPDATE SET etag = NULL, writer = ?3, claimed_at_ms = ?4, sha256 = ?5, size_bytes = ?6
       WHERE CASE WHEN etag IS NULL THEN claimed_at_ms <= ?7 ELSE sha256 <> ?5 END`,
    )
    .bind(recordingId, number, writer, nowMs, sha256, sizeBytes, nowMs - PART_LEASE_MS)
    .run();
  if (claimed.meta.changes > 0) return { writer };
  const held = await db
    .prepare("SELECT 1 FROM recording_parts WHERE recording_id = ? AND number = ? AND sha256 = ? AND etag IS NOT NULL")
    .bind(recordingId, number, sha256)
    .first();
  return held === null ? "busy" : "held";
}

/** What keeps these parts from being the announced file, or `null`. */
function partsProblem(parts: readonly Part[], partBytes: number, wanted: CompleteRecording): string | null {
  const missing: number[] = [];
  const held = new Map(parts.filter((part) => part.etag !== null).map((part) => [part.number, part]));
  for (let number = 1; number <= wanted.parts && missing.length < 10; number++) {
    if (!held.has(number)) missing.push(number);
  }
  if (missing.length > 0)
    return `Still missing: part ${missing.join(", ")}${missing.length === 10 ? " and maybe more" : ""}.`;
  if (held.size > wanted.parts) return `There are ${held.size} parts, and only ${wanted.parts} were announced.`;
  for (const part of held.values()) {
    const sizeOk = part.number === wanted.parts ? part.sizeBytes <= partBytes : part.sizeBytes === partBytes;
    if (!sizeOk)
      return `Part ${part.number} has ${part.sizeBytes} bytes; only the last may have fewer than ${partBytes}.`;
  }
  const sum = parts.reduce((total, part) => total + part.sizeBytes, 0);
  return sum === wanted.sizeBytes ? null : `The parts have ${sum} bytes together, not ${wanted.sizeBytes}.`;
}

/** Puts the parts together, verifies the whole file's hash, and only then shows it to anybody. */
export async function completeUpload(
  env: Env,
  deps: Deps,
  row: Row,
  tier: Tier,
  wanted: CompleteRecording,
): Promise<Outcome> {
  if (row.state === "complete") {
    const same = row.sha256 === wanted.sha256 && row.sizeBytes === wanted.sizeBytes;
    return same ? { ok: true } : refused("conflict", "This recording is complete, with another hash.");
  }
  if (row.uploadId === null) return refused("upload-ended");
  const peaks =
    wanted.peaks === undefined ? undefined : Uint8Array.from(atob(wanted.peaks), (char) => char.charCodeAt(0));
  if (peaks !== undefined) {
    const wrong = peaksProblem(new Int8Array(peaks.buffer), row.channels);
    if (wrong !== null) return refused("bad-request", wrong);
  }
  const parts = await listParts(env.DB, row.id);
  const wrong = partsProblem(parts, row.partBytes, wanted);
  if (wrong !== null) return refused("parts-incomplete", wrong);

  // The sweep leaves an upload alone while it is being put together.
  const nowMs = deps.now();
  const lease = await env.DB.prepare(
    "UPDATE recordings SET expires_at_ms = max(expires_at_ms, ?2) WHERE id = ?1 AND state = 'uploading' AND upload_id = ?3",
  )
    .bind(row.id, nowMs + COMPLETION_LEASE_MS, row.uploadId)
    .run();
  if (lease.meta.changes === 0) return refused("upload-ended");

  const key = objectKey(row.sessionId, row.id);
  const object = await assemble(env.RECORDINGS, key, row.uploadId, parts);
  if (object === null) return refused("unavailable", "The parts could not be put together just now. Ask again.");
  if ((await hashObject(env.RECORDINGS, key)) !== wanted.sha256) {
    await startOver(env, row);
    return refused("hash-mismatch", "Every part is intact, so the hash was of another file. Send the parts again.");
  }
  if (peaks !== undefined) await env.RECORDINGS.put(peaksKey(row.sessionId, row.id), peaks);

  const completedAtMs = deps.now();
  const retentionMs = RECORDING_RETENTION_MS[tier];
  const place = JSON.stringify({
    clock: wanted.clock,
    transportAtStart: wanted.transportAtStart,
    transportAtEnd: wanted.transportAtEnd,
  });
  const [completed] = await env.DB.batch([
    env.DB.prepare(
      `UPDATE recordings SET state = 'complete', upload_id = NULL, size_bytes = ?2, frames = ?3, sha256 = ?4, place = ?5,
         has_peaks = ?6, completed_at_ms = ?7, expires_at_ms = ?8, held_bytes = ?2
       WHERE id = ?1 AND state = 'uploading'`,
    ).bind(
      row.id,
      wanted.sizeBytes,
      wanted.frames,
      wanted.sha256,
      place,
      peaks === undefined ? 0 : 1,
      completedAtMs,
      retentionMs === null ? null : completedAtMs + retentionMs,
    ),
    env.DB.prepare("DELETE FROM recording_parts WHERE recording_id = ?1").bind(row.id),
  ]);
  if ((completed?.meta.changes ?? 0) > 0) return { ok: true };
  // A twin of this request was faster, or the recording was withdrawn meanwhile: then nothing may stay behind.
  const now = await env.DB.prepare("SELECT state FROM recordings WHERE id = ?").bind(row.id).first<{ state: string }>();
  if (now?.state === "complete") return { ok: true };
  await env.RECORDINGS.delete([key, peaksKey(row.sessionId, row.id)]);
  return refused("upload-ended");
}

/** R2's part of a completion. An upload that R2 has put together already, for a request whose answer was lost, counts as done. */
async function assemble(
  bucket: R2Bucket,
  key: string,
  uploadId: string,
  parts: readonly Part[],
): Promise<R2Object | null> {
  const uploaded = parts.flatMap(({ number, etag }) => (etag === null ? [] : [{ partNumber: number, etag }]));
  try {
    return await bucket.resumeMultipartUpload(key, uploadId).complete(uploaded);
  } catch {
    return await bucket.head(key);
  }
}

/** Lower-case hexadecimal SHA-256 of an object, streamed: memory does not grow with it. */
async function hashObject(bucket: R2Bucket, key: string): Promise<string | null> {
  const object = await bucket.get(key);
  if (object === null) return null;
  const digest = new crypto.DigestStream("SHA-256");
  await object.body.pipeTo(digest);
  return toHex(await digest.digest);
}

async function startOver(env: Env, row: Row): Promise<void> {
  const key = objectKey(row.sessionId, row.id);
  await env.RECORDINGS.delete(key);
  const { uploadId } = await env.RECORDINGS.createMultipartUpload(key);
  await env.DB.batch([
    env.DB.prepare("DELETE FROM recording_parts WHERE recording_id = ?").bind(row.id),
    env.DB.prepare("UPDATE recordings SET upload_id = ?2, held_bytes = 0 WHERE id = ?1").bind(row.id, uploadId),
  ]);
}
