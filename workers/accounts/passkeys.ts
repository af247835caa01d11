import { createRoute, z } from "@hono/zod-openapi";
import { NewPasskey, PasskeyStarted, RenamePasskey } from "../../protocol/accounts.ts";
import { PASSKEYS_PER_ACCOUNT_MAX } from "../../protocol/limits.ts";
import { consumeChallenge, createChallenge } from "../auth/challenges.ts";
import { type AccountContext, requireAccount, requireReauthentication } from "../auth/guard.ts";
import { labelOf } from "../auth/session-token.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { openName } from "../platform/personal-keys.ts";
import { credentialsChanged } from "./credentials.ts";
import { insertPasskey, passkeyIds, removePasskey, renamePasskey, webauthnUserId } from "./passkey-store.ts";
import { readAddress } from "./store.ts";
import { passkeyOptions, readNewPasskey } from "./webauthn.ts";

/** Passkeys (WebAuthn level 3): each change wants a proof of late and is told to the owner; a name is only a name. */
const guarded = { security: bearer, tags: ["accounts"] };
const Waiting = z.object({ challenge: z.string() });
const params = z.object({ passkeyId: z.string().max(1_024) });

async function start(c: AccountContext) {
  const { deps, account } = c.var;
  const known = await passkeyIds(c.env.DB, account.id);
  if (known.length >= PASSKEYS_PER_ACCOUNT_MAX)
    return problem(c, "quota-exceeded", "Remove a passkey that you no longer use first.");
  const userId = await webauthnUserId(c.env.DB, deps, account.id);
  const displayName = await openName(c.env, deps, account.sealedName);
  const email = (await readAddress(c.env, deps, account.id)) ?? displayName;
  const options = await passkeyOptions(publicOrigin(c), deps, { displayName, email }, userId, known);
  const { token, insert } = await createChallenge(c.env.DB, deps, "new-passkey", account.id, {
    challenge: options.challenge,
  });
  await insert.run();
  return c.json({ step: token, options: { ...options } }, 200);
}

async function add(c: AccountContext, body: z.output<typeof NewPasskey>) {
  const { step, credential, label } = body;
  const { deps, account } = c.var;
  const opened = await consumeChallenge(c.env.DB, deps, "new-passkey", step);
  const waiting = Waiting.safeParse(opened?.data);
  if (!waiting.success || opened?.accountId !== account.id) return problem(c, "step-expired");
  const passkey = await readNewPasskey(publicOrigin(c), waiting.data.challenge, credential);
  if (passkey === null) return problem(c, "passkey-invalid");
  const named = { ...passkey, label: label ?? labelOf(c.req.header("User-Agent")) };
  const { meta } = await (await insertPasskey(c.env, deps, account.id, named)).run();
  if (meta.changes !== 1) return problem(c, "passkey-invalid");
  await c.env.DB.batch(await credentialsChanged(c, account.id, "passkey-added"));
  flush(c);
  return c.body(null, 204);
}

async function rename(c: AccountContext, path: z.output<typeof params>, body: z.output<typeof RenamePasskey>) {
  const isNamed = await renamePasskey(c.env, c.var.deps, c.var.account.id, path.passkeyId, body.label);
  return isNamed ? c.body(null, 204) : problem(c, "not-found");
}

async function remove(c: AccountContext, path: z.output<typeof params>) {
  const { id } = c.var.account;
  const { passkeyId } = path;
  if (!(await removePasskey(c.env.DB, id, passkeyId)))
    return problem(c, (await passkeyIds(c.env.DB, id)).includes(passkeyId) ? "last-way-in" : "not-found");
  await c.env.DB.batch(await credentialsChanged(c, id, "passkey-removed"));
  flush(c);
  return c.body(null, 204);
}

export const passkeys = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/passkeys/start",
      summary: "Options for another passkey",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      responses: { 200: { description: "Options", ...json(PasskeyStarted) }, ...problemResponses },
    }),
    (c) => start(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/passkeys",
      summary: "The new passkey",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      request: { body: json(NewPasskey) },
      responses: { 204: { description: "Added" }, ...problemResponses },
    }),
    (c) => add(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "patch",
      path: "/api/v1/account/passkeys/{passkeyId}",
      summary: "Give a passkey a name of your own",
      middleware: [costs("write"), requireAccount] as const,
      request: { params, body: json(RenamePasskey) },
      responses: { 204: { description: "Named" }, ...problemResponses },
    }),
    (c) => rename(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/passkeys/{passkeyId}",
      summary: "Remove a passkey, unless nothing else signs the account in",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      request: { params },
      responses: { 204: { description: "Removed" }, ...problemResponses },
    }),
    (c) => remove(c, c.req.valid("param")),
  );
