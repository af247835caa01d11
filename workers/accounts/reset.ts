import { createRoute, type z } from "@hono/zod-openapi";
import { FinishReset, StartReset } from "../../protocol/accounts.ts";
import { consumeChallenge, createChallenge, newSecret } from "../auth/challenges.ts";
import { isFamiliar, rememberNetwork } from "../auth/known-networks.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { addressOf, operators, queueDecoy, queueMail } from "../mail/outbox.ts";
import { credentialsChanged, endSignIns, takeBackLink } from "./credentials.ts";
import { consumeMail } from "./mail-limits.ts";
import { finishRegistration } from "./passwords.ts";
import { accepted } from "./sign-up.ts";
import { findCredentials, insertPassword } from "./store.ts";

const tags = ["accounts"];

async function start(c: AppContext, body: z.output<typeof StartReset>) {
  const { email } = body;
  const { deps } = c.var;
  const nowMs = deps.now();
  const known = await findCredentials(c.env, email);
  const familiar = await isFamiliar(c, known?.accountId ?? null);
  const limit = await consumeMail(c, "reset", email, familiar);
  // Nobody is told that a mail is on its way which is not. An address's own bucket is empty only when mails have just gone there, each
  // with a link that works, and saying so would tell who is familiar here.
  if (!limit.ok && limit.reason !== "mail-to") return problem(c, "rate-limited");
  const to = known === null ? null : await addressOf(c.env.DB, known.accountId);
  // An unknown address is looked up twice as well, opens a step that leads nowhere and queues a mail that never goes.
  if (known === null) await addressOf(c.env.DB, "");
  const accountId = known?.accountId ?? null;
  const { token, insert } = await createChallenge(c.env.DB, deps, "reset", accountId, {});
  const back = await takeBackLink(c, accountId, to ?? operators, nowMs, true);
  const id = `reset-${newSecret(deps)}`;
  const values = { link: `${publicOrigin(c)}/reset/finish?token=${token}`, takeBack: back.link };
  const mail =
    to === null || !limit.ok
      ? await queueDecoy(c.env, deps, id)
      : await queueMail(c.env, deps, { id, to, template: "reset", values });
  await c.env.DB.batch([insert, back.insert, mail]);
  flush(c);
  return c.body(null, 202);
}

async function finish(c: AppContext, body: z.output<typeof FinishReset>) {
  const { token, ...registration } = body;
  const { deps } = c.var;
  // The password's step first: if it has waited too long, the link is still good for another try.
  const registered = await finishRegistration(c, registration);
  if (!registered.ok) return problem(c, registered.reason);
  const accountId = (await consumeChallenge(c.env.DB, deps, "reset", token))?.accountId ?? null;
  if (accountId === null) return problem(c, "link-invalid");
  await c.env.DB.batch([
    insertPassword(c.env.DB, accountId, registered.value, deps.now()),
    endSignIns(c.env.DB, accountId),
    ...(await credentialsChanged(c, accountId, "password")),
    // Whoever reads the owner's mail here may sign in here, however many guess elsewhere.
    ...(await rememberNetwork(c, accountId)),
  ]);
  flush(c);
  return c.body(null, 204);
}

/** A lost password: a mailed link lets its owner register a new one. Nothing but the mail says whether an address has an account. */
export const reset = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/reset",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "Ask for a link that sets a new password; the answer is the same for every address",
      request: { body: json(StartReset) },
      responses: accepted,
    }),
    (c) => start(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/reset/finish",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "Sets the new password by a mailed link, and signs every device out",
      request: { body: json(FinishReset) },
      responses: { 204: { description: "Set. Sign in with it now" }, ...problemResponses },
    }),
    (c) => finish(c, c.req.valid("json")),
  );
