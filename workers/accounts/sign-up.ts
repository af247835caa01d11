import { createRoute, z } from "@hono/zod-openapi";
import {
  PasskeyStarted,
  Person,
  RegistrationStarted,
  SignUpWithPasskey,
  SignUpWithPassword,
  StartRegistration,
  Token,
} from "../../protocol/accounts.ts";
import { newsWording } from "../../site/i18n/consent.ts";
import { consumeChallenge, createChallenge, newSecret } from "../auth/challenges.ts";
import { isOwnOrigin } from "../auth/guard.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { labelOf } from "../auth/session-token.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { queueMail } from "../mail/outbox.ts";
import { answerRegistration, isRecord, SETUP_VERSION } from "./opaque.ts";
import { passkeyOptions, readNewPasskey } from "./passkeys.ts";
import { startSignInSession } from "./sign-in-session.ts";
import { createAccount, findCredentials, type PendingAccount } from "./store.ts";

const tags = ["accounts"];
export const accepted = { 202: { description: "If all is well, a mail is on its way" }, ...problemResponses };

export const NOT_A_RECORD = "This is not the last message of an OPAQUE registration.";

/** What OPAQUE's first registration message leaves behind for the second. */
export const RegistrationStep = z.object({ purpose: z.literal("registration"), userIdentifier: z.string() });
const PasskeyStep = z.object({ challenge: z.string(), person: Person });
const PendingStep = z.object({
  person: Person,
  newsWording: z.string().nullable(),
  password: z.object({ userIdentifier: z.string(), record: z.string(), setupVersion: z.int() }).optional(),
  passkey: z
    .object({
      id: z.string(),
      publicKey: z.string(),
      counter: z.int(),
      transports: z.array(z.string()),
      label: z.string(),
    })
    .optional(),
});

/**
 * The end of every sign-up, told by mail alone: a new address gets its link, a known one hears that it has an account. Both cost the
 * same statements, so neither the answer nor its time says which it was (X19).
 */
async function inviteToConfirm(c: AppContext, pending: PendingAccount) {
  const { deps } = c.var;
  const { email, language } = pending.person;
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  if (!(await consume(c.env, deps, ["mail-network", network])).ok) return problem(c, "rate-limited");
  const mayMail = (await consume(c.env, deps, ["mail-to", email])).ok;
  const known = await findCredentials(c.env.DB, email);
  const { token, insert } = await createChallenge(c.env.DB, deps, "sign-up", null, known === null ? pending : {});
  const origin = publicOrigin(c);
  const to = { accountId: null, address: email, language };
  const { next } = pending.person;
  const onwards = next === undefined ? "" : `&next=${encodeURIComponent(next)}`;
  const mail =
    known === null
      ? queueMail(
          c.env.DB,
          {
            id: `sign-up-${newSecret(deps)}`,
            to,
            template: "sign-up",
            values: { link: `${origin}/sign-up/confirm?token=${token}${onwards}` },
          },
          deps.now(),
        )
      : queueMail(
          c.env.DB,
          { id: `sign-up-${newSecret(deps)}`, to, template: "sign-up-known", values: { link: `${origin}/reset` } },
          deps.now(),
        );
  if (mayMail) await c.env.DB.batch([insert, mail]);
  flush(c);
  return c.body(null, 202);
}

/** Opening an account: with a password that stays with the person, or with a passkey. */
export const signUp = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/passwords/start",
      tags,
      summary: "First message of an OPAQUE registration (RFC 9807): for sign-up, reset and change alike",
      request: { body: json(StartRegistration) },
      responses: { 200: { description: "The server's answer", ...json(RegistrationStarted) }, ...problemResponses },
    }),
    async (c) => {
      const { deps } = c.var;
      if (!(await consume(c.env, deps, ["sign-in-network", networkOf(c.req.header("CF-Connecting-IP"))])).ok)
        return problem(c, "rate-limited");
      const answer = await answerRegistration(c.env, deps, c.req.valid("json").registrationRequest);
      if (answer === null) return problem(c, "bad-request", "This is not an OPAQUE registration request.");
      const data = { purpose: "registration", userIdentifier: answer.userIdentifier };
      const { token, insert } = await createChallenge(c.env.DB, deps, "password", null, data);
      await insert.run();
      return c.json({ step: token, registrationResponse: answer.registrationResponse }, 200);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up/password",
      tags,
      summary: "Second message: name, address and the record; the account is made when the mailed link is opened",
      request: { body: json(SignUpWithPassword) },
      responses: accepted,
    }),
    async (c) => {
      const { step, registrationRecord, ...person } = c.req.valid("json");
      const opened = await consumeChallenge(c.env.DB, c.var.deps, "password", step);
      const registration = RegistrationStep.safeParse(opened?.data);
      if (!registration.success) return problem(c, "step-expired");
      if (!(await isRecord(c.env, registrationRecord))) return problem(c, "bad-request", NOT_A_RECORD);
      const { userIdentifier } = registration.data;
      return inviteToConfirm(c, {
        person,
        newsWording: newsWording[person.language],
        password: { userIdentifier, record: registrationRecord, setupVersion: SETUP_VERSION },
      });
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up/passkey/start",
      tags,
      summary: "Options for making a passkey (WebAuthn level 3)",
      request: { body: json(Person) },
      responses: { 200: { description: "Options", ...json(PasskeyStarted) }, ...problemResponses },
    }),
    async (c) => {
      const person = c.req.valid("json");
      const { deps } = c.var;
      const options = await passkeyOptions(publicOrigin(c), deps, person, newSecret(deps), []);
      const { token, insert } = await createChallenge(c.env.DB, deps, "new-passkey", null, {
        challenge: options.challenge,
        person: { ...person, isSixteen: true },
      });
      await insert.run();
      return c.json({ step: token, options: { ...options } }, 200);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up/passkey",
      tags,
      summary: "The new passkey; the account is made when the mailed link is opened",
      request: { body: json(SignUpWithPasskey) },
      responses: accepted,
    }),
    async (c) => {
      const { step, credential } = c.req.valid("json");
      const opened = await consumeChallenge(c.env.DB, c.var.deps, "new-passkey", step);
      const waiting = PasskeyStep.safeParse(opened?.data);
      if (!waiting.success) return problem(c, "step-expired");
      const passkey = await readNewPasskey(publicOrigin(c), waiting.data.challenge, credential);
      if (passkey === null) return problem(c, "passkey-invalid");
      const { person } = waiting.data;
      const label = labelOf(c.req.header("User-Agent"));
      return inviteToConfirm(c, { person, newsWording: newsWording[person.language], passkey: { ...passkey, label } });
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up/confirm",
      tags,
      summary: "Makes the account of a mailed link and signs this browser in",
      request: { body: json(Token) },
      responses: { 204: { description: "The account is there; the cookie is set" }, ...problemResponses },
    }),
    async (c) => {
      if (!isOwnOrigin(c)) return problem(c, "forbidden");
      const opened = await consumeChallenge(c.env.DB, c.var.deps, "sign-up", c.req.valid("json").token);
      const pending = PendingStep.safeParse(opened?.data);
      if (!pending.success) return problem(c, "link-invalid");
      const accountId = await createAccount(c.env.DB, c.var.deps, pending.data);
      if (accountId === null) return problem(c, "address-taken", "It was opened a moment before, with another link.");
      await startSignInSession(c, accountId, { keep: "cookie", label: labelOf(c.req.header("User-Agent")) });
      return c.body(null, 204);
    },
  );
