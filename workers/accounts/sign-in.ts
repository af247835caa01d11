import { createRoute, z } from "@hono/zod-openapi";
import {
  FinishSignIn,
  PasskeyStarted,
  SecondFactorCode,
  SignedIn,
  SignInStarted,
  SignInWithPasskey,
  StartSignIn,
} from "../../protocol/accounts.ts";
import { consumeChallenge, createChallenge, readChallenge } from "../auth/challenges.ts";
import { findSignedIn, isOwnOrigin } from "../auth/guard.ts";
import { isFamiliar } from "../auth/known-networks.ts";
import { networkOf } from "../auth/network.ts";
import { type Bucket, consume, giveBack, Taken, type Try } from "../auth/rate-limits.ts";
import { dropCookie } from "../auth/session-token.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { credentialsChanged } from "./credentials.ts";
import { consumeNetwork, networkTries } from "./network-limits.ts";
import { answerSignIn, provesPassword } from "./opaque.ts";
import { findPasskey, notePasskey } from "./passkey-store.ts";
import { startSignInSession, Wanted, wantedOf } from "./sign-in-session.ts";
import { endSignIn, findCredentials, hasSecondFactor } from "./store.ts";
import { spendRecoveryCode, spendTotp } from "./totp.ts";
import { signInOptions, verifyPasskey } from "./webauthn.ts";

const tags = ["accounts"];
const signedIn = {
  200: { description: "Signed in, or a code is still to come", ...json(SignedIn) },
  ...problemResponses,
};

const PasswordStep = z.object({ purpose: z.literal("sign-in"), serverLoginState: z.string(), taken: Taken });
const ChallengeStep = z.object({ challenge: z.string() });

/** An account's own bucket, which guards it against many networks; not asked where its owner has signed in before. */
const accountTry = (bucket: Bucket, subject: string, familiar: boolean): Try[] => (familiar ? [] : [[bucket, subject]]);

async function startPassword(c: AppContext, body: z.output<typeof StartSignIn>) {
  const { email, startLoginRequest } = body;
  const { deps } = c.var;
  const known = await findCredentials(c.env, email);
  const networks = networkTries(c);
  // OPAQUE's first answer already tells a guesser whether the guess was right, so that is where a try is taken. A proof that is right gives
  // it back: what an account is charged is what was never proved.
  const limit = await consume(
    c.env,
    deps,
    ...networks,
    ["sign-in-account-network", `${email} ${networkOf(c.req.header("CF-Connecting-IP"))}`],
    ...accountTry("sign-in-account", email, await isFamiliar(c, known?.accountId ?? null)),
  );
  if (!limit.ok) return problem(c, "rate-limited");
  const answer = await answerSignIn(c.env, email, known?.password ?? null, startLoginRequest);
  if (answer === null) return problem(c, "bad-request", "This is not an OPAQUE sign-in request.");
  // Whose challenge it is decides the second message; for an unknown address nothing can be right.
  const { token, insert } = await createChallenge(c.env.DB, deps, "password", known?.accountId ?? null, {
    purpose: "sign-in",
    serverLoginState: answer.serverLoginState,
    // What the networks were charged is not given back.
    taken: limit.value.slice(networks.length),
  });
  await insert.run();
  return c.json({ step: token, loginResponse: answer.loginResponse }, 200);
}

async function finishPassword(c: AppContext, body: z.output<typeof FinishSignIn>) {
  const { step, finishLoginRequest, keep, label } = body;
  if (keep === "cookie" && !isOwnOrigin(c)) return problem(c, "forbidden");
  const opened = await consumeChallenge(c.env.DB, c.var.deps, "password", step);
  const waiting = PasswordStep.safeParse(opened?.data);
  if (!waiting.success) return problem(c, "step-expired");
  const isRight = await provesPassword(waiting.data.serverLoginState, finishLoginRequest);
  if (!isRight || opened?.accountId == null) return problem(c, "wrong-password");
  await giveBack(c.env.DB, waiting.data.taken);
  const wanted = wantedOf(c, keep, label);
  if (!(await hasSecondFactor(c.env.DB, opened.accountId)))
    return c.json(await startSignInSession(c, opened.accountId, "password", wanted), 200);
  const next = await createChallenge(c.env.DB, c.var.deps, "second-factor", opened.accountId, wanted);
  await next.insert.run();
  return c.json({ secondFactorStep: next.token }, 200);
}

