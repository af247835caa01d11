import { createRoute } from "@hono/zod-openapi";
import { FinishReset, StartReset } from "../../protocol/accounts.ts";
import { consumeChallenge, createChallenge, newSecret } from "../auth/challenges.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { addressOf, queueDecoy, queueMail } from "../mail/outbox.ts";
import { isRecord, SETUP_VERSION } from "./opaque.ts";
import { notifyOwner } from "./sign-in-session.ts";
import { accepted, NOT_A_RECORD, RegistrationStep } from "./sign-up.ts";
import { findCredentials, insertPassword } from "./store.ts";

const tags = ["accounts"];

/** A lost password: a mailed link lets its owner register a new one. Nothing but the mail says whether an address has an account. */
export const reset = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/reset",
      tags,
      summary: "Ask for a link that sets a new password; the answer is the same for every address",
      request: { body: json(StartReset) },
      responses: accepted,
    }),
    async (c) => {
      const { email } = c.req.valid("json");
      const { deps } = c.var;
      const network = networkOf(c.req.header("CF-Connecting-IP"));
      if (!(await consume(c.env, deps, ["mail-network", network])).ok) return problem(c, "rate-limited");
      const mayMail = (await consume(c.env, deps, ["mail-to", email])).ok;
      const known = await findCredentials(c.env.DB, email);
      const to = known === null ? null : await addressOf(c.env.DB, known.accountId);
      // An unknown address is looked up twice as well, opens a step that leads nowhere and queues a mail that never goes.
      if (known === null) await addressOf(c.env.DB, "");
      const { token, insert } = await createChallenge(c.env.DB, deps, "reset", known?.accountId ?? null, {});
      const id = `reset-${newSecret(deps)}`;
      const link = `${publicOrigin(c)}/reset/finish?token=${token}`;
      const mail =
        to === null || !mayMail
          ? queueDecoy(c.env.DB, id, deps.now())
          : queueMail(c.env.DB, { id, to, template: "reset", values: { link } }, deps.now());
      await c.env.DB.batch([insert, mail]);
      flush(c);
      return c.body(null, 202);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/reset/finish",
      tags,
      summary: "Sets the new password by a mailed link, and signs every device out",
      request: { body: json(FinishReset) },
      responses: { 204: { description: "Set. Sign in with it now" }, ...problemResponses },
    }),
    async (c) => {
      const { token, step, registrationRecord } = c.req.valid("json");
      const { deps } = c.var;
      // The password's step first: if it has waited too long, the link is still good for another try.
      const opened = await consumeChallenge(c.env.DB, deps, "password", step);
      const registration = RegistrationStep.safeParse(opened?.data);
      if (!registration.success) return problem(c, "step-expired");
      if (!(await isRecord(c.env, registrationRecord))) return problem(c, "bad-request", NOT_A_RECORD);
      const accountId = (await consumeChallenge(c.env.DB, deps, "reset", token))?.accountId ?? null;
      if (accountId === null) return problem(c, "link-invalid");
      const { userIdentifier } = registration.data;
      const password = { userIdentifier, record: registrationRecord, setupVersion: SETUP_VERSION };
      await c.env.DB.batch([
        insertPassword(c.env.DB, accountId, password, deps.now()),
        c.env.DB.prepare("DELETE FROM sign_ins WHERE account_id = ?").bind(accountId),
        // Other links that were asked for, and whatever a stranger had begun.
        c.env.DB.prepare("DELETE FROM challenges WHERE account_id = ?").bind(accountId),
      ]);
      await notifyOwner(c, accountId, "password");
      return c.body(null, 204);
    },
  );
