import { asc, eq, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { recordingParts, recordings, storageUse } from "../../migrations/schema.ts";
import { ClockPoint, type CreateRecording, type Recording, StemFormat } from "../../protocol/recordings.ts";
import { UPLOAD_ABANDONED_AFTER_MS } from "../../protocol/retention.ts";
import { Role } from "../../protocol/roles.ts";
import { TransportState } from "../../protocol/room.ts";
import { type Cursor, cutPage } from "../http/paging.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { openEach, openSealed, sealFor } from "../platform/personal-keys.ts";
import { allRows, firstRow, SqlBoolean, StoredId } from "../platform/rows.ts";
import { keepRecordingConsent } from "./consents.ts";

/** What `recordings` and its session say together about one stem and the account that asks. */
export const Row = z.object({
  id: StoredId.recording,
  sessionId: StoredId.session,
  takeId: z.string(),
  memberId: StoredId.member,
  accountId: z.string(),
  name: z.string(),
  ...StemFormat.shape,
  timelineFrames: z.number(),
  startedAtMs: z.number(),
  bpm: z.number(),
  state: z.enum(["uploading", "complete", "deleting"]),
  partBytes: z.int(),
  uploadId: z.string().nullable(),
  sizeBytes: z.int().nullable(),
  frames: z.int().nullable(),
  sha256: z.string().nullable(),
  place: z.string().nullable(),
  heldBytes: z.int(),
  hashedBytes: z.int(),
  hashState: z.string().nullable(),
  hasPeaks: SqlBoolean,
  createdAtMs: z.int(),
  completedAtMs: z.int().nullable(),
  expiresAtMs: z.int().nullable(),
});
export type Row = z.infer<typeof Row>;
const SeenRow = Row.extend({ role: Role.nullable() });

const columns = `r.id, r.session_id AS sessionId, r.take_id AS takeId, r.member_id AS memberId, r.account_id AS accountId, r.name,
  r.sample_rate_hz AS sampleRateHz, r.channels, r.encoding, r.timeline_frames AS timelineFrames, r.started_at_ms AS startedAtMs,
  r.bpm, r.state, r.part_bytes AS partBytes, r.upload_id AS uploadId, r.size_bytes AS sizeBytes, r.frames, r.sha256,
  r.held_bytes AS heldBytes, r.hashed_bytes AS hashedBytes, r.hash_state AS hashState, r.peaks_bytes > 0 AS hasPeaks, r.created_at_ms AS createdAtMs, r.completed_at_ms AS completedAtMs,
  r.expires_at_ms AS expiresAtMs`;

/** What a deletion needs of a row. */
export const Deletable = Row.pick({ id: true, sessionId: true, accountId: true, uploadId: true, createdAtMs: true });
export type Deletable = z.infer<typeof Deletable>;

/** The rows of a deletion, whatever chooses them. */
export function selectDeletable(db: D1Database, chosen: SQL | undefined) {
  const { id, sessionId, accountId, uploadId, createdAtMs } = recordings;
  return drizzle(db).select({ id, sessionId, accountId, uploadId, createdAtMs }).from(recordings).where(chosen);
}

/** What `recordings.place` holds as JSON. */
export const Place = z.object({
  clock: z.array(ClockPoint),
  transportAtStart: TransportState,
  transportAtEnd: TransportState,
});

/**
 * A recording as the account sees it, with the role it has in the session now. Its owner sees it wherever they are (`role` is `null` once they
 * have left); `null`: it is not theirs to see, of a session they are not in, ended, of somebody who goes just now, or an upload of somebody else's.
 */
export async function findRecording(
  env: Env,
  deps: Deps,
  recordingId: string,
  accountId: string,
): Promise<z.infer<typeof SeenRow> | null> {
  const row = await firstRow(
    SeenRow,
    env.DB.prepare(
      `SELECT ${columns}, r.place, m.role FROM recordings r
       LEFT JOIN session_members m ON m.session_id = r.session_id AND m.account_id = ?2
       WHERE r.id = ?1 AND (m.member_id IS NOT NULL OR r.account_id = ?2) AND r.state <> 'deleting' AND (r.expires_at_ms IS NULL OR r.expires_at_ms > ?3)
         AND ((r.state = 'complete' AND r.withheld_at_ms IS NULL) OR r.account_id = ?2)`,
    ).bind(recordingId, accountId, deps.now()),
  );
  const name = row === null ? null : await openSealed(env, deps, "take", row.name);
  return row === null || name === null ? null : { ...row, name };
}

/** A page of stems as a list shows them. Of somebody whose key has been erased nothing is shown: it goes just now. */
async function listedPage(env: Env, deps: Deps, rows: readonly Row[], limit: number, passedOver: number) {
  const { items, nextCursor } = cutPage(
    rows,
    limit,
    (row) => row,
    (row) => [row.createdAtMs, row.id],
    passedOver,
  );
  const opened = openEach(env, deps, items, async (row, open) =>
    toRecording({ ...row, name: await open("take", row.name) }),
  );
  return { items: await opened, nextCursor };
}

/** Takes the account's own recording of this id out of sight for good if it has ended and not been swept yet. */
export async function claimExpired(db: D1Database, recordingId: string, accountId: string, nowMs: number) {
  return await firstRow(
    Deletable,
    db
      .prepare(
        `UPDATE recordings SET state = 'deleting' WHERE id = ?1 AND account_id = ?2 AND expires_at_ms <= ?3
       RETURNING id, session_id AS sessionId, account_id AS accountId, upload_id AS uploadId, created_at_ms AS createdAtMs`,
      )
      .bind(recordingId, accountId, nowMs),
  );
}

/**
 * One page of a session's recordings, newest first: the complete ones, and the asking account's own unfinished uploads. Without their
 * places: a hundred clock maps are more than an answer should hold.
 */
export async function listRecordings(
  env: Env,
  deps: Deps,
  sessionId: string,
  accountId: string,
  limit: number,
  [atMs, id]: Cursor,
) {
  const { results, passedOver } = await allRows(
    Row,
    env.DB.prepare(
      `SELECT ${columns}, NULL AS place FROM recordings r
       WHERE r.session_id = ?1 AND (r.created_at_ms, r.id) < (?2, ?3)
         AND r.state <> 'deleting' AND (r.expires_at_ms IS NULL OR r.expires_at_ms > ?4)
         AND ((r.state = 'complete' AND r.withheld_at_ms IS NULL) OR r.account_id = ?5)
       ORDER BY r.created_at_ms DESC, r.id DESC LIMIT ?6`,
    ).bind(sessionId, atMs, id, deps.now(), accountId, limit + 1),
  );
  return await listedPage(env, deps, results, limit, passedOver);
}

/** One page of what an account has shared anywhere, newest first, in sessions that it has left as well. */
export async function listOwnRecordings(env: Env, deps: Deps, accountId: string, limit: number, [atMs, id]: Cursor) {
  const { results, passedOver } = await allRows(
    Row,
    env.DB.prepare(
      `SELECT ${columns}, NULL AS place FROM recordings r
       WHERE r.account_id = ?1 AND (r.created_at_ms, r.id) < (?2, ?3)
         AND r.state <> 'deleting' AND (r.expires_at_ms IS NULL OR r.expires_at_ms > ?4)
       ORDER BY r.created_at_ms DESC, r.id DESC LIMIT ?5`,
    ).bind(accountId, atMs, id, deps.now(), limit + 1),
  );
  return await listedPage(env, deps, results, limit, passedOver);
}

export const formatOf = ({ sampleRateHz, channels, encoding }: Row): Recording["format"] => ({
  sampleRateHz,
  channels,
  encoding,
});

/** Promise V1: what the members of a session see of a stem. Its account, upload and storage stay on the server. */
export function toRecording(row: Row, more: { place?: boolean; partsHeld?: number[] } = {}): Recording {
  const place = more.place === true && row.place !== null ? readJson(Place, row.place, row.id) : undefined;
  return {
    recordingId: row.id,
    sessionId: row.sessionId,
    takeId: row.takeId,
    memberId: row.memberId,
    name: row.name,
    format: formatOf(row),
    timelineFrames: row.timelineFrames,
    startedAtMs: row.startedAtMs,
    bpm: row.bpm,
    state: row.state === "complete" ? "complete" : "uploading",
    partBytes: row.partBytes,
    sizeBytes: row.sizeBytes,
    frames: row.frames,
    sha256: row.sha256,
    clock: place?.clock ?? [],
    transportAtStart: place?.transportAtStart ?? null,
    transportAtEnd: place?.transportAtEnd ?? null,
    createdAtMs: row.createdAtMs,
    completedAtMs: row.completedAtMs,
    expiresAtMs: row.expiresAtMs,
    hasPeaks: row.hasPeaks,
    ...(more.partsHeld === undefined ? {} : { partsHeld: more.partsHeld }),
  };
}

/** JSON of a row; what today's schema would not take is named in the log and left out, so that no page breaks on it (fault X32). */
export function readJson<Schema extends z.ZodType>(schema: Schema, text: string, id: string) {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    log({ event: "row-unreadable", table: "recordings", id });
    return undefined;
  }
}

