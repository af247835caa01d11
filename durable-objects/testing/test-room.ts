import { type EventId, type MemberId, newId, type SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import type { Role } from "../../protocol/roles.ts";
import { type ApiBody, type ClientMessage, type LoggedEvent, type PostBody, RoomMessage } from "../../protocol/room.ts";
import type { TicketClaims } from "../../protocol/ticket.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { type ConnectionState, closeWith, newConnectionState, type RoomConnection, say } from "../connection.ts";
import { Room } from "../room.ts";
import { WordKeys } from "../word-keys.ts";
import { nodeSql } from "./node-sql.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const newUuid = () => crypto.randomUUID() as EventId;
export const newMemberId = () => newId("mem", random) as MemberId;

type Heard<Type extends RoomMessage["type"]> = Extract<RoomMessage, { type: Type }>;

/** A member's end of a connection, in memory: what it says is handled at once, and everything it hears must fit the protocol. */
export class TestMember implements RoomConnection {
  readonly heard: RoomMessage[] = [];
  readonly memberId: MemberId;
  readonly #room: TestRoom;
  state: ConnectionState | null = null;
  closeCode: number | undefined;

  constructor(room: TestRoom, memberId: MemberId) {
    this.#room = room;
    this.memberId = memberId;
  }

  setState(state: ConnectionState): void {
    this.state = structuredClone(state);
  }

  send(text: string): void {
    if (this.closeCode !== undefined) throw new Error("This socket is closed.");
    this.heard.push(RoomMessage.parse(JSON.parse(text)));
  }

  close(code: number): void {
    this.closeCode = code;
  }

  say(message: ClientMessage): void {
    this.sendFrame(JSON.stringify(message));
  }

  sendFrame(frame: string | ArrayBuffer): void {
    if (this.state === null || this.state.phase === "closed") return;
    this.#room.room.handleFrame(this, frame, this.#room.nowMs);
  }

  hello(lastSeq = 0): void {
    this.say({ type: "hello", protocolVersion: PROTOCOL_VERSION, client: "test", lastSeq });
  }

  /** Pings as a client does that reads what it is told: with the pong before. */
  ping(): void {
    const before = this.last("pong");
    const pong = before === undefined ? {} : { pong: { roomTimeMs: before.roomTimeMs, heldMs: 0 } };
    this.say({ type: "ping", sentAtMs: this.#room.nowMs, ...pong });
  }

  /** Posts, and returns the answer: the logged event, or the code of its refusal. */
  post(body: PostBody, eventId: EventId = newUuid()): LoggedEvent | string | undefined {
    const from = this.heard.length;
    this.say({ type: "post", eventId, body });
    const answers = this.heard.slice(from);
    const refused = answers.find((message) => message.type === "refused" && message.eventId === eventId);
    if (refused?.type === "refused") return refused.code;
    return eventsIn(answers).find((event) => event.eventId === eventId);
  }

  get events(): LoggedEvent[] {
    return eventsIn(this.heard);
  }

  all<Type extends RoomMessage["type"]>(type: Type): Heard<Type>[] {
    return this.heard.filter((message): message is Heard<Type> => message.type === type);
  }

  last<Type extends RoomMessage["type"]>(type: Type): Heard<Type> | undefined {
    return this.all(type).at(-1);
  }

  /** The socket goes, as the network sees it. */
  leave(): void {
    if (this.closeCode !== undefined) return;
    this.closeCode = 1006;
    this.#room.connections.delete(this);
    this.#room.room.leave(this, this.#room.nowMs);
  }
}

const eventsIn = (messages: readonly RoomMessage[]): LoggedEvent[] =>
  messages.flatMap((message) => (message.type === "events" ? message.events : []));

/** A room with its storage and its clock in memory, which can lose its process at any moment. */
export class TestRoom {
  readonly sql = nodeSql();
  keys = new WordKeys(null, random);
  readonly sessionId = newId("ses", random) as SessionId;
  readonly connections = new Set<TestMember>();
  nowMs = 1_800_000_000_000;
  /** The database's newest decision. */
  decision = 0;
  room: Room;

  constructor() {
    this.room = this.#wake();
  }

  /** Nothing waits here, unless a test's own room says so. */
  protected after(_delayMs: number, run: () => void): void {
    run();
  }

  #wake(): Room {
    const tellRelays = (connection: RoomConnection) =>
      say(connection, { type: "relays", iceServers: [], expiresAtMs: this.nowMs + 60_000 });
    const parts = {
      sql: this.sql,
      keys: this.keys,
      sessionId: this.sessionId,
      newEventId: newUuid,
      tellRelays,
      after: (delayMs: number, run: () => void) => this.after(delayMs, run),
    };
    return new Room(parts, [...this.connections], this.nowMs);
  }

  /** The process is gone, and its sockets with it unless they hibernate. */
  evict({ socketsToo = false } = {}): void {
    this.room.stop();
    if (socketsToo) {
      for (const member of this.connections) member.closeCode = 1006;
      this.connections.clear();
    }
    this.keys = new WordKeys(this.keys.stored, random);
    this.room = this.#wake();
  }

  claimsOf(memberId: MemberId, role: Role, more: Partial<TicketClaims> = {}): TicketClaims {
    const issuedAtMs = more.issuedAtMs ?? this.nowMs;
    return {
      ticketId: newUuid(),
      sessionId: this.sessionId,
      memberId,
      accountId: newId("acc", random) as `acc_${string}`,
      displayName: `${role} ${memberId.slice(-4)}`,
      role,
      recordingPermitted: true,
      decision: this.decision,
      issuedAtMs,
      expiresAtMs: issuedAtMs + TICKET_LIFETIME_MS,
      ...more,
    };
  }

  /** A socket whose ticket was taken, or refused; it has not said hello. */
  knock(role: Role, memberId = newMemberId(), more: Partial<TicketClaims> = {}): TestMember {
    const member = new TestMember(this, memberId);
    this.keys.add(memberId);
    const refusal = this.room.admit(this.claimsOf(memberId, role, more), this.nowMs);
    if (refusal !== null) closeWith(member, refusal);
    else {
      member.setState(newConnectionState(memberId, this.nowMs, more.broadcast));
      this.connections.add(member);
    }
    return member;
  }

  join(role: Role = "participant", memberId = newMemberId(), lastSeq = 0): TestMember {
    const member = this.knock(role, memberId);
    member.hello(lastSeq);
    return member;
  }

  /** Somebody who comes by a broadcast's link. */
  listen(broadcast: string, memberId = newMemberId()): TestMember {
    const listener = this.knock("observer", memberId, { broadcast, displayName: "" });
    listener.hello();
    return listener;
  }

  decide(from: TestMember, body: ApiBody, { eventId = newUuid(), number = ++this.decision } = {}) {
    return this.room.applyDecision(from.memberId, eventId, number, body, this.nowMs);
  }

  /** Time goes by, and the alarm rings when it is due. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const dueMs = this.room.sweep([...this.connections], this.nowMs);
      if (dueMs === null || dueMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs + 1, dueMs);
    }
    this.nowMs = untilMs;
  }

  get log(): LoggedEvent[] {
    const events: LoggedEvent[] = [];
    for (;;) {
      const page = this.room.snapshot(events.at(-1)?.seq ?? 0).events;
      if (page.length === 0) return events;
      events.push(...page);
    }
  }
}
