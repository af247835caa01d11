import { errorTitles } from "../protocol/error-titles.ts";
import { assertNever, type ErrorCode } from "../protocol/errors.ts";
import type { EventId, MemberId, SessionId } from "../protocol/ids.ts";
import { ok, type Result, refused } from "../protocol/result.ts";
import { may } from "../protocol/roles.ts";
import type {
  ApiBody,
  ClientMessage,
  DecidedState,
  LoggedEvent,
  Member,
  PostBody,
  SessionSettings,
  TransportState,
} from "../protocol/room.ts";
import type { TicketClaims } from "../protocol/ticket.ts";
import type { TimelineMap } from "../protocol/timeline.ts";
import { reachedBy } from "../protocol/transport.ts";
import { type ConnectionState, closeWith, HEARD_STEP_MS, type RoomConnection, say, send } from "./connection.ts";
import { refusalOf } from "./decide.ts";
import { Entrance } from "./entrance.ts";
import { EventLog } from "./event-log.ts";
import { EventWriter, type RoomRecords } from "./event-writer.ts";
import { eventsOf } from "./events-message.ts";
import { forgetLines } from "./forget.ts";
import { type Frame, readFrame } from "./frame.ts";
import type { After } from "./gathering.ts";
import { Listeners } from "./listeners.ts";
import { LogShares, shareOf } from "./log-shares.ts";
import { outflowOf } from "./outflow.ts";
import { People } from "./people.ts";
import { Presence } from "./presence.ts";
import { type Bucket, consume, fullBucket, type RateVerdict } from "./rate-limit.ts";
import { RoomState } from "./room-state.ts";
import { RoundTrips } from "./round-trip.ts";
import { passSignal } from "./signalling.ts";
import type { Sql } from "./sql.ts";
import { Watch } from "./watch.ts";
import type { WordKeys } from "./word-keys.ts";

/** What the room is given by the object it lives in. */
export interface RoomParts {
  sql: Sql;
  /** Keys of all who have ever been in, read before the room wakes. */
  keys: WordKeys;
  sessionId: SessionId;
  newEventId: () => EventId;
  /** Tells a member new credentials of the relays, when they have come: the room itself waits for nothing. */
  tellRelays: (connection: RoomConnection, memberId: MemberId) => void;
  after: After;
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

export type Applied = Result<{ seq: number }, ErrorCode>;

type Of<Type extends ClientMessage["type"]> = Extract<ClientMessage, { type: Type }>;

/** Pages of the log in one snapshot. */
const SNAPSHOT_BATCHES = 10;

/**
 * The awake room, and its life: it wakes with the first frame, ticket or call, finds its connections again and logs that those have
 * left whose sockets went with a process that died; it hears, decides, stores and tells, and waits for nothing, so each message is
 * dealt with before the next; it falls asleep without notice. What it remembers is in its records and the connections' own state; only
 * the rate limits' buckets and the measured round trips are lost when it sleeps.
 */
export class Room {
  readonly #sql: Sql;
  readonly #keys: WordKeys;
  readonly #records: RoomRecords;
  readonly #writer: EventWriter;
  readonly #entrance: Entrance;
  readonly #watch: Watch;
  readonly #roundTrips = new RoundTrips();
  readonly #buckets = new Map<MemberId, Bucket>();
  readonly #tellRelays: RoomParts["tellRelays"];

