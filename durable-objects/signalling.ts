import type { ErrorCode } from "../protocol/errors.ts";
import type { Signal } from "../protocol/room.ts";
import { withoutAddresses } from "./addresses.ts";
import { type ConnectionState, type RoomConnection, say } from "./connection.ts";

/**
 * Signalling: passes what two members' links say to each other, without addresses unless both have chosen the direct path
 * (docs/PROTOCOL.md P30 to P32). Nothing is read of a signal to somebody who is not here. Returns what the sender is told, if anything.
 */
export function passSignal(
  from: ConnectionState,
  target: RoomConnection | undefined,
  signal: Signal,
): ErrorCode | null {
  if (target === undefined) return "member-absent";
  const direct = from.status.directPath && target.state?.status.directPath === true;
  const passed = direct ? signal : withoutAddresses(signal);
  if (passed !== null) {
    say(target, { type: "signal", from: from.memberId, signal: passed });
    return null;
  }
  // A candidate of which nothing is left is what a relay-only link leaves out anyway.
  return signal.kind === "candidate" ? null : "message-invalid";
}
