import ReconnectingWebSocket from "partysocket/ws";
import * as z from "zod";
import { type ErrorCode, errors } from "../../../protocol/errors.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import {
  EVENTS_PER_BATCH_MAX,
  POSTS_UNANSWERED_MAX,
  TRANSPORT_POST_LIFETIME_MS,
  TURN_RENEWAL_MS,
  TURN_RETRY_MS,
} from "../../../protocol/limits.ts";
import {
  type Announced,
  type AnnouncedCommand,
  type ClientMessage,
  type IceServer,
  type Listeners,
  LoggedEvent,
  type Member,
  type MemberStatus,
  type PostBody,
  RoomMessage,
  type Signal,
  type WaitingMember,
} from "../../../protocol/room.ts";
import { PROTOCOL_VERSION, SUBPROTOCOL } from "../../../protocol/version.ts";
import type { ClockSample } from "../clock/session-clock.std.ts";
import { COME_BACK_MAX_MS, type Enter, type Entry, RoomEntry } from "./room-entry.std.ts";

/** `announced`: what the others have been told of a command already, over the lanes. */
export interface PostTiming {
  notAfterMs?: number | undefined;
  announced?: Announced | undefined;
}

interface Post extends PostTiming {
  body: PostBody;
  postedAtMs: number;
}

export type Welcome = Extract<RoomMessage, { type: "welcome" }>;

/** What the room tells; every callback is optional for none, so that nothing is dropped by accident. */
export interface RoomHandlers {
  onWelcome(welcome: Welcome): void;
  /** Each line of the log once, in order, across reconnects. */
  onEvent(event: LoggedEvent): void;
  /** `listeners`: who hears the session by its broadcast's link (P85). */
  onMembers(members: readonly Member[], listeners: Listeners): void;
  onSignal(from: MemberId, signal: Signal): void;
  onRecordingsChanged(): void;
  /** The relays to use from now on, renewed before they run out. None: there is no sound to the others until some come. */
  onRelays(iceServers: readonly IceServer[]): void;
  /** `message`: what the room said of it; `null` where it was this client that did not send it, and the code says all. */
  onRefused(eventId: string, code: ErrorCode, message: string | null): void;
  /** Something is wrong; `final` says that the client has stopped and will not come back by itself. */
  onWarning(code: ErrorCode | "disconnected", message: string, final: boolean): void;
  onClock(sample: ClockSample): void;
  /** In place of a welcome: a host has to let this person in (P54). */
  onWaiting(): void;
  /** To those who may let somebody in: who waits. */
  onWaitingRoom(members: readonly WaitingMember[]): void;
  /** Somebody asks this person to mute themselves (P59). */
  onMute(from: MemberId): void;
  /** To a window whose lanes are another process's: a DAW was pressed there, and the others are to be told (P77). */
  onAnnounce?(command: AnnouncedCommand): void;
}

export interface RoomClientOptions {
  enter: Enter;
  handlers: RoomHandlers;
  /** The local clock, in milliseconds. */
  nowMs(): number;
  /** What the room logs as the program's name and version. */
  client: string;
  /** Tells `offline` when the system knows that its network is gone: the socket is then given up at once. */
  network?: EventTarget;
  /** The WebSocket to use where the runtime's own cannot offer subprotocols. */
  WebSocket?: unknown;
}

/** Reasons after which coming back would only repeat them. */
const FINAL: ReadonlySet<number> = new Set(
  (
    [
      "version-unsupported",
      "replaced",
      "session-closed",
      "removed",
      "kicked",
      "session-locked",
      "session-ended",
      "broadcast-over",
      "listeners-full",
    ] as const
  ).map((code) => errors[code].close),
);
/** A batch in which something is of a later version: at least its lines are numbered. */
const LaterBatch = z.object({
  type: z.literal("events"),
  events: z.array(z.looseObject({ seq: z.int().min(1) })).max(EVENTS_PER_BATCH_MAX),
  ack: z.boolean().optional(),
});
/** Many samples at first, so that the first command is in time; then as many as drift asks for. */
const PINGS_FAST = 20;
const PING_FAST_MS = 50;
const PING_MS = 500;
/** Pings that were not answered by then: the socket is dead, whatever the system believes. */
const PONG_TIMEOUT_MS = 5_000;
/** So long without a pong it may be dead. */
const QUIET_MS = 3 * PING_MS;