  constructor(
    { sql, keys, sessionId, newEventId, tellRelays, after }: RoomParts,
    connections: readonly RoomConnection[],
    nowMs: number,
  ) {
    this.#sql = sql;
    this.#keys = keys;
    this.#tellRelays = tellRelays;
    const [people, state] = [new People(sql, keys), new RoomState(sql)];
    const listeners = new Listeners(state, connections);
    const presence = new Presence(people, state, this.#roundTrips, listeners, after, connections);
    const [log, shares] = [new EventLog(sql, keys), new LogShares(sql)];
    this.#records = { log, shares, people, state, presence, listeners, newEventId };
    this.#writer = new EventWriter(this.#records);
    this.#entrance = new Entrance(sessionId, this.#records, this.#writer);
    this.#watch = new Watch(this.#records, this.#writer);
    this.#watch.wake(nowMs);
  }

  /** Takes a ticket, once. */
  admit(claims: TicketClaims, nowMs: number): ErrorCode | null {
    return this.#entrance.takeTicket(claims, nowMs);
  }

  /** One frame of a member whose ticket was taken. */
  handleFrame(connection: RoomConnection, data: string | ArrayBuffer | ArrayBufferView, nowMs: number) {
    this.#handleFrame(connection, data, nowMs);
    this.#closeBehind(nowMs);
  }

  /** Whoever does not read what they are told is closed, and resumes by number (P62). Closing one is told to the others. */
  #closeBehind(nowMs: number) {
    for (let behind = this.#records.presence.takeBehind(); behind.length > 0; ) {
      for (const connection of behind) this.#disconnect(connection, "too-slow", nowMs);
      behind = this.#records.presence.takeBehind();
    }
  }

  #handleFrame(connection: RoomConnection, data: string | ArrayBuffer | ArrayBufferView, nowMs: number) {
    if (connection.state === null) return;
    this.#watch.heard(connection, nowMs);
    if (nowMs - connection.state.heardAtMs >= HEARD_STEP_MS) {
      connection.setState({ ...connection.state, heardAtMs: nowMs });
    }
    const { state } = connection;
    const verdict = this.#consume(state.memberId, nowMs);
    if (verdict === "close") return this.#disconnect(connection, "rate-limited", nowMs);
    const frame = readFrame(data);
    if (!frame.ok && frame.closes) return this.#disconnect(connection, frame.reason, nowMs);
    if (verdict !== "pass") return tellLimited(connection, frame, verdict);
    if (state.phase === "new") {
      const refusal = this.#entrance.handleHello(connection, state, frame, nowMs);
      return refusal === null ? undefined : this.#disconnect(connection, refusal.code, nowMs, refusal.detail);
    }
    if (!frame.ok) return refuse(connection, frame.reason, frame.eventId, frame.detail);
    return this.#handle(connection, state, frame.value, nowMs);
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
    if (message.type === "ping") return this.#handlePing(connection, state, message, nowMs);
    if (state.broadcast !== undefined) return this.#handleListener(connection, state, message);
    const { presence, listeners } = this.#records;
    if (state.phase === "waiting") {
      return refuse(connection, "still-waiting", message.type === "post" ? message.eventId : undefined);
    }
    switch (message.type) {
      case "ack":
        // Only what was sent last is worth more: a client cannot have read what is not out yet.
        outflowOf(connection).readTo(-message.seq);
        if (state.phase === "reading" && message.seq === state.sentSeq) this.#entrance.catchUp(connection);
        return;
      case "post":
        return this.#handlePost(connection, state, message, nowMs);
      case "signal": {
        const refusal = this.#isUnheard(state.memberId, message.to)
          ? "forbidden"
          : passSignal(state, presence.joinedOf(message.to) ?? listeners.of(message.to), message.signal);
        return refusal === null ? undefined : refuse(connection, refusal);
      }
      case "status":
        if (JSON.stringify(state.status) === JSON.stringify(message.status)) return;
        connection.setState({ ...state, status: message.status });
        return presence.changed();
      case "mute":
        return this.#handleMute(connection, state, message);
      case "relays":
        return this.#tellRelays(connection, state.memberId);
      case "hello":
        return refuse(connection, "message-invalid", undefined, "You have said hello already.");
      default:
        return assertNever(message);
    }
  }

