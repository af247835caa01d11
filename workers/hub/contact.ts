import { z } from "zod";
import type { ConversationId, ProfileId } from "../../protocol/ids.ts";
import { done, ok, type Result, refused } from "../../protocol/result.ts";
import { newSecret } from "../auth/challenges.ts";
import { consume } from "../auth/rate-limits.ts";
import { queueDecoy, queueMail, Recipient } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { issueLinkToken, readLinkToken } from "../platform/link-token.ts";
import { openName } from "../platform/personal-keys.ts";
import { allRows, firstRow } from "../platform/rows.ts";
import type { Membership } from "../sessions/guard.ts";
import { createInvite } from "../sessions/invite-store.ts";
import { nameOf } from "../sessions/name.ts";

/**
 * Who may be written to or invited, and by whom. What one learns of the other is a display name; a mail comes from our address, without a
 * Reply-To. Whoever is blocked gets the same answer as everybody and is not told (V2).
 */
const Reachable = Recipient.extend({ accountId: z.string(), sealedName: z.string() });
export type Reachable = z.infer<typeof Reachable>;

export type Contacted = Result<void, "yourself" | "you-blocked" | "rate-limited" | "quota-exceeded">;

const reachable = `SELECT a.id AS accountId, a.display_name AS sealedName, a.email AS address, a.email_index AS addressIndex, ifnull(m.language, 'en') AS language
  FROM accounts a LEFT JOIN mail_preferences m ON m.account_id = a.id`;

/** Who is behind a published profile. */
export const findBehind = (db: D1Database, profileId: ProfileId): Promise<Reachable | null> =>
  firstRow(
    Reachable,
    db
      .prepare(`${reachable} JOIN profiles p ON p.account_id = a.id WHERE p.id = ? AND p.hub_position IS NOT NULL`)
      .bind(profileId),
  );

/** Who sent the mail that this link came in; `null` if it did not come to the account that asks. */
export async function findSender(env: Env, answer: string, accountId: string): Promise<Reachable | null> {
  const link = await readLinkToken(env, answer);
  if (link?.kind !== "answer" || link.to !== accountId) return null;
  return await firstRow(Reachable, env.DB.prepare(`${reachable} WHERE a.id = ?`).bind(link.from));
}

/** The other of a conversation that the account is in, whether or not it still has it on its own side. */
export const findCorrespondent = (
  db: D1Database,
  conversationId: ConversationId,
  accountId: string,
): Promise<Reachable | null> =>
  firstRow(
    Reachable,
    db
      .prepare(
        `${reachable} JOIN conversations c ON a.id = iif(c.first_account_id = ?2, c.second_account_id, c.first_account_id)
       WHERE c.id = ?1 AND ?2 IN (c.first_account_id, c.second_account_id)`,
      )
      .bind(conversationId, accountId),
  );

const Blocked = z.object({ by: z.string() });

/** Whether either of two people has blocked the other; `by-me`: the one who asks. */
export async function blockBetween(db: D1Database, me: string, other: string): Promise<"by-me" | "by-other" | null> {
  const { results } = await allRows(
    Blocked,
    db
      .prepare(
        `SELECT account_id AS by FROM blocks WHERE account_id = ?1 AND blocked_account_id = ?2
       UNION ALL SELECT account_id FROM blocks WHERE account_id = ?2 AND blocked_account_id = ?1`,
      )
      .bind(me, other),
  );
  if (results.some(({ by }) => by === me)) return "by-me";
  return results.length > 0 ? "by-other" : null;
}

/** `silent`: nothing is sent, and nobody is told. */
export async function mayContact(env: Env, deps: Deps, me: string, to: Reachable, bucket: "contact" | "message") {
  if (to.accountId === me) return refused("yourself");
  const block = await blockBetween(env.DB, me, to.accountId);
  if (block === "by-me") return refused("you-blocked");
  if (!(await consume(env, deps, [bucket, me])).ok) return refused("rate-limited");
  return ok({ silent: block !== null });
}

export interface Sender {
  id: string;
  sealedName: string;
}

/** The link by which whoever was invited answers or blocks. */
const answerLink = async (env: Env, deps: Deps, origin: string, from: string, to: string) =>
  `${origin}/hub/answer?token=${await issueLinkToken(env, deps, { kind: "answer", from, to })}`;

/** Invites somebody to a session in which the sender may; the code goes to them alone, for one use. */
export async function sendInvite(
  env: Env,
  deps: Deps,
  origin: string,
  from: Sender,
  to: Reachable,
  session: Membership,
  role: "participant" | "observer",
): Promise<Contacted> {
  const allowed = await mayContact(env, deps, from.id, to, "contact");
  if (!allowed.ok) return allowed;
  // Whoever is blocked sees their session hold one more open invitation, like anybody whose mail was not answered.
  const invite = await createInvite(env, deps, session.sessionId, role, 1, {
    text: await openName(env, deps, to.sealedName),
    accountId: to.accountId,
  });
  if (invite === null) return refused("quota-exceeded");
  const id = `hub-${newSecret(deps)}`;
  const link = `${origin}/invite/${invite.code}`;
  const answer = await answerLink(env, deps, origin, from.id, to.accountId);
  const [sender, name] = await Promise.all([openName(env, deps, from.sealedName), nameOf(env, deps, session)]);
  const values = { from: sender, session: name, link, answer };
  const mail = allowed.value.silent
    ? await queueDecoy(env, deps, id)
    : await queueMail(env, deps, { id, to, template: "hub-invite", values });
  await mail.run();
  return done;
}
