import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { Language } from "../../protocol/accounts.ts";
import { type Tier, tiers } from "../../protocol/retention.ts";
import { problem } from "../http/problem.ts";
import type { AppContext, AppEnv, Readable } from "../http/router.ts";
import { sha256Hex } from "../platform/hash.ts";
import { firstRow, SqlBoolean } from "../platform/rows.ts";
import { mayUse } from "./scopes.ts";
import { cookieOf, noteUse, Scope } from "./session-token.ts";

/** Who is asking. Never handed to a collaborator: they know a member id and a display name. */
export interface Account {
  id: string;
  /** What others call them, under their key; `openName` of personal-keys.ts opens it. */
  sealedName: string;
  tier: Tier;
  /** What the person has chosen for the site and for mails; `null` if they never have. */
  language: Language | null;
  /** Messages from other members that they have not read yet. */
  unread: number;
  signInId: string;
  scope: Scope;
  /** When its person last proved who they are, on this sign-in; 0 if they never did. What is dangerous asks for a proof of late. */
  authenticatedAtMs: number;
}

/** What a handler behind `requireAccount` finds on its context. */
export interface AccountEnv extends AppEnv {
  Variables: AppEnv["Variables"] & { account: Account };
}
export type AccountContext = Readable<AccountEnv>;

/** For how long a token that was exchanged still counts. */
const PREVIOUS_MS = 60_000;
/** How long ago the last proof may lie for a change of what an account is signed in with. */
const RECENT_MS = 15 * 60_000;

const Found = z.object({
  id: z.string(),
  sealedName: z.string(),
  tier: z.enum(tiers),
  language: Language.nullable(),
  unread: z.int(),
  signInId: z.string(),
  scope: Scope,
  authenticatedAtMs: z.int(),
  lastUsedAtMs: z.int(),
  rotatedAtMs: z.int(),
  isPrevious: SqlBoolean,
  isUncounted: SqlBoolean,
});
type Found = z.infer<typeof Found>;

/** The account behind an opaque token, or `null` if the token is unknown or has expired at `nowMs`. */
export async function findAccount(db: D1Database, token: string, nowMs: number): Promise<Found | null> {
  const hash = await sha256Hex(token);
  const columns = `accounts.id AS id, display_name AS sealedName, tier, language, sign_ins.id AS signInId,
    scope, authenticated_at_ms AS authenticatedAtMs, last_used_at_ms AS lastUsedAtMs, rotated_at_ms AS rotatedAtMs,
    (EXISTS (SELECT 1 FROM counting_objections o WHERE o.account_id = accounts.id)
      OR EXISTS (SELECT 1 FROM restrictions r WHERE r.account_id = accounts.id)) AS isUncounted,
    (SELECT ifnull(sum(unread), 0) FROM conversation_sides s WHERE s.account_id = accounts.id AND s.unread > 0) AS unread`;
  // Two indexed looks rather than an OR, which would read the table.
  return await firstRow(
    Found,
    db
      .prepare(
        `SELECT ${columns}, 0 AS isPrevious FROM sign_ins JOIN accounts ON accounts.id = sign_ins.account_id
         LEFT JOIN mail_preferences ON mail_preferences.account_id = accounts.id
       WHERE token_hash = ?1 AND expires_at_ms > ?2
       UNION ALL
       SELECT ${columns}, 1 AS isPrevious FROM sign_ins JOIN accounts ON accounts.id = sign_ins.account_id
         LEFT JOIN mail_preferences ON mail_preferences.account_id = accounts.id
       WHERE previous_hash = ?1 AND expires_at_ms > ?2 AND rotated_at_ms > ?2 - ${PREVIOUS_MS}`,
      )
      .bind(hash, nowMs),
  );
}

/** A cookie goes out with every request a browser makes, another site's included; so a change needs our own origin. */
export function isOwnOrigin(c: AppContext): boolean {
  const site = c.req.header("Sec-Fetch-Site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = c.req.header("Origin");
  return origin === undefined || origin === new URL(c.req.url).origin;
}

/** Reads the token (RFC 6750 bearer, else the site's one cookie) and finds who it belongs to, whatever it may be used for. */
export async function findSignedIn(
  c: AppContext,
): Promise<{ account: Found; token: string; viaCookie: boolean } | null> {
  const header = c.req.header("Authorization");
  const cookie = cookieOf(c);
  const token = header === undefined ? cookie : /^Bearer ([\w.~+/-]{16,512}=*)$/i.exec(header)?.[1];
  if (token === undefined) return null;
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  if (header === undefined && !reads && !isOwnOrigin(c)) return null;
  const account = await findAccount(c.env.DB, token, c.var.deps.now());
  if (account?.isUncounted) c.var.deps.noteObjection();
  return account === null ? null : { account, token, viaCookie: header === undefined };
}

/** Who is asking, with a token that may be used here; a companion's does not open the account (`scopes.ts`). */
export async function authenticate(c: AppContext): Promise<Account | null> {
  const signedIn = await findSignedIn(c);
  return signedIn === null || !mayUse(signedIn.account.scope, c.req.path) ? null : noted(c, signedIn);
}

async function noted(
  c: AppContext,
  { account: found, token, viaCookie }: { account: Found; token: string; viaCookie: boolean },
): Promise<Account> {
  await noteUse(c, found, token, viaCookie);
  const {
    lastUsedAtMs: _used,
    rotatedAtMs: _rotated,
    isPrevious: _previous,
    isUncounted: _uncounted,
    ...account
  } = found;
  return account;
}

/** Lets nobody pass who is not signed in; behind it `c.var.account` is there. */
export const requireAccount = createMiddleware<AccountEnv>(async (c, next) => {
  const signedIn = await findSignedIn(c);
  if (signedIn === null) return problem(c, "unauthenticated");
  if (!mayUse(signedIn.account.scope, c.req.path)) return problem(c, "scope-insufficient");
  c.set("account", await noted(c, signedIn));
  await next();
});

/** Whether a person has proved who they are a moment ago, so that a machine left open is not enough. */
export const isReauthenticated = (account: Account, nowMs: number) => nowMs - account.authenticatedAtMs <= RECENT_MS;

/** For what changes how an account is signed in to. After `requireAccount`. */
export const requireReauthentication = createMiddleware<AccountEnv>(async (c, next) => {
  if (!isReauthenticated(c.var.account, c.var.deps.now())) return problem(c, "sign-in-again");
  await next();
});
