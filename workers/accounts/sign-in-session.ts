import { z } from "@hono/zod-openapi";
import type { SignInMethod } from "../../protocol/accounts.ts";
import { rememberNetwork } from "../auth/known-networks.ts";
import { cookieOf, createSignIn, keepCookie, labelOf } from "../auth/session-token.ts";
import type { AppContext } from "../http/router.ts";
import { sha256Hex } from "../platform/hash.ts";

/** Sign-in sessions: how the person wants to stay signed in. */
export const Wanted = z.object({ keep: z.enum(["cookie", "token"]), label: z.string() });
export type Wanted = z.infer<typeof Wanted>;

export const wantedOf = (c: AppContext, keep: Wanted["keep"], label: string | undefined): Wanted => ({
  keep,
  label: label ?? labelOf(c.req.header("User-Agent")),
});

/** The one end of every sign-in: a cookie for this browser, or a token for a program. A browser that signs in again is still one device. */
export async function startSignInSession(
  c: AppContext,
  accountId: string,
  method: SignInMethod,
  { keep, label }: Wanted,
) {
  const kind = keep === "cookie" ? "browser" : "companion";
  const { token, statements } = await createSignIn(c.env, c.var.deps, { accountId, kind, method, label });
  statements.push(...(await rememberNetwork(c, accountId)));
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
