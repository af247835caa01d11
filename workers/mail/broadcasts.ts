import { z } from "zod";
import type { Language } from "../../protocol/accounts.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { allRows } from "../platform/rows.ts";
import { queueMail, Recipient } from "./outbox.ts";
import { policyMailId } from "./policy-proof.ts";
import type { Values } from "./templates.ts";
import { unsubscribeUrl } from "./unsubscribe.ts";

const Reader = Recipient.extend({ accountId: z.string(), createdAtMs: z.int() });
type Reader = z.infer<typeof Reader>;

/** The same mail to the same account has the same id. It says of neither whose it is: ids stay for a while when an account has gone. */
const accountHash = async (what: string, which: string, { accountId }: Reader) =>
  (await sha256Hex(`${what} ${which} ${accountId}`)).slice(0, 32);

interface Written {
  done: number;
  /** Where the next call goes on; `null`: everybody has been written to. */
  after: string | null;
}

async function readers(env: Env, after: string, limit: number, only: string): Promise<Reader[]> {
  const { results } = await allRows(
    Reader,
    env.DB.prepare(
      `SELECT a.id AS accountId, a.email AS address, a.email_index AS addressIndex, ifnull(m.language, 'en') AS language,
       a.created_at_ms AS createdAtMs FROM accounts a
     LEFT JOIN mail_preferences m ON m.account_id = a.id WHERE a.id > ?1 AND ${only} ORDER BY a.id LIMIT ?2`,
    ).bind(after, limit),
  );
  return results;
}

const written = (found: readonly Reader[], limit: number): Written => ({
  done: found.length,
  after: found.length < limit ? null : (found.at(-1)?.accountId ?? null),
});

/**
 * Promise B4: news goes to those who asked for it, at the moment of queueing, and to nobody else. In steps of `limit`, each of which may
 * be repeated: the mail's id is made of the news' and the account's.
 */
export async function queueNews(
  env: Env,
  deps: Deps,
  newsId: string,
  values: Record<Language, Omit<Values["news"], "unsubscribe">>,
  after = "",
  limit = 100,
): Promise<Written> {
  const found = await readers(
    env,
    after,
    limit,
    "m.news_consent_at_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM restrictions x WHERE x.account_id = a.id)",
  );
  const statements: D1PreparedStatement[] = [];
  for (const to of found) {
    const whose = { kind: "news" as const, accountId: to.accountId };
    const unsubscribe = await unsubscribeUrl(env, deps, env.PUBLIC_ORIGIN, whose);
    const filled = { ...values[to.language], unsubscribe };
    const id = `news-${newsId}-${await accountHash("news", newsId, to)}`;
    statements.push(await queueMail(env, deps, { id, to, template: "news", values: filled }));
  }
  if (statements.length > 0) await env.DB.batch(statements);
  return written(found, limit);
}

/** Promise B4: a change of the policy concerns everybody who had an account before it counted, whatever news they want. Steps as above. */
export async function queuePolicyChange(
  env: Env,
  deps: Deps,
  { version, fromAtMs }: { version: number; fromAtMs: number },
  values: Record<Language, Values["policy-change"]>,
  after = "",
  limit = 100,
): Promise<Written> {
  const found = await readers(env, after, limit, "1");
  const told = found.filter(({ createdAtMs }) => createdAtMs < fromAtMs);
  const statements: D1PreparedStatement[] = [];
  for (const to of told) {
    const id = policyMailId(version, await accountHash("policy", String(version), to));
    statements.push(await queueMail(env, deps, { id, to, template: "policy-change", values: values[to.language] }));
  }
  if (statements.length > 0) await env.DB.batch(statements);
  return { ...written(found, limit), done: told.length };
}
