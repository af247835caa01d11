import type { TransportCommand, TransportState } from "../../../protocol/room.ts";
import type { FrameRange, TimelineMap } from "../../../protocol/timeline.ts";
import {
  applyTimeline,
  initialTimeline,
  initialTransport,
  positionAt,
  type Timeline,
  type TransportEvent,
} from "../../../protocol/transport.ts";

/** What the follower needs from its surroundings: time, and a way to be called at an instant of session time. */
export interface FollowerClock {
  nowSessionMs(): number;
  scheduleAtSession(sessionMs: number, call: () => void): () => void;
}

/** One step of the transport carried out: from which state to which, and when. */
export interface Execution {
  before: TransportState;
  after: TransportState;
  /** The instant in session time at which it took effect. */
  atMs: number;
  /** `false`: its instant had passed when it was heard (P19); the state is taken up, where the playhead is now. */
  onTime: boolean;
  /** The line of the log and its command, where it was a single one. */
  seq?: number;
  command?: TransportCommand["command"];
}

export interface FollowerEvents {
  /** The state that comes next, as soon as it is known: whoever has to be ready for it begins now. */
  onPlanned(after: TransportState, atMs: number): void;
  /** The state has come. */
  onExecuted(execution: Execution): void;
}

/** A command heard this much after its instant was in all honesty on time: the event loop had other work. */
const GRACE_MS = 20;
/** Late commands come in a burst, when a stalled link moves again; they are one step. */
const GATHER_MS = 10;
/** Nobody begins to record for a command that is older than this: what is played now was not meant for that take. */
const RECORD_AGE_MAX_MS = 2_000;

/**
 * The follower of the session's transport: carries out the log's commands, each at its instant in session time, in their order (P17 to
 * P19). What was missed is never replayed: the state that it led to is taken up as one step, and a recording among it is only joined.
 * It lives through lost links: each welcome brings the state at the log's head, and lines up to there are part of it.
 */
export class Follower {
  readonly #clock: FollowerClock;
  readonly #events: FollowerEvents;
  readonly #waiting: Execution[] = [];
  /** The log's own state after all that was heard, this follower's after it, and as it has been carried out. */
  #logged: Timeline = initialTimeline;
  #planned: TransportState = initialTransport;
  #state: TransportState = initialTransport;
  #cancel: (() => void) | undefined;
  #turn = 0;
  #lastSeq = 0;

  constructor(clock: FollowerClock, events: FollowerEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** The state as it has been carried out. */
  get state(): TransportState {
    return this.#state;
  }

  /** The map that bars are counted with, after all that was heard. */
  get map(): TimelineMap {
    return this.#logged.map;
  }

  /** Where the playhead is now. */
  get positionFrames(): number {
    return positionAt(this.state, this.#clock.nowSessionMs());
  }

  /** Takes up the state that the log has led to by its line `headSeq`. */
  takeUp(logged: Timeline, headSeq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, headSeq);
    this.#logged = logged;
    // What was still waiting is part of it.
    this.#waiting.length = 0;
    const after = this.#own(logged.transport);
    const { atMs } = logged.transport;
    if (isSame(after, this.#state)) {
      this.#planned = after;
      this.#schedule();
    } else this.#plan({ after, atMs, onTime: atMs >= this.#clock.nowSessionMs() - GRACE_MS });
  }

  /** The next command of the log. One that was heard already is ignored. */
  follow(seq: number, event: TransportEvent): void {
    if (seq <= this.#lastSeq) return;
    this.#lastSeq = seq;
    this.#logged = applyTimeline(this.#logged, event);
    const atMs = event.effectiveAtMs;
    const onTime = atMs >= this.#clock.nowSessionMs() - GRACE_MS;
    if (!onTime) this.#waiting.length = 0;
    this.#plan({ after: this.#own(this.#logged.transport), atMs, onTime, seq, command: event.transport.command });
  }

  /** Session time is known better now, or time has passed unseen: every instant is computed anew. */
  reschedule(): void {
    if (this.#waiting.length > 0) this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#waiting.length = 0;
  }

  /** The logged state as it is followed here: a recording is joined while it is fresh, and heard otherwise. */
  #own(logged: TransportState): TransportState {
    if (logged.motion !== "recording" || this.#planned.motion === "recording") return logged;
    const isFresh = this.#clock.nowSessionMs() - logged.atMs <= RECORD_AGE_MAX_MS;
    return isFresh ? logged : { ...logged, motion: "playing" };
  }

  #plan(step: Omit<Execution, "before">): void {
    const before = this.#planned;
    this.#planned = step.after;
    this.#waiting.push({ ...step, before });
    if (step.onTime) this.#events.onPlanned(step.after, step.atMs);
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel?.();
    const turn = ++this.#turn;
    const [next] = this.#waiting;
    if (next === undefined) return;
    const dueMs = next.onTime ? next.atMs : this.#clock.nowSessionMs() + GATHER_MS;
    this.#cancel = this.#clock.scheduleAtSession(dueMs, () => {
      if (turn !== this.#turn) return;
      this.#waiting.shift();
      const before = this.#state;
      this.#state = next.after;
      if (!next.onTime) this.#events.onPlanned(next.after, next.atMs);
      this.#events.onExecuted({ ...next, before });
      this.#schedule();
    });
  }
}

/** Whether two states are the same at every instant. */
function isSame(one: TransportState, other: TransportState): boolean {
  if (one.motion !== other.motion || one.bpm !== other.bpm) return false;
  if (!isSameRange(one.loop, other.loop) || !isSameRange(one.punch, other.punch)) return false;
  const atMs = Math.max(one.atMs, other.atMs);
  return positionAt(one, atMs) === positionAt(other, atMs);
}

const isSameRange = (one: FrameRange | undefined, other: FrameRange | undefined): boolean =>
  one?.startFrames === other?.startFrames && one?.endFrames === other?.endFrames;
