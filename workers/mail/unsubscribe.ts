import { newId } from "../../protocol/ids.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { issueLinkToken, type LinkToken } from "../platform/link-token.ts";
import { eraseKey } from "../platform/personal-keys.ts";

/** Unsubscribing: the link that a mail carries (RFC 8058), and the withdrawal of the consent behind it (promise B2). */

/** The address that ends mails of one kind for good, in one click. */
export const unsubscribeUrl = async (env: Env, deps: Deps, origin: string, whose: LinkToken) =>
  `${origin}/unsubscribe?token=${await issueLinkToken(env, deps, whose)}`;

/** What is left of a consent: when it was given and when it ended, and nothing of whose it was. `given` selects `?1`'s consent. */
const proof = (db: D1Database, deps: Deps, purpose: "waitlist" | "news", given: string, id: string) =>
  db
    .prepare(
      `INSERT INTO consent_withdrawals (id, purpose, consented_at_ms, withdrawn_at_ms) SELECT ?2, '${purpose}', ${given}`,
    )
    .bind(id, newId("wdr", deps.random), deps.now());

/** The statements that end an account's news, and take back what waits to go. Harmless where there was no consent. */
export function withdrawNews(db: D1Database, deps: Deps, accountId: string): D1PreparedStatement[] {
  const given = "news_consent_at_ms, ?3 FROM mail_preferences WHERE account_id = ?1 AND news_consent_at_ms IS NOT NULL";
  return [
    proof(db, deps, "news", given, accountId),
    db
      .prepare(
        "UPDATE mail_preferences SET news_consent_at_ms = NULL, news_consent_wording = NULL WHERE account_id = ?",
      )
      .bind(accountId),
    db.prepare("DELETE FROM mail_outbox WHERE account_id = ? AND template = 'news'").bind(accountId),
  ];
}

/** The statements that take somebody off the waiting list, with the mails about it that wait to go. */
function withdrawFromWaitlist(db: D1Database, deps: Deps, id: string): D1PreparedStatement[] {
  return [
    proof(db, deps, "waitlist", "consented_at_ms, ?3 FROM waitlist WHERE id = ?1", id),
    db
      .prepare(
        `DELETE FROM mail_outbox WHERE next_try_at_ms IS NOT NULL AND template IN ('waitlist-confirm', 'launch')
           AND address_index = (SELECT email_index FROM waitlist WHERE id = ?)`,
      )
      .bind(id),
    db.prepare("DELETE FROM waitlist WHERE id = ?").bind(id),
  ];
}

/** Takes back the consent that a mail's link is about. Harmless to repeat; a link of another kind ends nothing. */
export async function withdrawConsent(env: Env, deps: Deps, whose: LinkToken): Promise<void> {
  if (whose.kind === "waitlist") {
    await env.DB.batch(withdrawFromWaitlist(env.DB, deps, whose.id));
    await eraseKey(env, deps, whose.id);
  }
  if (whose.kind === "news") await env.DB.batch(withdrawNews(env.DB, deps, whose.accountId));
}
