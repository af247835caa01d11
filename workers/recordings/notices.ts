import { EXPIRY_NOTICES_MS } from "../../protocol/retention.ts";
import type { Deps } from "../deps.ts";
import type { Env } from "../env.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";

/** Recordings looked at in one run. */
const BATCH = 500;
/** One mail speaks of everything of an account that ends within this long after the first: a session's stems are not told one by one. */
const TOGETHER_MS = 12 * 60 * 60 * 1000;

const kinds = ["first", "last"] as const;

/**
 * Promise E1: tells owners by mail before their recordings end, first and last notice. The mail, its record and the marks on the
 * recordings are one batch, under an id derived from the first of them; so a run that is repeated, or two at once, tell it once.
 */
export async function noticeEndings(
  env: Env,
  deps: Deps,
): Promise<{ done: number; rowsRead: number; finished: boolean }> {
  let done = 0;
  let rowsRead = 0;
  let finished = true;
  for (const [notice, beforeMs] of EXPIRY_NOTICES_MS.entries()) {
    const nowMs = deps.now();
    const due = await env.DB.prepare(
      `SELECT id, account_id AS accountId, expires_at_ms AS expiresAtMs FROM recordings
       WHERE state = 'complete' AND notices_sent = ?1 AND expires_at_ms > ?2 AND expires_at_ms <= ?3
       ORDER BY expires_at_ms LIMIT ?4`,
    )
      .bind(notice, nowMs, nowMs + beforeMs, BATCH)
      .all<{ id: string; accountId: string; expiresAtMs: number }>();
    rowsRead += due.meta.rows_read;
    finished &&= due.results.length < BATCH;
    const first = new Map<string, { id: string; expiresAtMs: number }>();
    for (const { id, accountId, expiresAtMs } of due.results) {
      if (!first.has(accountId)) first.set(accountId, { id, expiresAtMs });
    }
    for (const [accountId, { id, expiresAtMs }] of first) {
      await tell(env, accountId, notice, `${kinds[notice]}-${id}`, expiresAtMs, nowMs);
      done++;
    }
  }
  return { done, rowsRead, finished };
}

async function tell(env: Env, accountId: string, notice: number, id: string, firstAtMs: number, nowMs: number) {
  const to = await addressOf(env.DB, accountId);
  if (to === null) return;
  const chosen = `account_id = ?1 AND state = 'complete' AND notices_sent <= ?2 AND expires_at_ms <= ?3`;
  const bounds = [accountId, notice, firstAtMs + TOGETHER_MS] as const;
  const { results } = await env.DB.prepare(`SELECT id FROM recordings WHERE ${chosen}`)
    .bind(...bounds)
    .all<{ id: string }>();
  const count = results.length;
  const link = `${env.PUBLIC_ORIGIN}/sessions`;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO retention_notices (id, account_id, kind, recording_count, first_expires_at_ms, created_at_ms, handed_over_at_ms)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING`,
    ).bind(id, accountId, kinds[notice], count, firstAtMs, nowMs),
    queueMail(
      env.DB,
      { id: `ending-${id}`, to, template: "recordings-ending", values: { count, firstAtMs, link } },
      nowMs,
    ),
    env.DB.prepare(`UPDATE recordings SET notices_sent = ?2 + 1 WHERE ${chosen}`).bind(...bounds),
  ]);
}
