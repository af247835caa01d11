import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { deliveries } from "../../migrations/schema.ts";
import { DeletionWish, Delivery, textOfWish } from "../../protocol/deliveries.ts";
import { DELIVERIES_SHOWN_MAX, WISHES_PER_ANSWER_MAX } from "../../protocol/limits.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openNamed } from "../platform/personal-keys.ts";
import { allRows, readAll, SqlBoolean, StoredId } from "../platform/rows.ts";
import { signText } from "../platform/signing.ts";

/**
 * The life of a delivery: a collaborator has fetched bytes of a stem, once or often, and from the first of them there is a row that its owner can
 * see. When the owner deletes the recording, or their account, the row becomes a wish that the copy go too; the receiver's companion shows it,
 * signed, and may obey; its answer is what the owner sees. Our own servers never had a hand on that copy (V3).
 */

/** Notes that an account has received these recordings of others. Again is as good as once. */
export async function noteDelivered(
  db: D1Database,
  accountId: string,
  recordingIds: readonly string[],
  nowMs: number,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO deliveries (recording_id, receiver_member_id, session_id, name, sha256, owner_account_id, receiver_account_id, delivered_at_ms)
       SELECT r.id, m.member_id, r.session_id, r.name, ifnull(r.sha256, ''), r.account_id, ?1, ?2
       FROM json_each(?3) JOIN recordings r ON r.id = value
       JOIN session_members m ON m.session_id = r.session_id AND m.account_id = ?1
       WHERE r.account_id <> ?1 ON CONFLICT DO NOTHING`,
    )
    .bind(accountId, nowMs, JSON.stringify(recordingIds))
    .run();
}

/** The statement that wishes for every copy of a recording to go, for the batch or the moment in which its owner deletes it. */
export const wishGone = (db: D1Database, recordingId: string, ownerAccountId: string, nowMs: number) =>
  db
    .prepare(
      "UPDATE deliveries SET wished_at_ms = ?3 WHERE recording_id = ?1 AND owner_account_id = ?2 AND wished_at_ms IS NULL",
    )
    .bind(recordingId, ownerAccountId, nowMs);

/**
 * Likewise for all that an account has shared, when it goes: the wish stays with whoever has the copy, and the owner's name for it and
 * whose it was do not. At most `limit` rows.
 */
export const wishAllGone = (db: D1Database, ownerAccountId: string, nowMs: number, limit: number) =>
  db
    .prepare(
      `UPDATE deliveries SET wished_at_ms = ifnull(wished_at_ms, ?2), name = '', owner_account_id = NULL
       WHERE rowid IN (SELECT rowid FROM deliveries WHERE owner_account_id = ?1 LIMIT ?3)`,
    )
    .bind(ownerAccountId, nowMs, limit);

const DeliveredRow = Delivery.omit({ receiver: true }).extend({
  recordingId: StoredId.recording,
  sessionId: StoredId.session,
  sealedReceiver: z.string().nullable(),
});

/** Who received what an account has shared, newest first. A receiver is called what they are called now. */
export async function listDeliveries(env: Env, deps: Deps, ownerAccountId: string): Promise<Delivery[]> {
  const { results } = await allRows(
    DeliveredRow,
    env.DB.prepare(
      `SELECT recording_id AS recordingId, session_id AS sessionId, name, a.display_name AS sealedReceiver, delivered_at_ms AS deliveredAtMs,
           wished_at_ms AS wishedAtMs, answer, answered_at_ms AS answeredAtMs
         FROM deliveries d LEFT JOIN accounts a ON a.id = d.receiver_account_id
         WHERE owner_account_id = ?1 ORDER BY delivered_at_ms DESC LIMIT ?2`,
    ).bind(ownerAccountId, DELIVERIES_SHOWN_MAX),
  );
  return openNamed(env, deps, results, async ({ sealedReceiver, ...row }, open) => ({
    ...row,
    name: await open("take", row.name),
    receiver: await open("name", sealedReceiver),
  }));
}

const WishRow = DeletionWish.omit({ signature: true }).extend({
  recordingId: StoredId.recording,
  sessionId: StoredId.session,
  memberId: StoredId.member,
});

/** Wishes that wait for an account's answer, the oldest first, each signed. */
export async function listWishes(env: Env, receiverAccountId: string): Promise<DeletionWish[]> {
  const { recordingId, sessionId, receiverMemberId: memberId, sha256, wishedAtMs, answeredAtMs } = deliveries;
  const waiting = and(eq(deliveries.receiverAccountId, receiverAccountId), isNotNull(wishedAtMs), isNull(answeredAtMs));
  const found = await drizzle(env.DB)
    .select({ recordingId, sessionId, memberId, sha256, wishedAtMs })
    .from(deliveries)
    .where(waiting)
    .orderBy(wishedAtMs)
    .limit(WISHES_PER_ANSWER_MAX);
  return await Promise.all(
    readAll(WishRow, found).map(async (wish) => ({ ...wish, signature: await signText(env, textOfWish(wish)) })),
  );
}

const Answered = z.object({ isOrphan: SqlBoolean });

/** Keeps a receiver's answer; of an owner who has gone there is nobody to read it, and the row goes. `false`: there is no such wish. */
export async function answerWish(
  db: D1Database,
  receiverAccountId: string,
  recordingId: string,
  answer: "deleted" | "kept",
  nowMs: number,
): Promise<boolean> {
  const { results } = await allRows(
    Answered,
    db
      .prepare(
        `UPDATE deliveries SET answer = ?3, answered_at_ms = ?4
         WHERE recording_id = ?1 AND receiver_account_id = ?2 AND wished_at_ms IS NOT NULL
         RETURNING owner_account_id IS NULL AS isOrphan`,
      )
      .bind(recordingId, receiverAccountId, answer, nowMs),
  );
  if (results.some(({ isOrphan }) => isOrphan))
    await db
      .prepare(
        "DELETE FROM deliveries WHERE recording_id = ?1 AND receiver_account_id = ?2 AND owner_account_id IS NULL",
      )
      .bind(recordingId, receiverAccountId)
      .run();
  return results.length > 0;
}
