import { createRoute, type z } from "@hono/zod-openapi";
import { RecoveryCodes, TotpCode, TotpStarted } from "../../protocol/accounts.ts";
import { type AccountContext, requireAccount, requireReauthentication } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { openName } from "../platform/personal-keys.ts";
import { sealText } from "../platform/sealed-text.ts";
import { credentialsChanged } from "./credentials.ts";
import { hasSecondFactor, readAddress } from "./store.ts";
import { keepTotp, newRecoveryCodes, newTotp, removeSecondFactor, spendTotp } from "./totp.ts";

/** The second factor by time (RFC 6238), and the recovery codes that stand in for it. */
const guarded = {
  security: bearer,
  tags: ["accounts"],
};

async function start(c: AccountContext) {
  const { deps, account } = c.var;
  const started = newTotp(
    deps,
    (await readAddress(c.env, deps, account.id)) ?? (await openName(c.env, deps, account.sealedName)),
  );
  const sealed = await sealText(c.env, deps, "second-factors", account.id, started.secret);
  if (!(await keepTotp(c.env.DB, account.id, sealed)))
    return problem(c, "conflict", "There is a second factor already. Remove it first.");
  c.header("Cache-Control", "no-store");
  return c.json(started, 200);
}

async function confirm(c: AccountContext, body: z.output<typeof TotpCode>) {
  const { deps, account } = c.var;
  // A bucket of its own: the owner's slips while setting up take nothing from signing in.
  const limit = await consume(c.env, deps, ["second-factor-network", `${account.id} confirms`]);
  if (!limit.ok) return problem(c, "rate-limited");
  if (!(await spendTotp(c.env, deps, account.id, body.code, false))) return problem(c, "wrong-code");
  const { codes, statements } = await newRecoveryCodes(c.env, deps, account.id);
  await c.env.DB.batch([...statements, ...(await credentialsChanged(c, account.id, "second-factor-on"))]);
  flush(c);
  c.header("Cache-Control", "no-store");
  return c.json({ codes }, 200);
}

async function remove(c: AccountContext) {
  const { id } = c.var.account;
  if (!(await hasSecondFactor(c.env.DB, id))) return problem(c, "not-found");
  await c.env.DB.batch([
    ...removeSecondFactor(c.env.DB, id),
    ...(await credentialsChanged(c, id, "second-factor-off")),
  ]);
  flush(c);
  return c.body(null, 204);
}

async function renewCodes(c: AccountContext) {
  const { deps, account } = c.var;
  if (!(await hasSecondFactor(c.env.DB, account.id)))
    return problem(c, "conflict", "Recovery codes stand in for a second factor. Set one up first.");
  const { codes, statements } = await newRecoveryCodes(c.env, deps, account.id);
  await c.env.DB.batch([...statements, ...(await credentialsChanged(c, account.id, "recovery-codes"))]);
  flush(c);
  c.header("Cache-Control", "no-store");
  return c.json({ codes }, 200);
}

export const secondFactor = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/second-factor/start",
      summary: "A new secret for a second factor by time (RFC 6238); it counts once a code of it was given",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      responses: { 200: { description: "The secret", ...json(TotpStarted) }, ...problemResponses },
    }),
    (c) => start(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/second-factor",
      summary: "Confirms the second factor by its first code; answers the recovery codes, once",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      request: { body: json(TotpCode) },
      responses: { 200: { description: "Recovery codes", ...json(RecoveryCodes) }, ...problemResponses },
    }),
    (c) => confirm(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/second-factor",
      summary: "Remove the second factor and its recovery codes",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      responses: { 204: { description: "Removed" }, ...problemResponses },
    }),
    (c) => remove(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/recovery-codes",
      summary: "Ten new recovery codes; the old ones are void",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      responses: { 200: { description: "Recovery codes", ...json(RecoveryCodes) }, ...problemResponses },
    }),
    (c) => renewCodes(c),
  );
