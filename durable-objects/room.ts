import { assertNever, type ErrorCode, errors } from "../protocol/errors.ts";
import type { EventId, MemberId, SessionId } from "../protocol/ids.ts";
import { HELLO_TIMEOUT_MS, MEMBERS_INTERVAL_MS, RESUME_EVENTS_MAX } from "../protocol/limits.ts";
import type {
  ApiBody,
  ClientMessage,
  LoggedEvent,
  Member,
  RoomMessage,
  SessionSettings,
  TransportState,
} from "../protocol/room.ts";
import type { TicketClaims } from "../protocol/ticket.ts";
import { applyTransport, effectiveAt, transportOf } from "../protocol/transport.ts";
import { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from "../protocol/version.ts";
import { withoutAddresses } from "./addresses.ts";
import { type Bucket, fullBucket, takeOne } from "./bucket.ts";
import { refusalOf } from "./decide.ts";
import { type Frame, readFrame } from "./frame.ts";
import { EventLog } from "./log.ts";
import { type Person, Register } from "./register.ts";
import { type Chair, dismiss, farthestMs, isSeated, type Seat, showMember } from "./seat.ts";

/** What the room is given by the object it lives in. */
export interface RoomParts {
  sql: SqlStorage;
  sessionId: SessionId;
  newEventId: () => EventId;
}

/** What the room holds, for an export or a page. `events` is one page of the log; ask again with its last `seq` until `headSeq`. */
export interface RoomSnapshot {
  headSeq: number;
  events: LoggedEvent[];
  transport: TransportState;
  settings: SessionSettings;
  members: Member[];
}

type Of<Type extends ClientMessage["type"]> = Extract<ClientMessage, { type: Type }>;

/** Pages of the log in one snapshot. */
const SNAPSHOT_BATCHES = 10;

/**
 * The awake room: hears members, decides, stores, tells. It waits for nothing, so each message is dealt with before the next; what
 * it remembers is in `EventLog`, `Register` and the sockets' seats, and only the buckets are lost when it sleeps, full by then.
 */
export class Room {
  readonly #parts: RoomParts;
  readonly #log: EventLog;
  readonly #register: Register;
  /** Who said hello, each on their newest socket. */
  readonly #chairs = new Map<MemberId, Chair>();
  /** Those of them who have all of the log: asked for every event, so it is not looked up in each socket's attachment. */
  readonly #live = new Set<Chair>();
  readonly #buckets = new Map<MemberId, Bucket>();
  #membersTimer: ReturnType<typeof setTimeout> | undefined;
  #membersDue = false;

  /** Wakes up: finds its sockets again, and logs that those have left whose sockets went with a process that died. */
  constructor(parts: RoomParts, chairs: Iterable<Chair>, nowMs: number) {
    this.#parts = parts;
    this.#log = new EventLog(parts.sql);
    this.#register = new Register(parts.sql);
    for (const chair of chairs) {
      if (!isSeated(chair.state)) continue;
      this.#chairs.set(chair.state.memberId, chair);
      if (chair.state.phase === "live") this.#live.add(chair);
    }
    for (const person of [...this.#register.people.values()]) {
      if (person.present && !this.#chairs.has(person.memberId)) this.#logLeft(person, nowMs);
    }
  }

  /** Takes a ticket, once. */
  admit(claims: TicketClaims): ErrorCode | null {
    return this.#register.admit(claims);
  }

  /** One frame of a member whose ticket was taken. */
  hear(chair: Chair, data: string | ArrayBuffer | ArrayBufferView, nowMs: number) {
    const seat = chair.state;
    if (seat === null) return;
    const toll = this.#takeToll(seat.memberId, nowMs);
    if (toll === "close") return this.#expel(chair, "rate-limited", nowMs);
    const frame = readFrame(data);
    if (!frame.ok && frame.closes) return this.#expel(chair, frame.code, nowMs);
    if (toll !== "pass") return this.#limit(chair, frame, toll === "limited-first");
    if (seat.phase === "waiting") return this.#greet(chair, seat, frame, nowMs);
    if (!frame.ok) {
      if (frame.eventId === undefined) say(chair, { type: "error", code: frame.code, message: wordsOf(frame) });
      else say(chair, { type: "refused", eventId: frame.eventId, code: frame.code, message: wordsOf(frame) });
    } else this.#answer(chair, seat, frame.message, nowMs);
    // Whoever speaks is reading: the next part of what they missed can go.
    if (chair.state?.phase === "reading") this.#catchUp(chair);
  }

  #takeToll(memberId: MemberId, nowMs: number) {
    let bucket = this.#buckets.get(memberId);
    if (bucket === undefined) {
      bucket = fullBucket(nowMs);
      this.#buckets.set(memberId, bucket);
    }
    return takeOne(bucket, nowMs);
  }

  #limit(chair: Chair, frame: Frame, first: boolean) {
    const code = "rate-limited";
    const message = errors[code].title;
    const eventId = !frame.ok ? frame.eventId : frame.message.type === "post" ? frame.message.eventId : undefined;
    if (eventId !== undefined) say(chair, { type: "refused", eventId, code, message });
    else if (first) say(chair, { type: "error", code, message });
  }

  #answer(chair: Chair, seat: Seat, message: ClientMessage, nowMs: number) {
    switch (message.type) {
      case "ping":
        return say(chair, { type: "pong", sentAtMs: message.sentAtMs, roomTimeMs: nowMs });
      case "post":
        return this.#post(chair, seat, message, nowMs);
      case "signal":
        return this.#signal(chair, seat, message);
      case "status":
        if (JSON.stringify(seat.status) === JSON.stringify(message.status)) return;
        chair.setState({ ...seat, status: message.status });
        return this.#membersChanged();
      case "hello":
        return say(chair, { type: "error", code: "message-invalid", message: "You have said hello already." });
      default:
        return assertNever(message);
    }
  }

  /** The first message of a socket (docs/PROTOCOL.md P4 to P7). */
  #greet(chair: Chair, seat: Seat, frame: Frame, nowMs: number) {
    const version = frame.ok
      ? frame.message.type === "hello"
        ? frame.message.protocolVersion
        : undefined
      : frame.helloVersion;
    if (version !== undefined && (version < PROTOCOL_VERSION_MIN || version > PROTOCOL_VERSION)) {
      const detail = `This room speaks versions ${PROTOCOL_VERSION_MIN} to ${PROTOCOL_VERSION}; you speak ${version}.`;
      return this.#expel(chair, "version-unsupported", nowMs, detail);
    }
    if (!frame.ok || frame.message.type !== "hello") return this.#expel(chair, "hello-expected", nowMs);
    const person = this.#register.people.get(seat.memberId);
    if (person === undefined) return this.#expel(chair, "removed", nowMs);
    const older = this.#chairs.get(seat.memberId);
    if (older !== undefined) {
      this.#live.delete(older);
      dismiss(older, "replaced");
    }
    const { lastSeq } = frame.message;
    chair.setState({ ...seat, phase: "reading", sentSeq: lastSeq > this.#log.headSeq ? 0 : lastSeq });
    this.#chairs.set(seat.memberId, chair);
    if (!person.present) {
      this.#register.setPresent(person, true);
      const { memberId, displayName, role } = person;
      this.#record({ body: { kind: "joined", memberId, displayName, role } }, nowMs);
    }
    this.#welcome(chair, person, nowMs);
    this.#catchUp(chair);
    this.#membersChanged();
  }

  #welcome(chair: Chair, { memberId, role }: Person, nowMs: number) {
    say(chair, {
      type: "welcome",
      protocolVersion: PROTOCOL_VERSION,
      sessionId: this.#parts.sessionId,
      memberId,
      role,
      members: this.#members(),
      transport: this.#register.transport,
      settings: this.#register.settings,
      headSeq: this.#log.headSeq,
      roomTimeMs: nowMs,
    });
  }

  /** Sends what a member missed, up to a bound; from the log's head on they are live. */
  #catchUp(chair: Chair) {
    const seat = chair.state;
    if (seat === null) return;
    let { sentSeq } = seat;
    const upTo = Math.min(this.#log.headSeq, sentSeq + RESUME_EVENTS_MAX);
    while (sentSeq < upTo) {
      const batch = this.#log.readAfter(sentSeq);
      send(chair, eventsOf(batch.lines));
      sentSeq = batch.lastSeq;
    }
    const phase = sentSeq < this.#log.headSeq ? "reading" : "live";
    chair.setState({ ...seat, phase, sentSeq });
    if (phase === "live") this.#live.add(chair);
  }

  #post(chair: Chair, seat: Seat, { eventId, body }: Of<"post">, nowMs: number) {
    const from = seat.memberId;
    const person = this.#register.people.get(from);
    if (person === undefined) return this.#expel(chair, "removed", nowMs);
    const refuse = (code: ErrorCode) => say(chair, { type: "refused", eventId, code, message: errors[code].title });
    const register = this.#register;
    const refusal = refusalOf(body, {
      role: person.role,
      settings: register.settings,
      headSeq: this.#log.headSeq,
      noteCount: register.noteCount,
      hasNote: (noteId) => register.hasNote(noteId),
    });
    // What was logged once stays logged, even if it would be refused today.
    const known = refusal === null ? undefined : this.#log.find({ eventId, from, body });
    if (refusal !== null && known === undefined) return refuse(refusal);
    const appended = known ?? this.#record({ eventId, from, body }, nowMs);
    if (appended.outcome === "conflict") return refuse("event-conflict");
    // The sender is told again, unless what they still miss will bring it.
    if (appended.outcome === "repeat" && (seat.phase === "live" || appended.seq <= seat.sentSeq)) {
      send(chair, eventsOf([appended.json]));
    }
  }

  /** Numbers and stores an event, lets it take effect, and tells everybody: in this order. */
  #record(draft: Pick<LoggedEvent, "body" | "from"> & { eventId?: EventId }, nowMs: number) {
    const { body, from, eventId = this.#parts.newEventId() } = draft;
    const atMs = this.#log.timeOf(nowMs);
    const effectiveAtMs =
      body.kind === "transport"
        ? effectiveAt(atMs, farthestMs(this.#chairs.values()), this.#register.effectiveAtMs)
        : undefined;
    const appended = this.#log.append({ eventId, from, atMs, effectiveAtMs, body });
    if (appended.outcome === "logged") {
      this.#takeEffect(appended.event, nowMs);
      const text = eventsOf([appended.json]);
      for (const chair of this.#live) send(chair, text);
      if (body.kind === "settings") this.#punchOut(body.settings, nowMs);
    }
    return appended;
  }

  #takeEffect(event: LoggedEvent, nowMs: number) {
    const { body } = event;
    const register = this.#register;
    switch (body.kind) {
      case "transport": {
        const command = transportOf(event);
        if (command === undefined) return;
        return register.setTransport(applyTransport(register.transport, command), command.effectiveAtMs);
      }
      case "note": {
        const replaced = register.setNote(body.noteId, event.seq, body.text === "");
        if (replaced !== undefined) this.#log.blankNote(replaced);
        return;
      }
      case "role":
        return register.setRole(body.memberId, body.role, nowMs);
      case "remove":
        return register.remove(body.memberId, nowMs);
      case "settings":
        return register.setSettings(body.settings);
      case "chat":
      case "joined":
      case "left":
        return;
      default:
        return assertNever(body);
    }
  }

  /** The host withdrew the permission to record: takes end, and the transport rolls on (docs/PROTOCOL.md P24). */
  #punchOut(settings: SessionSettings, nowMs: number) {
    if (settings.recordingPermitted || this.#register.transport.motion !== "recording") return;
    this.#record({ body: { kind: "transport", transport: { command: "play" } } }, nowMs);
  }

  #signal(chair: Chair, seat: Seat, { to, signal }: Of<"signal">) {
    const target = this.#chairs.get(to);
    const code = target === undefined ? "member-absent" : "message-invalid";
    const direct = seat.status.directPath && target?.state?.status.directPath === true;
    const passed = direct ? signal : withoutAddresses(signal);
    if (target !== undefined && passed !== null)
      return say(target, { type: "signal", from: seat.memberId, signal: passed });
    // A candidate of which nothing is left is what a relay-only link leaves out anyway.
    if (target !== undefined && signal.kind === "candidate") return;
    say(chair, { type: "error", code, message: errors[code].title });
  }

  /** What the API decided; it is in the database already, so the room does not judge it. */
  applyDecision(from: MemberId, eventId: EventId, body: ApiBody, nowMs: number) {
    const appended = this.#record({ eventId, from, body }, nowMs);
    if (appended.outcome === "conflict") return { ok: false as const, code: "event-conflict" as const };
    if (appended.outcome === "repeat") return { ok: true as const, seq: appended.seq };
    if (body.kind === "remove") {
      const chair = this.#chairs.get(body.memberId);
      if (chair !== undefined) this.#live.delete(chair);
      this.#chairs.delete(body.memberId);
      this.#buckets.delete(body.memberId);
      if (chair !== undefined) dismiss(chair, "removed");
    }
    this.#membersChanged();
    return { ok: true as const, seq: appended.event.seq };
  }

  announceRecordings() {
    const text = JSON.stringify({ type: "recordings-changed" } satisfies RoomMessage);
    for (const chair of this.#chairs.values()) send(chair, text);
  }

  /** A socket is gone. */
  leave(chair: Chair, nowMs: number) {
    this.#live.delete(chair);
    const memberId = chair.state?.memberId;
    if (memberId === undefined || this.#chairs.get(memberId) !== chair) return;
    this.#chairs.delete(memberId);
    const person = this.#register.people.get(memberId);
    if (person?.present) this.#logLeft(person, nowMs);
    this.#membersChanged();
  }

  #logLeft(person: Person, nowMs: number) {
    this.#register.setPresent(person, false);
    this.#record({ body: { kind: "left", memberId: person.memberId } }, nowMs);
  }

  /** Ends a member's socket; the member may come back. */
  #expel(chair: Chair, code: ErrorCode, nowMs: number, detail?: string) {
    dismiss(chair, code, detail);
    this.leave(chair, nowMs);
  }

  #members(): Member[] {
    const { people, settings } = this.#register;
    return Array.from(people.values(), (person) => showMember(person, this.#chairs.get(person.memberId), settings));
  }

  /** Tells the list at once, then not again before the interval is over, and then as it is by that time. */
  #membersChanged() {
    if (this.#membersTimer !== undefined) {
      this.#membersDue = true;
      return;
    }
    const text = JSON.stringify({ type: "members", members: this.#members() } satisfies RoomMessage);
    for (const chair of this.#chairs.values()) send(chair, text);
    this.#membersTimer = setTimeout(() => {
      this.#membersTimer = undefined;
      const due = this.#membersDue;
      this.#membersDue = false;
      if (due) this.#membersChanged();
    }, MEMBERS_INTERVAL_MS);
  }

  snapshot(afterSeq: number): RoomSnapshot {
    const events: LoggedEvent[] = [];
    let lastSeq = afterSeq;
    for (let read = 0; read < SNAPSHOT_BATCHES && lastSeq < this.#log.headSeq; read++) {
      const batch = this.#log.readAfter(lastSeq);
      for (const line of batch.lines) events.push(JSON.parse(line));
      lastSeq = batch.lastSeq;
    }
    const { transport, settings } = this.#register;
    return { headSeq: this.#log.headSeq, events, transport, settings, members: this.#members() };
  }

  /** Closes sockets that never said hello, and forgets old tickets. Returns when to sweep again, or `null`. */
  sweep(chairs: Iterable<Chair>, nowMs: number): number | null {
    let next = this.#register.pruneTickets(nowMs);
    for (const chair of chairs) {
      if (chair.state?.phase !== "waiting") continue;
      const deadlineMs = chair.state.openedAtMs + HELLO_TIMEOUT_MS;
      if (deadlineMs <= nowMs) dismiss(chair, "hello-expected");
      else next = Math.min(next ?? deadlineMs, deadlineMs);
    }
    return next;
  }

  /** Nothing is told any more. */
  stop() {
    clearTimeout(this.#membersTimer);
  }
}

const wordsOf = (frame: Extract<Frame, { ok: false }>): string => frame.detail ?? errors[frame.code].title;

const eventsOf = (lines: readonly string[]): string => `{"type":"events","events":[${lines.join(",")}]}`;

const say = (chair: Chair, message: RoomMessage): void => send(chair, JSON.stringify(message));

/** A socket that is going away is not an error of whoever speaks: its close is heard by itself. */
function send(chair: Chair, text: string): void {
  try {
    chair.send(text);
  } catch {
    return;
  }
}
