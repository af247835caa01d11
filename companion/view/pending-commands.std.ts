/**
 * Pending commands: what a person has asked for and the room has not answered yet. The view draws what the room says and nothing else,
 * but a person's next press goes on from their last one: three steps are three bars however far the room is, and two presses of one
 * switch are on and off. A command leaves with its answer, and after as long as the room would still take it.
 */
import { TRANSPORT_POST_LIFETIME_MS } from "../../protocol/limits.ts";
import type { TransportCommand } from "../../protocol/room.ts";
import { applyTimeline, type Timeline } from "../../protocol/transport.ts";

/** More than a key that is held down asks for within a post's lifetime; the oldest goes first. */
const PENDING_MAX = 128;

interface Pending {
  eventId: string;
  transport: TransportCommand;
  /** Session time at which it was asked for. */
  atMs: number;
}

export class PendingCommands {
  #pending: readonly Pending[] = [];

  /** `atMs`: session time. */
  add(eventId: string, transport: TransportCommand, atMs: number): void {
    this.#pending = [...this.#since(atMs), { eventId, transport, atMs }].slice(-PENDING_MAX);
  }

  /** The room has logged it, or will not. */
  answer(eventId: string): void {
    this.#pending = this.#pending.filter((one) => one.eventId !== eventId);
  }

  /** What the session's timeline will be when all that was asked for has been done, as of `atMs` in session time. */
  appliedTo(timeline: Timeline, atMs: number): Timeline {
    return this.#since(atMs).reduce(
      (now, { transport }) => applyTimeline(now, { transport, effectiveAtMs: atMs }),
      timeline,
    );
  }

  #since(atMs: number): readonly Pending[] {
    return this.#pending.filter((one) => atMs - one.atMs <= TRANSPORT_POST_LIFETIME_MS);
  }
}
