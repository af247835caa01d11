import { createRoute, z } from "@hono/zod-openapi";
import { PasskeyStarted, Person, SignUpWithPasskey, SignUpWithPassword, Token } from "../../protocol/accounts.ts";
import { newsWording } from "../../site/i18n/consent.ts";
import { consumeChallenge, createChallenge, newSecret, readChallenge } from "../auth/challenges.ts";
import { isOwnOrigin } from "../auth/guard.ts";
import { labelOf } from "../auth/session-token.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { queueMail, stranger } from "../mail/outbox.ts";
import { consumeMail } from "./mail-limits.ts";
import { finishRegistration } from "./passwords.ts";
import { startSignInSession } from "./sign-in-session.ts";
import { createAccount, findCredentials } from "./store.ts";
import { passkeyOptions, readNewPasskey } from "./webauthn.ts";

const tags = ["accounts"];
export const accepted = { 202: { description: "If all is well, a mail is on its way" }, ...problemResponses };

const Pending = z.object({ person: Person, newsWording: z.string().nullable() });
const PasskeyStep = z.object({ challenge: z.string(), webauthnUserId: z.string() });
type FirstCredential = Parameters<typeof createAccount>[3];

/** Who waits behind a mailed link, for the page that goes on from it; looking does not use it up. */
export async function findSignUp(c: AppContext, token: string): Promise<Person | null> {
  if (token.length !== 43) return null;
  const waiting = await readChallenge(c.env.DB, c.var.deps, "sign-up", token);
  return Pending.safeParse(waiting?.data).data?.person ?? null;
}

/** The end of every sign-up: the link counts once, the account is there, this browser is signed in. */
async function open(c: AppContext, token: string, first: FirstCredential) {
  const opened = await consumeChallenge(c.env.DB, c.var.deps, "sign-up", token);
  const pending = Pending.safeParse(opened?.data);
  if (!pending.success) return problem(c, "link-invalid");
  const accountId = await createAccount(c.env, c.var.deps, pending.data, first);
  if (accountId === null) return problem(c, "address-taken", "It was opened a moment before, with another link.");
  const label = labelOf(c.req.header("User-Agent"));
  await startSignInSession(c, accountId, "sign-up", { keep: "cookie", label });
  return c.body(null, 204);
}

const opened = { 204: { description: "The account is there; the cookie is set" }, ...problemResponses };

async function start(c: AppContext, body: z.output<typeof Person>) {
  const person = body;
  const { deps } = c.var;
  const { email, language, next } = person;
  const limit = await consumeMail(c, "sign-up", email);
  if (!limit.ok) return problem(c, "rate-limited");
  const known = await findCredentials(c.env, email);
  // Told by mail alone: both cost the same statements, so neither the answer nor its time says which it was (X19).
  const pending = { person, newsWording: newsWording[language] };
  const { token, insert } = await createChallenge(c.env.DB, deps, "sign-up", null, known === null ? pending : {});
  const origin = publicOrigin(c);
  const onwards = next === undefined ? "" : `&next=${encodeURIComponent(next)}`;
  const link = known === null ? `${origin}/sign-up/confirm?token=${token}${onwards}` : `${origin}/reset`;
  const template = known === null ? "sign-up" : "sign-up-known";
  const to = await stranger(c.env, deps, email, language);
  const id = `sign-up-${newSecret(deps)}`;
  await c.env.DB.batch([insert, await queueMail(c.env, deps, { id, to, template, values: { link } })]);
  flush(c);
  return c.body(null, 202);
}

async function finishWithPassword(c: AppContext, body: z.output<typeof SignUpWithPassword>) {
  if (!isOwnOrigin(c)) return problem(c, "forbidden");
  const { token, ...registration } = body;
  // The password's step first: if it has waited too long, the link is still good for another try.
  const registered = await finishRegistration(c, registration);
  return registered.ok ? open(c, token, { password: registered.value }) : problem(c, registered.reason);
}

async function startPasskey(c: AppContext, body: z.output<typeof Token>) {
  const { deps } = c.var;
  const waiting = await readChallenge(c.env.DB, deps, "sign-up", body.token);
  const pending = Pending.safeParse(waiting?.data);
  if (!pending.success) return problem(c, "link-invalid");
  const webauthnUserId = newSecret(deps);
  const options = await passkeyOptions(publicOrigin(c), deps, pending.data.person, webauthnUserId, []);
  const data = { challenge: options.challenge, webauthnUserId };
  const { token, insert } = await createChallenge(c.env.DB, deps, "new-passkey", null, data);
  await insert.run();
  return c.json({ step: token, options: { ...options } }, 200);
}

async function finishWithPasskey(c: AppContext, body: z.output<typeof SignUpWithPasskey>) {
  if (!isOwnOrigin(c)) return problem(c, "forbidden");
  const { token, step, credential } = body;
  const begun = await consumeChallenge(c.env.DB, c.var.deps, "new-passkey", step);
  const waiting = PasskeyStep.safeParse(begun?.data);
  if (!waiting.success) return problem(c, "step-expired");
  const { challenge, webauthnUserId } = waiting.data;
  const passkey = await readNewPasskey(publicOrigin(c), challenge, credential);
  if (passkey === null) return problem(c, "passkey-invalid");
  const label = labelOf(c.req.header("User-Agent"));
  return open(c, token, { passkey: { ...passkey, label }, webauthnUserId });
}

/**
 * Sign-up: an address is given and confirmed, and the browser that confirms it sets what the account is signed in with. So whoever gives an
 * address that is not theirs has chosen no password for it (X28).
 */
export const signUp = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "Name and address; the mailed link leads on. The answer is the same for every address",
      request: { body: json(Person) },
      responses: accepted,
    }),
    (c) => start(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up/password",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "By the mailed link: makes the account with this password's record and signs this browser in",
      request: { body: json(SignUpWithPassword) },
      responses: opened,
    }),
    (c) => finishWithPassword(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up/passkey/start",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "By the mailed link: options for making a passkey (WebAuthn level 3); the link stays good",
      request: { body: json(Token) },
      responses: { 200: { description: "Options", ...json(PasskeyStarted) }, ...problemResponses },
    }),
    (c) => startPasskey(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-up/passkey",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "By the mailed link: makes the account with this passkey and signs this browser in",
      request: { body: json(SignUpWithPasskey) },
      responses: opened,
    }),
    (c) => finishWithPasskey(c, c.req.valid("json")),
  );
