import { LIVE_UNREAD_MAX_CHARS } from "../protocol/limits.ts";

/** Marks that are remembered of one connection: half a minute of pings, and what they were at first. */
const MARKS_MAX = 128;

/**
 * Outflow of one connection: how much of what was sent has not been read yet, as far as the room can tell. What a client sends back, the stamp of a
 * pong or the number that an `ack` was asked for, says that all before it has been read, because a socket keeps its order. A member who does not
 * read would otherwise be kept everybody's messages for, in the memory that all rooms of an isolate share. In memory only: what hibernates
 * has nothing under way.
 */
export class Outflow {
  #sentChars = 0;
  #readChars = 0;
  #marks: { mark: number; sentChars: number }[] = [];

  /** Notes what is about to be sent. `false`: this connection is too far behind for anything more. */
  takes(chars: number): boolean {
    if (this.#sentChars - this.#readChars > LIVE_UNREAD_MAX_CHARS) return false;
    this.#sentChars += chars;
    return true;
  }

  /** What the client will send back has just been sent. */
  mark(mark: number): void {
    this.#marks.push({ mark, sentChars: this.#sentChars });
    if (this.#marks.length > MARKS_MAX) this.#marks.shift();
  }

  /** The client has sent it back. Of two that look alike the older counts. */
  readTo(mark: number): void {
    const at = this.#marks.findIndex((one) => one.mark === mark);
    const found = this.#marks[at];
    if (found === undefined) return;
    this.#readChars = found.sentChars;
    this.#marks = this.#marks.slice(at + 1);
  }
}

const outflows = new WeakMap<object, Outflow>();

/** The outflow of a connection, for as long as this process has it. */
export function outflowOf(connection: object): Outflow {
  let outflow = outflows.get(connection);
  if (outflow === undefined) {
    outflow = new Outflow();
    outflows.set(connection, outflow);
  }
  return outflow;
}
