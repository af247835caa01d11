import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { MemberId, SessionId } from "../../protocol/ids.ts";
import { PHONE_LIFETIME_MS, PHONE_LINK_MAX_CHARS } from "../../protocol/limits.ts";
import type { AppContext } from "../http/router.ts";
import type { Env } from "../platform/env.ts";
import { readPlace, signPlace } from "./signed-place.ts";

/**
 * What a member's phone comes by, and what it is known by from then on: two signed texts of the same three ids, of which the first is good for
 * minutes and the second for an evening. Nothing of either is stored here; whether a link was used, and whether the phone is still theirs, the
 * room knows. Short, because a link is read off a screen.
 */
export interface PhonePlace {
  sessionId: SessionId;
  /** Whose phone it is. */
  owner: MemberId;
  /** The phone's own id in the room. */
  phone: MemberId;
  expiresAtMs: number;
}
type Kind = "link" | "seat";

const bodyOf = (id: string): string => id.slice(4);

export async function signPhone(env: Env, kind: Kind, place: PhonePlace): Promise<string> {
  const { sessionId, owner, phone, expiresAtMs } = place;
  const parts = [bodyOf(sessionId), bodyOf(owner), bodyOf(phone)];
  return await signPlace(env, "phones", kind, { parts, expiresAtMs });
}

/** The place that a text of ours names, while it is good; `null`: it is none of ours, or too old. */
export async function readPhone(env: Env, kind: Kind, signed: string, nowMs: number): Promise<PhonePlace | null> {
  const read = await readPlace(env, "phones", kind, signed, { nowMs, count: 3, maxChars: PHONE_LINK_MAX_CHARS });
  if (read === null) return null;
  const [session = "", owner = "", phone = ""] = read.parts;
  return {
    sessionId: SessionId.parse(`ses_${session}`),
    owner: MemberId.parse(`mem_${owner}`),
    phone: MemberId.parse(`mem_${phone}`),
    expiresAtMs: read.expiresAtMs,
  };
}

/** The cookie of a phone, of a kind of its own: no guard that asks who is signed in, or a guest, ever reads it. */
export const PHONE_COOKIE = "__Host-phone";

export function keepPhoneCookie(c: AppContext, seat: string): void {
  const maxAge = PHONE_LIFETIME_MS / 1000;
  const attributes = { path: "/", secure: true, httpOnly: true, sameSite: "Lax", maxAge } as const;
  c.header("Set-Cookie", generateCookie(PHONE_COOKIE, seat, attributes), { append: true });
}

/** What the browser brought, if it brought one. */
export const phoneCookieOf = (c: AppContext): string | undefined =>
  parse(c.req.header("Cookie") ?? "", PHONE_COOKIE)[PHONE_COOKIE];
