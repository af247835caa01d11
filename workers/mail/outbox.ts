import { z } from "zod";
import { languages } from "../../site/i18n/language.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { addressIndex, openSealed, sealForMail, sweepMailKeys } from "../platform/personal-keys.ts";
import { firstRow, jsonColumn, StoredSealed } from "../platform/rows.ts";
import { compose } from "./compose.ts";
import { countPolicyMail } from "./policy-proof.ts";
import { broadcastTemplates, fillTemplate, marketing, type Template, templates, type Values } from "./templates.ts";

/** While one run sends a mail no other touches it; a run that died is over by then. */
const LEASE_MS = 2 * 60 * 1000;
const FIRST_RETRY_MS = 60 * 1000;
const LONGEST_RETRY_MS = 6 * 60 * 60 * 1000;
/** A mail that cannot be sent for so long is given up, and its address forgotten. */
const GIVEN_UP_AFTER_MS = 3 * 24 * 60 * 60 * 1000;
/** For so long after its day the key is kept that mails are sealed under: until the last of them has gone or been given up. */
const MAIL_KEY_KEPT_MS = GIVEN_UP_AFTER_MS + 24 * 60 * 60 * 1000;

/** A run ends by then, however slow the mails are; the next goes on. */
const RUN_MS = 60 * 1000;
/** What a run sends of mails to everybody: 10,000 are out within a day and three quarters, and the day's quota is left for people. */
const BROADCASTS_PER_RUN = 20;
const URGENT = 0;
const BROADCAST = 1;

/** Whom a mail is for; no account: somebody who has none, or has it no more under this address. The address is sealed until the mail goes. */
export const Recipient = z.object({
  accountId: z.string().nullable(),
  address: z.union([StoredSealed, z.literal("operators")]),
  addressIndex: z.string(),
  language: z.enum(languages),
});
export type Recipient = z.infer<typeof Recipient>;

/** Whoever runs this. */
export const operators: Recipient = { accountId: null, address: "operators", addressIndex: "", language: "en" };

/** Somebody without an account, by the address that they gave. */
export const stranger = async (
  env: Env,
  deps: Deps,
  address: string,
  language: Recipient["language"],
): Promise<Recipient> => ({
  accountId: null,
  address: await sealForMail(env, deps, "address", address),
  addressIndex: await addressIndex(env, address),
  language,
});

export interface Mail<Name extends Template> {
  /** Derived from what the mail is about: the same id is sent once. */
  id: string;
  to: Recipient;
  template: Name;
  values: Values[Name];
}

/** The statement that queues a mail, to go into the batch of what it speaks of. */
export async function queueMail<Name extends Template>(
  env: Env,
  deps: Deps,
  mail: Mail<Name>,
): Promise<D1PreparedStatement> {
  const { id, to, template, values } = mail;
  return env.DB.prepare(
    `INSERT INTO mail_outbox
         (id, account_id, address, address_index, language, template, template_values, created_at_ms, next_try_at_ms, priority)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9) ON CONFLICT DO NOTHING`,
  ).bind(
    id,
    to.accountId,
    to.address,
    to.addressIndex,
    to.language,
    template,
    await sealForMail(env, deps, "letter", JSON.stringify(values)),
    deps.now(),
    broadcastTemplates.includes(template) ? BROADCAST : URGENT,
  );
}

/** A row like any mail's that never goes: what must not show whether it wrote to somebody costs the same either way (X19). */
export async function queueDecoy(env: Env, deps: Deps, id: string): Promise<D1PreparedStatement> {
  // Words are sealed for nobody as they are for somebody.
  await sealForMail(env, deps, "letter", "{}");
  return env.DB.prepare(
    `INSERT INTO mail_outbox (id, account_id, address, language, template, template_values, created_at_ms, next_try_at_ms, ended_at_ms)
       VALUES (?1, NULL, '', 'en', '', '', ?2, NULL, ?2) ON CONFLICT DO NOTHING`,
  ).bind(id, deps.now());
}

/** Where to write to an account, and in which language. */
export async function addressOf(db: D1Database, accountId: string): Promise<Recipient | null> {
  return await firstRow(
    Recipient,
    db
      .prepare(
        `SELECT accounts.id AS accountId, email AS address, email_index AS addressIndex, ifnull(language, 'en') AS language FROM accounts
       LEFT JOIN mail_preferences ON mail_preferences.account_id = accounts.id WHERE accounts.id = ?`,
      )
      .bind(accountId),
  );
}

const isTemplate = (name: string): name is Template => Object.hasOwn(templates.en, name);

const Due = z.object({
  id: z.string(),
  address: z.string(),
  language: z.enum(languages),
  template: z.string().refine(isTemplate),
  values: z.string(),
  createdAtMs: z.int(),
  tries: z.int(),
});
type Due = z.infer<typeof Due>;

const COLUMNS = `id, address, language, template, template_values AS "values", created_at_ms AS createdAtMs, tries`;

/**
 * Claims the next mail of a priority just before it goes: of two runs at once one has it, and however slow the mails before it were, its
 * lease begins now.
 */
