import type { Connection } from "partyserver";
import { type ErrorCode, errors } from "../protocol/errors.ts";
import type { MemberId } from "../protocol/ids.ts";
import type { Member, MemberStatus, SessionSettings } from "../protocol/room.ts";
import { idleStatus } from "../protocol/room.ts";
import { shownStatus } from "./decide.ts";
import type { Person } from "./register.ts";

/**
 * What the room knows of one socket. It is the socket's attachment (at most 16 KiB), so it outlives the object's memory; nothing in
 * it outlives the socket.
 */
export interface Seat {
  memberId: MemberId;
  openedAtMs: number;
  /** `waiting` for its hello; `reading` what it missed, up to `sentSeq`; `live`; `closed` by the room, its close frame on the way. */
  phase: "waiting" | "reading" | "live" | "closed";
  sentSeq: number;
  status: MemberStatus;
}

/** A socket as partyserver hands it out. Its `state` is `null` until the room has admitted it. */
export type Chair = Connection<Seat>;

export const newSeat = (memberId: MemberId, openedAtMs: number): Seat => ({
  memberId,
  openedAtMs,
  phase: "waiting",
  sentSeq: 0,
  status: idleStatus,
});

export const isSeated = (seat: Seat | null): seat is Seat => seat?.phase === "reading" || seat?.phase === "live";

/** The one projection of a person to collaborators (promise V1): every list of members is made here, field by field. */
export function showMember(person: Person, chair: Chair | undefined, settings: SessionSettings): Member {
  const status = chair?.state?.status ?? idleStatus;
  return {
    memberId: person.memberId,
    displayName: person.displayName,
    role: person.role,
    connected: chair !== undefined,
    status: shownStatus(status, person.role, settings),
  };
}

/** The largest one-way delay that a connected member reports, with its error bound. */
export function farthestMs(chairs: Iterable<Chair>): number {
  let farthest = 0;
  for (const { state } of chairs) {
    if (state === null) continue;
    const { latencyMs = 0, latencyErrorMs = 0 } = state.status;
    farthest = Math.max(farthest, latencyMs + latencyErrorMs);
  }
  return farthest;
}

/** Says why, and closes. What the client still sends is not heard any more. */
export function dismiss(chair: Chair, code: ErrorCode, detail?: string): void {
  const { title, ...error } = errors[code];
  const message = detail ?? title;
  const seat = chair.state;
  if (seat !== null) chair.setState({ ...seat, phase: "closed" });
  try {
    chair.send(JSON.stringify({ type: "error", code, message }));
    chair.close("close" in error ? error.close : errors["internal-error"].close, title);
  } catch {
    // It is gone already: nobody is left to be told.
  }
}
