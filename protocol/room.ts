import * as z from "zod";
import { ErrorCode } from "./errors.ts";
import { EventId, MemberId, SessionId } from "./ids.ts";
import {
  ANNOUNCED_LEAD_MAX_MS,
  CANDIDATE_MAX_CHARS,
  CHAT_TEXT_MAX_CHARS,
  EVENTS_PER_BATCH_MAX,
  LISTENERS_MAX,
  NOTE_TEXT_MAX_CHARS,
  SDP_MAX_CHARS,
  SESSION_MEMBERS_MAX,
  SESSION_TIME_MAX_MS,
  TAKE_NAME_MAX_CHARS,
  TEMPO_MAX_BPM,
  TEMPO_MIN_BPM,
} from "./limits.ts";
import { Role } from "./roles.ts";
import { FrameRange, initialMap, MapCommand, PositionFrames, TimelineMap } from "./timeline.ts";

/** What both ends of a room's socket say. docs/PROTOCOL.md gives the rules that these shapes serve. */

/** Where a DAW that rolls already was at an instant of session time: the others drop in beside it (P42). */
const RollingSince = z.object({ positionFrames: PositionFrames, atMs: z.number().min(0).max(SESSION_TIME_MAX_MS) });

/** What a musician can ask of everybody's transport. A `null` takes the range away. */
export const TransportCommand = z.discriminatedUnion("command", [
  z.object({ command: z.literal("play"), since: RollingSince.optional() }),
  /** `positionFrames`: where the DAW that was stopped stands (P42). */
  z.object({ command: z.literal("stop"), positionFrames: PositionFrames.optional() }),
  z.object({ command: z.literal("record"), since: RollingSince.optional() }),
  z.object({ command: z.literal("locate"), positionFrames: PositionFrames }),
  z.object({ command: z.literal("loop"), range: FrameRange.nullable() }),
  z.object({ command: z.literal("punch"), range: FrameRange.nullable() }),
  ...MapCommand.options,
]);
export type TransportCommand = z.infer<typeof TransportCommand>;

/** When a command that was announced over the lanes takes effect, and when the one ahead of it did (P77). */
export const Announced = z.object({
  effectiveAtMs: z.number().min(0).max(SESSION_TIME_MAX_MS),
  afterMs: z.number().min(0).max(SESSION_TIME_MAX_MS),
});
export type Announced = z.infer<typeof Announced>;

/** What whoever presses tells the others over the lanes. A recording needs the room's word first. */
export const AnnouncedCommand = Announced.extend({
  eventId: EventId,
  transport: TransportCommand.refine(({ command }) => isAnnounced(command)),
});
export type AnnouncedCommand = z.infer<typeof AnnouncedCommand>;

export const isAnnounced = (command: TransportCommand["command"]): boolean =>
  command === "play" || command === "stop" || command === "locate";

/**
 * The transport as the log makes it. `positionFrames` is where the playhead is (stopped) or was at `atMs` (rolling);
 * `atMs` is session time, that is the room's clock in milliseconds since the Unix epoch. After a count-in it lies ahead of the command:
 * until then the playhead waits.
 */
export const TransportState = z.object({
  motion: z.enum(["stopped", "playing", "recording"]),
  positionFrames: PositionFrames,
  atMs: z.number().min(0).max(SESSION_TIME_MAX_MS),
  /** The tempo at `positionFrames`. */
  bpm: z.number().min(TEMPO_MIN_BPM).max(TEMPO_MAX_BPM),
  /** A rolling playhead that reaches its end goes on from its start. */
  loop: FrameRange.optional(),
  /** While recording, takes begin and end at its borders; the playhead goes on. */
  punch: FrameRange.optional(),
});
export type TransportState = z.infer<typeof TransportState>;

export const SessionSettings = z.object({ recordingPermitted: z.boolean() });
export type SessionSettings = z.infer<typeof SessionSettings>;

/** `open` to every member, through a `waiting` room, or `locked`. */
export const Admission = z.enum(["open", "waiting", "locked"]);
export type Admission = z.infer<typeof Admission>;

const ChatText = z.string().min(1).max(CHAT_TEXT_MAX_CHARS);
const NoteId = z.uuid();
const TakeId = z.uuid();

/** What a client may post on its socket. */
export const PostBody = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("transport"), transport: TransportCommand }),
  z.object({ kind: z.literal("chat"), text: ChatText }),
  /**
   * Writing the same `noteId` again replaces the note; an empty text deletes it. With `about` it stands at a place on the timeline, and where that names
   * a take it is a comment on it. `after` is the line that the writer changed: another one since then is not written over.
   */
  z.object({
    kind: z.literal("note"),
    noteId: NoteId,
    text: z.string().max(NOTE_TEXT_MAX_CHARS),
    about: z.object({ takeId: TakeId.optional(), positionFrames: PositionFrames }).optional(),
    after: z.int().min(1).optional(),
  }),
  /** What everybody calls a take; an empty text takes the name away. */
  z.object({ kind: z.literal("take-name"), takeId: TakeId, text: z.string().max(TAKE_NAME_MAX_CHARS) }),
  /** The take that is worth keeping, or no longer. */
  z.object({ kind: z.literal("take-star"), takeId: TakeId, starred: z.boolean() }),
  /** Who may come in from now on who was not in since the session was last ended (docs/PROTOCOL.md P54). */
  z.object({ kind: z.literal("admission"), admission: Admission }),
  /** Lets somebody in who waits, or is kept out. */
  z.object({ kind: z.literal("admit"), memberId: MemberId }),
  /** Ends somebody's connection; `keepOut` until they are admitted again. */
  z.object({ kind: z.literal("kick"), memberId: MemberId, keepOut: z.boolean() }),
  /** Ends the evening for everybody: the transport stops, all connections close. */
  z.object({ kind: z.literal("end") }),
]);
export type PostBody = z.infer<typeof PostBody>;

