import type { TransportCommand, TransportState } from "../../../protocol/room.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";
import { initialTransport, nextTurnAt, positionAt } from "../../../protocol/transport.ts";
import type { Cue, DawDriver, DawMessage } from "../midi/driver.std.ts";
import { FloodGuard } from "../midi/flood-guard.std.ts";
import type { DawPort } from "../midi/port.std.ts";
import { commandOf } from "./daw-command.std.ts";
import { type DawIntent, EchoGuard } from "./echo-guard.std.ts";
import { RollWatch } from "./roll-watch.std.ts";
import { TickStream } from "./tick-stream.std.ts";
import { afterMessage, ON_LINE_FRAMES, type PlannedMessage, transition } from "./transition.std.ts";

/** Session time as a DAW's link needs it. */
export interface LinkClock {
  /** Whether session time is known yet: nothing of a DAW can be told or heard before. */
  isKnown(): boolean;
  nowLocalMs(): number;
  nowSessionMs(): number;
  toSessionMs(localMs: number): number;
  toLocalMs(sessionMs: number): number;
  scheduleAtSession(sessionMs: number, call: () => void): () => void;
}

/** How long before a loop's turn the DAW's next message is planned. */
const TURN_AHEAD_MS = 200;

/** A DAW that is stopped while it records says first that it records no more: for so long it is waited for what else it says. */
const PUNCH_OUT_WAITS_MS = 50;

/** A machine that is always late is not helped by more jumps than this. */
const MENDS_MAX = 2;
/** What a DAW is late by is learnt from roll to roll by this share of what was left of it, and never beyond the most. */
const LEARNT_SHARE = 0.5;
/** How early it says that it rolls is the mean of so many of its presses. */
const PRESSED_ROLLS = 8;
const LEARNT_MAX_MS = 50;

export interface DawLinkOptions {
  port: DawPort;
  driver: DawDriver;
  cue: Cue;
  clock: LinkClock;
  /** What the session counts bars with. */
  map(): TimelineMap;
  /** Whether this member's role may command the session. */
  mayCommand(): boolean;
  onCommand(command: TransportCommand): void;
  onWarning(code: string, message: string): void;
}

export interface DawReport {
  name: string;
  driver: string;
  sent: number;
  presses: number;
  echoes: number;
  muted: boolean;
  /** How far the DAW's own report of its place was from the session's, last; `null` where it tells none. */
  offMs: number | null;
  /** How much earlier everything leaves for it. */
  lateMs: number;
}

/**
 * One DAW at one port. It holds what the DAW does, as far as that is known, and brings it to what the session does: each step of the
 * session becomes messages at their instants. What the DAW says is an echo, or somebody's press: then it is the session's next command,
 * and the pressed DAW is not interrupted, because the session rolls on its line.
 */
export class DawLink {
  readonly #options: DawLinkOptions;
  readonly #guard = new EchoGuard();
  /** What the DAW does, and what it will do after each message that waits. */
  #state: TransportState = unknown;
  #pending: PlannedMessage[] = [];
  #target: { state: TransportState; atMs: number } | undefined;
  #cancel: (() => void) | undefined;
  #mends = 0;
  #turn = 0;
  #cancelTurn: (() => void) | undefined;
  #turns = 0;
  readonly #ticks: TickStream;
  #cancelQuiet: (() => void) | undefined;
  #cancelPunchOut: (() => void) | undefined;
  readonly #flood = new FloodGuard();
  readonly #watch = new RollWatch();
  /** How much later than it is told the DAW does a thing: as measured before, and as its own reports have it since. */
  #lateMs: number;
  /** How much later than it says so it rolls, once it was pressed: most say it as soon as they are asked, and begin with a cycle of their device. */
  #saysEarlyMs = 0;
  #pressedRolls = 0;
  #rollIsPressed = false;
  /** It was stopped by a hand, and says itself where it came to rest. */
  #restsByItself = false;
  #warnedOfFlood = false;
  #warnedOfRole = false;
  #counts = { sent: 0, presses: 0, echoes: 0 };
  #offMs: number | null = null;