/** The row of a new upload; the insert is the check that the id is free and the session still has room. */
export async function insertRecording(
  env: Env,
  deps: Deps,
  wanted: z.output<typeof CreateRecording>,
  by: { sessionId: string; memberId: string; accountId: string },
  uploadId: string,
  max: { complete: number; open: number },
): Promise<boolean> {
  const db = env.DB;
  const nowMs = deps.now();
  const name = await sealFor(env, deps, by.accountId, "take", wanted.name);
  const insert = db
    .prepare(
      `INSERT INTO recordings (id, session_id, member_id, account_id, take_id, name, state, sample_rate_hz, channels, encoding,
         timeline_frames, started_at_ms, bpm, part_bytes, upload_id, created_at_ms, expires_at_ms)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'uploading', ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16
       WHERE (SELECT COUNT(*) FROM recordings WHERE session_id = ?2 AND state = 'complete') < ?17
         AND (SELECT COUNT(*) FROM recordings WHERE session_id = ?2 AND state = 'uploading' AND account_id = ?4) < ?18
         AND EXISTS (SELECT 1 FROM session_members WHERE session_id = ?2 AND account_id = ?4)
       ON CONFLICT DO NOTHING`,
    )
    .bind(
      wanted.recordingId,
      by.sessionId,
      by.memberId,
      by.accountId,
      wanted.takeId,
      name,
      wanted.format.sampleRateHz,
      wanted.format.channels,
      wanted.format.encoding,
      wanted.timelineFrames,
      Math.round(wanted.startedAtMs),
      wanted.bpm,
      wanted.partBytes,
      uploadId,
      nowMs,
      nowMs + UPLOAD_ABANDONED_AFTER_MS,
      max.complete,
      max.open,
    );
  const [inserted] = await db.batch([insert, keepRecordingConsent(db, by.accountId, by.sessionId, nowMs)]);
  return inserted?.meta.changes === 1;
}

