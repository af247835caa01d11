/** What the page tells the view before anything is asked: written by the server into the page, read once. */
import * as z from "zod";
import { Accent } from "../../protocol/accents.ts";
import { MemberId, SessionId } from "../../protocol/ids.ts";
import { Role } from "../../protocol/roles.ts";

export const Boot = z.object({
  sessionId: SessionId,
  sessionName: z.string(),
  memberId: MemberId,
  role: Role,
  accents: z.record(z.string(), Accent),
  /** Somebody without an account (P79): they have this page and no other of the session's. */
  guest: z.literal(true).optional(),
  /** A member's phone (P83), and what they are called: this page is a remote control. */
  phoneOf: z.string().optional(),
  /** By this seat somebody listens to the session's broadcast (P85): this page plays it, and is nothing else. */
  seat: z.string().optional(),
  language: z.enum(["en", "de"]),
  /** The session's own page, for what is done there. */
  sessionHref: z.string(),
  /** Scripts of the sound's own threads. Without one that records it is the studio around this window that does; without one that plays takes, none are played. */
  sound: z.object({
    lanesUrl: z.string(),
    deviceUrl: z.string(),
    takesUrl: z.string().optional(),
    playbackUrl: z.string().optional(),
  }),
  /** Scripts that are fetched as soon as the first one runs, each with all that it needs, so that a click has not to wait for them. */
  ahead: z.array(z.string()).optional(),
});
export type Boot = z.infer<typeof Boot>;
