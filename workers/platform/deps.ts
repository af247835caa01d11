import type { SessionRoom } from "../../durable-objects/session-room.ts";
import type { MemberId, RandomBytes, SessionId } from "../../protocol/ids.ts";
import type { ApiBody, DecidedState } from "../../protocol/room.ts";
import type { Env } from "./env.ts";
import { roomOf } from "./jurisdiction.ts";

/** What the API asks of a session's room; durable-objects/session-room.ts says what each call does. */
export interface Room {
  /** Logs, enforces and broadcasts a decision that D1 already holds. The same event id again is harmless. */
  applyDecision(
    fromMemberId: MemberId,
    eventId: string,
    number: number,
    body: ApiBody,
  ): Promise<Awaited<ReturnType<SessionRoom["applyDecision"]>>>;
  /** All that D1 has decided by a number, where what was told one by one cannot be told any more. Harmless to repeat. */
  applyState(state: DecidedState): Promise<void>;
  /** A member's phone comes by its link; `false`: it was used before, or the member was never in. */
  connectPhone(phone: MemberId, owner: MemberId): Promise<boolean>;
  /** Sends a member's phone away. Harmless to repeat. */
  endPhones(owner: MemberId): Promise<void>;
  /** The session is broadcast from now on, by this id or by the one that it has; `null`: it was deleted. */
  startBroadcast(id: string, untilMs: number): Promise<{ id: string; untilMs: number } | null>;
  /** Nobody listens any more. Harmless to repeat. */
  endBroadcast(): Promise<void>;
  /** How far along the timeline the transport has ever been. */
  reachedFrames(): Promise<number>;
  /** Who is in the session at this moment. */
  here(): Promise<MemberId[]>;
  announceRecordings(): Promise<void>;
  snapshot(afterSeq?: number): Promise<Awaited<ReturnType<SessionRoom["snapshot"]>>>;
  /** Erases one member's words and name, a part of the log in each call, from `doneSeq` to `headSeq`. Harmless to repeat. */
  forgetMember(memberId: MemberId, afterSeq?: number): Promise<Awaited<ReturnType<SessionRoom["forgetMember"]>>>;
  /** The session is deleted: closes every socket and empties the room's storage. Harmless to repeat. */
  end(): Promise<void>;
}

/** What a pure rule may not reach for by itself. Passed in, so that a test can move time, replay chance and break what is called. */
export interface Deps {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  random: RandomBytes;
  /** The session's room. Ask anew for each call: a stub that has thrown is of no more use. */
  reachRoom(env: Env, sessionId: SessionId): Promise<Room>;
  sleep(ms: number): Promise<void>;
  /** Told of a limit that was met, and when it will be past; each request has its own. */
  noteWait(waitMs: number): void;
  /** Told that whoever asks is not to be counted; each request has its own. */
  noteObjection(): void;
  /** Outgoing HTTP. */
  fetch: typeof fetch;
}

export const systemDeps: Deps = {
  now: () => Date.now(),
  random: (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)),
  reachRoom: roomOf,
  sleep: (ms) => scheduler.wait(ms),
  noteWait: () => undefined,
  noteObjection: () => undefined,
  fetch: (input, init) => fetch(input, init),
};
