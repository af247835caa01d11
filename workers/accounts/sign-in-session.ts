import { z } from "@hono/zod-openapi";
import { newSecret } from "../auth/challenges.ts";
import { cookieOf, createSignIn, keepCookie, labelOf } from "../auth/session-token.ts";
import { publicOrigin } from "../http/origin.ts";
import type { AppContext } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";
import { sha256Hex } from "../platform/hash.ts";

/** How the person wants to stay signed in. */
export const Wanted = z.object({ keep: z.enum(["cookie", "token"]), label: z.string() });
export type Wanted = z.infer<typeof Wanted>;

export const wantedOf = (c: AppContext, keep: Wanted["keep"], label: string | undefined): Wanted => ({
  keep,
  label: label ?? labelOf(c.req.header("User-Agent")),
});

/** The one end of every way in: a cookie for this browser, or a token for a program. A browser that signs in again is still one device. */
export async function startSignInSession(c: AppContext, accountId: string, { keep, label }: Wanted) {
  const kind = keep === "cookie" ? "browser" : "companion";
  const { token, statements } = await createSignIn(c.env.DB, c.var.deps, accountId, kind, label);
  const before = keep === "cookie" ? cookieOf(c) : undefined;
  if (before !== undefined)
    statements.push(
      c.env.DB.prepare("DELETE FROM sign_ins WHERE token_hash = ? AND account_id = ?").bind(
        await sha256Hex(before),
        accountId,
      ),
    );
  await c.env.DB.batch(statements);
  if (keep === "token") return { token };
  keepCookie(c, token);
  return {};
}

/** Tells the owner by mail that a way into their account was changed or used. */
export async function notifyOwner(
  c: AppContext,
  accountId: string,
  what: "password" | "passkey" | "second-factor" | "recovery",
) {
  const to = await addressOf(c.env.DB, accountId);
  if (to === null) return;
  const values = { what, link: `${publicOrigin(c)}/account` };
  const id = `way-in-${newSecret(c.var.deps)}`;
  await queueMail(c.env.DB, { id, to, template: "way-in-changed", values }, c.var.deps.now()).run();
  flush(c);
}
