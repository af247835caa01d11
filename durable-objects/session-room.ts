import { type Connection, type ConnectionContext, Server } from "partyserver";
import { EventId, MemberId, type SessionId } from "../protocol/ids.ts";
import { HELLO_TIMEOUT_MS } from "../protocol/limits.ts";
import { ApiBody } from "../protocol/room.ts";
import { CLAIMS_HEADER, decodeClaims } from "./claims.ts";
import { type ConnectionState, closeWith, newConnectionState } from "./connection.ts";
import { type Applied, Room, type RoomSnapshot } from "./room.ts";

/**
 * The Durable Object of a session, and its life: it begins with the first ticket; it hibernates whenever nobody speaks, and is then
 * nothing but its SQLite and its sockets' attachments; it may lose its process at any moment, and its sockets with it; it ends when
 * the session is deleted, and leaves nothing.
 *
 * This class is the shell: it meets the platform, and hands everything to `Room`, which is rebuilt from storage whenever it is not
 * in memory. No step of the room waits for anything, so its messages are handled one after the other, in one order.
 */
export class SessionRoom extends Server {
  static override options = { hibernate: true };

  #room: Room | undefined;
  /** In memory only: storage is to be empty. Tickets from before the end expire within the minute. */
  #ended = false;

  /** The room, woken if need be. */
  #awake(): Room {
    this.#room ??= new Room(
      { sql: this.ctx.storage.sql, sessionId: this.name as SessionId, newEventId: () => crypto.randomUUID() },
      this.getConnections<ConnectionState>(),
      Date.now(),
    );
    return this.#room;
  }

  override async onConnect(connection: Connection<ConnectionState>, { request }: ConnectionContext): Promise<void> {
    try {
      const nowMs = Date.now();
      const claims = decodeClaims(request.headers.get(CLAIMS_HEADER) ?? "");
      const refusal = this.#ended ? "session-closed" : this.#awake().admit(claims);
      if (refusal !== null) return closeWith(connection, refusal);
      connection.setState(newConnectionState(claims.memberId, nowMs));
      await this.#alarmBy(nowMs + HELLO_TIMEOUT_MS);
    } catch (error) {
      this.#broken(error);
      closeWith(connection, "internal-error");
    }
  }

  override onMessage(connection: Connection<ConnectionState>, frame: string | ArrayBuffer | ArrayBufferView): void {
    const state = connection.state;
    if (this.#ended || state === null || state.phase === "closed") return;
    try {
      this.#awake().handleFrame(connection, frame, Date.now());
    } catch (error) {
      this.#broken(error);
      closeWith(connection, "internal-error");
    }
  }

  override onClose(connection: Connection<ConnectionState>): void {
    if (this.#ended || connection.state === null || connection.state.phase === "closed") return;
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
    const next = this.#awake().sweep(this.getConnections<ConnectionState>(), nowMs);
    if (next !== null) await this.ctx.storage.setAlarm(next);
  }

  /** Makes sure that the alarm rings at `atMs` or before; what it sweeps says when it is needed again. */
  async #alarmBy(atMs: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > atMs) await this.ctx.storage.setAlarm(atMs);
  }

  /** A bug of ours: memory may no longer be what storage says, so it is thrown away. Only the error's kind is logged. */
  #broken(error: unknown): void {
    this.#room = undefined;
    console.error(JSON.stringify({ event: "room-broken", error: error instanceof Error ? error.name : typeof error }));
  }

  /** Logs, enforces and tells a decision that the database already holds (docs/PROTOCOL.md P13). The same event again is harmless. */
  applyDecision(fromMemberId: string, eventId: string, body: unknown): Applied {
    const from = MemberId.parse(fromMemberId);
    return this.#awake().applyDecision(from, EventId.parse(eventId), ApiBody.parse(body), Date.now());
  }

  /** Tells everybody that the list of recordings is another one. */
  announceRecordings(): void {
    if (!this.#ended) this.#awake().announceRecordings();
  }

  /** What the session holds, one page of its log at a time: `afterSeq` is the last number that the caller has. */
  snapshot(afterSeq = 0): RoomSnapshot {
    return this.#awake().snapshot(afterSeq);
  }

  /** Erases somebody who is gone for good: their words, their name. Call again with `doneSeq` until it is `headSeq`. */
  forgetMember(memberId: string, afterSeq = 0): { doneSeq: number; headSeq: number; blanked: number } {
    if (this.#ended) return { doneSeq: 0, headSeq: 0, blanked: 0 };
    return this.#awake().forget(MemberId.parse(memberId), afterSeq, Date.now());
  }

  /** The session is deleted: every socket is closed and the storage emptied. Harmless to repeat. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#room?.stop();
    this.#room = undefined;
    for (const connection of this.getConnections<ConnectionState>()) closeWith(connection, "session-closed");
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }
}
