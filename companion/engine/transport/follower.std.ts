import type { TransportState } from "../../../protocol/room.ts";
import {
  applyTimeline,
  initialTimeline,
  positionAt,
  type Timeline,
  type TransportEvent,
} from "../../../protocol/transport.ts";

/** What the follower needs from its surroundings: time, and a way to be called at an instant of session time. */
export interface FollowerClock {
  nowSessionMs(): number;
  scheduleAtSession(sessionMs: number, wake: () => void): () => void;
}

/** One command carried out: what it was, the state it leads to, and whether it came in time. */
export interface Execution {
  seq: number;
  event: TransportEvent;
  before: TransportState;
  after: TransportState;
  /** `false`: its instant had passed when it was heard (P19); the state is taken up, where the playhead is now. */
  onTime: boolean;
}

/** A command heard this much after its instant was in all honesty on time: the event loop had other work. */
const GRACE_MS = 20;

/**
 * Carries out the log's transport commands, each at its instant in session time, in their order (P17 to P19). Commands that were
 * missed are not replayed: the state they lead to is taken up as one.
 */
export class Follower {
  readonly #clock: FollowerClock;
  readonly #execute: (execution: Execution) => void;
  readonly #waiting: { seq: number; event: TransportEvent }[] = [];
  #timeline: Timeline = initialTimeline;
  #cancel: (() => void) | undefined;
  #lastSeq = 0;

  constructor(clock: FollowerClock, execute: (execution: Execution) => void) {
    this.#clock = clock;
    this.#execute = execute;
  }

  /** The state as it has been carried out. */
  get state(): TransportState {
    return this.#timeline.transport;
  }

  /** Where the playhead is now. */
  get positionFrames(): number {
    return positionAt(this.state, this.#clock.nowSessionMs());
  }

  /** The next command of the log. One that was heard already is ignored. */
  follow(seq: number, event: TransportEvent): void {
    if (seq <= this.#lastSeq) return;
    this.#lastSeq = seq;
    this.#waiting.push({ seq, event });
    if (this.#waiting.length === 1) this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#waiting.length = 0;
  }

  #schedule(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#cancel = this.#clock.scheduleAtSession(next.event.effectiveAtMs, () => {
      this.#waiting.shift();
      const before = this.state;
      this.#timeline = applyTimeline(this.#timeline, next.event);
      const onTime = this.#clock.nowSessionMs() - next.event.effectiveAtMs <= GRACE_MS;
      const following = this.#waiting[0];
      // A missed command that is followed by another missed one leads nowhere by itself.
      const superseded =
        !onTime && following !== undefined && following.event.effectiveAtMs <= this.#clock.nowSessionMs();
      if (!superseded) this.#execute({ ...next, before, after: this.state, onTime });
      this.#schedule();
    });
  }
}