/**
 * A companion's end of the room's socket (docs/PROTOCOL.md). Comes back by itself with jitter, resumes the log by number, keeps each post
 * until it is answered and sends it again under the same id; nothing is queued in the socket itself.
 */
export class RoomClient {
  readonly #options: RoomClientOptions;
  readonly #socket: ReconnectingWebSocket;
  readonly #entry: RoomEntry;
  #asked: Promise<Entry> | undefined;
  readonly #unanswered = new Map<string, Post>();
  readonly #expired = new Set<string>();
  #headSeq = 0;
  #lastSeq = 0;
  #welcomed = false;
  #isWaiting = false;
  #stopped = false;
  #pings = 0;
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #relaysTimer: ReturnType<typeof setTimeout> | undefined;
  #heardAtMs = 0;
  /** The last pong of this connection: the room measures the round trip by it. */
  #pong: { roomTimeMs: number; receivedAtMs: number } | undefined;
  #status: MemberStatus | undefined;

  constructor(options: RoomClientOptions) {
    this.#options = options;
    this.#entry = new RoomEntry(options.enter, Math.random);
    this.#socket = new ReconnectingWebSocket(
      async () => (await this.#nextEntry()).url,
      // Two protocols: ours, and the ticket (P2). The library's type knows of one; its code passes a list on.
      (async () => [SUBPROTOCOL, (await this.#nextEntry()).ticket]) as unknown as () => Promise<string | null>,
      {
        WebSocket: options.WebSocket,
        maxEnqueuedMessages: 0,
        minReconnectionDelay: 200 + Math.random() * 800,
        maxReconnectionDelay: COME_BACK_MAX_MS,
        connectionTimeout: PONG_TIMEOUT_MS,
      },
    );
    this.#socket.addEventListener("open", () => this.#onOpen());
    this.#socket.addEventListener("message", ({ data }) => this.#onMessage(String(data)));
    this.#socket.addEventListener("close", ({ code }) => this.#onClose(code));
    this.#socket.addEventListener("error", () => this.#entry.forget());
    options.network?.addEventListener("offline", this.#doubt);
    // The library lets a turn pass first, in which a page is drawn: the entry is on its way meanwhile. What comes of it is heard where it is taken.
    this.#nextEntry().catch(() => undefined);
  }

  /** Whether the room hears this client now. */
  get isIn(): boolean {
    return this.#welcomed;
  }

  /** The last number of the log that this client has. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /**
   * Posts to the log; returns at once. Throws when too many posts wait for an answer, which means that the room is gone for long. After
   * `notAfterMs` of session time the room refuses it, and it is not sent again once as much time has passed here.
   */
  post(eventId: string, body: PostBody, when: PostTiming = {}): void {
    if (this.#unanswered.size >= POSTS_UNANSWERED_MAX) throw new Error("The room cannot be reached: try again later.");
    const post = { body, postedAtMs: this.#options.nowMs(), ...when };
    this.#unanswered.set(eventId, post);
    if (this.#welcomed) this.#sendPost(eventId, post);
  }

  signal(to: MemberId, signal: Signal): void {
    if (this.#welcomed) this.#send({ type: "signal", to, signal });
  }

  /** Asks somebody to mute themselves; nobody can do it for them (P59). */
  askToMute(to: MemberId): void {
    if (this.#welcomed) this.#send({ type: "mute", to });
  }

  /** Shown to the others now, and again after a reconnect. */
  setStatus(status: MemberStatus): void {
    this.#status = status;
    if (this.#welcomed) this.#send({ type: "status", status });
  }

  /** Somebody has been heard over a lane again, so there is a network: what waits for one is tried now, and a socket that has been quiet meanwhile is given up. */
  hurry(): void {
    if (!this.#welcomed && !this.#isWaiting) this.#entry.hurry();
    else if (this.#options.nowMs() - this.#heardAtMs > QUIET_MS) this.#doubt();
  }

  close(): void {
    this.#stopped = true;
    clearTimeout(this.#pingTimer);
    clearTimeout(this.#relaysTimer);
    this.#options.network?.removeEventListener("offline", this.#doubt);
    this.#entry.close();
    this.#socket.close(1000);
  }

  /** The library asks for address and protocols apart; both come from one ticket. */
  #nextEntry(): Promise<Entry> {
    const entry = this.#entry.next();
    if (entry !== this.#asked) {
      this.#asked = entry;
      entry.then(
        ({ iceServers }) => this.#takeRelays(iceServers),
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          if (!this.#stopped) this.#options.handlers.onWarning("disconnected", message, false);
        },
      );
    }
    return entry;
  }

  /** What may be dead is not waited for. */
  readonly #doubt = () => {
    if (this.#welcomed || this.#isWaiting) this.#socket.reconnect(4000, "silent");
  };

  /** Hands relays on, and asks over the socket before they run out; where there are none, soon (P61). */
  #takeRelays(iceServers: readonly IceServer[]): void {
    if (this.#stopped) return;
    this.#options.handlers.onRelays(iceServers);
    this.#askRelaysIn(iceServers.length === 0 ? TURN_RETRY_MS : TURN_RENEWAL_MS);
  }

  /** While the socket is down nothing is asked: the ticket for the next one brings relays with it. */
  #askRelaysIn(ms: number): void {
    clearTimeout(this.#relaysTimer);
    this.#relaysTimer = setTimeout(() => {
      if (this.#welcomed) this.#send({ type: "relays" });
      this.#askRelaysIn(TURN_RETRY_MS);
    }, ms);
  }

  #send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  #onOpen(): void {
    this.#entry.forget();
    this.#heardAtMs = this.#options.nowMs();
    this.#send({
      type: "hello",
      protocolVersion: PROTOCOL_VERSION,
      client: this.#options.client,
      lastSeq: this.#lastSeq,
    });
  }

  #onClose(code: number): void {
    this.#entry.forget();
    const wasIn = this.#welcomed;
    this.#welcomed = false;
    this.#isWaiting = false;
    clearTimeout(this.#pingTimer);
    if (this.#stopped) return;
    if (FINAL.has(code)) {
      this.close();
      return;
    }
    if (wasIn) this.#options.handlers.onWarning("disconnected", "The link to the session is gone; coming back.", false);
  }

  #onMessage(text: string): void {
    const receivedAtMs = this.#options.nowMs();
    this.#heardAtMs = receivedAtMs;
    const told: unknown = JSON.parse(text);
    const parsed = RoomMessage.safeParse(told);
    if (!parsed.success) {
      this.#onLaterBatch(told);
      return;
    }
    const message = parsed.data;
    const { handlers } = this.#options;
    switch (message.type) {
      case "welcome":
        this.#onWelcome(message);
        break;
      case "events":
        for (const event of message.events) this.#onEvent(event);
        this.#dropExpired();
        if (message.ack === true) this.#send({ type: "ack", seq: message.events.at(-1)?.seq ?? 0 });
        break;
      case "members":
        handlers.onMembers(message.members, message.listeners);
        break;
      case "pong":
        this.#pong = { roomTimeMs: message.roomTimeMs, receivedAtMs };
        handlers.onClock({
          sentLocalMs: message.sentAtMs,
          receivedLocalMs: receivedAtMs,
          roomTimeMs: message.roomTimeMs,
        });
        break;
      case "signal":
        handlers.onSignal(message.from, message.signal);
        break;
      case "waiting":
        this.#onWaiting();
        break;
      case "waiting-room":
        handlers.onWaitingRoom(message.members);
        break;
      case "mute":
        handlers.onMute(message.from);
        break;
      case "recordings-changed":
        handlers.onRecordingsChanged();
        break;
      case "relays":
        this.#takeRelays(message.iceServers);
        break;
      case "refused":
        this.#unanswered.delete(message.eventId);
        handlers.onRefused(message.eventId, message.code, message.message);
        break;
      case "error": {
        if (message.code === "relay-unavailable") {
          this.#takeRelays([]);
          break;
        }
        // A signal has crossed with its receiver's leaving; who is here is told by `members`.
        if (message.code === "member-absent") break;
        const { close } = { close: 0, ...errors[message.code] };
        handlers.onWarning(message.code, message.message, FINAL.has(close));
        break;
      }
    }
  }

  /**
   * A message of a later version is passed over (P5). Of a batch only the lines that are not understood are: their numbers count as
   * had, or they would be sent again and again.
   */
  #onLaterBatch(told: unknown): void {
    const batch = LaterBatch.safeParse(told);
    if (!batch.success) return;
    for (const line of batch.data.events) {
      const event = LoggedEvent.safeParse(line);
      if (event.success) this.#onEvent(event.data);
      else this.#lastSeq = Math.max(this.#lastSeq, line.seq);
    }
    this.#dropExpired();
    if (batch.data.ack === true) this.#send({ type: "ack", seq: this.#lastSeq });
  }

  /** The room hears that somebody who waits is still there by their pings, or it would close the connection (P60). */
  #onWaiting(): void {
    this.#isWaiting = true;
    this.#pings = PINGS_FAST;
    this.#pong = undefined;
    this.#options.handlers.onWaiting();
    this.#ping();
  }

  #onWelcome(welcome: Welcome): void {
    this.#isWaiting = false;
    clearTimeout(this.#pingTimer);
    if (welcome.headSeq < this.#lastSeq) this.#lastSeq = 0;
    this.#headSeq = welcome.headSeq;
    this.#welcomed = true;
    this.#options.handlers.onWelcome(welcome);
    this.#options.handlers.onMembers(welcome.members, welcome.listeners);
    if (this.#status !== undefined) this.#send({ type: "status", status: this.#status });
    this.#resend();
    this.#pings = 0;
    this.#pong = undefined;
    this.#ping();
  }

  /** What was not answered goes again under its id; a command of the transport only while it is fresh (P41). */
  #resend(): void {
    for (const [eventId, post] of this.#unanswered) {
      const ageMs = this.#options.nowMs() - post.postedAtMs;
      if (post.body.kind !== "transport" || ageMs <= TRANSPORT_POST_LIFETIME_MS) this.#sendPost(eventId, post);
      else this.#expired.add(eventId);
    }
    this.#dropExpired();
  }

  /** An expired post may have been logged before the link was lost: that is known once the log has been caught up with. */
  #dropExpired(): void {
    if (this.#lastSeq < this.#headSeq) return;
    for (const eventId of this.#expired) {
      const isLogged = !this.#unanswered.delete(eventId);
      if (!isLogged) this.#options.handlers.onRefused(eventId, "post-expired", null);
    }
    this.#expired.clear();
  }

  #sendPost(eventId: string, { postedAtMs: _, ...post }: Post): void {
    this.#send({ type: "post", eventId, ...post });
  }

  #onEvent(event: LoggedEvent): void {
    this.#unanswered.delete(event.eventId);
    if (event.seq <= this.#lastSeq) return;
    this.#lastSeq = event.seq;
    this.#options.handlers.onEvent(event);
  }

  #ping(): void {
    if (!this.#welcomed && !this.#isWaiting) return;
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#heardAtMs > PONG_TIMEOUT_MS) {
      this.#doubt();
      return;
    }
    const pong = this.#pong;
    this.#send({
      type: "ping",
      sentAtMs: nowMs,
      ...(pong && { pong: { roomTimeMs: pong.roomTimeMs, heldMs: nowMs - pong.receivedAtMs } }),
    });
    this.#pings++;
    this.#pingTimer = setTimeout(() => this.#ping(), this.#pings < PINGS_FAST ? PING_FAST_MS : PING_MS);
  }
}
