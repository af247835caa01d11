import type { SessionRoom } from "../../durable-objects/session-room.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import type { HostBody } from "../../protocol/room.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { roomOf } from "../platform/jurisdiction.ts";

/** What the API asks of a session's room; durable-objects/session-room.ts says what each call does. */
export interface Room {
  /** Logs, enforces and broadcasts a decision that D1 already holds. The same event id again is harmless. */
  applyByHost(
    fromMemberId: MemberId,
    eventId: string,
    body: HostBody,
  ): Promise<Awaited<ReturnType<SessionRoom["applyByHost"]>>>;
  announceRecordings(): Promise<void>;
  snapshot(afterSeq?: number): Promise<Awaited<ReturnType<SessionRoom["snapshot"]>>>;
  /** The session is deleted: closes every socket and empties the room's storage. Harmless to repeat. */
  end(): Promise<void>;
}
export type ReachRoom = (env: Env, sessionId: SessionId) => Promise<Room>;

export const reachRoom = async (env: Env, deps: Deps, sessionId: SessionId): Promise<Room> =>
  deps.reachRoom === undefined ? await roomOf(env, sessionId) : await deps.reachRoom(env, sessionId);
