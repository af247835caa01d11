import { createMiddleware } from "hono/factory";
import { problem } from "../http/problem.ts";
import type { AppEnv } from "../http/router.ts";
import type { Env } from "../platform/env.ts";

/** Below this a key is a word, not a secret. */
const KEY_MIN_CHARS = 32;

/** Whether the request carries the operator's key; compared in the same time whatever was sent. */
async function isOperator(env: Env, header: string | undefined): Promise<boolean> {
  const key = env.OPERATOR_KEY ?? "";
  const shown = /^Bearer (.{1,512})$/.exec(header ?? "")?.[1] ?? "";
  const hash = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const same = crypto.subtle.timingSafeEqual(await hash(key), await hash(shown));
  return same && key.length >= KEY_MIN_CHARS;
}

/** Without the key there is nothing here, for anybody. */
export const requireOperator = createMiddleware<AppEnv>(async (c, next) => {
  if (!(await isOperator(c.env, c.req.header("Authorization")))) return problem(c, "not-found");
  c.header("Cache-Control", "no-store");
  await next();
});
