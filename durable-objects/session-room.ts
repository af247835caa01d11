import { type Connection, type ConnectionContext, Server } from "partyserver";
import { errorTitles } from "../protocol/error-titles.ts";
import { EventId, MemberId, type SessionId } from "../protocol/ids.ts";
import { HELLO_TIMEOUT_MS, TICKET_LIFETIME_MS } from "../protocol/limits.ts";
import { refused } from "../protocol/result.ts";
import { ApiBody, DecidedState, DecisionNumber, type IceServer } from "../protocol/room.ts";
import { CLAIMS_HEADER, decodeClaims } from "./claims.ts";
import { type ConnectionState, closeWith, newConnectionState, type RoomConnection, say } from "./connection.ts";
import { type Applied, Room, type RoomSnapshot } from "./room.ts";
import { type KeyStore, WordKeys } from "./word-keys.ts";

export interface Relays {
  iceServers: IceServer[];
  expiresAtMs: number;
}

/** Two Workers' clocks may differ by this much, and so the last ticket may be younger than it seems. */
const TICKET_SKEW_MS = 30_000;

/**
 * The Durable Object of a session, and its life: it begins with the first ticket; it hibernates whenever nobody speaks, and is then
 * nothing but its SQLite and its sockets' attachments; it may lose its process at any moment, and its sockets with it; it ends when
 * the session is deleted, and leaves a mark for a minute, and then nothing.
 *
 * This class is the shell: it meets the platform, and hands everything to `Room`, which is rebuilt from storage whenever it is not
 * in memory. No step of the room waits for anything, so its messages are handled one after the other, in one order. What it needs from
 * elsewhere, the keys of its people, it has read before it hears the first of them.
 */
export abstract class SessionRoom extends Server {
  static override options = { hibernate: true };

  #room: Room | undefined;
  #keys: WordKeys | undefined;
  #saved: Promise<void> = Promise.resolve();
  #ended: boolean | undefined;

  /**
   * Relays for one member, with credentials that run out. The Worker's script says how they are made; a room without it has none.
   */
  protected async relaysFor(_memberId: MemberId): Promise<Relays> {
    return { iceServers: [], expiresAtMs: Date.now() };
  }

  /** Where the keys of this room's people are kept. */
  protected abstract keyStore(): KeyStore;

  override async onStart(): Promise<void> {
    await this.#readKeys().catch((error: unknown) => this.#broken(error));
  }

  async #readKeys(): Promise<WordKeys> {
    if (this.#keys !== undefined) return this.#keys;
    const stored = await this.keyStore().read();
    this.#keys ??= new WordKeys(stored, (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)));
    return this.#keys;
  }

  /** Keeps what has changed of the keys; one at a time, so that no older state comes after a newer. */
  #saveKeys(): Promise<void> {
    const save = async () => {
      if (this.#keys?.isChanged !== true || this.#isEnded) return;
      this.#keys.isChanged = false;
      try {
        await this.keyStore().write(this.#keys.stored);
      } catch (error) {
        this.#keys.isChanged = true;
        throw error;
      }
    };
    const saved = this.#saved.then(save, save);
    this.#saved = saved;
    return saved;
  }

  /** Whether the session was deleted. A mark in storage outlives the tickets from before, so that none of them opens a ghost room. */
  get #isEnded(): boolean {
    this.#ended ??= this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'ended'").toArray().length > 0;
    return this.#ended;
  }