/** What the API decides (its database first) and the room then logs and enforces. Never accepted from a socket. */
export const ApiBody = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("role"), memberId: MemberId, role: Role }),
  z.object({ kind: z.literal("remove"), memberId: MemberId }),
  z.object({ kind: z.literal("settings"), settings: SessionSettings }),
]);
export type ApiBody = z.infer<typeof ApiBody>;

/** A session's decisions are numbered in the database, so that the room can tell the newer of two (P55). */
export const DecisionNumber = z.int().min(0);

/** All that the API has decided about a session by the decision of that number: what a room is to hold. */
export const DecidedState = z.object({
  number: DecisionNumber,
  settings: SessionSettings,
  members: z.array(z.object({ memberId: MemberId, role: Role })).max(SESSION_MEMBERS_MAX),
});
export type DecidedState = z.infer<typeof DecidedState>;

/** What only the room writes into the log. */
export const RoomBody = z.discriminatedUnion("kind", [
  /** Ids alone: whoever reads the log later sees the names of those who are members then, in `members`. */
  z.object({ kind: z.literal("joined"), memberId: MemberId, role: Role }),
  z.object({ kind: z.literal("left"), memberId: MemberId }),
]);
export type RoomBody = z.infer<typeof RoomBody>;

/** One line of the session's log. `seq` starts at 1 and has no gaps; only the room numbers. */
export const LoggedEvent = z.object({
  seq: z.int().min(1),
  eventId: EventId,
  /** Absent where the room itself is the author. */
  from: MemberId.optional(),
  atMs: z.number(),
  /** Transport events only: the instant in session time at which everybody carries it out. */
  effectiveAtMs: z.number().optional(),
  body: z.union([PostBody, ApiBody, RoomBody]),
});
export type LoggedEvent = z.infer<typeof LoggedEvent>;

/** Two members have up to three connections: for the lane that they play over, for the media lane, and for pictures. Absent: the lane. */
export const PeerConnectionName = z.enum(["lane", "media", "video"]);
export type PeerConnectionName = z.infer<typeof PeerConnectionName>;

/**
 * WebRTC signalling between two members: never logged, and the room removes every address from it (promise V2). `bye` asks the end that offers
 * for another attempt.
 */
export const Signal = z.discriminatedUnion("kind", [
  z.object({
    kind: z.enum(["offer", "answer"]),
    connection: PeerConnectionName.optional(),
    sdp: z.string().max(SDP_MAX_CHARS),
    /** The session id of the offer that is answered: one that comes late belongs to no later one. */
    answers: z
      .string()
      .regex(/^\d{1,20}$/)
      .optional(),
  }),
  z.object({
    kind: z.literal("candidate"),
    connection: PeerConnectionName.optional(),
    candidate: z.string().max(CANDIDATE_MAX_CHARS),
    sdpMid: z.string().max(64).nullable(),
    sdpMLineIndex: z.int().min(0).max(63).nullable(),
  }),
  z.object({ kind: z.literal("bye"), connection: PeerConnectionName.optional() }),
]);
export type Signal = z.infer<typeof Signal>;

/** What a member shows the others about the moment; volatile, never logged. */
export const MemberStatus = z.object({
  cameraOn: z.boolean(),
  micLive: z.boolean(),
  armed: z.boolean(),
  recording: z.boolean(),
  /** "Use the direct path in this session": only when both ends say so does the room let addresses pass. */
  directPath: z.boolean(),
  /** This member's program carries out what is announced to it over the lanes (P77). */
  hearsAnnounced: z.literal(true).optional(),
  /** How long before its instant an announcement has to be here for this member's program and DAWs to be in time (P77). */
  announcedLeadMs: z.int().min(0).max(ANNOUNCED_LEAD_MAX_MS).optional(),
  /** This member's own worst measured one-way delay to the others, and its error bound: shown, and believed by nobody (P18). */
  latencyMs: z.number().min(0).max(60_000).optional(),
  latencyErrorMs: z.number().min(0).max(60_000).optional(),
});
export type MemberStatus = z.infer<typeof MemberStatus>;

export const idleStatus: MemberStatus = {
  cameraOn: false,
  micLive: false,
  armed: false,
  recording: false,
  directPath: false,
};

