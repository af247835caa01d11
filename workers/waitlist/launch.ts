import {
  WAITLIST_RETENTION_AFTER_LAUNCH_MS,
  WAITLIST_UNCONFIRMED_MS,
  WITHDRAWAL_RETENTION_MS,
} from "../../protocol/retention.ts";
import type { Language } from "../../site/i18n/language.ts";
import { queueMail } from "../mail/outbox.ts";
import { unsubscribeUrl } from "../mail/unsubscribe.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";

/** When the launch begins, by the configuration; `null` while it is not known. */
function launchAtMs(env: Env): number | null {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(env.LAUNCH_DATE) ? Date.parse(`${env.LAUNCH_DATE}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

/** From the day of the launch: one mail to everybody who has confirmed, so many in a run. The outbox paces what goes out. */
export async function tellLaunch(env: Env, deps: Deps, limit: number) {
  const atMs = launchAtMs(env);
  const nowMs = deps.now();
  if (atMs === null || nowMs < atMs) return { done: 0, rowsRead: 0, finished: true };
  const { results, meta } = await env.DB.prepare(
    "SELECT id, email, language FROM waitlist WHERE told_at_ms IS NULL AND confirmed_at_ms > 0 LIMIT ?",
  )
    .bind(limit)
    .all<{ id: string; email: string; language: Language }>();
  const statements: D1PreparedStatement[] = [];
  for (const { id, email, language } of results) {
    const unsubscribe = await unsubscribeUrl(env, deps, env.PUBLIC_ORIGIN, { kind: "waitlist", id });
    const to = { accountId: null, address: email, language };
    const values = { link: `${env.PUBLIC_ORIGIN}/sign-up`, unsubscribe };
    statements.push(queueMail(env.DB, { id: `launch-${id}`, to, template: "launch", values }, nowMs));
  }
  const ids = JSON.stringify(results.map(({ id }) => id));
  if (results.length > 0)
    await env.DB.batch([
      ...statements,
      env.DB.prepare("UPDATE waitlist SET told_at_ms = ?2 WHERE id IN (SELECT value FROM json_each(?1))").bind(
        ids,
        nowMs,
      ),
    ]);
  return { done: results.length, rowsRead: meta.rows_read, finished: results.length < limit };
}

/** Promise B3: who never confirmed goes after a week, everybody when the launch is long enough ago; old proofs of withdrawals too. */
export async function endWaitlist(env: Env, deps: Deps, limit: number) {
  const atMs = launchAtMs(env);
  const nowMs = deps.now();
  const isOver = atMs !== null && nowMs >= atMs + WAITLIST_RETENTION_AFTER_LAUNCH_MS;
  const [unconfirmed, over, proofs] = await env.DB.batch([
    env.DB.prepare(
      `DELETE FROM waitlist WHERE id IN (SELECT id FROM waitlist
         WHERE confirmed_at_ms IS NULL AND consented_at_ms <= ?1 ORDER BY consented_at_ms LIMIT ?2)`,
    ).bind(nowMs - WAITLIST_UNCONFIRMED_MS, limit),
    env.DB.prepare("DELETE FROM waitlist WHERE id IN (SELECT id FROM waitlist LIMIT ?)").bind(isOver ? limit : 0),
    env.DB.prepare(
      `DELETE FROM consent_withdrawals WHERE id IN (SELECT id FROM consent_withdrawals
         WHERE withdrawn_at_ms <= ?1 ORDER BY withdrawn_at_ms LIMIT ?2)`,
    ).bind(nowMs - WITHDRAWAL_RETENTION_MS, limit),
  ]);
  const each = [unconfirmed, over, proofs].map((result) => result?.meta);
  return {
    done: each.reduce((sum, meta) => sum + (meta?.changes ?? 0), 0),
    rowsRead: each.reduce((sum, meta) => sum + (meta?.rows_read ?? 0), 0),
    finished: each.every((meta) => (meta?.changes ?? 0) < limit),
  };
}
