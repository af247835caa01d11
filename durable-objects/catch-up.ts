import { RESUME_WINDOW_CHARS } from "../protocol/limits.ts";
import { type RoomConnection, send } from "./connection.ts";
import type { EventLog } from "./event-log.ts";
import { eventsOf } from "./events-message.ts";
import { outflowOf } from "./outflow.ts";

/**
 * Catching up: sends what a member missed, one window at a time. The last message of a window asks for an `ack`, and nothing more is sent
 * before it comes, so whoever does not read holds no memory. `true`: they have all of the log and are live from now on.
 */
export function catchUp(connection: RoomConnection, log: EventLog): boolean {
  const { state } = connection;
  if (state === null) return false;
  let { sentSeq } = state;
  let chars = 0;
  while (sentSeq < log.headSeq && chars < RESUME_WINDOW_CHARS) {
    const batch = log.readAfter(sentSeq);
    for (const line of batch.lines) chars += line.length;
    sentSeq = batch.lastSeq;
    const isLastOfWindow = chars >= RESUME_WINDOW_CHARS && sentSeq < log.headSeq;
    send(connection, eventsOf(batch.lines, isLastOfWindow));
    // Numbers of lines and stamps of pongs are told apart by their sign.
    if (isLastOfWindow) outflowOf(connection).mark(-sentSeq);
  }
  const isLive = sentSeq >= log.headSeq;
  connection.setState({ ...state, phase: isLive ? "live" : "reading", sentSeq });
  return isLive;
}
