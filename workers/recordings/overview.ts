import { z } from "zod";
import { preRollOf } from "../../audio/stem-place.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { TransportState } from "../../protocol/room.ts";
import type { Cursor } from "../http/paging.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { type ObjectStore, objectStore } from "../platform/object-store.ts";
import { rowsOf } from "../platform/rows.ts";
import { peaksKey } from "./keys.ts";
import { listRecordings, readJson } from "./store.ts";

/** A recording with what a page draws beside what the API's list says. */
export interface SeenRecording extends Recording {
  /** The asking account's own, whatever member it was when it shared it. */
  isOwn: boolean;
  /** Of one's own while it is on its way: what the store holds, and since when nothing came. */
  arrived: { parts: number; bytes: number; lastAtMs: number } | null;
  peaks: Int8Array | null;
  /** Frames of the timeline that were recorded before record was pressed. */
  preRollFrames: number;
}

const Start = z.object({ id: z.string(), start: z.string().nullable() });
const Own = z.object({ id: z.string(), parts: z.int(), bytes: z.int(), lastAtMs: z.int().nullable() });

/** One page of a session's recordings, newest first. `withPeaks`: their waveforms too, from R2, at once. */
export async function listSeenRecordings(
  env: Env,
  deps: Deps,
  session: { sessionId: string; accountId: string; withPeaks: boolean },
  limit: number,
  cursor: Cursor,
): Promise<{ items: SeenRecording[]; nextCursor: string | null }> {
  const { sessionId, accountId, withPeaks } = session;
  const page = await listRecordings(env, deps, sessionId, accountId, limit, cursor);
  const ids = JSON.stringify(page.items.map(({ recordingId }) => recordingId));
  const [own, starts] = await env.DB.batch([
    env.DB.prepare(
      `SELECT r.id, COUNT(p.etag) AS parts, ifnull(SUM(CASE WHEN p.etag IS NULL THEN 0 ELSE p.size_bytes END), 0) AS bytes,
              MAX(p.claimed_at_ms) AS lastAtMs
       FROM recordings r LEFT JOIN recording_parts p ON p.recording_id = r.id
       WHERE r.id IN (SELECT value FROM json_each(?1)) AND r.account_id = ?2 GROUP BY r.id`,
    ).bind(ids, accountId),
    // The map of a long take's clock is large; here only its first line is wanted.
    env.DB.prepare(
      `SELECT id, iif(json_valid(place), json_extract(place, '$.transportAtStart'), NULL) AS start FROM recordings
       WHERE id IN (SELECT value FROM json_each(?1)) AND place IS NOT NULL`,
    ).bind(ids),
  ]);
  const ownById = new Map(rowsOf(Own, own).map((one) => [one.id, one]));
  const startById = new Map(rowsOf(Start, starts).map(({ id, start }) => [id, start]));
  const items = page.items.map(async (recording): Promise<SeenRecording> => {
    const mine = ownById.get(recording.recordingId);
    const start = startById.get(recording.recordingId);
    const transportAtStart = start == null ? null : (readJson(TransportState, start, recording.recordingId) ?? null);
    return {
      ...recording,
      preRollFrames: preRollOf({ ...recording, transportAtStart }),
      isOwn: mine !== undefined,
      arrived:
        recording.state === "complete" || mine === undefined
          ? null
          : { parts: mine.parts, bytes: mine.bytes, lastAtMs: mine.lastAtMs ?? recording.createdAtMs },
      peaks: withPeaks && recording.hasPeaks ? await readPeaks(objectStore(env, deps), recording) : null,
    };
  });
  return { items: await Promise.all(items), nextCursor: page.nextCursor };
}

/** A waveform that cannot be had just now is drawn as a line: the page is worth more than its picture. */
async function readPeaks(store: ObjectStore, { sessionId, recordingId }: Recording): Promise<Int8Array | null> {
  const peaks = await store.read(peaksKey(sessionId, recordingId)).catch(() => null);
  return peaks === null || peaks.bytes.byteLength === 0 ? null : new Int8Array(peaks.bytes);
}
