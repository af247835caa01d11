import { z } from "zod";
import { EXPIRY_NOTICES_MS } from "../../protocol/retention.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";
import type { CallBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { allRows, firstValue } from "../platform/rows.ts";

/** Recordings looked at in one run. */
const BATCH = 500;
/** One mail speaks of everything of an account that ends within this long after the first: a session's stems are not told one by one. */
const TOGETHER_MS = 12 * 60 * 60 * 1000;

/** Calls for one account: its address, a count, and a batch of three. */
const TELL_CALLS = 5;

const [FIRST_MS, LAST_MS] = EXPIRY_NOTICES_MS;
/** What a recording that ends between these two times from now is told, if it has had fewer notices than `sent` then says. */
const notices = [
  // The last comes first: whoever was not told in time, because runs were missed, gets one mail and not two.
  { kind: "last", afterMs: 0, untilMs: LAST_MS, sent: 2 },
  { kind: "first", afterMs: LAST_MS, untilMs: FIRST_MS, sent: 1 },
] as const;
type Notice = (typeof notices)[number];

const Ending = z.object({ id: z.string(), accountId: z.string(), expiresAtMs: z.number() });

/**
 * Promise E1: tells owners by mail before their recordings end, first and last notice. The mail, its record and the marks on the
 * recordings are one batch, under an id derived from the first of them; so a run that is repeated, or two at once, tell it once.
 */
export async function noticeEndings(
  env: Env,
  deps: Deps,
  budget: CallBudget,
): Promise<{ done: number; rowsRead: number; finished: boolean }> {
  let done = 0;
  let rowsRead = 0;
  let finished = true;
  for (const notice of notices) {
    const nowMs = deps.now();
    const first = new Map<string, { id: string; expiresAtMs: number }>();
    for (let sent = 0; sent < notice.sent; sent++) {
      const due = await allRows(
        Ending,
        env.DB.prepare(
          `SELECT id, account_id AS accountId, expires_at_ms AS expiresAtMs FROM recordings
         WHERE state = 'complete' AND notices_sent = ?1 AND expires_at_ms > ?2 AND expires_at_ms <= ?3
         ORDER BY expires_at_ms LIMIT ?4`,
        ).bind(sent, nowMs + notice.afterMs, nowMs + notice.untilMs, BATCH),
      );
      rowsRead += due.meta.rows_read;
      finished &&= due.results.length < BATCH;
      for (const { id, accountId, expiresAtMs } of due.results) {
        const known = first.get(accountId);
        if (known === undefined || expiresAtMs < known.expiresAtMs) first.set(accountId, { id, expiresAtMs });
      }
    }
    for (const [accountId, { id, expiresAtMs }] of first) {
      if (!budget.allows(TELL_CALLS)) return { done, rowsRead, finished: false };
      await queueNotice(env, deps, accountId, notice, id, expiresAtMs, nowMs);
      done++;
    }
  }
  return { done, rowsRead, finished };
}

async function queueNotice(
  env: Env,
  deps: Deps,
  accountId: string,
  notice: Notice,
  firstId: string,
  firstAtMs: number,
  nowMs: number,
) {
  const to = await addressOf(env.DB, accountId);
  if (to === null) return;
  const chosen = `account_id = ?1 AND state = 'complete' AND notices_sent < ?2 AND expires_at_ms BETWEEN ?3 AND ?4`;
  const bounds = [accountId, notice.sent, firstAtMs, firstAtMs + TOGETHER_MS] as const;
  const count = await firstValue(
    z.number(),
    env.DB.prepare(`SELECT COUNT(*) AS count FROM recordings WHERE ${chosen}`).bind(...bounds),
    "count",
  );
  if (count === null || count === 0) return;
  // What it announces: told on one plan, and again when another plan has moved the end.
  const id = `${notice.kind}-${firstId}-${firstAtMs}`;
  const link = `${env.PUBLIC_ORIGIN}/sessions`;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO retention_notices (id, account_id, kind, recording_count, first_expires_at_ms, created_at_ms, handed_over_at_ms)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING`,
    ).bind(id, accountId, notice.kind, count, firstAtMs, nowMs),
    await queueMail(env, deps, {
      id: `ending-${id}`,
      to,
      template: "recordings-ending",
      values: { count, firstAtMs, link },
    }),
    env.DB.prepare(`UPDATE recordings SET notices_sent = ?2 WHERE ${chosen}`).bind(...bounds),
  ]);
}
