import * as z from "zod";
import { MemberId, RecordingId, SessionId } from "./ids.ts";

/** That somebody has received a stem, as its owner sees it. */
export const Delivery = z.object({
  recordingId: RecordingId,
  sessionId: SessionId,
  name: z.string(),
  /** What the receiver is called now; `null` once their account has gone. */
  receiver: z.string().nullable(),
  deliveredAtMs: z.int(),
  /** When the owner deleted it, and with that asked for the copy to go. */
  wishedAtMs: z.int().nullable(),
  answer: z.enum(["deleted", "kept"]).nullable(),
  answeredAtMs: z.int().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

/** An owner's wish that a copy be deleted, for the receiver's companion. It names the sound, not the person. */
export const DeletionWish = z.object({
  recordingId: RecordingId,
  sessionId: SessionId,
  memberId: MemberId,
  sha256: z.string(),
  wishedAtMs: z.int(),
  /** Ed25519 (RFC 8032) over `textOfWish`, base64. */
  signature: z.string(),
});
export type DeletionWish = z.infer<typeof DeletionWish>;

/** The key that wishes are signed with, as a JWK (RFC 8037). */
export const WishKey = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() });
export type WishKey = z.infer<typeof WishKey>;
/** Where the key is. */
export const WISH_KEY_PATH = "/.well-known/sessionlinked-wishes.json";

export const AnswerWish = z.object({ answer: z.enum(["deleted", "kept"]) });

/** What is signed: a wish for one copy cannot be shown for another. */
export const textOfWish = ({ recordingId, memberId, sha256, wishedAtMs }: Omit<DeletionWish, "signature">): string =>
  ["sessionlinked please delete", recordingId, memberId, sha256, wishedAtMs].join("\n");