async function checkSecondFactor(c: AppContext, body: z.output<typeof SecondFactorCode>) {
  const { step, code } = body;
  const { deps } = c.var;
  const waiting = await readChallenge(c.env.DB, deps, "second-factor", step);
  const wanted = Wanted.safeParse(waiting?.data);
  const accountId = waiting?.accountId ?? null;
  if (!wanted.success || accountId === null) return problem(c, "step-expired");
  const isCode = /^\d{6}$/.test(code);
  const subject = `${accountId} ${networkOf(c.req.header("CF-Connecting-IP"))}`;
  const limit = isCode
    ? await consume(
        c.env,
        deps,
        ["second-factor-network", subject],
        ...accountTry("second-factor", accountId, await isFamiliar(c, accountId)),
      )
    : await consume(c.env, deps, ["recovery-code-network", subject]);
  // The challenge stays: a refused try takes nothing, this included.
  if (!limit.ok) return problem(c, "rate-limited");
  // Consumed before the code is looked at: of two tries at once with one token, one counts.
  if ((await consumeChallenge(c.env.DB, deps, "second-factor", step)) === null) return problem(c, "step-expired");
  const isRight = isCode
    ? await spendTotp(c.env, deps, accountId, code, true)
    : await spendRecoveryCode(c.env, accountId, code);
  if (!isRight) {
    // A slip of the finger does not send anybody back to the password.
    const again = await createChallenge(c.env.DB, deps, "second-factor", accountId, wanted.data);
    await again.insert.run();
    return c.json({ secondFactorStep: again.token }, 200);
  }
  await giveBack(c.env.DB, limit.value);
  if (!isCode) {
    await c.env.DB.batch(await credentialsChanged(c, accountId, "recovery-used"));
    flush(c);
  }
  const method = isCode ? "second-factor" : "recovery-code";
  return c.json(await startSignInSession(c, accountId, method, wanted.data), 200);
}

async function startPasskey(c: AppContext) {
  const { deps } = c.var;
  if (!(await consumeNetwork(c)).ok) return problem(c, "rate-limited");
  const options = await signInOptions(publicOrigin(c), deps);
  const { token, insert } = await createChallenge(c.env.DB, deps, "passkey", null, {
    challenge: options.challenge,
  });
  await insert.run();
  return c.json({ step: token, options: { ...options } }, 200);
}

async function finishPasskey(c: AppContext, body: z.output<typeof SignInWithPasskey>) {
  const { step, credential, keep, label } = body;
  if (keep === "cookie" && !isOwnOrigin(c)) return problem(c, "forbidden");
  const opened = await consumeChallenge(c.env.DB, c.var.deps, "passkey", step);
  const waiting = ChallengeStep.safeParse(opened?.data);
  if (!waiting.success) return problem(c, "step-expired");
  const passkey = await findPasskey(c.env.DB, credential.id);
  if (passkey === null) return problem(c, "passkey-invalid");
  const counter = await verifyPasskey(publicOrigin(c), waiting.data.challenge, credential, passkey);
  if (counter === null) return problem(c, "passkey-invalid");
  await notePasskey(c.env.DB, passkey.id, counter, c.var.deps.now());
  return c.json(await startSignInSession(c, passkey.accountId, "passkey", wantedOf(c, keep, label)), 200);
}

async function signOut(c: AppContext) {
  const signedIn = await findSignedIn(c);
  if (signedIn !== null) await endSignIn(c.env.DB, signedIn.account.id, signedIn.account.signInId);
  if (isOwnOrigin(c)) dropCookie(c);
  return c.body(null, 204);
}

/** Signing in and out. A sign-in from another site's page is refused: it could sign somebody in as somebody else. */
export const signIn = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-in/password/start",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "First message of an OPAQUE sign-in (RFC 9807); the same for addresses that nobody has",
      request: { body: json(StartSignIn) },
      responses: { 200: { description: "The server's answer", ...json(SignInStarted) }, ...problemResponses },
    }),
    (c) => startPassword(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-in/password",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "Second message: proves the password without saying it",
      request: { body: json(FinishSignIn) },
      responses: signedIn,
    }),
    (c) => finishPassword(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-in/second-factor",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "The code of the second factor, or a recovery code",
      request: { body: json(SecondFactorCode) },
      responses: signedIn,
    }),
    (c) => checkSecondFactor(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-in/passkey/start",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "A challenge for whichever passkey the person picks",
      responses: { 200: { description: "Options", ...json(PasskeyStarted) }, ...problemResponses },
    }),
    (c) => startPasskey(c),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-in/passkey",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "The passkey's answer; it is two factors in one",
      request: { body: json(SignInWithPasskey) },
      responses: signedIn,
    }),
    (c) => finishPasskey(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sign-out",
      tags,
      middleware: [costs("write")] as const,
      summary: "Ends this sign-in",
      responses: { 204: { description: "Signed out" }, ...problemResponses },
    }),
    (c) => signOut(c),
  );
