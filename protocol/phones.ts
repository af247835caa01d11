import * as z from "zod";
import { MemberId, SessionId } from "./ids.ts";
import { PHONE_LINK_MAX_CHARS } from "./limits.ts";

/** A phone as another end of a member in one session: to move the transport, to talk, to show a second picture (P83). */

/** What a phone's link carries: good once, for a few minutes. */
export const PhoneLink = z.object({ link: z.string().min(1).max(PHONE_LINK_MAX_CHARS), expiresAtMs: z.int() });

export const ConnectPhone = PhoneLink.pick({ link: true });

/** A phone's own place. */
export const PhoneSeat = z.object({ sessionId: SessionId, memberId: MemberId, expiresAtMs: z.int() });
