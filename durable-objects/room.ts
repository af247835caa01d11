import { assertNever, type ErrorCode, errors } from "../protocol/errors.ts";
import type { EventId, MemberId, SessionId } from "../protocol/ids.ts";
import { HELLO_TIMEOUT_MS } from "../protocol/limits.ts";
import type { ApiBody, ClientMessage, LoggedEvent, Member, SessionSettings, TransportState } from "../protocol/room.ts";
import type { TicketClaims } from "../protocol/ticket.ts";
import type { TimelineMap } from "../protocol/timeline.ts";
import { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from "../protocol/version.ts";
import { catchUp } from "./catch-up.ts";
import { type ConnectionState, closeWith, type RoomConnection, say, send } from "./connection.ts";
import { refusalOf } from "./decide.ts";
import { EventLog } from "./event-log.ts";
import { EventWriter, eventsOf } from "./event-writer.ts";
import { forgetLines } from "./forget.ts";
import { type Frame, readFrame } from "./frame.ts";
import { Presence } from "./presence.ts";
import { type Bucket, consume, fullBucket, type RateVerdict } from "./rate-limit.ts";
import { type Person, RoomState } from "./room-state.ts";
import { passSignal } from "./signalling.ts";
import type { Sql } from "./sql.ts";

/** What the room is given by the object it lives in. */
export interface RoomParts {
  sql: Sql;
  sessionId: SessionId;
  newEventId: () => EventId;
}

/** What the room holds, for an export or a page. `events` is one page of the log; ask again with its last `seq` until `headSeq`. */
export interface RoomSnapshot {
  headSeq: number;
  events: LoggedEvent[];
  transport: TransportState;
  map: TimelineMap;
  settings: SessionSettings;
  members: Member[];
}

export type Applied = { ok: true; seq: number } | { ok: false; code: ErrorCode };

type Of<Type extends ClientMessage["type"]> = Extract<ClientMessage, { type: Type }>;

/** Pages of the log in one snapshot. */
const SNAPSHOT_BATCHES = 10;

/**
 * The awake room, and its life: it wakes with the first frame, ticket or call, finds its connections again and logs that those have
 * left whose sockets went with a process that died; it hears, decides, stores and tells, and waits for nothing, so each message is
 * dealt with before the next; it falls asleep without notice. What it remembers is in `EventLog`, `RoomState` and the connections' own
 * state; only the rate limits' buckets are lost when it sleeps, full by then.
 */
export class Room {
  readonly #sessionId: SessionId;
  readonly #sql: Sql;
  readonly #log: EventLog;
  readonly #state: RoomState;
  readonly #presence: Presence;
  readonly #writer: EventWriter;
  readonly #buckets = new Map<MemberId, Bucket>();

  constructor({ sql, sessionId, newEventId }: RoomParts, connections: Iterable<RoomConnection>, nowMs: number) {
    this.#sql = sql;
    this.#sessionId = sessionId;
    this.#log = new EventLog(sql);
    this.#state = new RoomState(sql);
    this.#presence = new Presence(this.#state, connections);
    this.#writer = new EventWriter(this.#log, this.#state, this.#presence, newEventId);
    for (const person of [...this.#state.people.values()]) {
      if (person.present && this.#presence.of(person.memberId) === undefined) this.#logLeft(person, nowMs);
    }
  }

  /** Takes a ticket, once. */
  admit(claims: TicketClaims): ErrorCode | null {
    return this.#state.admit(claims);
  }

  /** One frame of a member whose ticket was taken. */
  handleFrame(connection: RoomConnection, data: string | ArrayBuffer | ArrayBufferView, nowMs: number) {
    const { state } = connection;
    if (state === null) return;
    const verdict = this.#consume(state.memberId, nowMs);
    if (verdict === "close") return this.#disconnect(connection, "rate-limited", nowMs);
    const frame = readFrame(data);
    if (!frame.ok && frame.closes) return this.#disconnect(connection, frame.code, nowMs);
    if (verdict !== "pass") return tellLimited(connection, frame, verdict);
    if (state.phase === "waiting") return this.#handleHello(connection, state, frame, nowMs);
    if (frame.ok) this.#handle(connection, state, frame.message, nowMs);
    else refuse(connection, frame.code, frame.eventId, wordsOf(frame));
    // Whoever speaks is reading: the next part of what they missed can go.
    if (connection.state?.phase === "reading") this.#catchUp(connection);
  }

  #consume(memberId: MemberId, nowMs: number): RateVerdict {
    let bucket = this.#buckets.get(memberId);
    if (bucket === undefined) {
      bucket = fullBucket(nowMs);
      this.#buckets.set(memberId, bucket);
    }
    return consume(bucket, nowMs);
  }

  #handle(connection: RoomConnection, state: ConnectionState, message: ClientMessage, nowMs: number) {
    switch (message.type) {
      case "ping":
        return say(connection, { type: "pong", sentAtMs: message.sentAtMs, roomTimeMs: nowMs });
      case "post":
        return this.#handlePost(connection, state, message, nowMs);
      case "signal": {
        const refusal = passSignal(state, this.#presence.of(message.to), message.signal);
        return refusal === null ? undefined : refuse(connection, refusal);
      }
      case "status":
        if (JSON.stringify(state.status) === JSON.stringify(message.status)) return;
        connection.setState({ ...state, status: message.status });
        return this.#presence.changed();
      case "hello":
        return refuse(connection, "message-invalid", undefined, "You have said hello already.");
      default:
        return assertNever(message);
    }
  }

  /** The first message of a socket (docs/PROTOCOL.md P4 to P7). */
  #handleHello(connection: RoomConnection, state: ConnectionState, frame: Frame, nowMs: number) {
    const version = helloVersionOf(frame);
    if (version !== undefined && (version < PROTOCOL_VERSION_MIN || version > PROTOCOL_VERSION)) {
      const detail = `This room speaks versions ${PROTOCOL_VERSION_MIN} to ${PROTOCOL_VERSION}; you speak ${version}.`;
      return this.#disconnect(connection, "version-unsupported", nowMs, detail);
    }
    if (!frame.ok || frame.message.type !== "hello") return this.#disconnect(connection, "hello-expected", nowMs);
    const person = this.#state.people.get(state.memberId);
    if (person === undefined) return this.#disconnect(connection, "removed", nowMs);
    const { lastSeq } = frame.message;
    connection.setState({ ...state, phase: "reading", sentSeq: lastSeq > this.#log.headSeq ? 0 : lastSeq });
    const older = this.#presence.add(connection, state.memberId);
    if (older !== undefined) closeWith(older, "replaced");
    if (!person.present) {
      this.#state.setPresent(person, true);
      const { memberId, displayName, role } = person;
      this.#writer.write({ body: { kind: "joined", memberId, displayName, role } }, nowMs);
    }
    this.#welcome(connection, person, nowMs);
    this.#catchUp(connection);
    this.#presence.changed();
  }

  #welcome(connection: RoomConnection, { memberId, role }: Person, nowMs: number): void {
    say(connection, {
      type: "welcome",
      protocolVersion: PROTOCOL_VERSION,
      sessionId: this.#sessionId,
      memberId,
      role,
      members: this.#presence.members(),
      transport: this.#state.timeline.transport,
      timeline: this.#state.timeline.map,
      settings: this.#state.settings,
      headSeq: this.#log.headSeq,
      roomTimeMs: nowMs,
    });
  }

  #catchUp(connection: RoomConnection): void {
    if (catchUp(connection, this.#log)) this.#presence.goLive(connection);
  }

  #handlePost(
    connection: RoomConnection,
    state: ConnectionState,
    { eventId, body, notAfterMs }: Of<"post">,
    nowMs: number,
  ) {
    const from = state.memberId;
    const person = this.#state.people.get(from);
    if (person === undefined) return this.#disconnect(connection, "removed", nowMs);
    const refusal = refusalOf(body, {
      role: person.role,
      settings: this.#state.settings,
      timeline: this.#state.timeline,
      headSeq: this.#log.headSeq,
      noteCount: this.#state.noteCount,
      hasNote: (noteId) => this.#state.hasNote(noteId),
      expired: notAfterMs !== undefined && nowMs > notAfterMs,
    });
    // What was logged once stays logged, even if it would be refused today.
    const known = refusal === null ? undefined : this.#log.find({ eventId, from, body });
    if (refusal !== null && known === undefined) return refuse(connection, refusal, eventId);
    const appended = known ?? this.#writer.write({ eventId, from, body }, nowMs);
    if (appended.outcome === "conflict") return refuse(connection, "event-conflict", eventId);
    // The sender is told again, unless what they still miss will bring it.
    if (appended.outcome === "repeat" && (state.phase === "live" || appended.seq <= state.sentSeq)) {
      send(connection, eventsOf([appended.json]));
    }
  }

  /** What the API decided; it is in the database already, so the room does not judge it. */
  applyDecision(from: MemberId, eventId: EventId, body: ApiBody, nowMs: number): Applied {
    const appended = this.#writer.write({ eventId, from, body }, nowMs);
    if (appended.outcome === "conflict") return { ok: false, code: "event-conflict" };
    if (appended.outcome === "repeat") return { ok: true, seq: appended.seq };
    if (body.kind === "remove") {
      const connection = this.#presence.of(body.memberId);
      this.#buckets.delete(body.memberId);
      if (connection !== undefined) {
        this.#presence.delete(connection);
        closeWith(connection, "removed");
      }
    }
    this.#presence.changed();
    return { ok: true, seq: appended.event.seq };
  }

  announceRecordings(): void {
    this.#presence.tellAll({ type: "recordings-changed" });
  }

  /** A socket is gone. */
  leave(connection: RoomConnection, nowMs: number): void {
    if (!this.#presence.delete(connection)) return;
    const person = connection.state === null ? undefined : this.#state.people.get(connection.state.memberId);
    if (person?.present) this.#logLeft(person, nowMs);
    this.#presence.changed();
  }

  #logLeft(person: Person, nowMs: number): void {
    this.#state.setPresent(person, false);
    this.#writer.write({ body: { kind: "left", memberId: person.memberId } }, nowMs);
  }

  /** Ends a member's connection; the member may come back. */
  #disconnect(connection: RoomConnection, code: ErrorCode, nowMs: number, detail?: string): void {
    closeWith(connection, code, detail);
    this.leave(connection, nowMs);
  }

  /** Takes one part of the log's words and names of somebody away, and first themselves. */
  forget(memberId: MemberId, afterSeq: number, nowMs: number): { doneSeq: number; headSeq: number; blanked: number } {
    const connection = this.#presence.of(memberId);
    if (connection !== undefined) this.#disconnect(connection, "removed", nowMs);
    this.#state.remove(memberId, nowMs);
    const { doneSeq, blanked } = forgetLines(this.#sql, memberId, afterSeq);
    this.#state.dropBlankNotes();
    this.#presence.changed();
    return { doneSeq, blanked, headSeq: this.#log.headSeq };
  }

  snapshot(afterSeq: number): RoomSnapshot {
    const events: LoggedEvent[] = [];
    let lastSeq = afterSeq;
    for (let read = 0; read < SNAPSHOT_BATCHES && lastSeq < this.#log.headSeq; read++) {
      const batch = this.#log.readAfter(lastSeq);
      for (const line of batch.lines) events.push(JSON.parse(line));
      lastSeq = batch.lastSeq;
    }
    const { timeline, settings } = this.#state;
    return { headSeq: this.#log.headSeq, events, ...timeline, settings, members: this.#presence.members() };
  }

  /** Closes connections that never said hello, and forgets old tickets. Returns when to sweep again, or `null`. */
  sweep(connections: Iterable<RoomConnection>, nowMs: number): number | null {
    let next = this.#state.pruneTickets(nowMs);
    for (const connection of connections) {
      if (connection.state?.phase !== "waiting") continue;
      const deadlineMs = connection.state.openedAtMs + HELLO_TIMEOUT_MS;
      if (deadlineMs <= nowMs) closeWith(connection, "hello-expected");
      else next = Math.min(next ?? deadlineMs, deadlineMs);
    }
    return next;
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#presence.stop();
  }
}

const wordsOf = (frame: Extract<Frame, { ok: false }>): string => frame.detail ?? errors[frame.code].title;

/** The version that the first frame speaks, if it is a hello of any generation. */
function helloVersionOf(frame: Frame): number | undefined {
  if (!frame.ok) return frame.helloVersion;
  return frame.message.type === "hello" ? frame.message.protocolVersion : undefined;
}

/** Says why something was not done: to a post by its id, to anything else as an error. */
function refuse(
  connection: RoomConnection,
  code: ErrorCode,
  eventId?: EventId,
  message: string = errors[code].title,
): void {
  if (eventId === undefined) say(connection, { type: "error", code, message });
  else say(connection, { type: "refused", eventId, code, message });
}

/** A post is owed an answer each time, anything else is told once. */
function tellLimited(connection: RoomConnection, frame: Frame, verdict: RateVerdict): void {
  const eventId = !frame.ok ? frame.eventId : frame.message.type === "post" ? frame.message.eventId : undefined;
  if (eventId !== undefined || verdict === "limited-first") refuse(connection, "rate-limited", eventId);
}
