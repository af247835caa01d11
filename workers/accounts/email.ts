import { createRoute, z } from "@hono/zod-openapi";
import { ChangeEmail, Token } from "../../protocol/accounts.ts";
import { consumeChallenge, createChallenge, newSecret, voidChallenges } from "../auth/challenges.ts";
import { type AccountContext, requireAccount, requireReauthentication } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { addressOf, queueDecoy, queueMail } from "../mail/outbox.ts";
import { takeBackLink } from "./credentials.ts";
import { consumeMail } from "./mail-limits.ts";
import { accepted } from "./sign-up.ts";
import { Address, changeAddress, eraseWaitlistKey, findCredentials, offWaitlist, sealAddress } from "./store.ts";

/**
 * A change of address has two halves: it is asked for, which the address of now is told at once with a link that stops it, and it is confirmed
 * by the mail that goes to the new one. The old one can take it back for a week after that as well.
 */
const Waiting = Address.extend({ askedAtMs: z.int() });

async function ask(c: AccountContext, body: z.output<typeof ChangeEmail>) {
  const { email } = body;
  const { deps, account } = c.var;
  const before = await addressOf(c.env.DB, account.id);
  if (before === null) return problem(c, "unauthenticated");
  const wanted = await sealAddress(c.env, deps, account.id, email);
  if (wanted.addressIndex === before.addressIndex) return problem(c, "address-unchanged");
  const limit = await consumeMail(c, "email", email);
  if (!limit.ok) return problem(c, "rate-limited");
  const known = await findCredentials(c.env, email);
  const nowMs = deps.now();
  const asked = await createChallenge(c.env.DB, deps, "email", account.id, { ...wanted, askedAtMs: nowMs });
  const back = await takeBackLink(c, account.id, before, nowMs);
  const link = `${publicOrigin(c)}/account/email?token=${asked.token}`;
  const id = `email-${newSecret(deps)}`;
  await c.env.DB.batch([
    // An address that somebody else has gets nothing: neither is told of the other.
    known !== null
      ? await queueDecoy(c.env, deps, id)
      : await queueMail(c.env, deps, { id, to: { ...before, ...wanted }, template: "new-address", values: { link } }),
    asked.insert,
    back.insert,
    await queueMail(c.env, deps, {
      id: `${id}-asked`,
      to: before,
      template: "address-asked",
      values: { email, takeBack: back.link },
    }),
  ]);
  flush(c);
  return c.body(null, 202);
}

async function confirm(c: AppContext, body: z.output<typeof Token>) {
  const { deps } = c.var;
  const opened = await consumeChallenge(c.env.DB, deps, "email", body.token);
  const waiting = Waiting.safeParse(opened?.data);
  if (!waiting.success || opened?.accountId == null) return problem(c, "link-invalid");
  const { askedAtMs, ...wanted } = waiting.data;
  const { accountId } = opened;
  const before = await addressOf(c.env.DB, accountId);
  if (before === null) return problem(c, "link-invalid");
  const back = await takeBackLink(c, accountId, before, askedAtMs);
  // The row of this mail names the old address and no account: the account has gone on to another one.
  const to = { ...before, accountId: null };
  const id = `address-${newSecret(deps)}`;
  const moved = await c.env.DB.batch([
    changeAddress(c.env.DB, accountId, wanted),
    ...voidChallenges(c.env.DB, accountId),
    back.insert,
    await queueMail(c.env, deps, { id, to, template: "address-changed", values: { takeBack: back.link } }),
    offWaitlist(c.env.DB, accountId, wanted.addressIndex),
  ]).catch((error: unknown) => {
    // Somebody took the address since the link was mailed; the batch is undone as a whole.
    if (/UNIQUE/.test(String(error))) return null;
    throw error;
  });
  if (moved === null) return problem(c, "address-taken");
  await eraseWaitlistKey(c.env, deps, moved.at(-1));
  flush(c);
  return c.body(null, 204);
}

export const email = newRouter()
  .openapi(
    createRoute({
      tags: ["accounts"],
      security: bearer,
      method: "post",
      path: "/api/v1/account/email",
      summary: "Ask for another address; it counts once it is confirmed by the mail that goes there",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      request: { body: json(ChangeEmail) },
      responses: accepted,
    }),
    (c) => ask(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      tags: ["accounts"],
      method: "post",
      path: "/api/v1/account/email/confirm",
      middleware: [costs("anonymous-write")] as const,
      summary: "Uses the new address from now on, by the link that was mailed to it; the old one can take it back",
      request: { body: json(Token) },
      responses: { 204: { description: "Changed" }, ...problemResponses },
    }),
    (c) => confirm(c, c.req.valid("json")),
  );
