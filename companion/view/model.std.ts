/**
 * The session as it is seen: one immutable state, and one pure step for everything that the room and the API tell. The view
 * draws the state and nothing else, so what is on screen after a reconnect is what it would have been without one.
 */
import type { ErrorCode } from "../../protocol/errors.ts";
import { assertNever } from "../../protocol/errors.ts";
import type { MemberId } from "../../protocol/ids.ts";
import type { Recording } from "../../protocol/recordings.ts";
import type { Role } from "../../protocol/roles.ts";
import type {
  Admission,
  Listeners,
  LoggedEvent,
  Member,
  SessionSettings,
  TransportCommand,
  TransportState,
  WaitingMember,
} from "../../protocol/room.ts";
import type { TimelineMap } from "../../protocol/timeline.ts";
import { applyTimeline, initialTimeline, positionAt, type Timeline, transportOf } from "../../protocol/transport.ts";

/** Where the socket to the room stands. `over` does not come back by itself; `code` says why. */
export type Connection = { state: "connecting" | "waiting" | "here" | "away" } | { state: "over"; code: ErrorCode };

export interface ChatLine {
  seq: number;
  from: MemberId | null;
  text: string;
  atMs: number;
  /** Where the playhead was when it was written. */
  positionFrames: number;
}

export interface Note {
  noteId: string;
  /** The line of the log that has its text. */
  seq: number;
  from: MemberId | null;
  text: string;
  atMs: number;
  /** Where it stands on the timeline; with a take it is a comment on that moment of it. */
  about?: { takeId?: string | undefined; positionFrames: number } | undefined;
}

/** What people have made of a take. */
export interface TakeMark {
  starred: boolean;
  name: string;
}

/** The last thing that somebody did to everybody's transport. */
export interface LastCommand {
  from: MemberId | null;
  transport: TransportCommand;
  effectiveAtMs: number;
}

export interface ViewState {
  connection: Connection;
  memberId: MemberId | null;
  role: Role | null;
  members: readonly Member[];
  /** Who hears the session by its broadcast's link; `null`: it is not broadcast. */
  listeners: Listeners;
  /** The accent of each member, as the site gives it: the same here as on every page. */
  accents: Readonly<Record<string, number>>;
  settings: SessionSettings;
  /** Who comes in from now on, who waits at the door, and who is kept out; the last two are the host's to know and to change. */
  admission: Admission;
  waitingRoom: readonly WaitingMember[];
  keptOut: readonly MemberId[];
  /** Playhead and map after the newest command, and the playhead before it: a command takes effect a moment after it is known. */
  timeline: Timeline;
  transportBefore: TransportState;
  takesEffectAtMs: number;
  /** The log's own timeline, while a command that was announced over the lanes is carried out before the log has it (P77). */
  logged: Timeline | null;
  lastCommand: LastCommand | null;
  chat: readonly ChatLine[];
  notes: readonly Note[];
  takeMarks: Readonly<Record<string, TakeMark>>;
  takes: readonly Recording[];
  /** Events up to this number were known before the room let us in: they are history, and nothing happens because of them. */
  headSeq: number;
}

/** Lines of chat that are kept on screen; what is older is in the session's log. */
export const CHAT_LINES_MAX = 2_000;

export const initialView: ViewState = {
  connection: { state: "connecting" },
  memberId: null,
  role: null,
  members: [],
  listeners: null,
  accents: {},
  settings: { recordingPermitted: false },
  admission: "open",
  waitingRoom: [],
  keptOut: [],
  timeline: initialTimeline,
  transportBefore: initialTimeline.transport,
  takesEffectAtMs: 0,
  logged: null,
  lastCommand: null,
  chat: [],
  notes: [],
  takeMarks: {},
  takes: [],
  headSeq: 0,
};

export type ViewInput =
  | { type: "connection"; connection: Connection }
  | {
      type: "welcome";
      memberId: MemberId;
      role: Role;
      transport: TransportState;
      timeline: TimelineMap;
      settings: SessionSettings;
      admission: Admission;
      headSeq: number;
    }
  | { type: "waiting-room"; members: readonly WaitingMember[] }
  | { type: "members"; members: readonly Member[]; listeners?: Listeners }
  | { type: "accents"; accents: Readonly<Record<string, number>> }
  | { type: "event"; event: LoggedEvent }
  /** Somebody has announced this; `null`: it does not hold. */
  | { type: "foreseen"; foreseen: { transport: TransportCommand; effectiveAtMs: number } | null }
  | { type: "takes"; takes: readonly Recording[] };

