import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { Tier } from "../../protocol/retention.ts";
import { sha256Hex } from "../hash.ts";
import { problem } from "../problem.ts";
import type { AppContext, AppEnv } from "../router.ts";

/** Who is asking. Never handed to a collaborator: they know a member id and a display name. */
export interface Account {
  id: string;
  displayName: string;
  email: string;
  tier: Tier;
  signInId: string;
}

export const SESSION_COOKIE = "__Host-session";

/** The account behind an opaque token, or `null` if the token is unknown or has expired at `nowMs`. */
export async function findAccount(db: D1Database, token: string, nowMs: number): Promise<Account | null> {
  return await db
    .prepare(
      `SELECT accounts.id AS id, display_name AS displayName, email, tier, sign_ins.id AS signInId
       FROM sign_ins JOIN accounts ON accounts.id = sign_ins.account_id
       WHERE token_hash = ?1 AND expires_at_ms > ?2`,
    )
    .bind(await sha256Hex(token), nowMs)
    .first<Account>();
}

/** A cookie goes out with every request a browser makes, another site's included; so a change needs our own origin. */
function isOwnOrigin(c: AppContext): boolean {
  const site = c.req.header("Sec-Fetch-Site");
  if (site !== undefined) return site === "same-origin";
  const origin = c.req.header("Origin");
  return origin === undefined || origin === new URL(c.req.url).origin;
}

/** Reads the token (RFC 6750 bearer, else the site's one cookie) and finds who it belongs to. */
async function authenticate(c: AppContext): Promise<Account | null> {
  const header = c.req.header("Authorization");
  if (header !== undefined) {
    const token = /^Bearer ([\w.~+/-]{16,512}=*)$/i.exec(header)?.[1];
    return token === undefined ? null : await findAccount(c.env.DB, token, c.var.deps.now());
  }
  const cookie = getCookie(c, SESSION_COOKIE);
  if (cookie === undefined) return null;
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  if (!reads && !isOwnOrigin(c)) return null;
  return await findAccount(c.env.DB, cookie, c.var.deps.now());
}

/** Lets nobody pass who is not signed in; behind it `c.var.account` is there. */
export const requireAccount = createMiddleware<AppEnv>(async (c, next) => {
  const account = await authenticate(c);
  if (account === null) return problem(c, "unauthenticated");
  c.set("account", account);
  await next();
});
