import * as z from "zod";
import { Accent } from "./accents.ts";
import { InviteCode, InviteId, MemberId, SessionId } from "./ids.ts";
import { HIDDEN, withoutJoiners } from "./joiners.ts";
import {
  EVENING_MAX_MINUTES,
  EVENING_MIN_MINUTES,
  INVITE_LABEL_MAX_CHARS,
  INVITE_USES_MAX,
  SESSION_NAME_MAX_GRAPHEMES,
  TIME_ZONE_MAX_CHARS,
} from "./limits.ts";
import { Role } from "./roles.ts";
import { IceServer, SessionSettings } from "./room.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Length as a person counts it: grapheme clusters (UAX #29), after NFC. */
export function graphemeCount(text: string): number {
  let count = 0;
  for (const _ of graphemes.segment(text)) count++;
  return count;
}

export const SessionName = z
  .string()
  .max(SESSION_NAME_MAX_GRAPHEMES * 16)
  .transform((name) => name.normalize("NFC").trim())
  .refine((name) => name.length > 0, "A session needs a name.")
  .refine((name) => graphemeCount(name) <= SESSION_NAME_MAX_GRAPHEMES, "This name is too long.")
  .refine((name) => !HIDDEN.test(withoutJoiners(name)), "A name cannot hold control characters.");

const ZONE = /^[A-Za-z]\w*(?:\/[A-Za-z][\w+-]*){0,2}$/;

function isTimeZone(name: string): boolean {
  if (!ZONE.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A day and a time of it that the calendar has. */
function isWallClock(text: string): boolean {
  const ms = Date.parse(`${text}:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}

/** When a session meets next, as people agree on it: by the clock on the wall of one place, whatever its summer time does until then. */
export const Evening = z.object({
  /** `2026-12-03T20:00`, without a zone. */
  startsAt: z
    .string()
    .regex(/^20\d\d-\d\d-\d\dT\d\d:\d\d$/)
    .refine(isWallClock, "There is no such day or time."),
  /** A name of the IANA time zone database: `Europe/Berlin`. */
  timeZone: z.string().max(TIME_ZONE_MAX_CHARS).refine(isTimeZone, "This is no time zone's name, as Europe/Berlin is."),
  minutes: z.int().min(EVENING_MIN_MINUTES).max(EVENING_MAX_MINUTES),
  repeats: z.enum(["never", "weekly", "fortnightly"]),
});
export type Evening = z.infer<typeof Evening>;

/** `sessionId` may be the client's own, so that a lost answer can be asked again: same id and content, same answer. */
export const CreateSession = z.object({
  sessionId: SessionId.optional(),
  name: SessionName,
  settings: SessionSettings.default({ recordingPermitted: true }),
});

export const SessionSummary = z.object({
  sessionId: SessionId,
  name: z.string(),
  role: Role,
  memberId: MemberId,
  createdAtMs: z.int(),
});

export const SessionDetail = SessionSummary.extend({
  settings: SessionSettings,
  /** Whether whoever holds an invite may come in as a guest; a server of before there were guests does not say. */
  guestsAllowed: z.boolean().default(false),
  /** When everybody meets next, and the instant of it; `null` where nothing is planned or all of it is over. */
  evening: Evening.extend({ nextAtMs: z.int() }).nullable(),
  /** The accent that stands for each on every page and screen of this session. */
  members: z.array(
    z.object({
      memberId: MemberId,
      displayName: z.string(),
      role: Role,
      accent: Accent,
      guest: z.literal(true).optional(),
    }),
  ),
});

/** What is not named stays as it is. To allow no guests takes those out who are in. */
export const PatchSession = z.object({ settings: SessionSettings.optional(), guestsAllowed: z.boolean().optional() });
export const PatchMember = z.object({ role: Role });

/** How far a session's deletion has come (promise E2). What collaborators keep on their own disks is out of our reach (V3). */
export const SessionErasure = z.object({
  sessionId: SessionId,
  requestedAtMs: z.int(),
  /** By then everything is gone at the latest. */
  dueAtMs: z.int(),
  /** `null` while it is under way; cron carries on. */
  finishedAtMs: z.int().nullable(),
  recordingsDeleted: z.int(),
  objectsDeleted: z.int(),
  /** One sentence for the person: what is gone, and what is not ours to delete. */
  notice: z.string(),
});
export type SessionErasure = z.infer<typeof SessionErasure>;

export const CreateInvite = z.object({
  role: Role.exclude(["host"]).default("participant"),
  uses: z.int().min(1).max(INVITE_USES_MAX).default(1),
  /** Whom it is for, so that a list of open ones can be told apart. Shown to hosts alone. */
  label: z
    .string()
    .max(INVITE_LABEL_MAX_CHARS)
    .transform((label) => label.normalize("NFC").trim())
    .refine((label) => !/\p{C}/u.test(label.replaceAll("\u200d", "")), "A label cannot hold control characters.")
    .default(""),
});
/** An invite as the list shows it. Its code is told once, to whoever made it; the server keeps only a hash. */
export const InviteSummary = z.object({
  inviteId: InviteId,
  label: z.string(),
  role: Role,
  usesLeft: z.int(),
  createdAtMs: z.int(),
  expiresAtMs: z.int(),
});
export const Invite = InviteSummary.extend({ code: z.string() });
export const AcceptInvite = z.object({ code: InviteCode });

export const JoinTicket = z.object({
  ticket: z.string(),
  expiresAtMs: z.int(),
  /** Path and query of the room's WebSocket on this origin; the ticket goes in the `Sec-WebSocket-Protocol` list. */
  roomPath: z.string(),
  iceServers: z.array(IceServer),
});
