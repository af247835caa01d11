import { createRoute, z } from "@hono/zod-openapi";
import { AccountDetail, ChangeEmail, EmailAddress, PatchAccount, Token } from "../../protocol/accounts.ts";
import { newsWording } from "../../site/i18n/consent.ts";
import { consumeChallenge, createChallenge, newSecret } from "../auth/challenges.ts";
import { type AccountContext, requireAccount, requireReauthentication } from "../auth/guard.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { queueDecoy, queueMail } from "../mail/outbox.ts";
import { accepted } from "./sign-up.ts";
import { accountDetail, findCredentials, patchAccount } from "./store.ts";

const guarded = { security: bearer, tags: ["accounts"] };
const detail = {
  200: { description: "The account, as its owner sees it", ...json(AccountDetail) },
  ...problemResponses,
};
const EmailStep = z.object({ email: EmailAddress });

async function answerDetail(c: AccountContext) {
  const { id, signInId } = c.var.account;
  const found = await accountDetail(c.env.DB, id, signInId);
  c.header("Cache-Control", "no-store");
  return found === null ? problem(c, "unauthenticated") : c.json(found, 200);
}

/** A person's own account: what they gave can be read and corrected by them (A6), and each device that is signed in can be sent away. */
export const account = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account",
      summary: "Your own account: name, address, ways in, devices",
      middleware: [requireAccount] as const,
      responses: detail,
    }),
    (c) => answerDetail(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "patch",
      path: "/api/v1/account",
      summary: "Correct your display name, language, or whether you want news",
      middleware: [requireAccount] as const,
      request: { body: json(PatchAccount) },
      responses: detail,
    }),
    async (c) => {
      const change = c.req.valid("json");
      await patchAccount(c.env.DB, c.var.deps, c.var.account.id, change, newsWording);
      return answerDetail(c);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/email",
      summary: "Ask for another address; it counts once it is confirmed by the mail that goes there",
      middleware: [requireAccount, requireReauthentication] as const,
      request: { body: json(ChangeEmail) },
      responses: accepted,
    }),
    async (c) => {
      const { email } = c.req.valid("json");
      const { deps, account } = c.var;
      if (!(await consume(c.env, deps, ["mail-network", networkOf(c.req.header("CF-Connecting-IP"))])).ok)
        return problem(c, "rate-limited");
      const mayMail = (await consume(c.env, deps, ["mail-to", email])).ok;
      const known = await findCredentials(c.env.DB, email);
      const { token, insert } = await createChallenge(c.env.DB, deps, "email", account.id, { email });
      const id = `email-${newSecret(deps)}`;
      const link = `${publicOrigin(c)}/account/email?token=${token}`;
      const language = (await accountDetail(c.env.DB, account.id, account.signInId))?.language ?? "en";
      const to = { accountId: account.id, address: email, language };
      // An address that somebody else has gets nothing: neither is told of the other.
      const mail =
        known !== null || !mayMail
          ? queueDecoy(c.env.DB, id, deps.now())
          : queueMail(c.env.DB, { id, to, template: "new-address", values: { link } }, deps.now());
      await c.env.DB.batch([insert, mail]);
      flush(c);
      return c.body(null, 202);
    },
  )
  .openapi(
    createRoute({
      tags: guarded.tags,
      method: "post",
      path: "/api/v1/account/email/confirm",
      summary: "Uses the new address from now on, by the link that was mailed to it; the old one is told",
      request: { body: json(Token) },
      responses: { 204: { description: "Changed" }, ...problemResponses },
    }),
    async (c) => {
      const { deps } = c.var;
      const opened = await consumeChallenge(c.env.DB, deps, "email", c.req.valid("json").token);
      const step = EmailStep.safeParse(opened?.data);
      if (!step.success || opened?.accountId == null) return problem(c, "link-invalid");
      const { email } = step.data;
      const before = await c.env.DB.prepare(
        `SELECT email AS address, ifnull(language, 'en') AS language FROM accounts
         LEFT JOIN mail_preferences ON account_id = accounts.id WHERE accounts.id = ?`,
      )
        .bind(opened.accountId)
        .first<{ address: string; language: "en" | "de" }>();
      if (before === null) return problem(c, "link-invalid");
      const to = { accountId: null, ...before };
      const id = `address-${newSecret(deps)}`;
      const moved = await c.env.DB.batch([
        c.env.DB.prepare("UPDATE accounts SET email = ?2 WHERE id = ?1").bind(opened.accountId, email),
        queueMail(c.env.DB, { id, to, template: "address-changed", values: {} }, deps.now()),
        c.env.DB.prepare("DELETE FROM waitlist WHERE email = ?").bind(email),
      ]).catch((error: unknown) => {
        // Somebody took the address since the link was mailed; the batch is undone as a whole.
        if (/UNIQUE/.test(String(error))) return null;
        throw error;
      });
      if (moved === null) return problem(c, "address-taken");
      flush(c);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/sign-ins",
      summary: "Sign every other device out",
      middleware: [requireAccount] as const,
      responses: { 204: { description: "Signed out" }, ...problemResponses },
    }),
    async (c) => {
      const { id, signInId } = c.var.account;
      await c.env.DB.prepare("DELETE FROM sign_ins WHERE account_id = ? AND id <> ?").bind(id, signInId).run();
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/sign-ins/{signInId}",
      summary: "Sign one device out",
      middleware: [requireAccount] as const,
      request: { params: z.object({ signInId: z.string().max(40) }) },
      responses: { 204: { description: "Signed out" }, ...problemResponses },
    }),
    async (c) => {
      const { meta } = await c.env.DB.prepare("DELETE FROM sign_ins WHERE id = ? AND account_id = ?")
        .bind(c.req.valid("param").signInId, c.var.account.id)
        .run();
      return meta.changes === 0 ? problem(c, "not-found") : c.body(null, 204);
    },
  );
