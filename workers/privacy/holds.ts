import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { accounts, holds } from "../../migrations/schema.ts";
import { assertNever } from "../../protocol/errors.ts";
import { newId } from "../../protocol/ids.ts";
import { HOLDS_MAX } from "../../protocol/limits.ts";
import { type HandleHold, Hold, type PlaceHold } from "../../protocol/privacy.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import { DAY_MS, HOLD_REVIEW_MAX_MS } from "../../protocol/retention.ts";
import { operators, queueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { addressIndex, openNamed } from "../platform/personal-keys.ts";
import { allRows, StoredId } from "../platform/rows.ts";

/**
 * The life of a hold (E5; GDPR Article 17 (3) (e)): somebody of ours names what an investigation needs, why, and when it is looked at
 * again. Until it is released no sweep and no erasure takes what it names: an account that is erased meanwhile is closed and off the Hub
 * at once, and the rest waits. Nobody but an operator places or releases one, and a review that is due is told by mail.
 */
export async function placeHold(
  env: Env,
  deps: Deps,
  owner: string,
  wanted: PlaceHold,
): Promise<Result<{ accountId: string | null }, "not-found" | "too-long" | "quota-exceeded">> {
  const nowMs = deps.now();
  if (wanted.reviewAt <= nowMs || wanted.reviewAt > nowMs + HOLD_REVIEW_MAX_MS) return refused("too-long");
  const isLog = wanted.what === "logs";
  if (isLog && wanted.to < wanted.from) return refused("too-long");
  const accountId = isLog ? null : await findByEmail(env, wanted.email);
  if (!isLog && accountId === null) return refused("not-found");
  const { meta } = await env.DB.prepare(
    `INSERT INTO holds (id, reason, owner, account_id, logs_from_ms, logs_to_ms, created_at_ms, review_at_ms)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE (SELECT COUNT(*) FROM holds WHERE released_at_ms IS NULL) < ?9`,
  )
    .bind(
      newId("hld", deps.random),
      wanted.reason,
      owner,
      accountId,
      isLog ? wanted.from : null,
      // The last day is meant as a whole.
      isLog ? wanted.to + DAY_MS : null,
      nowMs,
      wanted.reviewAt,
      HOLDS_MAX,
    )
    .run();
  return meta.changes === 1 ? { ok: true, value: { accountId } } : refused("quota-exceeded");
}

async function findByEmail(env: Env, email: string): Promise<string | null> {
  const isIts = eq(accounts.emailIndex, await addressIndex(env, email.toLowerCase()));
  return (await drizzle(env.DB).select({ id: accounts.id }).from(accounts).where(isIts).get())?.id ?? null;
}

/** Whom a hold is about. */
export const accountOfHold = async (db: D1Database, holdId: string): Promise<string | null> =>
  (await drizzle(db).select({ id: holds.accountId }).from(holds).where(eq(holds.id, holdId)).get())?.id ?? null;

/** At a review: on to the next one, or released. What waited for it goes with the next run of cron. */
export async function handleHold(
  env: Env,
  deps: Deps,
  holdId: string,
  step: HandleHold,
): Promise<Result<void, "not-found" | "too-long">> {
  const nowMs = deps.now();
  switch (step.do) {
    case "go-on": {
      if (step.reviewAt <= nowMs || step.reviewAt > nowMs + HOLD_REVIEW_MAX_MS) return refused("too-long");
      const { meta } = await env.DB.prepare(
        "UPDATE holds SET review_at_ms = ?2 WHERE id = ?1 AND released_at_ms IS NULL",
      )
        .bind(holdId, step.reviewAt)
        .run();
      return meta.changes === 1 ? done : refused("not-found");
    }
    case "release": {
      const { meta } = await env.DB.prepare(
        "UPDATE holds SET released_at_ms = ?2 WHERE id = ?1 AND released_at_ms IS NULL",
      )
        .bind(holdId, nowMs)
        .run();
      return meta.changes === 1 ? done : refused("not-found");
    }
    default:
      return assertNever(step);
  }
}

const HoldRow = Hold.extend({ holdId: StoredId.hold });

/** What is held, whatever is to be looked at first before all others. */
export async function activeHolds(env: Env, deps: Deps): Promise<Hold[]> {
  const { results } = await allRows(
    HoldRow,
    env.DB.prepare(
      `SELECT h.id AS holdId, reason, owner, a.display_name AS displayName, logs_from_ms AS logsFromMs, logs_to_ms AS logsToMs,
           h.created_at_ms AS createdAtMs, review_at_ms AS reviewAtMs
         FROM holds h LEFT JOIN accounts a ON a.id = h.account_id WHERE released_at_ms IS NULL ORDER BY review_at_ms LIMIT ?`,
    ).bind(HOLDS_MAX),
  );
  return await openNamed(env, deps, results, async (row, open) => ({
    ...row,
    displayName: await open("name", row.displayName),
  }));
}

/** Reviews told of in one run of cron: each is a mail. */
const REMINDED_PER_RUN = 20;
const DueReview = z.object({ holdId: z.string(), reviewAtMs: z.int() });

/** The job of cron: a review that is due is told to whoever runs this, once for each day that was named. */
export async function remindOfHolds(env: Env, deps: Deps) {
  const nowMs = deps.now();
  const { results: due, meta } = await allRows(
    DueReview,
    env.DB.prepare(
      `SELECT id AS holdId, review_at_ms AS reviewAtMs FROM holds WHERE released_at_ms IS NULL AND review_at_ms <= ?1
       AND NOT EXISTS (SELECT 1 FROM mail_outbox m WHERE m.id = 'hold-' || holds.id || '-' || holds.review_at_ms)
       ORDER BY review_at_ms LIMIT ?2`,
    ).bind(nowMs, REMINDED_PER_RUN),
  );
  const values = { link: `${env.PUBLIC_ORIGIN}/operator` };
  const mails: D1PreparedStatement[] = [];
  for (const { holdId, reviewAtMs } of due) {
    const id = `hold-${holdId}-${reviewAtMs}`;
    mails.push(await queueMail(env, deps, { id, to: operators, template: "hold-due", values }));
  }
  const queued = mails.length === 0 ? [] : await env.DB.batch(mails);
  const done = queued.filter(({ meta: { changes } }) => changes > 0).length;
  return { done, rowsRead: meta.rows_read, finished: due.length < REMINDED_PER_RUN };
}
