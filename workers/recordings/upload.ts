import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { recordingParts } from "../../migrations/schema.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { randomBase32 } from "../../protocol/ids.ts";
import { PART_LEASE_MS, PARTS_MAX, RECORDING_QUOTA_BYTES, STORAGE_QUOTA_BYTES } from "../../protocol/limits.ts";
import { done, type Refusal, type Result } from "../../protocol/result.ts";
import type { Tier } from "../../protocol/retention.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { isFinal, objectStore } from "../platform/object-store.ts";
import { firstRow } from "../platform/rows.ts";
import { readAtMost, readContentDigest } from "./digest.ts";
import { objectKey } from "./keys.ts";
import { heldBytesOf, type Row, recountStorage } from "./store.ts";

/**
 * An upload's life after its row: parts in any order and any number of times, then one completion (completion.ts) that anybody may have
 * to ask for twice. D1 says what is held; R2 holds it; whatever step a crash falls between, asking again finishes it.
 */
export type Outcome = Result<void, ErrorCode, { detail?: string }>;
export const refuse = (reason: ErrorCode, detail?: string): Refusal<Outcome> => ({
  ok: false,
  reason,
  ...(detail === undefined ? {} : { detail }),
});
/** An upload with its id at R2. */
export type OpenUpload = Row & { uploadId: string };

export interface PartRequest {
  number: number;
  digestHeader: string | undefined;
  lengthHeader: string | undefined;
  body: ReadableStream<Uint8Array> | null;
}

/** Verifies one part and stores it. Everything that can be refused without the bytes is refused before they are read. */
export async function storePart(env: Env, deps: Deps, row: Row, tier: Tier, part: PartRequest): Promise<Outcome> {
  const { number } = part;
  const { uploadId } = row;
  if (row.state !== "uploading" || uploadId === null) return refuse("upload-ended");
  if (number < 1 || number > PARTS_MAX) return refuse("part-number", `Parts run from 1 to ${PARTS_MAX}.`);
  const announced = readContentDigest(part.digestHeader);
  if (announced === null) return refuse("digest-missing");
  const sizeMessage = `A part has ${row.partBytes} bytes; only the last may have fewer.`;
  const announcedBytes = part.lengthHeader === undefined ? null : Number(part.lengthHeader);
  if (announcedBytes !== null && (announcedBytes > row.partBytes || announcedBytes === 0)) {
    return refuse("part-size", sizeMessage);
  }
  const known = await findPart(env.DB, row.id, number);
  // Said again because the answer was lost: it takes no more room than it has.
  const isHeld = known?.etag != null && known.sha256 === announced;
  if (!isHeld) {
    // Who does not say how much it is, is told when it has come.
    const growthBytes = (announcedBytes ?? 1) - (known?.sizeBytes ?? 0);
    const recordingBytes = row.heldBytes + growthBytes;
    const full =
      quotaProblem(tier, recordingBytes, (await heldBytesOf(env.DB, row.accountId)) + growthBytes) &&
      quotaProblem(tier, recordingBytes, (await recountStorage(env.DB, row.accountId)) + growthBytes);
    if (full !== null) return full;
  }
  const bytes = await readAtMost(part.body, row.partBytes);
  if (bytes === null || bytes.byteLength === 0) return refuse("part-size", sizeMessage);
  const sha256 = await sha256Hex(bytes);
  if (sha256 !== announced) return refuse("digest-mismatch");
  if (isHeld) return done;

  const claim = await claimPart(env.DB, deps, { ...row, uploadId }, tier, {
    number,
    sha256,
    sizeBytes: bytes.byteLength,
  });
  if ("ok" in claim) return claim;
  const key = objectKey(row.sessionId, row.id);
  let etag: string;
  try {
    etag = await objectStore(env, deps).putPart(key, uploadId, number, bytes);
  } catch (error) {
    // The next try need not wait for a writer that has given up.
    await env.DB.prepare("DELETE FROM recording_parts WHERE recording_id = ?1 AND number = ?2 AND writer = ?3")
      .bind(row.id, number, claim.writer)
      .run();
    if (!isFinal(error)) throw error;
    return await startOver(env, deps, { ...row, uploadId });
  }
  // Only the writer who still holds the claim may say what R2 holds: a slower twin's etag belongs to bytes that are gone.
  const kept = await env.DB.prepare(
    "UPDATE recording_parts SET etag = ?4 WHERE recording_id = ?1 AND number = ?2 AND writer = ?3",
  )
    .bind(row.id, number, claim.writer, etag)
    .run();
  return kept.meta.changes > 0 ? done : refuse("part-busy");
}

const gigabytes = (bytes: number) => `${bytes / 1e9} GB`;

