import * as z from "zod";
import { assertNever, ErrorCode } from "../../../protocol/errors.ts";
import { EventId, MemberId } from "../../../protocol/ids.ts";
import { EVENTS_PER_BATCH_MAX } from "../../../protocol/limits.ts";
import {
  Announced,
  AnnouncedCommand,
  IceServer,
  Listeners,
  LoggedEvent,
  Member,
  MemberStatus,
  PostBody,
  RoomMessage,
  Signal,
  WaitingMember,
} from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { ClockSample } from "../clock/session-clock.std.ts";
import type { RoomClient, RoomHandlers, Welcome } from "./room-client.std.ts";

/** As with the clock's samples: how long ago by the window's own clock. */
const Reading = z.object({
  sentAgoMs: z.number(),
  receivedAgoMs: z.number(),
  peerMs: z.number(),
  session: z.object({ atMs: z.number(), errorMs: z.number() }).nullable(),
});

const [WelcomeMessage] = RoomMessage.options;

/** What a room's one client tells a window that looks on: each call of `RoomHandlers` as data. */
export const RoomTold = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), welcome: WelcomeMessage }),
  z.object({ type: z.literal("log"), events: z.array(LoggedEvent).max(EVENTS_PER_BATCH_MAX) }),
  z.object({ type: z.literal("members"), members: z.array(Member), listeners: Listeners }),
  z.object({ type: z.literal("signal"), from: MemberId, signal: Signal }),
  z.object({ type: z.literal("recordings-changed") }),
  z.object({ type: z.literal("relays"), iceServers: z.array(IceServer) }),
  z.object({ type: z.literal("refused"), eventId: EventId, code: ErrorCode, message: z.string().nullable() }),
  z.object({
    type: z.literal("warning"),
    code: z.union([ErrorCode, z.literal("disconnected")]),
    message: z.string(),
    final: z.boolean(),
  }),
  /** Two processes count from different instants, so a sample says how long ago its ping left and its answer came. */
  z.object({ type: z.literal("clock"), sentAgoMs: z.number(), receivedAgoMs: z.number(), roomTimeMs: z.number() }),
  z.object({ type: z.literal("waiting") }),
  z.object({ type: z.literal("waiting-room"), members: z.array(WaitingMember) }),
  z.object({ type: z.literal("mute"), from: MemberId }),
  /** A DAW of the studio's was pressed: the others are to be told over the window's lanes (P77). */
  z.object({ type: z.literal("announce"), command: AnnouncedCommand }),
]);
export type RoomTold = z.infer<typeof RoomTold>;

/** What a window asks of the room's client. */
export const RoomCall = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("post"),
    eventId: EventId,
    body: PostBody,
    notAfterMs: z.number().optional(),
    announced: Announced.optional(),
  }),
  z.object({ type: z.literal("signal"), to: MemberId, signal: Signal }),
  z.object({ type: z.literal("mute"), to: MemberId }),
  z.object({ type: z.literal("status"), status: MemberStatus.partial() }),
  /** What comes over the window's lanes: a command that is announced, a reading of somebody's clock, and how far the farthest is (P77, P78). */
  z.object({ type: z.literal("announced"), from: MemberId, command: AnnouncedCommand }),
  z.object({ type: z.literal("reading"), from: MemberId, reading: Reading }),
  z.object({ type: z.literal("ways"), farthestMs: z.number().nullable() }),
]);
export type RoomCall = z.infer<typeof RoomCall>;

/** What a window needs of a room's client: the client itself, or the way to it. */
export type RoomEnd = Pick<RoomClient, "post" | "signal" | "askToMute" | "setStatus" | "hurry" | "close"> & {
  /** Where transport and DAWs are somewhere else than the lanes, it is told what comes over these. */
  readonly lanes?: LanesTold;
};

export interface LanesTold {
  announced(from: MemberId, command: AnnouncedCommand): void;
  reading(from: MemberId, reading: PeerReading): void;
  /** How long before an instant the last of the others has to be told of it; `null` while one cannot be. */
  ways(farthestMs: number | null): void;
}

export interface RoomFeedOptions {
  nowMs(): number;
  /** Called for each thing that a window is to be told, while one looks on. */
  tell(told: RoomTold): void;
}

/**
 * The room as a window sees it that has no socket of its own. Life: it hears all that the studio's client hears, for as long as the session;
 * windows come, are told where things stand (a welcome, the log from its first line, who is here), follow, and go. One that died costs nobody
 * else anything. The log that it keeps is the room's own, and bounded as that is (P16).
 */
export class RoomFeed implements RoomHandlers {
  readonly #options: RoomFeedOptions;
  readonly #events: LoggedEvent[] = [];
  #welcome: Welcome | undefined;
  #members: { members: Member[]; listeners: MemberId[] | null } | undefined;
  #waitingRoom: readonly WaitingMember[] | undefined;
  #iceServers: readonly IceServer[] | undefined;
  #isWaiting = false;
  #ended: Extract<RoomTold, { type: "warning" }> | undefined;
  #isWatched = false;

  constructor(options: RoomFeedOptions) {
    this.#options = options;
  }