export function reduce(state: ViewState, input: ViewInput): ViewState {
  switch (input.type) {
    case "connection":
      return { ...state, connection: input.connection };
    case "welcome":
      return {
        ...state,
        connection: { state: "here" },
        memberId: input.memberId,
        role: input.role,
        settings: input.settings,
        admission: input.admission,
        waitingRoom: [],
        timeline: { transport: input.transport, map: input.timeline },
        transportBefore: input.transport,
        takesEffectAtMs: 0,
        logged: null,
        headSeq: input.headSeq,
      };
    case "members": {
      const own = input.members.find(({ memberId }) => memberId === state.memberId);
      const { members, listeners = null } = input;
      return { ...state, members, listeners, role: own?.role ?? state.role };
    }
    case "waiting-room":
      return { ...state, waitingRoom: input.members };
    case "accents":
      return { ...state, accents: input.accents };
    case "event":
      return applyEvent(state, input.event);
    case "foreseen":
      return foresee(state, input.foreseen);
    case "takes":
      return { ...state, takes: input.takes };
    default:
      return assertNever(input);
  }
}

function foresee(state: ViewState, foreseen: Extract<ViewInput, { type: "foreseen" }>["foreseen"]): ViewState {
  const logged = state.logged ?? state.timeline;
  const transportBefore = state.timeline.transport;
  if (foreseen === null) return { ...state, timeline: logged, logged: null, transportBefore, takesEffectAtMs: 0 };
  const { effectiveAtMs } = foreseen;
  return {
    ...state,
    timeline: applyTimeline(logged, foreseen),
    logged,
    transportBefore,
    takesEffectAtMs: effectiveAtMs,
  };
}

function applyEvent(state: ViewState, event: LoggedEvent): ViewState {
  const from = event.from ?? null;
  const command = transportOf(event);
  if (command !== undefined) {
    const lastCommand = { from, transport: command.transport, effectiveAtMs: command.effectiveAtMs };
    // What `welcome` told already is not applied a second time.
    if (event.seq <= state.headSeq) return { ...state, lastCommand };
    return {
      ...state,
      lastCommand,
      transportBefore: transportAt(state, event.atMs),
      timeline: applyTimeline(state.logged ?? state.timeline, command),
      logged: null,
      takesEffectAtMs: command.effectiveAtMs,
    };
  }
  const { body } = event;
  switch (body.kind) {
    case "chat": {
      if (state.chat.some(({ seq }) => seq === event.seq)) return state;
      const line: ChatLine = {
        seq: event.seq,
        from,
        text: body.text,
        atMs: event.atMs,
        positionFrames: positionAt(transportAt(state, event.atMs), event.atMs),
      };
      return { ...state, chat: [...state.chat, line].slice(-CHAT_LINES_MAX) };
    }
    case "note": {
      const others = state.notes.filter(({ noteId }) => noteId !== body.noteId);
      if (body.text === "") return { ...state, notes: others };
      const { noteId, text, about } = body;
      return { ...state, notes: [...others, { noteId, seq: event.seq, from, text, atMs: event.atMs, about }] };
    }
    case "take-name":
      return withMark(state, body.takeId, { name: body.text });
    case "take-star":
      return withMark(state, body.takeId, { starred: body.starred });
    case "admission":
      return event.seq <= state.headSeq ? state : { ...state, admission: body.admission };
    case "kick": {
      const others = state.keptOut.filter((memberId) => memberId !== body.memberId);
      return { ...state, keptOut: body.keepOut ? [...others, body.memberId] : others };
    }
    case "admit":
    case "remove":
      return { ...state, keptOut: state.keptOut.filter((memberId) => memberId !== body.memberId) };
    case "settings":
      return event.seq <= state.headSeq ? state : { ...state, settings: body.settings };
    case "role":
      return body.memberId === state.memberId && event.seq > state.headSeq ? { ...state, role: body.role } : state;
    default:
      return state;
  }
}

function withMark(state: ViewState, takeId: string, mark: Partial<TakeMark>): ViewState {
  const before = state.takeMarks[takeId] ?? { starred: false, name: "" };
  return { ...state, takeMarks: { ...state.takeMarks, [takeId]: { ...before, ...mark } } };
}

/** The transport that is in force at an instant of session time. */
export function transportAt(state: ViewState, sessionMs: number): TransportState {
  return sessionMs < state.takesEffectAtMs ? state.transportBefore : state.timeline.transport;
}
