import { newId } from "../../protocol/ids.ts";
import { WAITLIST_UNCONFIRMED_MS } from "../../protocol/retention.ts";
import type { JoinWaitlist } from "../../protocol/waitlist.ts";
import { waitlistWording } from "../../site/i18n/consent.ts";
import { newSecret } from "../auth/challenges.ts";
import { queueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { type Sealed, seal } from "../platform/link-token.ts";

/** A browser's name for itself is as long as it likes; this much tells one from another. */
const USER_AGENT_MAX_CHARS = 400;

/** The address that ends a mail for good, in one click. */
export const unsubscribeLink = async (env: Env, deps: Deps, origin: string, whose: Sealed) =>
  `${origin}/unsubscribe?token=${await seal(env, deps, whose)}`;

/**
 * Puts an address on the list, unconfirmed, and mails it (B1). Who is confirmed already, or has an account, is not written to; the
 * statements are the same either way, so neither the answer nor its time tells (X19).
 */
export async function join(
  env: Env,
  deps: Deps,
  origin: string,
  wanted: JoinWaitlist,
  proof: { ipAddress: string; userAgent: string },
): Promise<void> {
  const { email, language } = wanted;
  const nowMs = deps.now();
  const token = newSecret(deps);
  const confirmHash = await sha256Hex(token);
  // Asking again keeps the row's id, so the links in mails before it still end it.
  const known = await env.DB.prepare("SELECT id FROM waitlist WHERE email = ?").bind(email).first<{ id: string }>();
  const id = known?.id ?? newId("wai", deps.random);
  const mail = {
    id: `waitlist-${confirmHash.slice(0, 32)}`,
    to: { accountId: null, address: email, language },
    template: "waitlist-confirm" as const,
    values: {
      link: `${origin}/waitlist/confirm?token=${token}`,
      unsubscribe: await unsubscribeLink(env, deps, origin, { kind: "waitlist", id }),
    },
  };
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO waitlist (id, email, ip_address, user_agent, language, consent_wording, consented_at_ms, confirm_hash)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE email = ?2)
       ON CONFLICT (email) DO UPDATE SET ip_address = ?3, user_agent = ?4, language = ?5, consent_wording = ?6,
         consented_at_ms = ?7, confirm_hash = ?8 WHERE confirmed_at_ms IS NULL`,
    ).bind(
      id,
      email,
      proof.ipAddress,
      proof.userAgent.slice(0, USER_AGENT_MAX_CHARS),
      language,
      waitlistWording[language],
      nowMs,
      confirmHash,
    ),
    queueMail(env.DB, mail, nowMs),
    env.DB.prepare(
      `UPDATE mail_outbox SET address = '', template_values = '{}', next_try_at_ms = NULL, ended_at_ms = ?3
       WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM waitlist WHERE confirm_hash = ?2)`,
    ).bind(mail.id, confirmHash, nowMs),
  ]);
}

/** Confirms an address by the link in its mail. Harmless to repeat; `false`: never ours, withdrawn, or too late. */
export async function confirm(env: Env, deps: Deps, token: string): Promise<boolean> {
  const nowMs = deps.now();
  const { meta } = await env.DB.prepare(
    `UPDATE waitlist SET confirmed_at_ms = ifnull(confirmed_at_ms, ?2)
     WHERE confirm_hash = ?1 AND (confirmed_at_ms IS NOT NULL OR consented_at_ms > ?3)`,
  )
    .bind(await sha256Hex(token), nowMs, nowMs - WAITLIST_UNCONFIRMED_MS)
    .run();
  return meta.changes === 1;
}

/** Whether a link still has something to confirm, or has confirmed it: for a page that asks before it does. */
export async function isWaiting(env: Env, deps: Deps, token: string): Promise<boolean> {
  const row = await env.DB.prepare(
    "SELECT 1 FROM waitlist WHERE confirm_hash = ?1 AND (confirmed_at_ms IS NOT NULL OR consented_at_ms > ?2)",
  )
    .bind(await sha256Hex(token), deps.now() - WAITLIST_UNCONFIRMED_MS)
    .first();
  return row !== null;
}

/** Promise B2: takes a consent back. What is left is when it was given and when it ended, and nothing of whose it was. */
export async function withdraw(env: Env, deps: Deps, whose: Sealed): Promise<void> {
  const db = env.DB;
  const proof = (purpose: "waitlist" | "news", sql: string, id: string) =>
    db
      .prepare(
        `INSERT INTO consent_withdrawals (id, purpose, consented_at_ms, withdrawn_at_ms) SELECT ?2, '${purpose}', ${sql}`,
      )
      .bind(id, newId("wdr", deps.random), deps.now());
  if (whose.kind === "waitlist")
    await db.batch([
      proof("waitlist", "consented_at_ms, ?3 FROM waitlist WHERE id = ?1", whose.id),
      db
        .prepare(
          `DELETE FROM mail_outbox WHERE next_try_at_ms IS NOT NULL AND template IN ('waitlist-confirm', 'launch')
             AND address = (SELECT email FROM waitlist WHERE id = ?)`,
        )
        .bind(whose.id),
      db.prepare("DELETE FROM waitlist WHERE id = ?").bind(whose.id),
    ]);
  if (whose.kind === "news")
    await db.batch([
      proof(
        "news",
        "news_consent_at_ms, ?3 FROM mail_preferences WHERE account_id = ?1 AND news_consent_at_ms IS NOT NULL",
        whose.accountId,
      ),
      db.prepare("DELETE FROM mail_outbox WHERE account_id = ? AND template = 'news'").bind(whose.accountId),
      db
        .prepare(
          "UPDATE mail_preferences SET news_consent_at_ms = NULL, news_consent_wording = NULL WHERE account_id = ?",
        )
        .bind(whose.accountId),
    ]);
}