/** Promise V1: all that collaborators ever see of a member. */
export const Member = z.object({
  memberId: MemberId,
  displayName: z.string(),
  role: Role,
  /** They came by a link and have no account (P79). */
  guest: z.literal(true).optional(),
  /** Not a person: the phone of this member, under their name (P83). */
  phoneOf: MemberId.optional(),
  connected: z.boolean(),
  /** From the room to this member and back, as the room has measured it. */
  roundTripMs: z.number().optional(),
  status: MemberStatus,
});
export type Member = z.infer<typeof Member>;

/** Who hears the session by its broadcast's link (P85), by ids of the moment; `null`: it is not broadcast. */
export const Listeners = z.array(MemberId).max(LISTENERS_MAX).nullable().default(null);
export type Listeners = readonly MemberId[] | null;

/** What a host sees of somebody who waits. */
export const WaitingMember = Member.pick({ memberId: true, displayName: true, role: true, guest: true });
export type WaitingMember = z.infer<typeof WaitingMember>;

/** RFC 8656 TURN credentials in the form `RTCConfiguration.iceServers` takes; short-lived. */
export const IceServer = z.object({
  urls: z.array(z.string()),
  username: z.string(),
  credential: z.string(),
});
export type IceServer = z.infer<typeof IceServer>;

export const ClientMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    protocolVersion: z.int().min(0).max(1_000_000),
    client: z.string().max(80),
    /** The last `seq` this client has; 0 for "everything". The room answers with exactly what follows it. */
    lastSeq: z.int().min(0),
  }),
  z.object({
    type: z.literal("ping"),
    sentAtMs: z.number(),
    /** The last `pong` that came, and how long ago: the room measures the round trip by it. */
    pong: z.object({ roomTimeMs: z.number(), heldMs: z.number().min(0).max(600_000) }).optional(),
  }),
  /** Everything up to this line has been read, and more can come. */
  z.object({ type: z.literal("ack"), seq: z.int().min(0) }),
  z.object({
    type: z.literal("post"),
    eventId: EventId,
    body: PostBody,
    /** Session time after which the room refuses it: a command of the transport is for now or not at all (P41). */
    notAfterMs: z.number().optional(),
    /** The others have been told already: the room keeps to it where it can (P77). */
    announced: Announced.optional(),
  }),
  z.object({ type: z.literal("signal"), to: MemberId, signal: Signal }),
  z.object({ type: z.literal("status"), status: MemberStatus }),
  /** Asks a member to mute themselves; nobody can unmute anybody. */
  z.object({ type: z.literal("mute"), to: MemberId }),
  /** Asks for new credentials of the relays, before the old ones run out. */
  z.object({ type: z.literal("relays") }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export const RoomMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    protocolVersion: z.int(),
    sessionId: SessionId,
    memberId: MemberId,
    role: Role,
    members: z.array(Member).max(SESSION_MEMBERS_MAX),
    transport: TransportState,
    /** When the last command of the transport took effect; absent in a room that does not say so, or before the first. */
    effectiveAtMs: z.number().optional(),
    /** Absent in a room of before there were maps. */
    timeline: TimelineMap.default(initialMap),
    settings: SessionSettings,
    admission: Admission.default("open"),
    recordingOn: z.boolean().default(false),
    listeners: Listeners,
    /** The log's last number at this instant; `events` after the client's `lastSeq` up to it follow. */
    headSeq: z.int().min(0),
    roomTimeMs: z.number(),
  }),
  z.object({
    type: z.literal("events"),
    events: z.array(LoggedEvent).max(EVENTS_PER_BATCH_MAX),
    /** More follows once the client has said `ack` to the last of these. */
    ack: z.literal(true).optional(),
  }),
  z.object({
    type: z.literal("members"),
    members: z.array(Member).max(SESSION_MEMBERS_MAX),
    /** Whether anybody is recording, or everybody's transport is: shown to all (promise C6). */
    recordingOn: z.boolean().default(false),
    listeners: Listeners,
  }),
  /** Instead of `welcome`: a host has to let this member in first. */
  z.object({ type: z.literal("waiting") }),
  /** To those who may let somebody in: who waits. */
  z.object({ type: z.literal("waiting-room"), members: z.array(WaitingMember).max(SESSION_MEMBERS_MAX) }),
  z.object({ type: z.literal("mute"), from: MemberId }),
  z.object({ type: z.literal("relays"), iceServers: z.array(IceServer), expiresAtMs: z.number() }),
  z.object({ type: z.literal("pong"), sentAtMs: z.number(), roomTimeMs: z.number() }),
  z.object({ type: z.literal("signal"), from: MemberId, signal: Signal }),
  /** Recordings were shared, completed or deleted: read the list again over the API. */
  z.object({ type: z.literal("recordings-changed") }),
  /** A post that was not logged, and why. */
  z.object({ type: z.literal("refused"), eventId: EventId, code: ErrorCode, message: z.string() }),
  /** A message that could not be used, or the reason for the close that follows. */
  z.object({ type: z.literal("error"), code: ErrorCode, message: z.string() }),
]);
export type RoomMessage = z.infer<typeof RoomMessage>;
