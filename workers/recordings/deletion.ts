import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { abortUpload, persist } from "./bucket.ts";
import { objectKey, peaksKey } from "./keys.ts";
import { recountStorage } from "./store.ts";

/** Recordings in one batch of the sweep: R2 deletes a thousand keys at once, and each has two. */
const BATCH = 500;
/** R2 drops an unfinished upload by itself after seven days; a day later it has, whatever it answers. */
const R2_HAS_DROPPED_IT_AFTER_MS = 8 * 24 * 60 * 60 * 1000;

export interface Deletion {
  id: string;
  sessionId: string;
  accountId: string;
  uploadId: string | null;
  createdAtMs: number;
}
interface Due extends Deletion {
  state: "uploading" | "complete" | "deleting";
  expiresAtMs: number;
}

/** Marks a recording for deletion: from this instant nobody sees it. The next step, or the sweep, empties R2 of it. */
export async function markDeleted(db: D1Database, recordingId: string, nowMs: number): Promise<void> {
  await db
    .prepare(
      "UPDATE recordings SET state = 'deleting', expires_at_ms = min(ifnull(expires_at_ms, ?2), ?2) WHERE id = ?1",
    )
    .bind(recordingId, nowMs)
    .run();
}

/** Takes one recording that has ended away for good, and counts its owner's storage anew. Harmless to repeat. */
export async function deleteRecording(env: Env, deps: Deps, recording: Deletion): Promise<void> {
  await deleteRecordings(env, deps, recording.accountId, [recording]);
}

/** Takes an account's recordings that are marked for deletion away, up to 500 at once. Returns how many R2 holds nothing of any more. */
export async function deleteRecordings(env: Env, deps: Deps, accountId: string, due: readonly Deletion[]) {
  const gone = await emptyStore(env, deps, due);
  await deleteRows(env.DB, gone, deps.now());
  await recountStorage(env.DB, accountId);
  return gone.length;
}

/**
 * Objects first, rows last: a row is how the sweep would find an object again. Returns those of which R2 holds nothing any more; one
 * whose upload R2 would not give up is not among them, and the next run tries again.
 */
async function emptyStore<Row extends Deletion>(env: Env, deps: Deps, due: readonly Row[]): Promise<Row[]> {
  const gone: Row[] = [];
  for (const row of due) {
    if (row.uploadId === null || (await isGivenUp(env, deps, row, row.uploadId))) gone.push(row);
  }
  const keys = gone.flatMap(({ id, sessionId }) => [objectKey(sessionId, id), peaksKey(sessionId, id)]);
  if (keys.length > 0) await persist(deps, "delete", () => env.RECORDINGS.delete(keys));
  return gone;
}

/** Whether R2 holds nothing of an upload any more; `false`: it does not answer, and the row has to stay for the next run. */
export async function isGivenUp(env: Env, deps: Deps, row: Deletion, uploadId: string): Promise<boolean> {
  try {
    await abortUpload(env.RECORDINGS, deps, objectKey(row.sessionId, row.id), uploadId);
    return true;
  } catch (error) {
    log({ event: "store-unavailable", call: "abort", ...describeThrown(error) });
    return deps.now() - row.createdAtMs > R2_HAS_DROPPED_IT_AFTER_MS;
  }
}

async function deleteRows(db: D1Database, gone: readonly Deletion[], nowMs: number): Promise<number> {
  if (gone.length === 0) return 0;
  const { meta } = await db
    .prepare("DELETE FROM recordings WHERE id IN (SELECT value FROM json_each(?1)) AND expires_at_ms <= ?2")
    .bind(JSON.stringify(gone.map(({ id }) => id)), nowMs)
    .run();
  return meta.rows_read;
}

/**
 * Promise E1 and E6: takes away what has reached its end, oldest first, at most `batches` bounded batches. `finished` is false when more
 * is waiting; the next run goes on from there, however many runs were missed. Two runs at once do the same work twice, and no harm.
 *
 * Nothing that the sweep can have in hand comes back meanwhile: a completion or a change of tier extends only what has more than
 * `DELETION_MARGIN_MS` to live.
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
    const { results, meta } = await env.DB.prepare(
      `SELECT id, session_id AS sessionId, account_id AS accountId, upload_id AS uploadId, created_at_ms AS createdAtMs, state,
         expires_at_ms AS expiresAtMs
       FROM recordings WHERE expires_at_ms <= ?1 ORDER BY expires_at_ms LIMIT ?2`,
    )
      .bind(nowMs, BATCH)
      .all<Due>();
    rowsRead += meta.rows_read;
    const due = wholeInstants(results);
    const gone = await emptyStore(env, deps, due);
    rowsRead += await deleteDue(env.DB, due, gone, nowMs);
    done += gone.length;
    if (results.length < BATCH) return { done, rowsRead, finished: gone.length === due.length };
    // Nothing of a full batch would go: R2 is away, and asking on would not bring it back.
    if (gone.length === 0) break;
  }
  return { done, rowsRead, finished: false };
}

/** A full batch without its last instant, of which there may be more in the table; unless it is all one instant. */
function wholeInstants(due: Due[]): Due[] {
  const last = due.at(-1)?.expiresAtMs;
  const whole = due.length < BATCH ? due : due.filter(({ expiresAtMs }) => expiresAtMs !== last);
  return whole.length > 0 ? whole : due;
}

/**
 * Deletes the rows of `gone`. A stretch of the index that has gone as a whole is deleted as one, which reads half as much as asking for
 * each row. What may enter the stretch meanwhile is in state `deleting`: withdrawn, or of a deleted session.
 */
async function deleteDue(db: D1Database, due: readonly Due[], gone: readonly Due[], nowMs: number): Promise<number> {
  const [first, last] = [due[0]?.expiresAtMs, due.at(-1)?.expiresAtMs];
  const isStretch = first !== undefined && last !== undefined && first < last && gone.length === due.length;
  if (!isStretch) return await deleteRows(db, gone, nowMs);
  const { meta } = await db
    .prepare("DELETE FROM recordings WHERE expires_at_ms BETWEEN ?1 AND ?2 AND state <> 'deleting'")
    .bind(first, last)
    .run();
  const withdrawn = gone.filter(({ state }) => state === "deleting");
  return meta.rows_read + (await deleteRows(db, withdrawn, nowMs));
}
