import { assertNever, type ErrorCode } from "../protocol/errors.ts";
import { NOTES_PER_SESSION_MAX } from "../protocol/limits.ts";
import { may, type Role } from "../protocol/roles.ts";
import type { MemberStatus, PostBody, SessionSettings, TransportCommand } from "../protocol/room.ts";
import { fitsLimits } from "../protocol/timeline.ts";
import { applyTimeline, type Timeline } from "../protocol/transport.ts";

/** What a decision rests on besides the post itself. */
export interface Circumstances {
  role: Role;
  /** It comes from a member's phone, which moves the transport and nothing else (P83). */
  isPhone: boolean;
  settings: SessionSettings;
  timeline: Timeline;
  /** Whether the log has room for one more of this kind from this member. */
  hasRoom: boolean;
  noteCount: number;
  /** The line that a note's text is in, if there is such a note. */
  noteSeq: (noteId: string) => number | undefined;
  /** The post came after the instant that it says it is good for (P41). */
  expired: boolean;
}

/** Whether a member's post is logged (`null`) or refused, and why. The permission table first, then the session, then room. */
export function refusalOf(body: PostBody, given: Circumstances): ErrorCode | null {
  if (given.expired) return "post-expired";
  const refusal = refusalByRole(body, given);
  if (refusal !== null || given.hasRoom) return refusal;
  // A stop that stops something is never refused for want of room.
  const stops = body.kind === "transport" && body.transport.command === "stop";
  return stops && given.timeline.transport.motion !== "stopped" ? null : "log-full";
}

function refusalByRole(body: PostBody, given: Circumstances): ErrorCode | null {
  const { role, noteCount, noteSeq, isPhone } = given;
  if (isPhone && !(body.kind === "transport" && isOfPhones(body.transport))) return "forbidden";
  switch (body.kind) {
    case "transport":
      return refusalOfCommand(body.transport, given);
    case "chat":
      return may(role, "chat.post") ? null : "forbidden";
    case "note":
      if (!may(role, "note.write")) return "forbidden";
      if (body.after !== undefined && body.after !== noteSeq(body.noteId)) return "note-changed";
      return isOneTooMany(body.text, noteSeq(body.noteId), noteCount) ? "notes-full" : null;
    case "take-name":
      if (!may(role, "note.write")) return "forbidden";
      return isOneTooMany(body.text, noteSeq(body.takeId), noteCount) ? "notes-full" : null;
    case "take-star":
      return may(role, "note.write") ? null : "forbidden";
    case "admission":
      return may(role, "admission.set") ? null : "forbidden";
    case "admit":
      return may(role, "member.admit") ? null : "forbidden";
    case "kick":
      return may(role, "member.kick") ? null : "forbidden";
    case "end":
      return may(role, "session.end") ? null : "forbidden";
    default:
      return assertNever(body);
  }
}

const isOfPhones = ({ command }: TransportCommand): boolean =>
  command === "play" || command === "stop" || command === "record" || command === "locate";

const isOneTooMany = (text: string, seq: number | undefined, noteCount: number): boolean =>
  noteCount >= NOTES_PER_SESSION_MAX && text !== "" && seq === undefined;

function refusalOfCommand(transport: TransportCommand, { role, settings, timeline }: Circumstances): ErrorCode | null {
  switch (transport.command) {
    case "play":
    case "stop":
    case "locate":
    case "loop":
    case "punch":
      return may(role, "transport.command") ? null : "forbidden";
    case "record":
      if (!may(role, "transport.command") || !may(role, "record")) return "forbidden";
      return settings.recordingPermitted ? null : "recording-off";
    case "tempo":
    case "signature":
    case "map":
    case "marker":
    case "count-in": {
      if (!may(role, "timeline.edit")) return "forbidden";
      const { map } = applyTimeline(timeline, { transport, effectiveAtMs: timeline.transport.atMs });
      return fitsLimits(map) ? null : "timeline-full";
    }
    default:
      return assertNever(transport);
  }
}

/** What a member shows the others, as far as their role and the session's settings allow it to be true. */
export function shownStatus(status: MemberStatus, role: Role, settings: SessionSettings): MemberStatus {
  const records = may(role, "record") && settings.recordingPermitted;
  return {
    ...status,
    cameraOn: status.cameraOn && may(role, "video.send"),
    micLive: status.micLive && may(role, "audio.send"),
    armed: status.armed && records,
    recording: status.recording && records,
  };
}
