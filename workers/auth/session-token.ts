import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { z } from "zod";
import type { SignInMethod } from "../../protocol/accounts.ts";
import { newId } from "../../protocol/ids.ts";
import type { AppContext } from "../http/router.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { sealFor } from "../platform/personal-keys.ts";
import { newSecret } from "./challenges.ts";

export const SESSION_COOKIE = "__Host-session";
/** A sign-in that is not used for this long is over; each use moves its end. */
export const SIGN_IN_IDLE_MS = 30 * 24 * 3_600_000;
/** However often it is used, it is over after this: whoever holds a token is asked again who they are once a year. */
const SIGN_IN_MAX_MS = 365 * 24 * 3_600_000;
/** A browser's token is exchanged for a new one this often. */
const ROTATE_AFTER_MS = 24 * 3_600_000;
/** How precisely the last use is known: a write for every request would be one too many. */
const TOUCH_AFTER_MS = 10 * 60_000;
export const SIGN_INS_PER_ACCOUNT_MAX = 50;

/** What a token may be used for: everything of its account, or what a companion needs in the studio (`scopes.ts`). */
export const Scope = z.enum(["account", "studio"]);
export type Scope = z.infer<typeof Scope>;

interface NewSignIn {
  accountId: string;
  kind: "browser" | "companion";
  /** How it came about. A grant is no proof: whoever holds its token has never shown who they are. */
  method: SignInMethod;
  label: string;
}

/** The statements that sign somebody in, and the token for them to keep. The oldest sign-in gives way when there are too many. */
export async function createSignIn(env: Env, deps: Deps, { accountId, kind, method, label }: NewSignIn) {
  const db = env.DB;
  const device = await sealFor(env, deps, accountId, "device", label);
  const token = newSecret(deps);
  const signInId = newId("sin", deps.random);
  const nowMs = deps.now();
  const isGrant = method === "companion" || method === "device-code";
  const scope: Scope = isGrant ? "studio" : "account";
  const statements = [
    db
      .prepare(
        `INSERT INTO sign_ins
           (id, account_id, token_hash, label, kind, scope, authenticated_at_ms, created_at_ms, last_used_at_ms, rotated_at_ms, expires_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8, ?9)`,
      )
      .bind(
        signInId,
        accountId,
        await sha256Hex(token),
        device,
        kind,
        scope,
        isGrant ? 0 : nowMs,
        nowMs,
        nowMs + SIGN_IN_IDLE_MS,
      ),
    db
      .prepare("INSERT INTO sign_in_events (id, account_id, method, label, at_ms) VALUES (?, ?, ?, ?, ?)")
      .bind(newId("evt", deps.random), accountId, method, device, nowMs),
    db
      .prepare(
        `DELETE FROM sign_ins WHERE account_id = ?1 AND id NOT IN
           (SELECT id FROM sign_ins WHERE account_id = ?1 ORDER BY last_used_at_ms DESC, created_at_ms DESC LIMIT ?2)`,
      )
      .bind(accountId, SIGN_INS_PER_ACCOUNT_MAX),
  ];
  return { token, signInId, statements };
}

/** The site's one essential cookie (A7): this host only, never read by a script, not sent from other sites' forms. */
export function keepCookie(c: AppContext, token: string): void {
  sendCookie(c, token, SIGN_IN_IDLE_MS / 1000);
}

export const dropCookie = (c: AppContext) => sendCookie(c, "", 0);

function sendCookie(c: AppContext, token: string, maxAge: number): void {
  const attributes = { path: "/", secure: true, httpOnly: true, sameSite: "Lax", maxAge } as const;
  c.header("Set-Cookie", generateCookie(SESSION_COOKIE, token, attributes), { append: true });
}

/** The token that the browser brought, if it brought one. */
export const cookieOf = (c: AppContext): string | undefined =>
  parse(c.req.header("Cookie") ?? "", SESSION_COOKIE)[SESSION_COOKIE];

/** What a browser calls itself, in words that its owner knows again: "Firefox on Linux". */
export function labelOf(userAgent: string | undefined): string {
  const agent = userAgent ?? "";
  const find = (names: readonly [RegExp, string][]) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = find([
    [/Edg\//, "Edge"],
    [/Firefox\//, "Firefox"],
    [/Chrom(e|ium)\//, "Chrome"],
    [/Safari\//, "Safari"],
  ]);
  const system = find([
    [/Windows/, "Windows"],
    [/Android/, "Android"],
    [/iPhone|iPad/, "iOS"],
    [/Mac OS X/, "macOS"],
    [/Linux/, "Linux"],
  ]);
  return [browser ?? "A browser", ...(system === undefined ? [] : [`on ${system}`])].join(" ");
}

interface Used {
  signInId: string;
  lastUsedAtMs: number;
  rotatedAtMs: number;
  isPrevious: boolean;
}

/**
 * Notes a use: moves the sign-in's end, and gives a browser a new token once a day. Two tabs that come at once both count: one gets the
 * new token, and the one before it is good for what is on its way.
 */
export async function noteUse(c: AppContext, used: Used, token: string, viaCookie: boolean): Promise<void> {
  const { deps } = c.var;
  const nowMs = deps.now();
  if (nowMs - used.lastUsedAtMs < TOUCH_AFTER_MS) return;
  const rotates = viaCookie && !used.isPrevious && nowMs - used.rotatedAtMs >= ROTATE_AFTER_MS;
  if (!rotates) {
    await c.env.DB.prepare(
      `UPDATE sign_ins SET last_used_at_ms = ?2, expires_at_ms = min(?3, created_at_ms + ${SIGN_IN_MAX_MS}) WHERE id = ?1`,
    )
      .bind(used.signInId, nowMs, nowMs + SIGN_IN_IDLE_MS)
      .run();
    return;
  }
  const next = newSecret(deps);
  const { meta } = await c.env.DB.prepare(
    `UPDATE sign_ins SET token_hash = ?3, previous_hash = ?2, rotated_at_ms = ?4, last_used_at_ms = ?4,
       expires_at_ms = min(?5, created_at_ms + ${SIGN_IN_MAX_MS})
     WHERE id = ?1 AND token_hash = ?2`,
  )
    .bind(used.signInId, await sha256Hex(token), await sha256Hex(next), nowMs, nowMs + SIGN_IN_IDLE_MS)
    .run();
  if (meta.changes === 1) keepCookie(c, next);
}
