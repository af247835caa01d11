import type { ErrorCode } from "../../protocol/errors.ts";
import { assertNever } from "../../protocol/errors.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { TicketClaims } from "../../protocol/ticket.ts";

/**
 * Join tickets: `base64url(claims as JSON) "." base64url(HMAC-SHA-256 of that text)` (RFC 4648 section 5 without padding, RFC 2104).
 * Both halves are made of token characters (RFC 9110, 5.6.2), so a ticket fits into `Sec-WebSocket-Protocol`.
 */
const TICKET_MAX_CHARS = 4_096;
/** A Worker's clock may be this far from that of the one that signed. */
const CLOCK_SKEW_MS = 5_000;
const HMAC = { name: "HMAC", hash: "SHA-256" };

export type TicketRefusal = "missing" | "malformed" | "forged" | "expired" | "not-yet" | "foreign";

const encoder = new TextEncoder();

async function importKey(secret: string): Promise<CryptoKey> {
  const bytes = encoder.encode(secret);
  // An empty or short key would sign just as well, and be guessed.
  if (bytes.byteLength < 32) throw new Error("TICKET_KEY needs at least 32 bytes.");
  return await crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign", "verify"]);
}

const toBase64Url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null;
  }
}

export async function signTicket(claims: TicketClaims, secret: string): Promise<string> {
  const payload = toBase64Url(encoder.encode(JSON.stringify(claims)));
  const signature = await crypto.subtle.sign(HMAC, await importKey(secret), encoder.encode(payload));
  return `${payload}.${toBase64Url(new Uint8Array(signature))}`;
}

/**
 * Who may join, if the ticket was signed with this key, for this session, and is of this time. The signature comes first, so a
 * forger learns nothing about the rest. Whether it was used before is known to the room alone.
 */
export async function verifyTicket(
  ticket: string | undefined,
  secret: string,
  sessionId: string,
  nowMs: number,
): Promise<{ ok: true; claims: TicketClaims } | { ok: false; reason: TicketRefusal }> {
  if (ticket === undefined || ticket === "") return { ok: false, reason: "missing" };
  const [payload = "", signature = "", ...rest] = ticket.length <= TICKET_MAX_CHARS ? ticket.split(".") : [];
  const signed = fromBase64Url(signature);
  const bytes = fromBase64Url(payload);
  if (payload === "" || rest.length > 0 || signed === null || bytes === null) return { ok: false, reason: "malformed" };
  const genuine = await crypto.subtle.verify(HMAC, await importKey(secret), signed, encoder.encode(payload));
  if (!genuine) return { ok: false, reason: "forged" };
  const { data: claims } = TicketClaims.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (claims === undefined) return { ok: false, reason: "malformed" };
  if (claims.sessionId !== sessionId) return { ok: false, reason: "foreign" };
  if (nowMs >= claims.expiresAtMs) return { ok: false, reason: "expired" };
  if (nowMs < claims.expiresAtMs - TICKET_LIFETIME_MS - CLOCK_SKEW_MS) return { ok: false, reason: "not-yet" };
  return { ok: true, claims };
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
