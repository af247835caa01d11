import { TicketClaims } from "../protocol/ticket.ts";

/**
 * How the Worker hands a verified ticket's claims to the room: base64 of their JSON, because a header's value is Latin-1 and a
 * name is not. Only the Worker can reach a room, and it builds the request anew, so the room believes this header.
 */
export const CLAIMS_HEADER = "X-Room-Claims";

export const encodeClaims = (claims: TicketClaims): string =>
  new TextEncoder().encode(JSON.stringify(claims)).toBase64();

export const decodeClaims = (header: string): TicketClaims =>
  TicketClaims.parse(JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(header))));
