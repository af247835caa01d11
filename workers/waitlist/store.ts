import { and, eq, gt, isNotNull, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { waitlist } from "../../migrations/schema.ts";
import { newId } from "../../protocol/ids.ts";
import { WAITLIST_UNCONFIRMED_MS } from "../../protocol/retention.ts";
import type { JoinWaitlist } from "../../protocol/waitlist.ts";
import { waitlistWording } from "../../site/i18n/consent.ts";
import { newSecret } from "../auth/challenges.ts";
import { queueMail, stranger } from "../mail/outbox.ts";
import { unsubscribeUrl } from "../mail/unsubscribe.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { addressIndex, eraseKey, openSealed, sealFor } from "../platform/personal-keys.ts";

/** A browser's name for itself is as long as it likes; this much tells one from another. */
const USER_AGENT_MAX_CHARS = 400;

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
  const emailIndex = await addressIndex(env, email);
  const known = await drizzle(env.DB)
    .select({ id: waitlist.id })
    .from(waitlist)
    .where(eq(waitlist.emailIndex, emailIndex))
    .get();
  // Asking again keeps the row's id, so the links in mails before it still end it.
  const id = known?.id ?? newId("wai", deps.random);
  const sealed = await sealFor(env, deps, id, "address", email);
  const network = await sealFor(env, deps, id, "network", proof.ipAddress);
  const browser = await sealFor(env, deps, id, "browser", proof.userAgent.slice(0, USER_AGENT_MAX_CHARS));
  // Known or not, one key is looked for and found or made, and another made or looked for: the same calls (X19).
  const spare = newId("wai", deps.random);
  if (known === undefined) await openSealed(env, deps, "address", `${spare}:AAAA`);
  else await sealFor(env, deps, spare, "address", email);
  const mail = {
    id: `waitlist-${confirmHash.slice(0, 32)}`,
    to: await stranger(env, deps, email, language),
    template: "waitlist-confirm" as const,
    values: {
      link: `${origin}/waitlist/confirm?token=${token}`,
      unsubscribe: await unsubscribeUrl(env, deps, origin, { kind: "waitlist", id }),
    },
  };
  const [written] = await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO waitlist (id, email, email_index, ip_address, user_agent, language, consent_wording, consented_at_ms, confirm_hash)
       SELECT ?1, ?2, ?9, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE email_index = ?9)
       ON CONFLICT (email_index) DO UPDATE SET ip_address = ?3, user_agent = ?4, language = ?5, consent_wording = ?6,
         consented_at_ms = ?7, confirm_hash = ?8 WHERE confirmed_at_ms IS NULL AND id = ?1`,
    ).bind(id, sealed, network, browser, language, waitlistWording[language], nowMs, confirmHash, emailIndex),
    await queueMail(env, deps, mail),
    env.DB.prepare(
      `UPDATE mail_outbox SET address = '', address_index = '', template_values = '', next_try_at_ms = NULL, ended_at_ms = ?3
       WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM waitlist WHERE confirm_hash = ?2)`,
    ).bind(mail.id, confirmHash, nowMs),
  ]);
  // Whoever has an account has no row, and a key without one is for nobody. Something goes either way, so that no time tells.
  const isNeeded = known !== undefined || written?.meta.changes === 1;
  await eraseKey(env, deps, isNeeded ? spare : id);
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
  const { id, confirmHash, confirmedAtMs, consentedAtMs } = waitlist;
  const isGood = or(isNotNull(confirmedAtMs), gt(consentedAtMs, deps.now() - WAITLIST_UNCONFIRMED_MS));
  const row = await drizzle(env.DB)
    .select({ id })
    .from(waitlist)
    .where(and(eq(confirmHash, await sha256Hex(token)), isGood))
    .get();
  return row !== undefined;
}
