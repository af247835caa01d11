import { z } from "@hono/zod-openapi";
import { addressOf, queueMail } from "../mail/outbox.ts";
import { sendSoon } from "../mail/soon.ts";
import { publicOrigin } from "../origin.ts";
import type { AppContext } from "../router.ts";
import { newSecret } from "./steps.ts";
import { keepCookie, labelOf, openSignIn } from "./tokens.ts";

/** How the person wants to stay signed in. */
export const Wanted = z.object({ keep: z.enum(["cookie", "token"]), label: z.string() });
export type Wanted = z.infer<typeof Wanted>;

export const wantedOf = (c: AppContext, keep: Wanted["keep"], label: string | undefined): Wanted => ({
  keep,
  label: label ?? labelOf(c.req.header("User-Agent")),
});

/** The one end of every way in: a cookie for this browser, or a token for a program. */
export async function letIn(c: AppContext, accountId: string, { keep, label }: Wanted) {
  const kind = keep === "cookie" ? "browser" : "companion";
  const { token, statements } = await openSignIn(c.env.DB, c.var.deps, accountId, kind, label);
  await c.env.DB.batch(statements);
  if (keep === "token") return { token };
  keepCookie(c, token);
  return {};
}

/** Tells the owner by mail that a way into their account was changed or used. */
export async function tell(
  c: AppContext,
  accountId: string,
  what: "password" | "passkey" | "second-factor" | "recovery",
) {
  const to = await addressOf(c.env.DB, accountId);
  if (to === null) return;
  const values = { what, link: `${publicOrigin(c)}/account` };
  const id = `way-in-${newSecret(c.var.deps)}`;
  await queueMail(c.env.DB, { id, to, template: "way-in-changed", values }, c.var.deps.now()).run();
  sendSoon(c);
}
