import type { Deps } from "../deps.ts";
import type { Env } from "../env.ts";
import { objectKey, peaksKey } from "./keys.ts";

/** Recordings in one batch of the sweep: R2 deletes a thousand keys at once, and each has two. */
const BATCH = 500;

interface Ending {
  id: string;
  sessionId: string;
  uploadId: string | null;
}

/** Marks a recording as ended: from this instant nobody sees it. The next step, or the sweep, empties R2 of it. */
export async function withdraw(db: D1Database, recordingId: string, nowMs: number): Promise<void> {
  await db
    .prepare("UPDATE recordings SET state = 'ending', expires_at_ms = min(ifnull(expires_at_ms, ?2), ?2) WHERE id = ?1")
    .bind(recordingId, nowMs)
    .run();
}

/** Objects first, rows last: a row is how the sweep would find an object again. Each step may be repeated. */
export async function endRecordings(env: Env, endings: readonly Ending[], nowMs: number): Promise<number> {
  for (const { id, sessionId, uploadId } of endings) {
    if (uploadId === null) continue;
    // Gone already is as good; whatever else is wrong, R2 itself drops an unfinished upload after seven days.
    await env.RECORDINGS.resumeMultipartUpload(objectKey(sessionId, id), uploadId)
      .abort()
      .catch(() => undefined);
  }
  await env.RECORDINGS.delete(
    endings.flatMap(({ id, sessionId }) => [objectKey(sessionId, id), peaksKey(sessionId, id)]),
  );
  const gone = await env.DB.prepare(
    "DELETE FROM recordings WHERE id IN (SELECT value FROM json_each(?1)) AND expires_at_ms <= ?2",
  )
    .bind(JSON.stringify(endings.map(({ id }) => id)), nowMs)
    .run();
  return gone.meta.rows_read;
}

/**
 * Promise E1 and E6: takes away what has reached its end, oldest first, at most `batches` bounded batches. `finished` is false when more
 * is waiting; the next run goes on from there, however many runs were missed.
 */
export async function sweepRecordings(
  env: Env,
  deps: Deps,
  batches: number,
): Promise<{ done: number; rowsRead: number; finished: boolean }> {
  let done = 0;
  let rowsRead = 0;
  for (let batch = 0; batch < batches; batch++) {
    const nowMs = deps.now();
    const due = await env.DB.prepare(
      `SELECT id, session_id AS sessionId, upload_id AS uploadId FROM recordings
       WHERE expires_at_ms <= ?1 ORDER BY expires_at_ms LIMIT ?2`,
    )
      .bind(nowMs, BATCH)
      .all<Ending>();
    rowsRead += due.meta.rows_read;
    if (due.results.length > 0) rowsRead += await endRecordings(env, due.results, nowMs);
    done += due.results.length;
    if (due.results.length < BATCH) return { done, rowsRead, finished: true };
  }
  return { done, rowsRead, finished: false };
}