  /** The room, woken if need be. */
  #awake(): Room {
    const keys = this.#keys;
    if (keys === undefined) throw new Error("The room has not read its keys.");
    this.#room ??= new Room(
      {
        sql: this.ctx.storage.sql,
        keys,
        sessionId: this.name as SessionId,
        newEventId: () => crypto.randomUUID(),
        tellRelays: (connection, memberId) => void this.#tellRelays(connection, memberId),
        after: (delayMs, run) => void setTimeout(run, delayMs),
      },
      [...this.getConnections<ConnectionState>()],
      Date.now(),
    );
    return this.#room;
  }

  async #tellRelays(connection: RoomConnection, memberId: MemberId): Promise<void> {
    try {
      const relays = await this.relaysFor(memberId);
      if (relays.iceServers.length > 0) {
        say(connection, { type: "relays", ...relays });
        return;
      }
    } catch (error) {
      console.error(JSON.stringify({ event: "turn-unavailable", error: error instanceof Error ? error.name : "" }));
    }
    say(connection, { type: "error", code: "relay-unavailable", message: errorTitles["relay-unavailable"] });
  }

  override async onConnect(connection: Connection<ConnectionState>, { request }: ConnectionContext): Promise<void> {
    try {
      const nowMs = Date.now();
      const claims = decodeClaims(request.headers.get(CLAIMS_HEADER) ?? "");
      // Whoever only listens writes nothing and has no name, so there is nothing to seal.
      if (!this.#isEnded && claims.broadcast === undefined) {
        (await this.#readKeys()).add(claims.memberId);
        await this.#saveKeys();
      }
      const refusal = this.#isEnded ? "session-closed" : this.#awake().admit(claims, nowMs);
      if (refusal !== null) return closeWith(connection, refusal);
      connection.setState(newConnectionState(claims.memberId, nowMs, claims.broadcast));
      await this.#alarmBy(nowMs + HELLO_TIMEOUT_MS);
    } catch (error) {
      this.#broken(error);
      closeWith(connection, "internal-error");
    }
  }

  override onMessage(connection: Connection<ConnectionState>, frame: string | ArrayBuffer | ArrayBufferView): void {
    const state = connection.state;
    if (this.#isEnded || state === null || state.phase === "closed") return;
    try {
      this.#awake().handleFrame(connection, frame, Date.now());
    } catch (error) {
      this.#broken(error);
      closeWith(connection, "internal-error");
    }
  }

  override onClose(connection: Connection<ConnectionState>): void {
    if (this.#isEnded || connection.state === null || connection.state.phase === "closed") return;
    try {
      this.#awake().leave(connection, Date.now());
    } catch (error) {
      this.#broken(error);
    }
  }

  override onError(connection: Connection<ConnectionState>): void {
    this.onClose(connection);
  }

  override async onAlarm(): Promise<void> {
    const nowMs = Date.now();
    if (this.#isEnded) return await this.#forget(nowMs);
    await this.#readKeys();
    const next = this.#awake().sweep([...this.getConnections<ConnectionState>()], nowMs);
    if (next !== null) await this.ctx.storage.setAlarm(next);
  }

  /** Makes sure that the alarm rings at `atMs` or before; what it sweeps says when it is needed again. */
  async #alarmBy(atMs: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > atMs) await this.ctx.storage.setAlarm(atMs);
  }

  /** A bug of ours: memory may no longer be what storage says, so it is thrown away. Only the error's kind is logged. */
  #broken(error: unknown): void {
    this.#room?.stop();
    this.#room = undefined;
    console.error(JSON.stringify({ event: "room-broken", error: error instanceof Error ? error.name : typeof error }));
  }

  /** Logs, enforces and tells a decision that the database already holds (docs/PROTOCOL.md P13, P55). The same event again is harmless. */
  applyDecision(fromMemberId: string, eventId: string, number: number, body: unknown): Applied {
    if (this.#isEnded) return refused("session-closed");
    const [from, id] = [MemberId.parse(fromMemberId), EventId.parse(eventId)];
    return this.#awake().applyDecision(from, id, DecisionNumber.parse(number), ApiBody.parse(body), Date.now());
  }

  /** All that the database has decided: the room sets right whatever it holds otherwise. */
  applyState(state: unknown): void {
    if (!this.#isEnded) this.#awake().applyState(DecidedState.parse(state), Date.now());
  }

  /** A member's phone comes by its link (P83). `false`: the link was used before, or the member is none here. */
  async connectPhone(phone: string, owner: string): Promise<boolean> {
    if (this.#isEnded) return false;
    const isConnected = this.#awake().connectPhone(MemberId.parse(phone), MemberId.parse(owner), Date.now());
    await this.#saveKeys();
    return isConnected;
  }

  /** A member's phone is theirs no more. Harmless to repeat. */
  async endPhones(owner: string): Promise<void> {
    if (this.#isEnded) return;
    this.#awake().endPhones(MemberId.parse(owner), Date.now());
    await this.#saveKeys();
  }

  /** The session is broadcast from now on (P85); the same as before, where it was already. `null`: it was deleted. */
  async startBroadcast(id: string, untilMs: number): Promise<{ id: string; untilMs: number } | null> {
    if (this.#isEnded) return null;
    const broadcast = this.#awake().startBroadcast(id, untilMs);
    await this.#alarmBy(broadcast.untilMs);
    return broadcast;
  }

  /** Nobody listens any more. Harmless to repeat. */
  endBroadcast(): void {
    if (!this.#isEnded) this.#awake().endBroadcast();
  }

  /** How far along the timeline the session's transport has ever been. */
  reachedFrames(): number {
    return this.#isEnded ? 0 : this.#awake().reachedFrames(Date.now());
  }

  /** Who is in the session at this moment. */
  here(): MemberId[] {
    return this.#isEnded ? [] : this.#awake().here();
  }

  /** Tells everybody that the list of recordings is another one. */
  announceRecordings(): void {
    if (!this.#isEnded) this.#awake().announceRecordings();
  }

  /** What the session holds, one page of its log at a time: `afterSeq` is the last number that the caller has. */
  snapshot(afterSeq = 0): RoomSnapshot {
    return this.#awake().snapshot(afterSeq);
  }

  /** Erases somebody who is gone for good: their words, their name. Call again with `doneSeq` until it is `headSeq`. */
  async forgetMember(memberId: string, afterSeq = 0): Promise<{ doneSeq: number; headSeq: number; blanked: number }> {
    if (this.#isEnded) return { doneSeq: 0, headSeq: 0, blanked: 0 };
    const place = this.#awake().forget(MemberId.parse(memberId), afterSeq, Date.now());
    await this.#saveKeys();
    return place;
  }

  /** The session is deleted: every socket is closed and the storage emptied but for the mark. Harmless to repeat. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#room?.stop();
    this.#room = undefined;
    for (const connection of this.getConnections<ConnectionState>()) closeWith(connection, "session-closed");
    // Whatever is being kept just now, and then the end of it: no copy of the storage opens after that.
    await this.#saved.catch(() => undefined);
    await this.keyStore().end();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    const untilMs = Date.now() + TICKET_LIFETIME_MS + TICKET_SKEW_MS;
    this.ctx.storage.sql.exec("CREATE TABLE ended (until_ms INTEGER NOT NULL)");
    this.ctx.storage.sql.exec("INSERT INTO ended (until_ms) VALUES (?)", untilMs);
    await this.ctx.storage.setAlarm(untilMs);
  }

  /** No ticket from before the end is good any more: the mark goes too. */
  async #forget(nowMs: number): Promise<void> {
    const { untilMs } = this.ctx.storage.sql.exec<{ untilMs: number }>("SELECT until_ms AS untilMs FROM ended").one();
    if (untilMs > nowMs) await this.ctx.storage.setAlarm(untilMs);
    else await this.ctx.storage.deleteAll();
  }
}