  /** Whether there is nothing that two members could link for: neither may be heard or seen. */
  #isUnheard(...pair: [MemberId, MemberId]): boolean {
    const { people, listeners } = this.#records;
    const roleOf = (memberId: MemberId) =>
      listeners.of(memberId) === undefined ? (people.get(memberId)?.role ?? "host") : "observer";
    return pair.every((memberId) => !may(roleOf(memberId), "audio.send"));
  }

  /** Whoever listens links to those who play, and does nothing else here (P85). */
  #handleListener(connection: RoomConnection, state: ConnectionState, message: ClientMessage) {
    const { people, presence } = this.#records;
    if (message.type === "status" || message.type === "ack") return;
    if (message.type === "relays") return this.#tellRelays(connection, state.memberId);
    const target = message.type === "signal" ? people.get(message.to) : undefined;
    const plays = target !== undefined && target.phoneOf === null && may(target.role, "audio.send");
    if (message.type !== "signal" || !plays || (message.signal.connection ?? "lane") !== "lane")
      return refuse(connection, "forbidden", message.type === "post" ? message.eventId : undefined);
    const refusal = passSignal(state, presence.joinedOf(message.to), message.signal);
    return refusal === null ? undefined : refuse(connection, refusal);
  }

  /** The session is broadcast from now on, by this link or by the one that it is broadcast by already. */
  startBroadcast(id: string, untilMs: number): { id: string; untilMs: number } {
    const { state, presence } = this.#records;
    const broadcast = state.broadcast ?? { id, untilMs };
    state.setBroadcast(broadcast);
    presence.changed();
    return broadcast;
  }

  endBroadcast(): void {
    const { listeners, presence, state } = this.#records;
    if (state.broadcast === null) return;
    listeners.end();
    presence.changed();
  }

  #handlePing(
    connection: RoomConnection,
    { memberId }: ConnectionState,
    { sentAtMs, pong }: Of<"ping">,
    nowMs: number,
  ) {
    const outflow = outflowOf(connection);
    if (pong !== undefined) {
      this.#roundTrips.measure(memberId, pong, nowMs);
      outflow.readTo(pong.roomTimeMs);
    }
    say(connection, { type: "pong", sentAtMs, roomTimeMs: nowMs });
    outflow.mark(nowMs);
  }

  #handleMute(connection: RoomConnection, { memberId }: ConnectionState, { to }: Of<"mute">) {
    const { people, presence } = this.#records;
    if (!may(people.get(memberId)?.role ?? "observer", "member.mute")) return refuse(connection, "forbidden");
    const target = presence.joinedOf(to);
    if (target === undefined) return refuse(connection, "member-absent");
    say(target, { type: "mute", from: memberId });
  }

  #handlePost(
    connection: RoomConnection,
    state: ConnectionState,
    { eventId, body, notAfterMs, announced }: Of<"post">,
    nowMs: number,
  ) {
    const { people, log, shares, presence, state: session } = this.#records;
    const from = state.memberId;
    const person = people.get(from);
    if (person === undefined) return this.#disconnect(connection, "removed", nowMs);
    const share = shareOf(body);
    const refusal = refusalOf(body, {
      role: person.role,
      isPhone: person.phoneOf !== null,
      settings: session.settings,
      timeline: session.timeline,
      hasRoom: share === null || shares.allows(from, share, log.headSeq),
      noteCount: session.noteCount,
      noteSeq: (noteId) => session.noteSeq(noteId),
      expired: notAfterMs !== undefined && nowMs > notAfterMs,
    });
    // What was logged once stays logged, even if it would be refused today.
    const known = refusal === null ? undefined : log.find({ eventId, from, body });
    if (refusal !== null && known === undefined) return refuse(connection, refusal, eventId);
    const appended = known ?? this.#writer.write({ eventId, from, body, announced }, nowMs);
    if (appended.outcome === "conflict") return refuse(connection, "event-conflict", eventId);
    if (appended.outcome === "logged") return this.#enforce(body, nowMs);
    presence.flushEvents();
    // The sender is told again, unless what they still miss will bring it.
    if (state.phase === "live" || appended.seq <= state.sentSeq) send(connection, eventsOf([appended.json]));
  }

  /** What a post that was logged does to connections. */
  #enforce(body: PostBody, nowMs: number) {
    const { presence, people } = this.#records;
    switch (body.kind) {
      case "transport":
      case "chat":
      case "note":
      case "take-name":
      case "take-star":
        return;
      case "admission":
      case "admit":
        return this.#entrance.reconsider(nowMs);
      case "kick": {
        for (const memberId of [body.memberId, ...people.phonesOf(body.memberId)]) {
          const target = presence.of(memberId);
          if (target !== undefined) this.#disconnect(target, "kicked", nowMs);
        }
        return;
      }
      case "end":
        this.#writer.stopTransport(nowMs);
        this.endBroadcast();
        for (const connection of presence.all()) this.#disconnect(connection, "session-ended", nowMs);
        return;
      default:
        return assertNever(body);
    }
  }

  /** What the API decided; it is in the database already, so the room does not judge it, but for which of two is the newer (P55). */
  applyDecision(from: MemberId, eventId: EventId, decision: number, body: ApiBody, nowMs: number): Applied {
    const { log, people, state } = this.#records;
    const known = log.find({ eventId, from, body });
    if (known?.outcome === "conflict") return refused("event-conflict");
    if (known?.outcome === "repeat") return ok({ seq: known.seq });
    const newest = body.kind === "settings" ? state.settingsDecision : people.decisionOf(body.memberId);
    if (decision > newest) {
      this.#writer.write({ eventId, from, body, decision }, nowMs);
      this.#afterDecision(body, nowMs);
    }
    return ok({ seq: log.headSeq });
  }

  /**
   * All that the API has decided by a number: whatever the room has otherwise, and by an older decision, is set right and logged. Whoever
   * came by a ticket of that very number may have joined since the state was read.
   */
  applyState({ number, settings, members }: DecidedState, nowMs: number): void {
    const { people, state } = this.#records;
    const roles = new Map(members.map(({ memberId, role }) => [memberId, role]));
    for (const { memberId, role, phoneOf } of people.all()) {
      // The database knows no phones: each goes with its owner.
      if (phoneOf !== null) continue;
      if (people.decisionOf(memberId) >= number) continue;
      const decided = roles.get(memberId);
      if (decided === role) continue;
      const body =
        decided === undefined
          ? ({ kind: "remove", memberId } as const)
          : { kind: "role" as const, memberId, role: decided };
      this.#writer.write({ body, decision: number }, nowMs);
      this.#afterDecision(body, nowMs);
    }
    if (number >= state.settingsDecision) this.#entrance.settle(settings, number, nowMs);
  }

  #afterDecision(body: ApiBody, nowMs: number): void {
    const { presence } = this.#records;
    const isBound = body.kind === "remove" || (body.kind === "role" && !may(body.role, "transport.command"));
    if (isBound) this.endPhones(body.memberId, nowMs);
    if (body.kind === "remove") {
      const connection = presence.of(body.memberId);
      this.#buckets.delete(body.memberId);
      if (connection !== undefined) this.#entrance.turnAway(connection, "removed");
    }
    presence.changed();
  }

  /** Takes a phone's link, once; a phone that the member had before is sent away. `false`: there is no such member, or it was used. */
  connectPhone(phone: MemberId, owner: MemberId, nowMs: number): boolean {
    const { people } = this.#records;
    const person = people.get(owner);
    if (person === undefined || !may(person.role, "transport.command")) return false;
    const before = people.phonesOf(owner);
    if (!people.connectPhone(phone, owner)) return false;
    this.#sendAway(before, nowMs);
    return true;
  }

  endPhones(owner: MemberId, nowMs: number): void {
    this.#sendAway(this.#records.people.phonesOf(owner), nowMs);
  }

  #sendAway(phones: readonly MemberId[], nowMs: number): void {
    for (const memberId of phones) {
      const body = { kind: "remove", memberId } as const;
      this.#writer.write({ body }, nowMs);
      this.#keys.drop(memberId);
      this.#afterDecision(body, nowMs);
    }
  }

  /** The farthest place on the timeline that the session's transport has been at. */
  reachedFrames(nowMs: number): number {
    const { state } = this.#records;
    return Math.max(state.reachedFrames, reachedBy(state.timeline.transport, nowMs));
  }

  here(): MemberId[] {
    return this.#records.presence.members().flatMap(({ memberId, connected }) => (connected ? [memberId] : []));
  }

  announceRecordings(): void {
    this.#records.presence.tellAll({ type: "recordings-changed" });
  }

  /** A socket is gone. */
  leave(connection: RoomConnection, nowMs: number): void {
    const { presence, people, listeners } = this.#records;
    if (connection.state?.broadcast !== undefined) {
      this.#buckets.delete(connection.state.memberId);
      this.#roundTrips.forget(connection.state.memberId);
      if (listeners.delete(connection)) presence.changed();
      return;
    }
    if (!presence.delete(connection)) return;
    const person = connection.state === null ? undefined : people.get(connection.state.memberId);
    if (person?.present) this.#watch.logLeft(person.memberId, nowMs);
    this.#watch.noteDesertion(nowMs);
    presence.changed();
  }

  /** Ends a member's connection; the member may come back. */
  #disconnect(connection: RoomConnection, code: ErrorCode, nowMs: number, detail?: string): void {
    closeWith(connection, code, detail);
    this.leave(connection, nowMs);
  }

  /** Takes one part of the log's words and names of somebody away, and first themselves. */
  forget(memberId: MemberId, afterSeq: number, nowMs: number): { doneSeq: number; headSeq: number; blanked: number } {
    const { people, presence, state, log } = this.#records;
    const connection = presence.of(memberId);
    if (connection !== undefined) this.#disconnect(connection, "removed", nowMs);
    this.endPhones(memberId, nowMs);
    people.remove(memberId, people.decisionOf(memberId));
    // First the key: it is the end of every copy that the storage ever had.
    this.#keys.drop(memberId);
    const { doneSeq, blanked } = forgetLines(this.#sql, memberId, afterSeq);
    state.dropBlankNotes();
    presence.changed();
    return { doneSeq, blanked, headSeq: log.headSeq };
  }

  snapshot(afterSeq: number): RoomSnapshot {
    const { log, state, presence } = this.#records;
    const events: LoggedEvent[] = [];
    let lastSeq = afterSeq;
    for (let read = 0; read < SNAPSHOT_BATCHES && lastSeq < log.headSeq; read++) {
      const batch = log.readAfter(lastSeq);
      for (const line of batch.lines) events.push(JSON.parse(line));
      lastSeq = batch.lastSeq;
    }
    return { headSeq: log.headSeq, events, ...state.timeline, settings: state.settings, members: presence.members() };
  }

  /** What has to be done from time to time. Returns when to come back, or `null`. */
  sweep(connections: readonly RoomConnection[], nowMs: number): number | null {
    this.#closeBehind(nowMs);
    if (this.#watch.isBroadcastOver(nowMs)) this.endBroadcast();
    for (const connection of this.#watch.sweep(connections, nowMs)) {
      this.#disconnect(connection, connection.state?.phase === "new" ? "hello-expected" : "silent", nowMs);
    }
    return this.#watch.dueAtMs(connections, nowMs);
  }

  /** What waits is told, and nothing after it. */
  stop(): void {
    this.#records.presence.stop();
  }
}

/** Says why something was not done: to a post by its id, to anything else as an error. */
function refuse(connection: RoomConnection, code: ErrorCode, eventId?: EventId, message: string = errorTitles[code]) {
  if (eventId === undefined) say(connection, { type: "error", code, message });
  else say(connection, { type: "refused", eventId, code, message });
}

/** A post is owed an answer each time, anything else is told once. */
function tellLimited(connection: RoomConnection, frame: Frame, verdict: RateVerdict) {
  const eventId = !frame.ok ? frame.eventId : frame.value.type === "post" ? frame.value.eventId : undefined;
  if (eventId !== undefined || verdict === "limited-first") refuse(connection, "rate-limited", eventId);
}
