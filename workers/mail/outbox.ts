import type { Language } from "../../site/i18n/language.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { compose } from "./compose.ts";
import { type MailContent, marketing, type Template, templates, type Values } from "./templates.ts";

/** While one run sends a mail no other touches it; a run that died is over by then. */
const LEASE_MS = 2 * 60 * 1000;
const FIRST_RETRY_MS = 60 * 1000;
const LONGEST_RETRY_MS = 6 * 60 * 60 * 1000;
/** A mail that cannot be sent for so long is given up, and its address forgotten. */
const GIVEN_UP_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

export interface Mail<Name extends Template> {
  /** Derived from what the mail is about: the same id is sent once. */
  id: string;
  to: { accountId: string | null; address: string; language: Language };
  template: Name;
  values: Values[Name];
}

/** The statement that queues a mail, to go into the batch of what it speaks of. */
export function queueMail<Name extends Template>(db: D1Database, mail: Mail<Name>, nowMs: number): D1PreparedStatement {
  const { id, to, template, values } = mail;
  return db
    .prepare(
      `INSERT INTO mail_outbox (id, account_id, address, language, template, template_values, created_at_ms, next_try_at_ms)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT DO NOTHING`,
    )
    .bind(id, to.accountId, to.address, to.language, template, JSON.stringify(values), nowMs);
}

/** A row like any mail's that never goes: what must not show whether it wrote to somebody costs the same either way (X19). */
export function queueDecoy(db: D1Database, id: string, nowMs: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO mail_outbox (id, account_id, address, language, template, template_values, created_at_ms, next_try_at_ms, ended_at_ms)
       VALUES (?1, NULL, '', 'en', '', '{}', ?2, NULL, ?2) ON CONFLICT DO NOTHING`,
    )
    .bind(id, nowMs);
}

/** Where to write to an account, and in which language. */
export async function addressOf(db: D1Database, accountId: string): Promise<Mail<Template>["to"] | null> {
  return await db
    .prepare(
      `SELECT accounts.id AS accountId, email AS address, ifnull(language, 'en') AS language FROM accounts
       LEFT JOIN mail_preferences ON mail_preferences.account_id = accounts.id WHERE accounts.id = ?`,
    )
    .bind(accountId)
    .first<Mail<Template>["to"]>();
}

interface Due {
  id: string;
  address: string;
  language: Language;
  template: Template;
  values: string;
  createdAtMs: number;
  tries: number;
}

/**
 * Sends what is due, at most `limit`, oldest first. A row is claimed before its mail goes, so two runs at once send it once; only a
 * platform that sends and then loses its answer can make a mail come twice.
 */
export async function sendDueMail(env: Env, deps: Deps, limit: number) {
  const nowMs = deps.now();
  const due = await env.DB.prepare(
    `UPDATE mail_outbox SET next_try_at_ms = ?1 + ?2, tries = tries + 1
     WHERE id IN (SELECT id FROM mail_outbox WHERE next_try_at_ms <= ?1 ORDER BY next_try_at_ms LIMIT ?3)
     RETURNING id, address, language, template, template_values AS "values", created_at_ms AS createdAtMs, tries`,
  )
    .bind(nowMs, LEASE_MS, limit)
    .all<Due>();
  for (const mail of due.results) {
    const end = await send(env, mail)
      .then(() => ended(env.DB, mail.id, deps.now()))
      .catch((error: unknown) => {
        log({ event: "mail-failed", template: mail.template, tries: mail.tries, ...describeThrown(error) });
        if (nowMs - mail.createdAtMs > GIVEN_UP_AFTER_MS) return ended(env.DB, mail.id, deps.now());
        const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (mail.tries - 1));
        return env.DB.prepare("UPDATE mail_outbox SET next_try_at_ms = ?2 WHERE id = ?1").bind(mail.id, nowMs + waitMs);
      });
    await end.run();
  }
  return { done: due.results.length, rowsRead: due.meta.rows_read, finished: due.results.length < limit };
}

/** What remains of a mail that has gone: that it has. */
const ended = (db: D1Database, id: string, nowMs: number) =>
  db
    .prepare(
      `UPDATE mail_outbox SET address = '', template_values = '{}', account_id = NULL, next_try_at_ms = NULL, ended_at_ms = ?2
       WHERE id = ?1`,
    )
    .bind(id, nowMs);

async function send(env: Env, { address, language, template, values }: Due): Promise<void> {
  const parsed = JSON.parse(values) as Values[Template] & { unsubscribe?: string };
  const content = (templates[language][template] as (values: Values[Template]) => MailContent)(parsed);
  const headers: Record<string, string> = { "Auto-Submitted": "auto-generated" };
  if (marketing.includes(template) || parsed.unsubscribe !== undefined) {
    // RFC 8058: the mail program's own button takes the person off with one POST.
    headers["List-Unsubscribe"] = `<${parsed.unsubscribe}>`;
    headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click";
  }
  const withUnsubscribe =
    parsed.unsubscribe === undefined ? content : { ...content, unsubscribeUrl: parsed.unsubscribe };
  await env.EMAIL.send({
    from: { email: env.MAIL_FROM, name: "SessionLinked" },
    to: address,
    subject: content.subject,
    headers,
    ...compose(withUnsubscribe, language),
  });
}
