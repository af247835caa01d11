import * as z from "zod";
import { AccountId, MemberId, SessionId } from "./ids.ts";
import { Role } from "./roles.ts";
import { DecisionNumber } from "./room.ts";

/**
 * What the API signs when somebody may join a session. The Worker verifies it at the door of the room and hands the
 * claims on; the room takes each `ticketId` once. `accountId` never leaves the server: collaborators know a `memberId`.
 */
export const TicketClaims = z.object({
  ticketId: z.string().min(20).max(40),
  sessionId: SessionId,
  memberId: MemberId,
  /** Absent for a guest, who has none. */
  accountId: AccountId.optional(),
  displayName: z.string(),
  role: Role,
  guest: z.literal(true).optional(),
  /** The member whose phone this is; the room shows their name and not one of its own. */
  phoneOf: MemberId.optional(),
  /** They come to listen, by the link of this broadcast (P85), and are no member. */
  broadcast: z.string().min(1).max(40).optional(),
  /** The session's setting as the database has it. */
  recordingPermitted: z.boolean(),
  /** The session's newest decision when this was signed: role and setting are as it left them (P55). */
  decision: DecisionNumber,
  issuedAtMs: z.int(),
  expiresAtMs: z.int(),
});
export type TicketClaims = z.infer<typeof TicketClaims>;
