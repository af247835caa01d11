import * as z from "zod";
import { typedCode } from "./typed-code.ts";

/**
 * Ids are a three-letter kind, an underscore and 26 characters of Crockford base32 (130 bits, of which 128 are random).
 * They sort by nothing and tell nothing: they are safe in URLs and logs.
 */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const BODY = "[0-9a-hjkmnp-tv-z]{26}";

const id = <Kind extends string>(kind: Kind) =>
  z
    .templateLiteral([z.literal(kind), "_", z.string().regex(new RegExp(`^${BODY}$`))])
    .meta({ description: `${kind} id` });

export const AccountId = id("acc");
export const SessionId = id("ses");
export const MemberId = id("mem");
export const RecordingId = id("rec");
export const InviteId = id("inv");
export const ProfileId = id("pro");
export const BlockId = id("blk");
export const ConversationId = id("cnv");
export const MessageId = id("msg");
export const ReportId = id("rep");
export const ErasureId = id("era");
export const ExportId = id("exp");
export const PrivacyRequestId = id("prq");
export const BreachId = id("bre");
export const HoldId = id("hld");
export const DecisionId = id("dec");
export const AppealId = id("apl");
export const OperatorId = id("opr");
export type AccountId = z.infer<typeof AccountId>;
export type SessionId = z.infer<typeof SessionId>;
export type MemberId = z.infer<typeof MemberId>;
export type RecordingId = z.infer<typeof RecordingId>;
export type InviteId = z.infer<typeof InviteId>;
export type ErasureId = z.infer<typeof ErasureId>;
export type ProfileId = z.infer<typeof ProfileId>;
export type ConversationId = z.infer<typeof ConversationId>;

/** Chosen by the client, so that a resend of the same event is recognised (RFC 9562, any version). */
export const EventId = z.uuid();
export type EventId = z.infer<typeof EventId>;

/**
 * What a guest types or pastes: ten characters of Crockford base32 in two groups, 50 bits, read without regard to case, with whatever dash
 * their keyboard or mail program made of ours; or the link that they hold.
 */
export const InviteCode = z
  .string()
  .max(400)
  .toLowerCase()
  .transform((text) => /\/invite\/([^/?#\s]+)/.exec(text)?.[1] ?? text)
  // A dash that an address has escaped.
  .transform((code) => typedCode(code.replaceAll("%2d", "-")).replaceAll("o", "0").replaceAll(/[il]/g, "1"))
  .pipe(z.string().regex(/^[0-9a-hjkmnp-tv-z]{10}$/, "An invite code has ten letters and digits, like k7m2p-9xq4d."));
export type InviteCode = z.infer<typeof InviteCode>;

/** Fills the array with cryptographically strong randomness; passed in, so that tests can replay. */
export type RandomBytes = (lengthBytes: number) => Uint8Array;

/** `lengthChars` characters of Crockford base32 drawn from `random`, five bits each. */
export function randomBase32(lengthChars: number, random: RandomBytes): string {
  let text = "";
  for (const byte of random(lengthChars)) text += ALPHABET[byte & 31];
  return text;
}

/** A fresh id of the given kind. */
export function newId<Kind extends string>(kind: Kind, random: RandomBytes): `${Kind}_${string}` {
  return `${kind}_${randomBase32(26, random)}`;
}
