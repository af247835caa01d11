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
  /** The post that was announced, where the log has not said so yet. */
  foreseen?: string;
}

export interface FollowerEvents {
  /** The state that comes next, as soon as it is known: whoever has to be ready for it begins now. */
  onPlanned(after: TransportState, atMs: number): void;
  /** The state has come. */
  onExecuted(execution: Execution): void;
  /** What was announced does not hold, and the log's own state is what there is. */
  onUnforeseen?(): void;
}

/** A command heard this much after its instant was in all honesty on time: the event loop had other work. */
const GRACE_MS = 20;
/** Late commands come in a burst, when a stalled link moves again; they are one step. */
const GATHER_MS = 10;
/** Nobody begins to record for a command that is older than this: what is played now was not meant for that take. */
const RECORD_AGE_MAX_MS = 2_000;
/** But whoever pressed the key here meant it, however busy this machine has been since: then a take begins late, and not never. */
const OWN_RECORD_AGE_MAX_MS = 30_000;
/** What was announced and is not in the log by then will not come. */
const FORESEEN_MAX_MS = 3_000;

/**
 * The follower of the session's transport: carries out the log's commands, each at its instant in session time, in their order (P17 to
 * P19). What was missed is never replayed: the state that it led to is taken up as one step, and a recording among it is only joined.
 * It lives through lost links: each welcome brings the state at the log's head, and lines up to there are part of it.
 *
 * A command that was announced over the lanes (P77) is carried out before the log has it. The log's own state stays apart: where its next line is
 * another one, or this one at another instant, or none comes, that state is what everybody is brought back to.
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
  /** When the log's last command takes effect; `null` while that is not known. */
  #effectiveAtMs: number | null = null;
  #foreseen: { eventId: string; after: TransportState; forget: () => void } | undefined;

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

  /** After which command one may be announced; `null`: now none may. A take that ended for a command that never came could not be taken up again. */
  get announcesAfterMs(): number | null {
    const isRecording = this.#logged.transport.motion === "recording";
    return this.#foreseen === undefined && !isRecording ? this.#effectiveAtMs : null;
  }

  /** Takes up the state that the log has led to by its line `headSeq`. `effectiveAtMs`: of its last command, where it is known. */
  takeUp(logged: Timeline, headSeq: number, effectiveAtMs: number | null = null): void {
    this.#lastSeq = Math.max(this.#lastSeq, headSeq);
    this.#logged = logged;
    this.#effectiveAtMs = effectiveAtMs;
    this.#dropForeseen();
    // What was still waiting is part of it.
    this.#waiting.length = 0;
    const after = this.#own(logged.transport);
    const { atMs } = logged.transport;
    if (isSame(after, this.#state)) {
      this.#planned = after;
      this.#schedule();
    } else this.#plan({ after, atMs, onTime: atMs >= this.#clock.nowSessionMs() - GRACE_MS });
  }

  /**
   * The next command of the log; one that was heard already is ignored. `isOwn`: it was pressed here. `true`: it was announced, and nothing is to be
   * done any more.
   */
  follow(seq: number, event: TransportEvent, eventId = "", isOwn = false): boolean {
    if (seq <= this.#lastSeq) return false;
    this.#lastSeq = seq;
    this.#logged = applyTimeline(this.#logged, event);
    this.#effectiveAtMs = event.effectiveAtMs;
    const foreseen = this.#foreseen;
    if (foreseen?.eventId === eventId && isSame(this.#own(this.#logged.transport), foreseen.after)) {
      // As announced, or at another instant of the same line: it is being carried out, or has been, and nobody who rolls is interrupted.
      this.#confirmForeseen(seq);
      return true;
    }
    this.#dropForeseen();
    this.#take(this.#logged, event, { seq }, isOwn ? OWN_RECORD_AGE_MAX_MS : RECORD_AGE_MAX_MS);
    return false;
  }

  /**
   * A command that whoever pressed announces, before the log has it. `afterMs`: when the one ahead of it took effect. `false`: the log has gone
   * another way, or one is foreseen already.
   */
  foresee(eventId: string, event: TransportEvent, afterMs: number): boolean {
    if (this.announcesAfterMs !== afterMs || event.effectiveAtMs < afterMs) return false;
    const forget = this.#clock.scheduleAtSession(event.effectiveAtMs + FORESEEN_MAX_MS, () => this.unforesee(eventId));
    const timeline = applyTimeline(this.#logged, event);
    this.#foreseen = { eventId, after: this.#own(timeline.transport), forget };
    this.#take(timeline, event, { foreseen: eventId });
    return true;
  }

  /** The room has refused what was announced, or has not said anything of it. */
  unforesee(eventId: string): void {
    if (this.#foreseen?.eventId !== eventId) return;
    this.#dropForeseen();
    this.#events.onUnforeseen?.();
    const after = this.#own(this.#logged.transport);
    if (isSame(after, this.#planned)) this.#schedule();
    else this.#plan({ after, atMs: this.#clock.nowSessionMs(), onTime: false });
  }

  /** Session time is known better now, or time has passed unseen: every instant is computed anew. */
  reschedule(): void {
    if (this.#waiting.length > 0) this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#foreseen?.forget();
    this.#waiting.length = 0;
  }

  #take(
    { transport }: Timeline,
    { transport: { command }, effectiveAtMs: atMs }: TransportEvent,
    of: Partial<Execution>,
    recordAgeMaxMs = RECORD_AGE_MAX_MS,
  ): void {
    const onTime = atMs >= this.#clock.nowSessionMs() - GRACE_MS;
    if (!onTime) this.#waiting.length = 0;
    this.#plan({ after: this.#own(transport, recordAgeMaxMs), atMs, onTime, command, ...of });
  }

  #confirmForeseen(seq: number): void {
    this.#foreseen?.forget();
    const waiting = this.#waiting.find(({ foreseen }) => foreseen === this.#foreseen?.eventId);
    if (waiting !== undefined) waiting.seq = seq;
    this.#foreseen = undefined;
  }

  /** What was foreseen does not hold: where it has not been carried out it never is. */
  #dropForeseen(): void {
    const eventId = this.#foreseen?.eventId;
    this.#foreseen?.forget();
    this.#foreseen = undefined;
    const at = this.#waiting.findIndex(({ foreseen }) => foreseen !== undefined && foreseen === eventId);
    if (at === -1) return;
    this.#waiting.length = at;
    const last = this.#waiting.at(-1);
    this.#planned = last?.after ?? this.#state;
    this.#events.onPlanned(this.#planned, last?.atMs ?? this.#clock.nowSessionMs());
  }

  /** The logged state as it is followed here: a recording is joined while it is fresh, and heard otherwise. */
  #own(logged: TransportState, recordAgeMaxMs = RECORD_AGE_MAX_MS): TransportState {
    if (logged.motion !== "recording" || this.#planned.motion === "recording") return logged;
    const isFresh = this.#clock.nowSessionMs() - logged.atMs <= recordAgeMaxMs;
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
      // What comes after it was planned before it: a plan ends where a later one begins.
      if (!next.onTime) for (const { after, atMs } of [next, ...this.#waiting]) this.#events.onPlanned(after, atMs);
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
