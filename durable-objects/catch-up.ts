import { RESUME_EVENTS_MAX } from "../protocol/limits.ts";
import { type RoomConnection, send } from "./connection.ts";
import type { EventLog } from "./event-log.ts";
import { eventsOf } from "./event-writer.ts";

/** Catching up: sends what a member missed, up to a bound. `true`: they have all of the log and are live from now on. */
export function catchUp(connection: RoomConnection, log: EventLog): boolean {
  const { state } = connection;
  if (state === null) return false;
  let { sentSeq } = state;
  const upTo = Math.min(log.headSeq, sentSeq + RESUME_EVENTS_MAX);
  while (sentSeq < upTo) {
    const batch = log.readAfter(sentSeq);
    send(connection, eventsOf(batch.lines));
    sentSeq = batch.lastSeq;
  }
  const isLive = sentSeq >= log.headSeq;
  connection.setState({ ...state, phase: isLive ? "live" : "reading", sentSeq });
  return isLive;
}
