/** What a page and its takes worker say to each other. Both are this program's own, so nothing is parsed. */
import type { MemberId, SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { Role } from "../../../protocol/roles.ts";
import type { LoggedEvent, Member, TransportCommand, TransportState } from "../../../protocol/room.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { ClockSample } from "../clock/session-clock.std.ts";
import type { Input } from "../recording/take-recorder.std.ts";
import type { DiskState } from "../stems/disk.std.ts";
import type { StudioCommand } from "./commands.std.ts";
import type { StudioEvent } from "./events.std.ts";

/** The studio's commands that are about takes; a page carries out the others itself. */
export type TakesCommand = Extract<
  StudioCommand,
  {
    type:
      | "arm"
      | "pre-roll"
      | "share"
      | "pause"
      | "resume"
      | "withdraw"
      | "share-as-i-record"
      | "copies"
      | "safety-copies"
      | "bring-back"
      | "delete-copies";
  }
>;

export type ToTakes =
  /** `originMs`: the page's time origin, which all its threads count from. */
  | { type: "open"; sessionId: SessionId; sessionName: string; origin: string; originMs: number }
  | {
      type: "welcome";
      memberId: MemberId;
      role: Role;
      transport: TransportState;
      timeline: TimelineMap;
      headSeq: number;
    }
  | { type: "logged"; event: LoggedEvent }
  /** A command that was pressed here has been posted, and what the room did not take: whoever pressed record is recorded, however late the page hears (P43). */
  | { type: "pressed"; eventId: string; transport: TransportCommand }
  | { type: "refused"; eventId: string }
  | { type: "clock"; sample: ClockSample }
  /** Who is here, and what one of them tells of their clock: takes are stamped in the session time that all agree on (P78). */
  | { type: "members"; memberId: MemberId; members: readonly Pick<Member, "memberId" | "connected" | "role">[] }
  | { type: "reading"; from: MemberId; reading: PeerReading }
  /** The sound is on: the capture ring, and what of it is one input. */
  | { type: "device"; memory: SharedArrayBuffer; input: Input }
  /** What the device takes before a block is in the ring. */
  | { type: "capture"; captureMs: number }
  /** The lanes, for safety copies of them: over this port (tap-messages.std.ts). */
  | { type: "lanes"; port: MessagePort }
  /** What is on our servers. */
  | { type: "recordings"; recordings: readonly Recording[] }
  | { type: "input"; input: Input }
  | { type: "command"; command: TakesCommand }
  /** The person's own act: a stem is to go from this browser. */
  | { type: "forget"; recordingId: string }
  /** The person has made room. */
  | { type: "look" }
  | { type: "close" };

export type FromTakes =
  | { type: "event"; event: StudioEvent }
  | { type: "status"; armed: boolean; recording: boolean }
  /** What is decided here about stems that begin from now on. */
  | { type: "share-as-i-record"; on: boolean }
  | { type: "forgotten"; recordingId: string }
  /** Whether what is recorded here can be kept. */
  | { type: "disk"; disk: DiskState }
  | { type: "closed" };

/** How the name of every such folder begins. */
export const TAKES_FOLDER = "takes ";

/** The folder of a browser's file system in which a session's takes lie. */
export const takesFolder = (sessionId: SessionId): string => `${TAKES_FOLDER}${sessionId}`;
