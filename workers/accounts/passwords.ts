import { createRoute, z } from "@hono/zod-openapi";
import { ChangePassword, RegistrationStarted, StartRegistration } from "../../protocol/accounts.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { consumeChallenge, createChallenge } from "../auth/challenges.ts";
import { type AccountContext, requireAccount, requireReauthentication } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { credentialsChanged, endSignIns } from "./credentials.ts";
import { consumeNetwork } from "./network-limits.ts";
import { answerRegistration, isRecord, type PasswordRecord, SETUP_VERSION } from "./opaque.ts";
import { insertPassword } from "./store.ts";

const tags = ["accounts"];
/** What OPAQUE's first registration message leaves behind for the second. */
const Registration = z.object({ purpose: z.literal("registration"), userIdentifier: z.string() });

/** The record of a registration's last message; else why there is none. */
export async function finishRegistration(
  c: AppContext,
  { step, registrationRecord }: { step: string; registrationRecord: string },
): Promise<Result<PasswordRecord, "step-expired" | "bad-request">> {
  const opened = await consumeChallenge(c.env.DB, c.var.deps, "password", step);
  const registration = Registration.safeParse(opened?.data);
  if (!registration.success) return refused("step-expired");
  if (!(await isRecord(c.env, registrationRecord))) return refused("bad-request");
  const { userIdentifier } = registration.data;
  return ok({ userIdentifier, record: registrationRecord, setupVersion: SETUP_VERSION });
}

async function startRegistration(c: AppContext, body: z.output<typeof StartRegistration>) {
  const { deps } = c.var;
  if (!(await consumeNetwork(c)).ok) return problem(c, "rate-limited");
  const answer = await answerRegistration(c.env, deps, body.registrationRequest);
  if (answer === null) return problem(c, "bad-request", "This is not an OPAQUE registration request.");
  const data = { purpose: "registration", userIdentifier: answer.userIdentifier };
  const { token, insert } = await createChallenge(c.env.DB, deps, "password", null, data);
  await insert.run();
  return c.json({ step: token, registrationResponse: answer.registrationResponse }, 200);
}

async function changePassword(c: AccountContext, body: z.output<typeof ChangePassword>) {
  const { account, deps } = c.var;
  const registered = await finishRegistration(c, body);
  if (!registered.ok) return problem(c, registered.reason);
  await c.env.DB.batch([
    insertPassword(c.env.DB, account.id, registered.value, deps.now()),
    endSignIns(c.env.DB, account.id, account.signInId),
    ...(await credentialsChanged(c, account.id, "password")),
  ]);
  flush(c);
  return c.body(null, 204);
}

export const passwords = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/passwords/start",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "First message of an OPAQUE registration (RFC 9807): for sign-up, reset and change alike",
      request: { body: json(StartRegistration) },
      responses: { 200: { description: "The server's answer", ...json(RegistrationStarted) }, ...problemResponses },
    }),
    (c) => startRegistration(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      tags,
      security: bearer,
      method: "post",
      path: "/api/v1/account/password",
      summary: "Set or change the password, by the last message of a registration; other devices are signed out",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      request: { body: json(ChangePassword) },
      responses: { 204: { description: "Changed" }, ...problemResponses },
    }),
    (c) => changePassword(c, c.req.valid("json")),
  );
