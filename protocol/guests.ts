import * as z from "zod";
import { DisplayName } from "./display-name.ts";
import { InviteCode, MemberId, SessionId } from "./ids.ts";
import { Role } from "./roles.ts";

/** What somebody without an account says to come into a session by its invite: a name, and that they are 16 or over (A5). */
export const BecomeGuest = z.object({
  code: InviteCode,
  displayName: DisplayName,
  isSixteen: z.literal(true),
});
export type BecomeGuest = z.infer<typeof BecomeGuest>;

/** A guest's own place: which session, as what, until when. */
export const GuestSeat = z.object({
  sessionId: SessionId,
  memberId: MemberId,
  sessionName: z.string(),
  role: Role,
  expiresAtMs: z.int(),
});
