import { generateCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { parse } from "hono/utils/cookie";
import { isOwnOrigin } from "../auth/guard.ts";
import { problem } from "../http/problem.ts";
import type { AppContext, AppEnv, Readable } from "../http/router.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { findOperator, type Operator } from "./sign-in.ts";

/** Below this a key is a word, not a secret. */
const KEY_MIN_CHARS = 32;
const COOKIE = "__Host-operator";

/** What a handler behind `requireOperator` finds on its context. */
export interface OperatorEnv extends AppEnv {
  Variables: AppEnv["Variables"] & { operator: Operator };
}

export type OperatorContext = Readable<OperatorEnv>;

const bearerOf = (c: AppContext) => /^Bearer (.{1,512})$/.exec(c.req.header("Authorization") ?? "")?.[1];

/** Whether there are operators here at all: a deployment without a key has no such route. */
export const hasOperators = (env: Env): boolean => (env.OPERATOR_KEY ?? "").length >= KEY_MIN_CHARS;

/** Whether the request carries the deployment's key; compared in the same time whatever was sent. It sets up operators and opens nothing else. */
export async function holdsDeployKey(c: AppContext): Promise<boolean> {
  const hash = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const same = crypto.subtle.timingSafeEqual(await hash(c.env.OPERATOR_KEY ?? ""), await hash(bearerOf(c) ?? ""));
  return same && hasOperators(c.env);
}

export const operatorCookie = (c: AppContext): string | undefined =>
  parse(c.req.header("Cookie") ?? "", COOKIE)[COOKIE];

export function sendOperatorCookie(c: AppContext, token: string): void {
  const attributes = { path: "/", secure: true, httpOnly: true, sameSite: "Strict" } as const;
  c.header("Set-Cookie", generateCookie(COOKIE, token, token === "" ? { ...attributes, maxAge: 0 } : attributes), {
    append: true,
  });
}

/** The operator who asks, by cookie from our own pages or by the same token as a bearer's. */
export async function operatorOf(c: AppContext): Promise<Operator | null> {
  if (!hasOperators(c.env)) return null;
  const bearer = bearerOf(c);
  const token = bearer ?? operatorCookie(c);
  if (token === undefined) return null;
  if (bearer === undefined && c.req.method !== "GET" && !isOwnOrigin(c)) return null;
  return await findOperator(c.env, c.var.deps, token);
}

/** Without an operator's sign-in there is nothing here, for anybody. */
export const requireOperator = createMiddleware<OperatorEnv>(async (c, next) => {
  const operator = await operatorOf(c);
  if (operator === null) return problem(c, "not-found");
  c.set("operator", operator);
  c.header("Cache-Control", "no-store");
  await next();
});

/**
 * Notes what an operator looked at or did, for each person whom it concerned; they see it in their export. What the same operator did of the same to
 * the same person within `onceInMs` before is the same deed.
 */
export async function noteAction(
  db: D1Database,
  deps: Deps,
  operator: Operator,
  what: string,
  accountIds: readonly string[],
  onceInMs = 0,
): Promise<void> {
  const concerned = accountIds.length === 0 ? [null] : [...new Set(accountIds)];
  await db
    .prepare(
      `INSERT INTO operator_actions (id, operator_id, what, account_id, at_ms)
       SELECT lower(hex(randomblob(16))), ?1, ?2, (SELECT id FROM accounts WHERE id = value), ?3 FROM json_each(?4)
       WHERE ?5 = 0 OR NOT EXISTS (SELECT 1 FROM operator_actions WHERE account_id = value AND operator_id = ?1 AND what = ?2 AND at_ms > ?3 - ?5)`,
    )
    .bind(operator.id, what, deps.now(), JSON.stringify(concerned), onceInMs)
    .run();
}