  /** A window looks on from now on, in place of any before it. */
  attach(): void {
    this.#isWatched = true;
    if (this.#iceServers !== undefined) this.#tell({ type: "relays", iceServers: [...this.#iceServers] });
    if (this.#welcome !== undefined) this.#tell({ type: "welcome", welcome: this.#welcome });
    for (let at = 0; at < this.#events.length; at += EVENTS_PER_BATCH_MAX)
      this.#tell({ type: "log", events: this.#events.slice(at, at + EVENTS_PER_BATCH_MAX) });
    if (this.#members !== undefined) this.#tell({ type: "members", ...this.#members });
    if (this.#waitingRoom !== undefined) this.#tell({ type: "waiting-room", members: [...this.#waitingRoom] });
    if (this.#isWaiting) this.#tell({ type: "waiting" });
    if (this.#ended !== undefined) this.#tell(this.#ended);
  }

  /** Nobody looks on any more. */
  detach(): void {
    this.#isWatched = false;
  }

  onWelcome(welcome: Welcome): void {
    this.#isWaiting = false;
    // Another life of the log (P6): what was kept is of the one before.
    if (welcome.headSeq < (this.#events.at(-1)?.seq ?? 0)) this.#events.length = 0;
    this.#welcome = welcome;
    this.#members = { members: welcome.members, listeners: welcome.listeners };
    this.#tell({ type: "welcome", welcome });
  }

  onEvent(event: LoggedEvent): void {
    this.#events.push(event);
    this.#tell({ type: "log", events: [event] });
  }

  onMembers(members: readonly Member[], listeners: Listeners): void {
    this.#members = { members: [...members], listeners: listeners === null ? null : [...listeners] };
    this.#tell({ type: "members", ...this.#members });
  }

  onSignal(from: MemberId, signal: Signal): void {
    this.#tell({ type: "signal", from, signal });
  }

  onRecordingsChanged(): void {
    this.#tell({ type: "recordings-changed" });
  }

  onRelays(iceServers: readonly IceServer[]): void {
    this.#iceServers = iceServers;
    this.#tell({ type: "relays", iceServers: [...iceServers] });
  }

  onRefused(eventId: string, code: ErrorCode, message: string | null): void {
    this.#tell({ type: "refused", eventId, code, message });
  }

  onWarning(code: ErrorCode | "disconnected", message: string, final: boolean): void {
    const warning = { type: "warning" as const, code, message, final };
    if (final) this.#ended = warning;
    this.#tell(warning);
  }

  onClock({ sentLocalMs, receivedLocalMs, roomTimeMs }: ClockSample): void {
    const nowMs = this.#options.nowMs();
    this.#tell({ type: "clock", sentAgoMs: nowMs - sentLocalMs, receivedAgoMs: nowMs - receivedLocalMs, roomTimeMs });
  }

  onWaiting(): void {
    this.#isWaiting = true;
    this.#tell({ type: "waiting" });
  }

  onWaitingRoom(members: readonly WaitingMember[]): void {
    this.#waitingRoom = members;
    this.#tell({ type: "waiting-room", members: [...members] });
  }

  onMute(from: MemberId): void {
    this.#tell({ type: "mute", from });
  }

  /** Not the room's: a DAW of the studio's was pressed, and the lanes are the window's. */
  announce(command: AnnouncedCommand): void {
    this.#tell({ type: "announce", command });
  }

  #tell(told: RoomTold): void {
    if (this.#isWatched) this.#options.tell(told);
  }
}

/** The window's end: what was told becomes the calls it was made of. */
export function hearRoom(told: RoomTold, handlers: RoomHandlers, nowMs: number): void {
  switch (told.type) {
    case "welcome":
      handlers.onWelcome(told.welcome);
      return;
    case "log":
      for (const event of told.events) handlers.onEvent(event);
      return;
    case "members":
      handlers.onMembers(told.members, told.listeners);
      return;
    case "signal":
      handlers.onSignal(told.from, told.signal);
      return;
    case "recordings-changed":
      handlers.onRecordingsChanged();
      return;
    case "relays":
      handlers.onRelays(told.iceServers);
      return;
    case "refused":
      handlers.onRefused(told.eventId, told.code, told.message);
      return;
    case "warning":
      handlers.onWarning(told.code, told.message, told.final);
      return;
    case "clock":
      handlers.onClock({
        sentLocalMs: nowMs - told.sentAgoMs,
        receivedLocalMs: nowMs - told.receivedAgoMs,
        roomTimeMs: told.roomTimeMs,
      });
      return;
    case "waiting":
      handlers.onWaiting();
      return;
    case "waiting-room":
      handlers.onWaitingRoom(told.members);
      return;
    case "mute":
      handlers.onMute(told.from);
      return;
    case "announce":
      handlers.onAnnounce?.(told.command);
      return;
    default:
      assertNever(told);
  }
}

/** Tells both of everything, the first one first. */
export function bothHear(first: RoomHandlers, second: RoomHandlers): RoomHandlers {
  return {
    onWelcome(welcome) {
      first.onWelcome(welcome);
      second.onWelcome(welcome);
    },
    onEvent(event) {
      first.onEvent(event);
      second.onEvent(event);
    },
    onMembers(members, listeners) {
      first.onMembers(members, listeners);
      second.onMembers(members, listeners);
    },
    onSignal(from, signal) {
      first.onSignal(from, signal);
      second.onSignal(from, signal);
    },
    onRecordingsChanged() {
      first.onRecordingsChanged();
      second.onRecordingsChanged();
    },
    onRelays(iceServers) {
      first.onRelays(iceServers);
      second.onRelays(iceServers);
    },
    onRefused(eventId, code, message) {
      first.onRefused(eventId, code, message);
      second.onRefused(eventId, code, message);
    },
    onWarning(code, message, final) {
      first.onWarning(code, message, final);
      second.onWarning(code, message, final);
    },
    onClock(sample) {
      first.onClock(sample);
      second.onClock(sample);
    },
    onWaiting() {
      first.onWaiting();
      second.onWaiting();
    },
    onWaitingRoom(members) {
      first.onWaitingRoom(members);
      second.onWaitingRoom(members);
    },
    onMute(from) {
      first.onMute(from);
      second.onMute(from);
    },
  };
}
