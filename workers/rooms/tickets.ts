import type { ErrorCode } from "../../protocol/errors.ts";
import { assertNever } from "../../protocol/errors.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { TicketClaims } from "../../protocol/ticket.ts";
import { fromBase64Url, toBase64Url } from "../platform/base64.ts";
import type { Env } from "../platform/env.ts";
import { mac, macKey } from "../platform/keys.ts";

/**
 * Join tickets: `base64url(claims as JSON) "." base64url(HMAC-SHA-256 of that text)` (RFC 4648 section 5 without padding, RFC 2104).
 * Both halves are made of token characters (RFC 9110, 5.6.2), so a ticket fits into `Sec-WebSocket-Protocol`.
 */
const TICKET_MAX_CHARS = 4_096;
/** A Worker's clock may be this far from that of the one that signed. */
const CLOCK_SKEW_MS = 5_000;

export type TicketRefusal = "missing" | "malformed" | "forged" | "expired" | "not-yet" | "foreign";

const encoder = new TextEncoder();

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64Url(text);
  } catch {
    return null;
  }
}

export async function signTicket(env: Env, claims: TicketClaims): Promise<string> {
  const payload = toBase64Url(encoder.encode(JSON.stringify(claims)));
  return `${payload}.${toBase64Url(await mac(env, "tickets", payload))}`;
}

/**
 * Who may join, if the ticket was signed with this key, for this session, and is of this time. The signature comes first, so a
 * forger learns nothing about the rest. Whether it was used before is known to the room alone.
 */
export async function verifyTicket(
  env: Env,
  ticket: string | undefined,
  sessionId: string,
  nowMs: number,
): Promise<Result<TicketClaims, TicketRefusal>> {
  if (ticket === undefined || ticket === "") return refused("missing");
  const [payload = "", signature = "", ...rest] = ticket.length <= TICKET_MAX_CHARS ? ticket.split(".") : [];
  const signed = decode(signature);
  const bytes = decode(payload);
  if (payload === "" || rest.length > 0 || signed === null || bytes === null) return refused("malformed");
  const genuine = await crypto.subtle.verify("HMAC", await macKey(env, "tickets"), signed, encoder.encode(payload));
  if (!genuine) return refused("forged");
  const { data: claims } = TicketClaims.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (claims === undefined) return refused("malformed");
  if (claims.sessionId !== sessionId) return refused("foreign");
  if (nowMs >= claims.expiresAtMs) return refused("expired");
  if (nowMs < claims.expiresAtMs - TICKET_LIFETIME_MS - CLOCK_SKEW_MS) return refused("not-yet");
  return ok(claims);
}

/** What the client is told. Only "expired" is told apart, because there asking again helps. */
export function codeOfRefusal(reason: TicketRefusal): ErrorCode {
  switch (reason) {
    case "expired":
      return "ticket-expired";
    case "missing":
    case "malformed":
    case "forged":
    case "not-yet":
    case "foreign":
      return "ticket-invalid";
    default:
      return assertNever(reason);
  }
}
