import { createRoute, z } from "@hono/zod-openapi";
import {
  ChangePassword,
  NewPasskey,
  PasskeyStarted,
  RecoveryCodes,
  TotpCode,
  TotpStarted,
} from "../../protocol/accounts.ts";
import { PASSKEYS_PER_ACCOUNT_MAX } from "../../protocol/limits.ts";
import { consumeChallenge, createChallenge, newSecret } from "../auth/challenges.ts";
import { requireAccount, requireReauthentication } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { labelOf } from "../auth/session-token.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { isRecord, SETUP_VERSION } from "./opaque.ts";
import { passkeyOptions, readNewPasskey } from "./passkeys.ts";
import { newRecoveryCodes, newTotp, spendTotp } from "./second-factor.ts";
import { notifyOwner } from "./sign-in-session.ts";
import { NOT_A_RECORD, RegistrationStep } from "./sign-up.ts";
import { hasSecondFactor, insertPasskey, insertPassword, passkeyIds } from "./store.ts";

/** All of these change a way into the account: each wants a fresh sign-in, and each is told to the owner by mail. */
const guarded = { security: bearer, tags: ["accounts"] };
const PasskeyStep = z.object({ challenge: z.string() });

export const credentials = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/password",
      summary: "Set or change the password, by the last message of a registration; other devices are signed out",
      middleware: [requireAccount, requireReauthentication] as const,
      request: { body: json(ChangePassword) },
      responses: { 204: { description: "Changed" }, ...problemResponses },
    }),
    async (c) => {
      const { step, registrationRecord } = c.req.valid("json");
      const { deps, account } = c.var;
      const registration = RegistrationStep.safeParse((await consumeChallenge(c.env.DB, deps, "password", step))?.data);
      if (!registration.success) return problem(c, "step-expired");
      if (!(await isRecord(c.env, registrationRecord))) return problem(c, "bad-request", NOT_A_RECORD);
      const { userIdentifier } = registration.data;
      const password = { userIdentifier, record: registrationRecord, setupVersion: SETUP_VERSION };
      await c.env.DB.batch([
        insertPassword(c.env.DB, account.id, password, deps.now()),
        c.env.DB.prepare("DELETE FROM sign_ins WHERE account_id = ? AND id <> ?").bind(account.id, account.signInId),
      ]);
      await notifyOwner(c, account.id, "password");
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/passkeys/start",
      summary: "Options for another passkey",
      middleware: [requireAccount, requireReauthentication] as const,
      responses: { 200: { description: "Options", ...json(PasskeyStarted) }, ...problemResponses },
    }),
    async (c) => {
      const { deps, account } = c.var;
      const known = await passkeyIds(c.env.DB, account.id);
      if (known.length >= PASSKEYS_PER_ACCOUNT_MAX)
        return problem(c, "quota-exceeded", "Remove a passkey that you no longer use first.");
      const options = await passkeyOptions(publicOrigin(c), deps, account, newSecret(deps), known);
      const { token, insert } = await createChallenge(c.env.DB, deps, "new-passkey", account.id, {
        challenge: options.challenge,
      });
      await insert.run();
      return c.json({ step: token, options: { ...options } }, 200);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/passkeys",
      summary: "The new passkey",
      middleware: [requireAccount, requireReauthentication] as const,
      request: { body: json(NewPasskey) },
      responses: { 204: { description: "Added" }, ...problemResponses },
    }),
    async (c) => {
      const { step, credential, label } = c.req.valid("json");
      const { deps, account } = c.var;
      const opened = await consumeChallenge(c.env.DB, deps, "new-passkey", step);
      const waiting = PasskeyStep.safeParse(opened?.data);
      if (!waiting.success || opened?.accountId !== account.id) return problem(c, "step-expired");
      const passkey = await readNewPasskey(publicOrigin(c), waiting.data.challenge, credential);
      if (passkey === null) return problem(c, "passkey-invalid");
      const named = { ...passkey, label: label ?? labelOf(c.req.header("User-Agent")) };
      const { meta } = await insertPasskey(c.env.DB, account.id, named, deps.now()).run();
      if (meta.changes !== 1) return problem(c, "passkey-invalid");
      await notifyOwner(c, account.id, "passkey");
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/passkeys/{passkeyId}",
      summary: "Remove a passkey, unless it is the last way in",
      middleware: [requireAccount, requireReauthentication] as const,
      request: { params: z.object({ passkeyId: z.string().max(1_024) }) },
      responses: { 204: { description: "Removed" }, ...problemResponses },
    }),
    async (c) => {
      const { id } = c.var.account;
      const { passkeyId } = c.req.valid("param");
      // The rule is part of the statement: two removals at once cannot take the last two.
      const { meta } = await c.env.DB.prepare(
        `DELETE FROM passkeys WHERE id = ?1 AND account_id = ?2
           AND (EXISTS (SELECT 1 FROM passwords WHERE account_id = ?2)
             OR (SELECT COUNT(*) FROM passkeys WHERE account_id = ?2) > 1)`,
      )
        .bind(passkeyId, id)
        .run();
      if (meta.changes === 0)
        return problem(c, (await passkeyIds(c.env.DB, id)).includes(passkeyId) ? "last-way-in" : "not-found");
      await notifyOwner(c, id, "passkey");
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/second-factor/start",
      summary: "A new secret for a second factor by time (RFC 6238); it counts once a code of it was given",
      middleware: [requireAccount, requireReauthentication] as const,
      responses: { 200: { description: "The secret", ...json(TotpStarted) }, ...problemResponses },
    }),
    async (c) => {
      const { deps, account } = c.var;
      const started = newTotp(deps, account.email);
      const { meta } = await c.env.DB.prepare(
        `INSERT INTO second_factors (account_id, secret) VALUES (?1, ?2)
         ON CONFLICT (account_id) DO UPDATE SET secret = ?2, last_step = 0 WHERE confirmed_at_ms IS NULL`,
      )
        .bind(account.id, started.secret)
        .run();
      if (meta.changes === 0) return problem(c, "conflict", "There is a second factor already. Remove it first.");
      c.header("Cache-Control", "no-store");
      return c.json(started, 200);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/second-factor",
      summary: "Confirms the second factor by its first code; answers the recovery codes, once",
      middleware: [requireAccount, requireReauthentication] as const,
      request: { body: json(TotpCode) },
      responses: { 200: { description: "Recovery codes", ...json(RecoveryCodes) }, ...problemResponses },
    }),
    async (c) => {
      const { deps, account } = c.var;
      if (!(await consume(c.env, deps, ["second-factor", account.id])).ok) return problem(c, "rate-limited");
      if (!(await spendTotp(c.env.DB, deps, account.id, c.req.valid("json").code, false)))
        return problem(c, "wrong-code");
      const { codes, statements } = await newRecoveryCodes(c.env.DB, deps, account.id);
      await c.env.DB.batch(statements);
      await notifyOwner(c, account.id, "second-factor");
      c.header("Cache-Control", "no-store");
      return c.json({ codes }, 200);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/second-factor",
      summary: "Remove the second factor and its recovery codes",
      middleware: [requireAccount, requireReauthentication] as const,
      responses: { 204: { description: "Removed" }, ...problemResponses },
    }),
    async (c) => {
      const { id } = c.var.account;
      const [removed] = await c.env.DB.batch([
        c.env.DB.prepare("DELETE FROM second_factors WHERE account_id = ?").bind(id),
        c.env.DB.prepare("DELETE FROM recovery_codes WHERE account_id = ?").bind(id),
      ]);
      if (removed?.meta.changes === 0) return problem(c, "not-found");
      await notifyOwner(c, id, "second-factor");
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/recovery-codes",
      summary: "Ten new recovery codes; the old ones are void",
      middleware: [requireAccount, requireReauthentication] as const,
      responses: { 200: { description: "Recovery codes", ...json(RecoveryCodes) }, ...problemResponses },
    }),
    async (c) => {
      const { deps, account } = c.var;
      if (!(await hasSecondFactor(c.env.DB, account.id)))
        return problem(c, "conflict", "Recovery codes stand in for a second factor. Set one up first.");
      const { codes, statements } = await newRecoveryCodes(c.env.DB, deps, account.id);
      await c.env.DB.batch(statements);
      await notifyOwner(c, account.id, "recovery");
      c.header("Cache-Control", "no-store");
      return c.json({ codes }, 200);
    },
  );
