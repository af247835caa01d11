import { z } from "@hono/zod-openapi";
import { and, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { deviceCodes } from "../../migrations/schema.ts";
import { LabelText, UserCode } from "../../protocol/accounts.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { consumeChallenge, createChallenge, newSecret } from "../auth/challenges.ts";
import type { Account } from "../auth/guard.ts";
import { createSignIn } from "../auth/session-token.ts";
import type { AppContext } from "../http/router.ts";
import { toBase64Url } from "../platform/base64.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { openSealed, sealFor, sealForMail } from "../platform/personal-keys.ts";
import { firstRow, StoredSealed } from "../platform/rows.ts";

/**
 * How a program signs in as a person without ever seeing what they sign in with. With a browser at hand: authorisation code with PKCE on
 * a loopback redirect (RFC 8252, RFC 7636). Without one: a code that the person types on any other device (RFC 8628).
 */
export const DEVICE_CODE_MS = 10 * 60_000;
export const DEVICE_INTERVAL_SECONDS = 5;
const USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";

/** What a companion asks the browser for. The redirect is on this very machine, at whatever port was free (RFC 8252 section 7.3). Its
 * IPv6 form is not taken: a content security policy has no word for that host, and the form that says yes could not go there. */
export const AuthorizeQuery = z.object({
  response_type: z.literal("code"),
  client_id: z.literal("companion"),
  redirect_uri: z
    .string()
    .max(200)
    .regex(/^http:\/\/127\.0\.0\.1:\d{1,5}\/[A-Za-z0-9/_-]*$/),
  code_challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  code_challenge_method: z.literal("S256"),
  state: z.string().min(8).max(512),
  label: LabelText.default("Companion"),
});
export type AuthorizeRequest = z.infer<typeof AuthorizeQuery>;

/** Reads the query. A request that does not fit is shown as an error and never redirected anywhere: its address may be a stranger's. */
export function checkAuthorize(query: Record<string, string>): Result<AuthorizeRequest, "request-invalid"> {
  const parsed = AuthorizeQuery.safeParse(query);
  return parsed.success ? ok(parsed.data) : refused("request-invalid");
}

const UsedCode = z.object({ signInId: z.string() });
const CodeStep = z.object({ challenge: z.string(), redirectUri: z.string(), device: StoredSealed });

/** The person said yes: where to send the browser now. The code lives a minute and is good once. */
export async function grantCompanion(c: AppContext, account: Account, request: AuthorizeRequest): Promise<string> {
  const { token, insert } = await createChallenge(c.env.DB, c.var.deps, "companion", account.id, {
    challenge: request.code_challenge,
    redirectUri: request.redirect_uri,
    device: await sealFor(c.env, c.var.deps, account.id, "device", request.label),
  });
  await insert.run();
  const url = new URL(request.redirect_uri);
  url.searchParams.set("code", token);
  url.searchParams.set("state", request.state);
  return url.href;
}

/** Where to send the browser when the person said no (RFC 6749 section 4.1.2.1). */
export function refuseCompanion(request: AuthorizeRequest): string {
  const url = new URL(request.redirect_uri);
  url.searchParams.set("error", "access_denied");
  url.searchParams.set("state", request.state);
  return url.href;
}

/** A code and its verifier for a token; `null` if they do not belong together (RFC 7636 section 4.6). */
export async function exchangeCode(
  env: Env,
  deps: Deps,
  code: string,
  verifier: string,
  redirectUri: string,
): Promise<string | null> {
  const db = env.DB;
  const opened = await consumeChallenge(db, deps, "companion", code);
  if (opened === null) {
    // A code that was used already is in two hands: what it gave ends (RFC 6749 section 4.1.2).
    const used = UsedCode.safeParse((await consumeChallenge(db, deps, "companion-used", code))?.data);
    if (used.success) await db.prepare("DELETE FROM sign_ins WHERE id = ?").bind(used.data.signInId).run();
    return null;
  }
  const step = CodeStep.safeParse(opened.data);
  if (!step.success || opened.accountId === null || step.data.redirectUri !== redirectUri) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  if (toBase64Url(digest) !== step.data.challenge) return null;
  const { accountId } = opened;
  const label = await openSealed(env, deps, "device", step.data.device);
  if (label === null) return null;
  const signIn = await createSignIn(env, deps, { accountId, kind: "companion", method: "companion", label });
  const used = await createChallenge(db, deps, "companion-used", accountId, { signInId: signIn.signInId }, code);
  await db.batch([...signIn.statements, used.insert]);
  return signIn.token;
}

/** A device that begins to wait. Its own code is 256 bits; the person's is short, lives ten minutes and is guarded by a
 * bucket of tries. `null`: another device waits under the same letters, which is as good as never; ask again. */
export async function startDevice(env: Env, deps: Deps, label: string) {
  const deviceCode = newSecret(deps);
  const userCode = Array.from(deps.random(8), (byte) => USER_CODE_ALPHABET[byte % USER_CODE_ALPHABET.length]).join("");
  const nowMs = deps.now();
  // Nobody has said yet whose it is: it lies under the key of the day.
  const device = await sealForMail(env, deps, "device", label);
  const { meta } = await env.DB.prepare(
    `INSERT INTO device_codes (code_hash, user_code, label, state, polled_at_ms, expires_at_ms)
     VALUES (?, ?, ?, 'waiting', ?, ?) ON CONFLICT DO NOTHING`,
  )
    .bind(await sha256Hex(deviceCode), userCode, device, nowMs, nowMs + DEVICE_CODE_MS)
    .run();
  if (meta.changes === 0) return null;
  return { deviceCode, userCode: `${userCode.slice(0, 4)}-${userCode.slice(4)}` };
}

/** The device that shows this code, for the page that asks the person about it. */
export async function findDevice(
  env: Env,
  deps: Deps,
  typed: string,
): Promise<{ userCode: string; label: string } | null> {
  const userCode = UserCode.safeParse(typed);
  if (!userCode.success) return null;
  const { userCode: code, label, state, expiresAtMs } = deviceCodes;
  const device = await drizzle(env.DB)
    .select({ userCode: code, label })
    .from(deviceCodes)
    .where(and(eq(code, userCode.data), eq(state, "waiting"), gt(expiresAtMs, deps.now())))
    .get();
  const opened = device === undefined ? null : await openSealed(env, deps, "device", device.label);
  return device === undefined || opened === null ? null : { userCode: device.userCode, label: opened };
}

/** The person's answer. `false`: the code is not waiting any more. */
export async function decideDevice(c: AppContext, account: Account, typed: string, approve: boolean): Promise<boolean> {
  const userCode = UserCode.safeParse(typed);
  if (!userCode.success) return false;
  const { meta } = await c.env.DB.prepare(
    "UPDATE device_codes SET state = ?3, account_id = ?2 WHERE user_code = ?1 AND state = 'waiting' AND expires_at_ms > ?4",
  )
    .bind(userCode.data, account.id, approve ? "approved" : "denied", c.var.deps.now())
    .run();
  return meta.changes === 1;
}

export type Poll = Result<string, "authorization_pending" | "slow_down" | "access_denied" | "expired_token">;

const Decided = z.object({
  state: z.string(),
  device: StoredSealed,
  accountId: z.string().nullable(),
  expiresAtMs: z.number(),
});

/** The device asks (RFC 8628 section 3.5). A decided code is taken by the statement that reads it: it gives one token, once. */
export async function pollDevice(env: Env, deps: Deps, deviceCode: string): Promise<Poll> {
  const db = env.DB;
  const codeHash = await sha256Hex(deviceCode);
  const nowMs = deps.now();
  const decided = await firstRow(
    Decided,
    db
      .prepare(
        `DELETE FROM device_codes WHERE code_hash = ?1 AND (state <> 'waiting' OR expires_at_ms <= ?2)
       RETURNING state, label AS device, account_id AS accountId, expires_at_ms AS expiresAtMs`,
      )
      .bind(codeHash, nowMs),
  );
  if (decided !== null) {
    if (decided.expiresAtMs <= nowMs) return refused("expired_token");
    if (decided.state === "denied" || decided.accountId === null) return refused("access_denied");
    const { accountId, device } = decided;
    const label = await openSealed(env, deps, "device", device);
    if (label === null) return refused("expired_token");
    const signIn = await createSignIn(env, deps, { accountId, kind: "companion", method: "device-code", label });
    await db.batch(signIn.statements);
    return ok(signIn.token);
  }
  const { meta } = await db
    .prepare("UPDATE device_codes SET polled_at_ms = ?2 WHERE code_hash = ?1 AND polled_at_ms <= ?2 - ?3")
    .bind(codeHash, nowMs, (DEVICE_INTERVAL_SECONDS - 1) * 1000)
    .run();
  if (meta.changes === 1) return refused("authorization_pending");
  const waits = await drizzle(db).$count(deviceCodes, eq(deviceCodes.codeHash, codeHash));
  return refused(waits === 0 ? "expired_token" : "slow_down");
}
