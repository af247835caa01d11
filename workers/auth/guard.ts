import { createMiddleware } from "hono/factory";
import type { Tier } from "../../protocol/retention.ts";
import { problem } from "../http/problem.ts";
import type { AppContext, AppEnv, Readable } from "../http/router.ts";
import { sha256Hex } from "../platform/hash.ts";
import { cookieOf, noteUse } from "./session-token.ts";

/** Who is asking. Never handed to a collaborator: they know a member id and a display name. */
export interface Account {
  id: string;
  displayName: string;
  email: string;
  tier: Tier;
  signInId: string;
  /** When this sign-in was made: what is dangerous asks for a fresh one. */
  signedInAtMs: number;
}

/** What a handler behind `requireAccount` finds on its context. */
export interface AccountEnv extends AppEnv {
  Variables: AppEnv["Variables"] & { account: Account };
}
export type AccountContext = Readable<AccountEnv>;

/** For how long a token that was exchanged still counts. */
const PREVIOUS_MS = 60_000;
/** How fresh a sign-in must be to change a way into the account. */
const FRESH_MS = 15 * 60_000;

interface Found extends Account {
  lastUsedAtMs: number;
  rotatedAtMs: number;
  isPrevious: number;
}

/** The account behind an opaque token, or `null` if the token is unknown or has expired at `nowMs`. */
export async function findAccount(db: D1Database, token: string, nowMs: number): Promise<Found | null> {
  const hash = await sha256Hex(token);
  const columns = `accounts.id AS id, display_name AS displayName, email, tier, sign_ins.id AS signInId,
    sign_ins.created_at_ms AS signedInAtMs, last_used_at_ms AS lastUsedAtMs, rotated_at_ms AS rotatedAtMs`;
  // Two indexed looks rather than an OR, which would read the table.
  return await db
    .prepare(
      `SELECT ${columns}, 0 AS isPrevious FROM sign_ins JOIN accounts ON accounts.id = sign_ins.account_id
       WHERE token_hash = ?1 AND expires_at_ms > ?2
       UNION ALL
       SELECT ${columns}, 1 AS isPrevious FROM sign_ins JOIN accounts ON accounts.id = sign_ins.account_id
       WHERE previous_hash = ?1 AND expires_at_ms > ?2 AND rotated_at_ms > ?2 - ${PREVIOUS_MS}`,
    )
    .bind(hash, nowMs)
    .first<Found>();
}

/** A cookie goes out with every request a browser makes, another site's included; so a change needs our own origin. */
export function isOwnOrigin(c: AppContext): boolean {
  const site = c.req.header("Sec-Fetch-Site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = c.req.header("Origin");
  return origin === undefined || origin === new URL(c.req.url).origin;
}

/** Reads the token (RFC 6750 bearer, else the site's one cookie) and finds who it belongs to. */
export async function authenticate(c: AppContext): Promise<Account | null> {
  const header = c.req.header("Authorization");
  const cookie = cookieOf(c);
  const token = header === undefined ? cookie : /^Bearer ([\w.~+/-]{16,512}=*)$/i.exec(header)?.[1];
  if (token === undefined) return null;
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  if (header === undefined && !reads && !isOwnOrigin(c)) return null;
  const found = await findAccount(c.env.DB, token, c.var.deps.now());
  if (found === null) return null;
  await noteUse(c, found, token, header === undefined);
  const { lastUsedAtMs: _used, rotatedAtMs: _rotated, isPrevious: _previous, ...account } = found;
  return account;
}

/** Lets nobody pass who is not signed in; behind it `c.var.account` is there. */
export const requireAccount = createMiddleware<AccountEnv>(async (c, next) => {
  const account = await authenticate(c);
  if (account === null) return problem(c, "unauthenticated");
  c.set("account", account);
  await next();
});

/** For what changes a way in: a sign-in of the last minutes, so that a machine left open is not enough. */
export const requireReauthentication = createMiddleware<AccountEnv>(async (c, next) => {
  if (c.var.deps.now() - c.var.account.signedInAtMs > FRESH_MS) return problem(c, "sign-in-again");
  await next();
});