function quotaProblem(tier: Tier, recordingBytes: number, accountBytes: number): Outcome | null {
  const [one, all] = [RECORDING_QUOTA_BYTES[tier], STORAGE_QUOTA_BYTES[tier]];
  if (recordingBytes > one) {
    return refuse("quota-exceeded", `On the ${tier} plan one recording holds ${gigabytes(one)}.`);
  }
  return accountBytes > all ? refuse("quota-exceeded", `The ${tier} plan holds ${gigabytes(all)} together.`) : null;
}

const findPart = (db: D1Database, recordingId: string, number: number) =>
  drizzle(db)
    .select()
    .from(recordingParts)
    .where(and(eq(recordingParts.recordingId, recordingId), eq(recordingParts.number, number)))
    .get();

const Claim = z.object({
  heldBytes: z.number(),
  accountBytes: z.number().nullable(),
  etag: z.string().nullable(),
  sha256: z.string().nullable(),
  partBytes: z.number().nullable(),
});

/**
 * Makes this request the writer of the part, if the upload is still open, its room suffices and no other request is at it. The room is
 * part of the statement and the claim is what is counted, so that parts sent at once cannot pass a quota together.
 */
async function claimPart(
  db: D1Database,
  deps: Deps,
  row: OpenUpload,
  tier: Tier,
  { number, sha256, sizeBytes }: { number: number; sha256: string; sizeBytes: number },
): Promise<Outcome | { writer: string }> {
  const nowMs = deps.now();
  const writer = randomBase32(16, deps.random);
  const claimed = await db
    .prepare(
      `INSERT INTO recording_parts (recording_id, number, etag, writer, claimed_at_ms, sha256, size_bytes)
       SELECT ?1, ?2, NULL, ?3, ?4, ?5, ?6 FROM recordings r
       LEFT JOIN recording_parts p ON p.recording_id = r.id AND p.number = ?2
       LEFT JOIN storage_use u ON u.account_id = r.account_id
       WHERE r.id = ?1 AND r.state = 'uploading' AND r.upload_id = ?8
         AND r.held_bytes + ?6 - ifnull(p.size_bytes, 0) <= ?9
         AND ifnull(u.held_bytes, 0) + ?6 - ifnull(p.size_bytes, 0) <= ?10
       ON CONFLICT DO UPDATE SET etag = NULL, writer = ?3, claimed_at_ms = ?4, sha256 = ?5, size_bytes = ?6
       WHERE CASE WHEN etag IS NULL THEN claimed_at_ms <= ?7 ELSE sha256 <> ?5 END`,
    )
    .bind(
      row.id,
      number,
      writer,
      nowMs,
      sha256,
      sizeBytes,
      nowMs - PART_LEASE_MS,
      row.uploadId,
      RECORDING_QUOTA_BYTES[tier],
      STORAGE_QUOTA_BYTES[tier],
    )
    .run();
  if (claimed.meta.changes > 0) return { writer };
  const now = await firstRow(
    Claim,
    db
      .prepare(
        `SELECT r.held_bytes AS heldBytes, u.held_bytes AS accountBytes, p.etag, p.sha256, p.size_bytes AS partBytes FROM recordings r
       LEFT JOIN recording_parts p ON p.recording_id = r.id AND p.number = ?2
       LEFT JOIN storage_use u ON u.account_id = r.account_id
       WHERE r.id = ?1 AND r.state = 'uploading' AND r.upload_id = ?3`,
      )
      .bind(row.id, number, row.uploadId),
  );
  if (now === null) return refuse("upload-ended");
  if (now.etag !== null && now.sha256 === sha256) return done;
  const growthBytes = sizeBytes - (now.partBytes ?? 0);
  return quotaProblem(tier, now.heldBytes + growthBytes, (now.accountBytes ?? 0) + growthBytes) ?? refuse("part-busy");
}

/**
 * Begins an upload anew under the same recording: R2 has lost it, or what it holds is not what was announced. Whoever is still at work
 * on the old one has lost from the instant of the swap. The client reads which parts are held, and sends the rest: all of them.
 */
export async function startOver(env: Env, deps: Deps, row: OpenUpload): Promise<Refusal<Outcome>> {
  const key = objectKey(row.sessionId, row.id);
  const store = objectStore(env, deps);
  const uploadId = await store.openUpload(key);
  const [swapped] = await env.DB.batch([
    env.DB.prepare(
      "UPDATE recordings SET upload_id = ?2, hashed_bytes = 0, hash_state = NULL WHERE id = ?1 AND state = 'uploading' AND upload_id = ?3",
    ).bind(row.id, uploadId, row.uploadId),
    env.DB.prepare(
      `DELETE FROM recording_parts WHERE recording_id = ?1
         AND EXISTS (SELECT 1 FROM recordings WHERE id = ?1 AND upload_id = ?2)`,
    ).bind(row.id, uploadId),
  ]);
  const dropped = (swapped?.meta.changes ?? 0) > 0 ? row.uploadId : uploadId;
  await store.abortUpload(key, dropped);
  return refuse("upload-ended", "This upload had to be begun anew. Send its parts again; the take is safe.");
}
