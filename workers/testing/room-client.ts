import { env, exports } from "cloudflare:workers";
import { type MemberId, newId, randomBase32, type SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import type { Role } from "../../protocol/roles.ts";
import { type ClientMessage, type LoggedEvent, type PostBody, RoomMessage } from "../../protocol/room.ts";
import type { TicketClaims } from "../../protocol/ticket.ts";
import { PROTOCOL_VERSION, SUBPROTOCOL } from "../../protocol/version.ts";
import { signTicket } from "../rooms/tickets.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
export const newSession = () => newId("ses", random) as SessionId;
export const newMember = () => newId("mem", random) as MemberId;

/** Long enough for a slow machine; a message that does not come fails the test by its name. */
const PATIENCE_MS = 120_000;

/** A genuine ticket, with whatever a test wants different about it. */
export async function ticketFor(
  sessionId: SessionId,
  memberId: MemberId,
  role: Role,
  more: Partial<TicketClaims> = {},
) {
  const issuedAtMs = more.issuedAtMs ?? Date.now();
  return await signTicket(env, {
    ticketId: randomBase32(26, random),
    sessionId,
    memberId,
    accountId: newId("acc", random) as `acc_${string}`,
    displayName: `${role} ${memberId.slice(-4)}`,
    role,
    recordingPermitted: true,
    decision: 0,
    issuedAtMs,
    expiresAtMs: issuedAtMs + TICKET_LIFETIME_MS,
    ...more,
  });
}

/** One socket through the Worker's own door, keeping all that it hears. Every message must fit the protocol. */
export class TestClient {
  readonly heard: RoomMessage[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  closeCode: number | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code }) => {
        this.closeCode = code;
        resolve(code);
      });
    });
    socket.addEventListener("message", ({ data }) => {
      const message = RoomMessage.parse(JSON.parse(String(data)));
      this.heard.push(message);
      if (message.type === "events" && message.ack) this.say({ type: "ack", seq: message.events.at(-1)?.seq ?? 0 });
      for (const look of this.#waiting) look();
    });
    socket.accept();
  }

  static async knock(sessionId: string, ticket: string): Promise<TestClient> {
    const headers = { Upgrade: "websocket", "Sec-WebSocket-Protocol": `${SUBPROTOCOL}, ${ticket}` };
    const response = await exports.default.fetch(new Request(`http://localhost/rooms/${sessionId}`, { headers }));
    if (response.webSocket === null) throw new Error(`No socket: ${response.status} ${await response.text()}`);
    return new TestClient(response.webSocket);
  }

  static async join(
    sessionId: SessionId,
    role: Role = "participant",
    { memberId = newMember(), lastSeq = 0, claims = {} as Partial<TicketClaims> } = {},
  ): Promise<TestClient & { memberId: MemberId }> {
    const client = await TestClient.knock(sessionId, await ticketFor(sessionId, memberId, role, claims));
    client.hello(lastSeq);
    await client.hear("welcome");
    return Object.assign(client, { memberId });
  }

  hello(lastSeq = 0, protocolVersion = PROTOCOL_VERSION): void {
    this.say({ type: "hello", protocolVersion, client: "test", lastSeq });
  }

  say(message: ClientMessage): void {
    this.send(JSON.stringify(message));
  }

  send(frame: string | ArrayBuffer): void {
    this.#socket.send(frame);
  }

  leave(): void {
    this.#socket.close(1000);
  }

  /** Posts and returns the event's id. */
  post(body: PostBody, eventId: string = crypto.randomUUID()): string {
    this.say({ type: "post", eventId, body });
    return eventId;
  }

  /** Posts and waits for the one answer: the logged event, or the code of its refusal. */
  async ask(body: PostBody, eventId: string = crypto.randomUUID()): Promise<LoggedEvent | string> {
    const from = this.heard.length;
    this.post(body, eventId);
    return await this.until(() => {
      const later = this.heard.slice(from);
      for (const message of later) if (message.type === "refused" && message.eventId === eventId) return message.code;
      return eventsIn(later).find((event) => event.eventId === eventId);
    }, `an answer to ${body.kind}`);
  }

  get events(): LoggedEvent[] {
    return eventsIn(this.heard);
  }

  /** The first message of a type that fits, among those heard from `from` on and those to come. */
  hear<Type extends RoomMessage["type"]>(
    type: Type,
    fits: (message: Extract<RoomMessage, { type: Type }>) => boolean = () => true,
    from = 0,
  ): Promise<Extract<RoomMessage, { type: Type }>> {
    const isIt = (message: RoomMessage): message is Extract<RoomMessage, { type: Type }> => message.type === type;
    return this.until(() => this.heard.slice(from).filter(isIt).find(fits), type);
  }

  /** Waits until the log as this client has it reaches a number. */
  async reach(seq: number): Promise<void> {
    await this.until(() => (this.events.at(-1)?.seq ?? 0) >= seq || undefined, `event ${seq}`);
  }

  until<Found>(look: () => Found | undefined, what: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new Error(`Never heard: ${what}. Heard: ${this.#tail()}`))),
        PATIENCE_MS,
      );
      const settle = (how: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(attempt);
        how();
      };
      const attempt = () => {
        const found = look();
        if (found !== undefined) settle(() => resolve(found));
      };
      this.#waiting.add(attempt);
      attempt();
    });
  }

  #tail(): string {
    return JSON.stringify(this.heard.slice(-5)).slice(0, 1_000);
  }
}

const eventsIn = (messages: readonly RoomMessage[]): LoggedEvent[] =>
  messages.flatMap((message) => (message.type === "events" ? message.events : []));