  constructor(options: DawLinkOptions) {
    this.#options = options;
    this.#lateMs = options.cue.lateMs ?? 0;
    this.#ticks = new TickStream({ ...options, lateMs: options.cue.lateMs });
    options.port.onBytes((bytes, localMs) => this.#hear(bytes, localMs));
    options.port.onPresence((isThere) => this.#onPresence(isThere));
    this.#greet();
  }

  /** How long before an instant a message for it has to leave, in milliseconds: a port that likes to have it earlier does without, if need be. */
  get leadMs(): number {
    return this.#lateMs;
  }

  get report(): DawReport {
    const { port, driver } = this.#options;
    const [muted, lateMs] = [this.#guard.muted, this.#lateMs];
    return { name: port.name, driver: driver.name, ...this.#counts, muted, offMs: this.#offMs, lateMs };
  }

  /** The session's next step, as soon as it is known. `isMine` says that this link's own press led to it. */
  plan(state: TransportState, atMs: number, isMine = false): void {
    const nowMs = this.#options.clock.nowSessionMs();
    const was = this.#target?.state.motion ?? "stopped";
    if (!isMine && (was === "stopped") !== (state.motion === "stopped") && this.#guard.reverse(nowMs)) {
      const message = `${this.#options.port.name} says again and again what others undo: it is no longer listened to. Look for a loop in its cables.`;
      this.#options.onWarning("daw-muted", message);
    }
    this.#target = { state, atMs };
    this.#mends = 0;
    this.#reach();
  }

  /** Session time is known better now, or time has passed unseen. */
  reschedule(): void {
    this.#schedule();
    this.#ticks.reschedule();
  }

  /** A step has come: what is meant for its instant leaves now, before anything else is begun that may take time. */
  sendUpTo(atMs: number): void {
    const due = this.#pending.filter((one) => one.atMs <= atMs);
    if (due.length === 0) return;
    this.#pending = this.#pending.slice(due.length);
    for (const one of due) this.#send(one);
    this.#schedule();
  }

  /** The session did not take a press: the DAW goes back to what the session does. */
  putBack(): void {
    this.#reach(this.#target ?? atRest);
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#cancelTurn?.();
    this.#cancelQuiet?.();
    this.#cancelPunchOut?.();
    this.#ticks.stop();
    this.#pending = [];
    await this.#options.port.close();
  }

  /** Brings the DAW from what it does to the target. */
  #reach(target = this.#target): void {
    if (target === undefined) return;
    const { state, atMs } = target;
    const { clock, cue } = this.#options;
    const nowMs = clock.nowSessionMs();
    // What lies beyond this step belongs to one that no longer comes.
    this.#pending = this.#pending.filter((one) => one.atMs <= Math.max(atMs, nowMs));
    const from = this.#pending.at(-1)?.leadsTo ?? this.#state;
    this.#pending.push(...transition(from, straightAt(state, Math.max(atMs, nowMs)), atMs, nowMs, cue));
    this.#awaitTurn();
    this.#schedule();
  }

  /** A DAW knows nothing of the session's loop: at each turn it is brought to the start of it, by then. */
  #awaitTurn(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    if (this.#target === undefined) return;
    const { clock } = this.#options;
    const { state, atMs } = this.#target;
    const turnsAtMs = nextTurnAt(state, Math.max(atMs, clock.nowSessionMs()) + TURN_AHEAD_MS);
    if (turnsAtMs === undefined) return;
    const goes = ++this.#turns;
    this.#cancelTurn = clock.scheduleAtSession(turnsAtMs - TURN_AHEAD_MS, () => {
      if (goes !== this.#turns || this.#target?.state !== state) return;
      const { cue } = this.#options;
      const from = this.#pending.at(-1)?.leadsTo ?? this.#state;
      this.#pending.push(...transition(from, straightAt(state, turnsAtMs), turnsAtMs, clock.nowSessionMs(), cue));
      this.#awaitTurn();
      this.#schedule();
    });
  }

  #schedule(): void {
    this.#cancel?.();
    const turn = ++this.#turn;
    const [next] = this.#pending;
    if (next === undefined) return;
    const { clock, port } = this.#options;
    this.#cancel = clock.scheduleAtSession(next.atMs - (port.aheadMs ?? 0) - this.#lateMs, () => {
      if (turn !== this.#turn) return;
      this.#pending.shift();
      this.#send(next);
      this.#schedule();
    });
  }

  #send({ message, atMs, leadsTo }: PlannedMessage): void {
    const { clock, driver, port } = this.#options;
    const heldMs = clock.nowSessionMs() - (atMs - this.#lateMs);
    const before = this.#state;
    const localMs = clock.toLocalMs(atMs) - this.#lateMs;
    this.#restsByItself = false;
    const bytes = this.#encode(message, localMs);
    this.#state = leadsTo;
    if (bytes !== null || driver.tick !== undefined)
      this.#guard.expect(message, positionAt(leadsTo, atMs), clock.nowSessionMs());
    if (bytes !== null) {
      this.#counts.sent++;
      port.sendAt(bytes, localMs);
    }
    this.#ticks.takeUp(leadsTo, atMs);
    const rolls = message.type === "play" || message.type === "record";
    if (rolls) {
      this.#rollIsPressed = false;
      this.#watch.begin(atMs);
    } else if (leadsTo.motion === "stopped") this.#watch.end();
    if (rolls && driver.tick === undefined && heldMs * 48 > ON_LINE_FRAMES) this.#mend(before, message, atMs + heldMs);
  }

  /** A roll left late, because this machine was busy: the DAW is behind by as much until it is put in place once more. */
  #mend(before: TransportState, message: DawMessage, leftAtMs: number): void {
    if (this.#mends >= MENDS_MAX) return;
    this.#mends++;
    this.#state = afterMessage(before, message, leftAtMs, this.#options.cue);
    this.#reach();
  }

  #encode(message: DawMessage, localMs: number): Uint8Array | null {
    return this.#options.driver.encode(message, { localMs, map: this.#options.map() });
  }

  #greet(): void {
    const { driver, port, clock } = this.#options;
    if (driver.greeting !== undefined) port.sendAt(driver.greeting, clock.nowLocalMs());
  }

  #hear(bytes: Uint8Array, localMs: number): void {
    if (!this.#flood.admits(bytes.length, localMs)) {
      const { port, onWarning } = this.#options;
      if (!this.#warnedOfFlood)
        onWarning("daw-flood", `${port.name} says more than can be meant: part of it is not listened to.`);
      this.#warnedOfFlood = true;
      return;
    }
    this.#decode(bytes, localMs);
    const { clock, driver } = this.#options;
    if (driver.quietMs === undefined || !clock.isKnown()) return;
    const quietAtMs = localMs + driver.quietMs;
    this.#cancelQuiet?.();
    this.#cancelQuiet = clock.scheduleAtSession(clock.toSessionMs(quietAtMs), () => {
      this.#decode(new Uint8Array(), quietAtMs);
    });
  }

  #decode(bytes: Uint8Array, localMs: number): void {
    const { clock, driver, map, port } = this.#options;
    // What its buttons are is remembered by the driver; that it was pressed before anybody was there is nobody's command.
    for (const event of driver.decode(bytes, { localMs, map: map() })) {
      if (event.type === "answer") port.sendAt(event.bytes, localMs);
      else if (!clock.isKnown()) continue;
      else {
        const atMs = clock.toSessionMs(event.localMs ?? localMs);
        if (event.type === "position") this.#onPosition(event, atMs);
        else this.#onIntent(event, atMs);
      }
    }
  }

  #onPosition({ positionFrames, rolls = false }: { positionFrames: number; rolls?: boolean }, atMs: number): void {
    if (this.#state.motion === "stopped") {
      if (!rolls) this.#state = { ...this.#state, positionFrames };
      return;
    }
    if (this.#target === undefined || this.#target.atMs > atMs) return;
    this.#offMs = (positionFrames - positionAt(this.#target.state, atMs)) / 48;
    const offMs = this.#pending.length === 0 ? this.#watch.note(this.#offMs, atMs) : null;
    if (offMs !== null) this.#onRolled(offMs);
  }

  /**
   * The DAW says where it came to roll. By what it was late it is told earlier from now on; where that is more than a jump is worth, it is put in place
   * at once, and else at the next stop, locate or turn.
   */
  #onRolled(offMs: number): void {
    const { clock, cue, driver } = this.#options;
    if (this.#target === undefined || driver.tick !== undefined || cue.isLateHeard) return;
    if (this.#rollIsPressed) {
      // Whoever was pressed is not interrupted: from its next press on its line is where it is.
      if (Math.abs(offMs) * 48 > ON_LINE_FRAMES) return;
      this.#pressedRolls = Math.min(PRESSED_ROLLS, this.#pressedRolls + 1);
      this.#saysEarlyMs = Math.max(0, this.#saysEarlyMs - offMs / this.#pressedRolls);
      return;
    }
    if (Math.abs(offMs) * 48 <= ON_LINE_FRAMES) {
      this.#lateMs = Math.max(0, Math.min(LEARNT_MAX_MS, this.#lateMs - offMs * LEARNT_SHARE));
      return;
    }
    if (this.#mends >= MENDS_MAX || this.#state.motion === "recording") return;
    this.#mends++;
    const atMs = clock.nowSessionMs();
    const positionFrames = Math.max(0, Math.round(positionAt(this.#target.state, atMs) + offMs * 48));
    this.#state = { ...this.#state, positionFrames, atMs };
    this.#reach();
  }

  #onIntent(intent: DawIntent, atMs: number): void {
    const { clock } = this.#options;
    if (this.#guard.isEcho(intent, clock.nowSessionMs())) {
      this.#counts.echoes++;
      if (this.#restsByItself && intent.type === "locate") this.#onRest(intent.positionFrames);
      return;
    }
    this.#cancelPunchOut?.();
    if (intent.type === "punch-out")
      this.#cancelPunchOut = clock.scheduleAtSession(atMs + PUNCH_OUT_WAITS_MS, () => this.#onPress(intent, atMs));
    else this.#onPress(intent, atMs);
  }

  #onPress(intent: DawIntent, saidAtMs: number): void {
    const begins = this.#state.motion === "stopped" && (intent.type === "play" || intent.type === "record");
    const atMs = begins ? saidAtMs + this.#saysEarlyMs : saidAtMs;
    const { clock, mayCommand, onCommand, onWarning, port } = this.#options;
    const nowMs = clock.nowSessionMs();
    // Whoever is pressed leads: it needs nobody's ticks, and its line is the session's.
    this.#ticks.stop();
    this.#rollIsPressed = begins;
    if (begins) this.#watch.begin(atMs);
    else this.#watch.end();
    this.#restsByItself = intent.type === "stop";
    const placeFrames = positionAt(this.#state, atMs);
    // A person who moves the playhead of a rolling DAW leaves it rolling.
    const did = { locateMs: 0, rollsThroughLocate: true };
    this.#state = afterMessage(this.#state, intent, atMs, did);
    let state = this.#state;
    for (const one of this.#pending) {
      state = afterMessage(state, one.message, one.atMs, this.#options.cue);
      one.leadsTo = state;
    }
    this.#guard.accompany(intent, placeFrames, nowMs);
    const isHeard = !this.#agrees(intent, atMs) && !this.#guard.muted;
    if (isHeard && mayCommand()) {
      this.#counts.presses++;
      this.#guard.press(intent, nowMs);
      onCommand(commandOf(intent, placeFrames, atMs));
      return;
    }
    if (isHeard && !this.#warnedOfRole) {
      this.#warnedOfRole = true;
      onWarning("forbidden", `Your role does not move the session's transport: ${port.name} is put back.`);
    }
    this.#reach(this.#target ?? atRest);
  }

  /** Where a DAW that was stopped by a hand has come to rest, as it says: not quite where it was thought to be, and where it would roll from. */
  #onRest(positionFrames: number): void {
    if (this.#state.motion !== "stopped") return;
    this.#state = { ...this.#state, positionFrames };
    if (this.#target?.state.motion === "stopped" && this.#target.atMs <= this.#options.clock.nowSessionMs())
      this.#reach();
  }

  /** Whether the session does already, or is about to do, what the DAW was made to do. */
  #agrees(intent: DawIntent, atMs: number): boolean {
    const state = this.#target?.state ?? initialTransport;
    switch (intent.type) {
      case "play":
        return state.motion !== "stopped";
      case "stop":
        return state.motion === "stopped";
      case "record":
        return state.motion === "recording";
      case "punch-out":
        return state.motion !== "recording";
      case "locate":
        return Math.abs(positionAt(state, atMs) - intent.positionFrames) <= ON_LINE_FRAMES;
      case "tempo":
        return Math.abs(state.bpm - intent.bpm) < 0.005;
    }
  }

  #onPresence(isThere: boolean): void {
    const { port, onWarning } = this.#options;
    if (!isThere) {
      onWarning("daw-gone", `${port.name} has gone: your DAW no longer follows the session.`);
      return;
    }
    onWarning("daw-back", `${port.name} is back.`);
    this.#greet();
    this.#state = unknown;
    this.#pending = [];
    this.#reach();
  }
}

/** Nobody knows what a DAW did before: a place where no playhead stands, and no tempo, make the first messages say both. */
const unknown: TransportState = { motion: "stopped", positionFrames: -1, atMs: 0, bpm: 0 };

/** Of a session in which nobody has done anything yet no step is told; what was done to a DAW is put back to this. */
const atRest = { state: initialTransport, atMs: 0 };

/** The state from an instant on as a DAW sees it: one straight line, whatever loop it turns in. */
function straightAt(state: TransportState, atMs: number): TransportState {
  const { loop, punch: _, ...straight } = state;
  if (state.motion === "stopped" || loop === undefined || atMs <= state.atMs) return straight;
  return { ...straight, positionFrames: positionAt(state, atMs), atMs };
}
