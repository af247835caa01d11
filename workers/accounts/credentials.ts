import { createRoute, z } from "@hono/zod-openapi";
import { Token } from "../../protocol/accounts.ts";
import { consumeChallenge, createChallenge, newSecret, voidChallenges } from "../auth/challenges.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { addressOf, queueMail, type Recipient } from "../mail/outbox.ts";
import type { Values } from "../mail/templates.ts";
import { Address, changeAddress } from "./store.ts";

/**
 * Credentials: what an account is signed in with. Whenever one changes, everything that waits is void and the owner is told, in the batch of
 * the change itself, with a link that takes it back for a week: whatever has been added since goes, everybody is signed out, and a link to a
 * new password comes to the address that the account had (X28).
 */
const TakeBack = Address.extend({ sinceMs: z.int(), changedNothing: z.boolean() });
export const TakenBack = z.object({ outcome: z.enum(["stopped", "taken-back"]) });

export type CredentialChange = Values["credentials-changed"]["what"];

/** The statements that void what waits, and tell the owner at their address of now. */
export async function credentialsChanged(
  c: AppContext,
  accountId: string,
  what: CredentialChange,
): Promise<D1PreparedStatement[]> {
  const to = await addressOf(c.env.DB, accountId);
  if (to === null) return [];
  const back = await takeBackLink(c, accountId, to, c.var.deps.now());
  const values = { what, link: `${publicOrigin(c)}/account`, takeBack: back.link };
  const id = `credentials-${newSecret(c.var.deps)}`;
  const mail = await queueMail(c.env, c.var.deps, { id, to, template: "credentials-changed", values });
  return [...voidChallenges(c.env.DB, accountId), back.insert, mail];
}

/**
 * A link by which the owner undoes what has happened since `sinceMs`, and gets their address of then back. `changedNothing`: a stranger has only
 * asked for something, so it is stopped and nobody is signed out.
 */
export async function takeBackLink(
  c: AppContext,
  accountId: string | null,
  of: Pick<Recipient, "address" | "addressIndex">,
  sinceMs: number,
  changedNothing = false,
) {
  // Sealed as it is: nobody opens it to keep it.
  const data = { sinceMs, address: of.address, addressIndex: of.addressIndex, changedNothing };
  const { token, insert } = await createChallenge(c.env.DB, c.var.deps, "take-back", accountId, data);
  return { link: `${publicOrigin(c)}/account/take-back?token=${token}`, insert };
}

/** The statements that end every sign-in of an account, but the one that asks. */
export const endSignIns = (db: D1Database, accountId: string, exceptSignInId = ""): D1PreparedStatement =>
  db.prepare("DELETE FROM sign_ins WHERE account_id = ? AND id <> ?").bind(accountId, exceptSignInId);

/** What came to the account since then goes: passkeys, password, second factor, recovery codes. */
const removeAddedSince = (db: D1Database, accountId: string, sinceMs: number): D1PreparedStatement[] =>
  [
    "DELETE FROM passkeys WHERE account_id = ?1 AND created_at_ms >= ?2",
    "DELETE FROM passwords WHERE account_id = ?1 AND changed_at_ms >= ?2",
    "DELETE FROM second_factors WHERE account_id = ?1 AND ifnull(confirmed_at_ms, ?2) >= ?2",
    "DELETE FROM recovery_codes WHERE account_id = ?1 AND created_at_ms >= ?2",
  ].map((sql) => db.prepare(sql).bind(accountId, sinceMs));

async function takeBack(c: AppContext, body: z.output<typeof Token>) {
  const { deps } = c.var;
  const opened = await consumeChallenge(c.env.DB, deps, "take-back", body.token);
  const waiting = TakeBack.safeParse(opened?.data);
  if (!waiting.success || opened?.accountId == null) return problem(c, "link-invalid");
  const { accountId } = opened;
  const { sinceMs, changedNothing, ...address } = waiting.data;
  if (changedNothing) {
    await c.env.DB.batch(voidChallenges(c.env.DB, accountId));
    return c.json({ outcome: "stopped" as const }, 200);
  }
  const before = await addressOf(c.env.DB, accountId);
  if (before === null) return problem(c, "link-invalid");
  const reset = await createChallenge(c.env.DB, deps, "reset", accountId, {});
  const back = await takeBackLink(c, accountId, address, deps.now(), true);
  const values = { link: `${publicOrigin(c)}/reset/finish?token=${reset.token}`, takeBack: back.link };
  const mail = { id: `take-back-${newSecret(deps)}`, to: { ...before, ...address }, values };
  const undone = await c.env.DB.batch([
    changeAddress(c.env.DB, accountId, address),
    ...removeAddedSince(c.env.DB, accountId, sinceMs),
    ...voidChallenges(c.env.DB, accountId),
    // A thief was told of what they changed as well, at the address that they had moved to. What is older stays: it is the owner's.
    c.env.DB.prepare("DELETE FROM challenges WHERE account_id = ? AND kind = 'take-back' AND created_at_ms > ?").bind(
      accountId,
      sinceMs,
    ),
    endSignIns(c.env.DB, accountId),
    reset.insert,
    back.insert,
    await queueMail(c.env, deps, { ...mail, template: "reset" }),
  ]).catch((error: unknown) => {
    // Somebody has opened an account under the old address since; the batch is undone as a whole.
    if (/UNIQUE/.test(String(error))) return null;
    throw error;
  });
  if (undone === null) return problem(c, "address-taken");
  flush(c);
  return c.json({ outcome: "taken-back" as const }, 200);
}

export const credentials = newRouter().openapi(
  createRoute({
    tags: ["accounts"],
    method: "post",
    path: "/api/v1/account/take-back",
    middleware: [costs("anonymous-write")] as const,
    summary: "Undoes a change of address, password, passkey or second factor, by the link that told of it",
    request: { body: json(Token) },
    responses: {
      200: {
        description: "Stopped; or undone: everybody is signed out and a link to a new password is on its way",
        ...json(TakenBack),
      },
      ...problemResponses,
    },
  }),
  (c) => takeBack(c, c.req.valid("json")),
);
