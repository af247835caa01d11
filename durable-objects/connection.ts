import { errorTitles } from "../protocol/error-titles.ts";
import { type ErrorCode, errors } from "../protocol/errors.ts";
import type { MemberId } from "../protocol/ids.ts";
import { idleStatus, type MemberStatus, type RoomMessage } from "../protocol/room.ts";
import { outflowOf } from "./outflow.ts";

/**
 * The state of one connection. It is the socket's attachment (at most 16 KiB), so it outlives the object's memory; nothing in it
 * outlives the socket.
 */
export interface ConnectionState {
  memberId: MemberId;
  openedAtMs: number;
  /** `new` until its hello; `waiting` to be let in; `reading` what it missed, up to `sentSeq`; `live`; `closed` by the room. */
  phase: "new" | "waiting" | "reading" | "live" | "closed";
  sentSeq: number;
  /** When something last came from it, give or take `HEARD_STEP_MS`: what the room still knows after it slept. */
  heardAtMs: number;
  status: MemberStatus;
  /** It is nobody's of the session: it listens to the broadcast of this id (P85). */
  broadcast?: string | undefined;
}

/** A connection of one member: partyserver's, or a test's. Its `state` is `null` until the room has admitted it. */
export interface RoomConnection {
  readonly state: ConnectionState | null;
  setState(state: ConnectionState): unknown;
  send(text: string): void;
  close(code: number, reason: string): void;
}

export const newConnectionState = (memberId: MemberId, openedAtMs: number, broadcast?: string): ConnectionState => ({
  memberId,
  broadcast,
  openedAtMs,
  phase: "new",
  sentSeq: 0,
  heardAtMs: openedAtMs,
  status: idleStatus,
});

/** An attachment is written no more often than this for the sake of `heardAtMs` alone. */
export const HEARD_STEP_MS = 10_000;

/** Whether it is in the session: its hello was accepted, and the room has not closed it since. */
export const isJoined = (state: ConnectionState | null): state is ConnectionState =>
  state?.phase === "reading" || state?.phase === "live";

export const say = (connection: RoomConnection, message: RoomMessage): boolean =>
  send(connection, JSON.stringify(message));

/**
 * `false`: nothing is sent any more, because the connection is too far behind (P62). A socket that is going away is not an error of whoever
 * speaks: its close is heard by itself.
 */
export function send(connection: RoomConnection, text: string): boolean {
  if (!outflowOf(connection).takes(text.length)) return false;
  try {
    connection.send(text);
  } catch {
    return true;
  }
  return true;
}

/** Says why, and closes (docs/PROTOCOL.md P36). What the client still sends is not heard any more. */
export function closeWith(connection: RoomConnection, code: ErrorCode, detail?: string): void {
  const [title, error] = [errorTitles[code], errors[code]];
  const { state } = connection;
  if (state !== null) connection.setState({ ...state, phase: "closed" });
  try {
    connection.send(JSON.stringify({ type: "error", code, message: detail ?? title } satisfies RoomMessage));
    connection.close("close" in error ? error.close : errors["internal-error"].close, title);
  } catch {
    // It is gone already: nobody is left to be told.
  }
}