const StorageUse = z.object({ heldBytes: z.number() });

/** Bytes that R2 holds for an account: never less, and exactly as many once they have been counted anew. */
export async function heldBytesOf(db: D1Database, accountId: string): Promise<number> {
  const row = await drizzle(db).select().from(storageUse).where(eq(storageUse.accountId, accountId)).get();
  return row?.heldBytes ?? 0;
}

/**
 * Counts an account's storage from its rows. The sweep does not keep the count, which would be a read for each row it takes: it is made
 * when an upload is opened, when a quota would refuse, and when the owner takes something away.
 */
export async function recountStorage(db: D1Database, accountId: string): Promise<number> {
  const row = await firstRow(
    StorageUse,
    db
      .prepare(
        `UPDATE storage_use SET held_bytes = (SELECT ifnull(SUM(held_bytes), 0) FROM recordings WHERE account_id = ?1)
       WHERE account_id = ?1 RETURNING held_bytes AS heldBytes`,
      )
      .bind(accountId),
  );
  return row?.heldBytes ?? 0;
}

export interface Part {
  number: number;
  etag: string | null;
  sha256: string;
  sizeBytes: number;
}

export async function listParts(db: D1Database, id: string): Promise<Part[]> {
  const { recordingId, number, etag, sha256, sizeBytes } = recordingParts;
  return await drizzle(db)
    .select({ number, etag, sha256, sizeBytes })
    .from(recordingParts)
    .where(eq(recordingId, id))
    .orderBy(asc(number));
}
