import { z } from "zod";
import { DELETION_MARGIN_MS } from "../../protocol/limits.ts";
import { DOWNGRADE_GRACE_MS, RECORDING_RETENTION_MS, type Tier } from "../../protocol/retention.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { firstRow } from "../platform/rows.ts";

const Affected = z.object({ count: z.number(), firstAtMs: z.number().nullable() });

/**
 * Moves an account to a tier and its recordings to that tier's time (E1). A larger plan lengthens at once. A smaller one shortens, but
 * nothing ends before the grace is over, and the owner is told by mail in the same batch; going back within the grace undoes all of it.
 * What ends within the minute is left as it is: the sweep may have it in hand.
 */
export async function changeTier(env: Env, deps: Deps, accountId: string, tier: Tier): Promise<void> {
  const nowMs = deps.now();
  const retentionMs = RECORDING_RETENTION_MS[tier];
  const to = await addressOf(env.DB, accountId);
  if (to === null) return;
  const end = retentionMs === null ? "NULL" : `max(completed_at_ms + ${retentionMs}, ${nowMs + DOWNGRADE_GRACE_MS})`;
  // Nothing to shorten for what ends by then anyway; and a plan that keeps longer needs no grace.
  const shortened = `account_id = ?1 AND state = 'complete' AND (expires_at_ms IS NULL OR expires_at_ms > ${end})`;
  const affected =
    retentionMs === null
      ? null
      : await firstRow(
          Affected,
          env.DB.prepare(`SELECT COUNT(*) AS count, MIN(${end}) AS firstAtMs FROM recordings WHERE ${shortened}`).bind(
            accountId,
          ),
        );
  const statements = [env.DB.prepare("UPDATE accounts SET tier = ?2 WHERE id = ?1").bind(accountId, tier)];
  if (retentionMs === null) {
    statements.push(
      env.DB.prepare(
        "UPDATE recordings SET expires_at_ms = NULL, notices_sent = 0 WHERE account_id = ?1 AND state = 'complete' AND expires_at_ms > ?2",
      ).bind(accountId, nowMs + DELETION_MARGIN_MS),
    );
  } else {
    statements.push(
      env.DB.prepare(`UPDATE recordings SET expires_at_ms = ${end}, notices_sent = 0 WHERE ${shortened}`).bind(
        accountId,
      ),
      env.DB.prepare(
        `UPDATE recordings SET expires_at_ms = completed_at_ms + ?2, notices_sent = 0
         WHERE account_id = ?1 AND state = 'complete' AND expires_at_ms > ?3 AND expires_at_ms < completed_at_ms + ?2`,
      ).bind(accountId, retentionMs, nowMs + DELETION_MARGIN_MS),
    );
  }
  if (affected !== null && affected.count > 0 && affected.firstAtMs !== null) {
    const { count, firstAtMs } = affected;
    const id = `downgrade-${accountId}-${nowMs}`;
    statements.push(
      env.DB.prepare(
        `INSERT INTO retention_notices (id, account_id, kind, recording_count, first_expires_at_ms, created_at_ms, handed_over_at_ms)
         VALUES (?1, ?2, 'downgrade', ?3, ?4, ?5, ?5) ON CONFLICT DO NOTHING`,
      ).bind(id, accountId, count, firstAtMs, nowMs),
      await queueMail(env, deps, {
        id,
        to,
        template: "downgrade",
        values: { tier, count, firstAtMs, link: `${env.PUBLIC_ORIGIN}/sessions` },
      }),
    );
  }
  await env.DB.batch(statements);
}