async function claim(db: D1Database, nowMs: number, priority: number, isNewestFirst: boolean) {
  const { results, meta } = await db
    .prepare(
      `UPDATE mail_outbox SET next_try_at_ms = ?1 + ?2, tries = tries + 1
       WHERE id = (SELECT id FROM mail_outbox WHERE priority = ?3 AND next_try_at_ms <= ?1 ORDER BY next_try_at_ms ${isNewestFirst ? "DESC" : ""} LIMIT 1)
       RETURNING ${COLUMNS}`,
    )
    .bind(nowMs, LEASE_MS, priority)
    .all();
  const [row] = results;
  const mail = Due.safeParse(row);
  if (mail.success || row === undefined)
    return { mail: mail.data ?? null, rowsRead: meta.rows_read, passedOver: false };
  // A mail of a version that is no more is never sent: it ends here, and those behind it go.
  const id = String(row.id);
  log({ event: "row-unreadable", table: "mail_outbox", id });
  await ended(db, id, nowMs).run();
  return { mail: null, rowsRead: meta.rows_read, passedOver: true };
}

/**
 * Sends what is due, at most `limit`: what people wait for first, oldest first, then of what is written to everybody as much as a run may
 * send. With `isNewestFirst` what was queued last goes first: a request sends its own, however much waits. Only a platform that sends and then loses its answer can make a mail come twice.
 */
export async function sendDueMail(env: Env, deps: Deps, limit: number, isNewestFirst = false) {
  const startedAtMs = deps.now();
  let done = 0;
  let broadcasts = 0;
  let rowsRead = 0;
  const next = async (priority: number) => {
    for (;;) {
      const claimed = await claim(env.DB, deps.now(), priority, isNewestFirst);
      rowsRead += claimed.rowsRead;
      if (!claimed.passedOver) return claimed.mail;
      done++;
      if (done >= limit) return null;
    }
  };
  while (done < limit && deps.now() - startedAtMs < RUN_MS) {
    const urgent = await next(URGENT);
    const mayBroadcast = urgent === null && broadcasts < BROADCASTS_PER_RUN;
    const mail = mayBroadcast ? await next(BROADCAST) : urgent;
    if (mail === null) return { done, rowsRead, finished: broadcasts < BROADCASTS_PER_RUN };
    if (urgent === null) broadcasts++;
    await deliver(env, deps, mail);
    done++;
  }
  return { done, rowsRead, finished: false };
}

/** Sends one mail that is claimed, and keeps what came of it. */
async function deliver(env: Env, deps: Deps, mail: Due): Promise<void> {
  const endedAs = (outcome: "sent" | "refused", nowMs: number) => {
    const count = countPolicyMail(env.DB, mail.id, outcome);
    return [...(count === null ? [] : [count]), ended(env.DB, mail.id, nowMs)];
  };
  const statements = await send(env, deps, mail)
    .then((isSent) => {
      // Whose key has been erased is written to no more; nor does a mail go with a hole where its link should be.
      if (!isSent) log({ event: "row-unreadable", table: "mail_outbox", id: mail.id });
      return endedAs(isSent ? "sent" : "refused", deps.now());
    })
    .catch((error: unknown) => {
      const nowMs = deps.now();
      log({ event: "mail-failed", template: mail.template, tries: mail.tries, ...describeThrown(error) });
      if (isRefusedForGood(error) || nowMs - mail.createdAtMs > GIVEN_UP_AFTER_MS) return endedAs("refused", nowMs);
      const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (mail.tries - 1));
      return [env.DB.prepare("UPDATE mail_outbox SET next_try_at_ms = ?2 WHERE id = ?1").bind(mail.id, nowMs + waitMs)];
    });
  await env.DB.batch(statements);
}

/** What Cloudflare's mail service says of an address or a mail that it will never take. */
const finalCodes = ["E_RECIPIENT_NOT_ALLOWED", "E_RECIPIENT_SUPPRESSED", "E_VALIDATION_ERROR", "E_CONTENT_TOO_LARGE"];

/** Whether asking again would have the same answer: by the service's code, or a permanent status of the receiving server (RFC 5321, 4.2.1). */
export function isRefusedForGood(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && finalCodes.some((code) => code === error.code)) return true;
  return finalCodes.some((code) => error.message.includes(code)) || /\b55\d[ -]5\.\d\.\d/.test(error.message);
}

/** What remains of a mail that has gone: that it has. */
const ended = (db: D1Database, id: string, nowMs: number) =>
  db
    .prepare(
      `UPDATE mail_outbox SET address = '', address_index = '', template_values = '', account_id = NULL, next_try_at_ms = NULL, ended_at_ms = ?2
       WHERE id = ?1`,
    )
    .bind(id, nowMs);

/** The job of cron: ends the keys of mails that are all gone. */
export const endMailKeys = (env: Env, deps: Deps) => sweepMailKeys(env, deps, MAIL_KEY_KEPT_MS);

const Words = jsonColumn(z.unknown());

/** `false`: a key that it needs has been erased, or its words are not what its template is filled with, as after a change of ours. */
async function send(env: Env, deps: Deps, { address, language, template, values }: Due): Promise<boolean> {
  const to = address === "operators" ? env.MAIL_FROM : await openSealed(env, deps, "address", address);
  const words = await openSealed(env, deps, "letter", values);
  if (to === null || words === null) return false;
  const content = fillTemplate(language, template, Words.safeParse(words).data);
  if (content === null) return false;
  const headers: Record<string, string> = { "Auto-Submitted": "auto-generated" };
  if (marketing.includes(template) || content.unsubscribeUrl !== undefined) {
    // RFC 8058: the mail program's own button takes the person off with one POST.
    headers["List-Unsubscribe"] = `<${content.unsubscribeUrl}>`;
    headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click";
  }
  await env.EMAIL.send({
    from: { email: env.MAIL_FROM, name: "SessionLinked" },
    to,
    subject: content.subject,
    headers,
    ...compose(content, language),
  });
  return true;
}
