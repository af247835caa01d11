import { z } from "zod";
import type { CallBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { heldUntilReview, isAnyoneHeld } from "../platform/held.ts";
import { describeThrown, log } from "../platform/log.ts";
import { objectStore } from "../platform/object-store.ts";
import { allRows } from "../platform/rows.ts";
import { objectKey, peaksKey } from "./keys.ts";
import { Deletable, recountStorage } from "./store.ts";

/** Recordings in one batch of the sweep: R2 deletes a thousand keys at once, and each has two. */
const BATCH = 500;
/** R2 drops an unfinished upload by itself after seven days; a day later it has, whatever it answers. */
const R2_HAS_DROPPED_IT_AFTER_MS = 8 * 24 * 60 * 60 * 1000;
/** What R2 would not let go is tried again after this long: until then it holds up nothing. */
const AGAIN_AFTER_MS = 60 * 60 * 1000;
/** Calls of a batch beside its uploads: one to find it, two to R2 and D1 that empty it, one for what would not go. */
const BATCH_CALLS = 4;
/** An upload that R2 does not answer about is asked for as often as any call is. */
const ABORT_CALLS = 4;

/** An investigation keeps what an account has shared from being deleted; out of sight it is all the same. */
const NOT_HELD =
  "account_id NOT IN (SELECT account_id FROM holds WHERE released_at_ms IS NULL AND account_id IS NOT NULL)";

const Due = Deletable.extend({ state: z.enum(["uploading", "complete", "deleting"]), expiresAtMs: z.int() });
type Due = z.infer<typeof Due>;

const MARKED = "state = 'deleting', expires_at_ms = min(ifnull(expires_at_ms, ?2), ?2)";

/** Marks a recording for deletion: from this instant nobody sees it. The next step, or the sweep, empties R2 of it. */
export async function markDeleted(db: D1Database, recordingId: string, nowMs: number): Promise<void> {
  await db.prepare(`UPDATE recordings SET ${MARKED} WHERE id = ?1`).bind(recordingId, nowMs).run();
}

/** The statement that marks all recordings of a session that is closed, for the batch that closes it. */
export const markDeletedOfSession = (db: D1Database, sessionId: string, nowMs: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE recordings SET ${MARKED}
       WHERE session_id = ?1 AND EXISTS (SELECT 1 FROM session_erasures e WHERE e.session_id = ?1)`,
    )
    .bind(sessionId, nowMs);

/** Likewise all that an account has shared, and what waited for its next try is due again. */
export const markDeletedOfAccount = (db: D1Database, accountId: string, nowMs: number): D1PreparedStatement =>
  db
    .prepare(`UPDATE recordings SET ${MARKED} WHERE account_id = ?1 AND (state <> 'deleting' OR expires_at_ms > ?2)`)
    .bind(accountId, nowMs);

/** Takes one marked recording away for good, and counts its owner's storage anew. Harmless to repeat. */
export async function deleteRecording(env: Env, deps: Deps, recording: Deletable): Promise<void> {
  await deleteRecordings(env, deps, recording.accountId, [recording]);
}

/** Takes an account's recordings that are marked for deletion away, up to 500 at once. Returns how many R2 holds nothing of any more. */
export async function deleteRecordings(
  env: Env,
  deps: Deps,
  accountId: string,
  due: readonly Deletable[],
  budget?: CallBudget,
) {
  if ((await heldUntilReview(env.DB, accountId)) !== null) return 0;
  const { gone } = await emptyStore(env, deps, due, budget);
  await deleteRows(env.DB, gone, deps.now());
  await recountStorage(env.DB, accountId);
  return gone.length;
}

/**
 * Objects first, rows last: a row is how the sweep would find an object again. `gone`: those of which R2 holds nothing any more; `held`: one
 * whose upload R2 would not give up, which is tried again later and keeps nobody waiting. What the budget does not reach is in neither.
 */
async function emptyStore<Row extends Deletable>(env: Env, deps: Deps, rows: readonly Row[], budget?: CallBudget) {
  const gone: Row[] = [];
  const held: Row[] = [];
  for (const row of rows) {
    if (row.uploadId === null) gone.push(row);
    else if (budget?.allows(ABORT_CALLS + BATCH_CALLS) === false) continue;
    else ((await isGivenUp(env, deps, row, row.uploadId)) ? gone : held).push(row);
  }
  await objectStore(env, deps).delete(
    gone.flatMap(({ id, sessionId }) => [objectKey(sessionId, id), peaksKey(sessionId, id)]),
  );
  return { gone, held };
}

/** Whether R2 holds nothing of an upload any more; `false`: it does not answer, and the row has to stay for another run. */
export async function isGivenUp(env: Env, deps: Deps, row: Deletable, uploadId: string): Promise<boolean> {
  try {
    await objectStore(env, deps).abortUpload(objectKey(row.sessionId, row.id), uploadId);
    return true;
  } catch (error) {
    log({ event: "store-unavailable", call: "abort", ...describeThrown(error) });
    return deps.now() - row.createdAtMs > R2_HAS_DROPPED_IT_AFTER_MS;
  }
}

const idsOf = (rows: readonly Deletable[]) => JSON.stringify(rows.map(({ id }) => id));

async function deleteRows(db: D1Database, gone: readonly Deletable[], nowMs: number): Promise<number> {
  if (gone.length === 0) return 0;
  const { meta } = await db
    .prepare("DELETE FROM recordings WHERE id IN (SELECT value FROM json_each(?1)) AND expires_at_ms <= ?2")
    .bind(idsOf(gone), nowMs)
    .run();
  return meta.rows_read;
}

/** Out of sight, and out of the sweep's way until it is time to try again. */
async function postpone(db: D1Database, held: readonly Deletable[], nowMs: number): Promise<number> {
  if (held.length === 0) return 0;
  const { meta } = await db
    .prepare(
      "UPDATE recordings SET state = 'deleting', expires_at_ms = ?2 WHERE id IN (SELECT value FROM json_each(?1)) AND expires_at_ms <= ?3",
    )
    .bind(idsOf(held), nowMs + AGAIN_AFTER_MS, nowMs)
    .run();
  return meta.rows_read;
}

/**
 * Promise E1 and E6: takes away what has reached its end, oldest first, in bounded batches, as many as the budget allows. `finished` is
 * false when more is waiting; the next run goes on from there, however many runs were missed. Two runs at once do the same work twice, and
 * no harm.
 *
 * Nothing that the sweep can have in hand comes back meanwhile: a completion or a change of tier extends only what has more than
 * `DELETION_MARGIN_MS` to live.
 */
export async function sweepRecordings(
  env: Env,
  deps: Deps,
  batches: number,
  budget: CallBudget,
): Promise<{ done: number; rowsRead: number; finished: boolean; oldestDueAtMs?: number }> {
  const isHeld = await isAnyoneHeld(env.DB);
  let done = 0;
  let rowsRead = 0;
  for (let batch = 0; batch < batches && budget.allows(BATCH_CALLS + ABORT_CALLS); batch++) {
    const nowMs = deps.now();
    const { results, meta } = await allRows(
      Due,
      env.DB.prepare(
        `SELECT id, session_id AS sessionId, account_id AS accountId, upload_id AS uploadId, created_at_ms AS createdAtMs, state,
         expires_at_ms AS expiresAtMs
       FROM recordings WHERE (?3 = 0 OR ${NOT_HELD}) AND expires_at_ms <= ?1 ORDER BY expires_at_ms LIMIT ?2`,
      ).bind(nowMs, BATCH, isHeld ? 1 : 0),
    );
    rowsRead += meta.rows_read;
    const due = wholeInstants(results);
    const { gone, held } = await emptyStore(env, deps, due, budget);
    rowsRead += await deleteDue(env.DB, due, gone, nowMs, isHeld);
    rowsRead += await postpone(env.DB, held, nowMs);
    done += gone.length;
    const wasAll = gone.length + held.length === due.length;
    if (results.length < BATCH && wasAll) return { done, rowsRead, finished: held.length === 0 };
    const [oldest] = due;
    if (!wasAll && oldest !== undefined) return { done, rowsRead, finished: false, oldestDueAtMs: oldest.expiresAtMs };
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
 * each row. What may enter the stretch meanwhile is in state `deleting`: withdrawn, or of a deleted session. Where something is held there
 * may be rows in between that stay.
 */
async function deleteDue(
  db: D1Database,
  due: readonly Due[],
  gone: readonly Due[],
  nowMs: number,
  isHeld: boolean,
): Promise<number> {
  const times = due.map(({ expiresAtMs }) => expiresAtMs);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const isStretch = first < last && gone.length === due.length && !isHeld;
  if (!isStretch) return await deleteRows(db, gone, nowMs);
  const { meta } = await db
    .prepare("DELETE FROM recordings WHERE expires_at_ms BETWEEN ?1 AND ?2 AND state <> 'deleting'")
    .bind(first, last)
    .run();
  const withdrawn = gone.filter(({ state }) => state === "deleting");
  return meta.rows_read + (await deleteRows(db, withdrawn, nowMs));
}
