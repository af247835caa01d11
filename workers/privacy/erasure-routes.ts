import { createRoute, z } from "@hono/zod-openapi";
import { Token } from "../../protocol/accounts.ts";
import { ErasureId } from "../../protocol/ids.ts";
import { AccountErasure, ErasureStarted } from "../../protocol/privacy.ts";
import { consumeChallenge, createChallenge, newSecret } from "../auth/challenges.ts";
import { type AccountContext, requireAccount, requireReauthentication } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";
import { eraseAccount, findAccountErasure, startErasure } from "./account-erasure.ts";
import { receiptOf } from "./receipt.ts";

const params = z.object({ erasureId: ErasureId });

const tags = ["privacy"];

async function ask(c: AccountContext) {
  const { deps, account } = c.var;
  if (!(await consume(c.env, deps, ["mail-to", `erasure ${account.id}`])).ok) return problem(c, "rate-limited");
  const to = await addressOf(c.env.DB, account.id);
  if (to === null) return problem(c, "unauthenticated");
  const { token, insert } = await createChallenge(c.env.DB, deps, "erasure", account.id, {});
  const link = `${publicOrigin(c)}/account/erase/confirm?token=${token}`;
  const mail = { id: `erase-${newSecret(deps)}`, to, template: "erase-confirm" as const, values: { link } };
  await c.env.DB.batch([insert, await queueMail(c.env, deps, mail)]);
  flush(c);
  return c.body(null, 202);
}

async function confirm(c: AppContext, body: z.output<typeof Token>) {
  const { deps } = c.var;
  const opened = await consumeChallenge(c.env.DB, deps, "erasure", body.token);
  if (opened?.accountId == null) return problem(c, "link-invalid");
  const erasureId = ErasureId.parse(await startErasure(c.env, deps, opened.accountId, "person"));
  await eraseAccount(c.env, deps, opened.accountId, "person");
  flush(c);
  return c.json({ erasureId }, 202);
}

async function readReceipt(c: AppContext, path: z.output<typeof params>) {
  const { erasureId } = path;
  const found = await findAccountErasure(c.env.DB, erasureId);
  c.header("Cache-Control", "no-store");
  return found === null ? problem(c, "not-found") : c.json(receiptOf(erasureId, found), 200);
}

/** The end of an account by its own person (E3): asked for by who is freshly signed in, confirmed by a mail, then carried out at once. */
export const erasure = newRouter()
  .openapi(
    createRoute({
      tags,
      security: bearer,
      method: "post",
      path: "/api/v1/account/erasure",
      summary: "Ask to delete the account; nothing happens before the link in the mail is followed and confirmed",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      responses: { 202: { description: "A mail is on its way" }, ...problemResponses },
    }),
    (c) => ask(c),
  )
  .openapi(
    createRoute({
      tags,
      method: "post",
      path: "/api/v1/account/erasure/confirm",
      middleware: [costs("anonymous-write")] as const,
      summary: "Deletes the account by the link that was mailed to it. There is no way back",
      request: { body: json(Token) },
      responses: {
        202: { description: "Under way: nobody can sign in to it any more", ...json(ErasureStarted) },
        ...problemResponses,
      },
    }),
    (c) => confirm(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      tags,
      method: "get",
      path: "/api/v1/erasures/{erasureId}",
      middleware: [costs("read")] as const,
      summary: "How far an erasure has come, and what went; for whoever holds its id",
      request: { params },
      responses: { 200: { description: "The erasure", ...json(AccountErasure) }, ...problemResponses },
    }),
    (c) => readReceipt(c, c.req.valid("param")),
  );
