import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { GUEST_RETENTION_MS } from "../../protocol/retention.ts";
import type { AppContext } from "../http/router.ts";

/**
 * The cookie of a guest: of a kind of its own, so that no guard that asks who is signed in ever reads it. What it opens is one session's guest
 * routes; a browser that becomes a guest elsewhere leaves this place.
 */
export const GUEST_COOKIE = "__Host-guest";

export const keepGuestCookie = (c: AppContext, token: string) => send(c, token, GUEST_RETENTION_MS / 1000);
export const dropGuestCookie = (c: AppContext) => send(c, "", 0);

function send(c: AppContext, token: string, maxAge: number): void {
  const attributes = { path: "/", secure: true, httpOnly: true, sameSite: "Lax", maxAge } as const;
  c.header("Set-Cookie", generateCookie(GUEST_COOKIE, token, attributes), { append: true });
}

/** The token that the browser brought, if it brought one. */
export const guestCookieOf = (c: AppContext): string | undefined =>
  parse(c.req.header("Cookie") ?? "", GUEST_COOKIE)[GUEST_COOKIE];
