import { Bars } from "../../../audio/bars.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import {
  ANNOUNCED_LEAD_MAX_MS,
  ANNOUNCED_PAST_MAX_MS,
  LANE_PACKET_FRAMES,
  TIMELINE_RATE_HZ,
  TRANSPORT_LEAD_MAX_MS,
  TRANSPORT_LEAD_MIN_MS,
  TRANSPORT_POST_LIFETIME_MS,
} from "../../../protocol/limits.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import {
  type Announced,
  type AnnouncedCommand,
  isAnnounced,
  type LoggedEvent,
  type Member,
  type TransportCommand,
  type TransportState,
} from "../../../protocol/room.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";
import { type Timeline, transportOf } from "../../../protocol/transport.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { ClockEstimate, ClockSample } from "../clock/session-clock.std.ts";
import { SessionTicker } from "../clock/session-ticker.std.ts";
import type { Cue, DawDriver } from "../midi/driver.std.ts";
import type { DawPort } from "../midi/port.std.ts";
import { DawLink, type DawReport } from "../transport/daw-link.std.ts";
import { type Execution, Follower } from "../transport/follower.std.ts";
import { Lateness } from "../transport/lateness.std.ts";
import type { StudioEvent } from "./events.std.ts";

/** Commands are not carried out before session time is known this well. */
const CLOCK_SAMPLES_MIN = 8;
const FRAMES_PER_MS = TIMELINE_RATE_HZ / 1000;
type Executed = Extract<StudioEvent, { type: "executed" }>;
/** What an announcement may wait for at either end, beside its way. */
const ANNOUNCED_MARGIN_MS = (2 * LANE_PACKET_FRAMES) / FRAMES_PER_MS;

/** A DAW that the person has connected. */
export interface Daw {
  port: DawPort;
  driver: DawDriver;
  cue: Cue;
}

/** A command that is carried out before the log has it. */
export interface Foreseen {
  eventId: string;
  transport: TransportCommand;
  effectiveAtMs: number;
}

/** The others, over the lanes: who is pressed tells them before the room has heard (P77). */
export interface Peers {
  /** How long before an instant the last of them has to be told of it: the way, and what they need; `null` while somebody cannot be told so. */
  farthestMs(): number | null;
  announce(command: AnnouncedCommand): void;
}

export interface StudioTransportOptions {
  /** The machine's monotonic clock, in milliseconds. */
  nowMs(): number;
  /** Calls at an instant of that clock; returns a cancel. */
  scheduleAt(localMs: number, call: () => void): () => void;
  daws: readonly Daw[];
  mayCommand(): boolean;
  /** Posts a command to the room; returns the id under which it does. */
  post(command: TransportCommand, announced?: Announced): string;
  /** `null` where there are no lanes here. */
  peers: Peers | null;
  emit(event: StudioEvent): void;
  /** How long before its instant an announcement has to be here is another: whole milliseconds, up to `ANNOUNCED_LEAD_MAX_MS`. */
  onLead(leadMs: number): void;
  /** A step takes effect, at an instant of the machine's clock. */
  onExecuted(execution: Execution, localMs: number): void;
  /** What was announced and the log does not have yet, for whoever shows it; `null`: it does not hold. */
  onForeseen?(foreseen: Foreseen | null): void;
}

/** The studio's share in the session's one transport: session time, the log's commands at their instants, and the DAWs that follow and lead. */
export class StudioTransport {
  readonly #options: StudioTransportOptions;
  readonly #clock = new SessionTicker();
  readonly #follower: Follower;
  readonly #daws: readonly DawLink[];
  readonly #lateness = new Lateness();
  #leadMs = 0;
  /** Which DAW's press a post came from. */
  readonly #pressed = new Map<string, DawLink>();
  #author: DawLink | undefined;
  /** Posts of record that were pressed here, at a DAW or not, and have no answer yet. */
  readonly #ownRecords = new Set<string>();
  /** What was carried out as announced, until the log says which line it is. */
  #foreseen: { eventId: string; told: Omit<Executed, "seq"> } | undefined;
  #welcome: { timeline: Timeline; headSeq: number; effectiveAtMs: number | null } | undefined;
  #early: LoggedEvent[] = [];

  constructor(options: StudioTransportOptions) {
    this.#options = options;
    const clock = {
      isKnown: () => this.#isClockKnown,
      nowLocalMs: options.nowMs,
      nowSessionMs: () => this.#clock.toSessionMs(options.nowMs()),
      toSessionMs: (localMs: number) => this.#clock.toSessionMs(localMs),
      toLocalMs: (sessionMs: number) => this.#clock.toLocalMs(sessionMs),
      scheduleAtSession: (atMs: number, call: () => void) => options.scheduleAt(this.#clock.toLocalMs(atMs), call),
    };
    this.#daws = options.daws.map((daw) => {
      const link: DawLink = new DawLink({
        ...daw,
        clock,
        map: () => this.#follower.map,
        mayCommand: options.mayCommand,
        onCommand: (command) => this.command(command, link),
        onWarning: (code, message) => options.emit({ type: "warning", code, message, final: false }),
      });
      return link;
    });
    this.#follower = new Follower(clock, {
      onPlanned: (after, atMs) => {
        for (const daw of this.#daws) daw.plan(after, atMs, daw === this.#author);
      },
      onExecuted: (execution) => this.#onExecuted(execution),
      onUnforeseen: () => options.onForeseen?.(null),
    });
  }

  get state(): TransportState {
    return this.#follower.state;
  }

  /** What the session counts bars with, after all that was heard. */
  get map(): TimelineMap {
    return this.#follower.map;
  }

  /** How long the bar at the playhead lasts. */
  get barMs(): number {
    const place = this.#isClockKnown ? this.#follower.positionFrames : this.state.positionFrames;
    return new Bars(this.map).barFramesAt(place) / FRAMES_PER_MS;
  }

  get estimate(): ClockEstimate | undefined {
    return this.#clock.estimate;
  }

  /** Session time from the room alone, for the others. */
  get roomEstimate(): ClockEstimate | undefined {
    return this.#clock.room;
  }

  /** Who is here: session time is what those who play make of it together. */
  setMembers(self: MemberId, members: readonly Pick<Member, "memberId" | "connected" | "role">[]): void {
    this.#clock.peers.setMembers(self, members);
  }

  /** What one of them tells of their clock over the lane. */
  hearReading(from: MemberId, reading: PeerReading): void {
    this.#clock.peers.hear(from, reading);
  }

  /** Session time after which a command that is asked for now has come too late; `undefined` before session time is known. */
  get notAfterMs(): number | undefined {
    if (!this.#isClockKnown) return undefined;
    return this.#clock.toSessionMs(this.#options.nowMs()) + TRANSPORT_POST_LIFETIME_MS;
  }

  get daws(): DawReport[] {
    return this.#daws.map((daw) => daw.report);
  }

  /** Session time at an instant of the machine's clock, and how well it is known. */
  sessionAt(localMs: number): { atMs: number; errorMs: number } {
    return { atMs: this.#clock.toSessionMs(localMs), errorMs: this.#clock.estimate?.errorMs ?? 0 };
  }

  addSample(sample: ClockSample): void {
    this.#clock.addSample(sample, this.state.motion === "stopped");
    this.#tellLead();
    if (!this.#isClockKnown) return;
    this.#begin();
    this.#follower.reschedule();
    for (const daw of this.#daws) daw.reschedule();
  }

  /** The room has let this companion in: what the log has led to by now is taken up as one step (P43). */
  enter(timeline: Timeline, headSeq: number, effectiveAtMs: number | null = null): void {
    this.#welcome = { timeline, headSeq, effectiveAtMs };
    this.#begin();
  }

  /** Asks for a command of everybody's transport, and tells the others at once where they can be told; returns the post's id. */
  command(command: TransportCommand, author?: DawLink): string {
    const announced = this.#announcing(command);
    const eventId = this.#options.post(command, announced);
    if (author !== undefined) this.#pressed.set(eventId, author);
    this.pressed(eventId, command);
    if (announced !== undefined) {
      this.#foresee(eventId, command, announced);
      this.#options.peers?.announce({ eventId, transport: command, ...announced });
    }
    return eventId;
  }

  /** A command that was pressed here and is posted: by this transport, or by the page that it works for. */
  pressed(eventId: string, { command }: TransportCommand): void {
    if (command === "record") this.#ownRecords.add(eventId);
  }

  /** What somebody announces over the lanes. It counts as far as their role lets it. */
  hearAnnounced({ eventId, transport, ...announced }: AnnouncedCommand, role: Role): void {
    if (!this.#isClockKnown || !may(role, "transport.command")) return;
    const aheadMs = announced.effectiveAtMs - this.#clock.toSessionMs(this.#options.nowMs());
    if (aheadMs >= -ANNOUNCED_PAST_MAX_MS && aheadMs <= TRANSPORT_LEAD_MAX_MS)
      this.#foresee(eventId, transport, announced);
  }

  /** A line of the log; those that are not of the transport are none of its business. */
  follow(event: LoggedEvent): void {
    if (this.#isClockKnown) this.#follow(event);
    else this.#early.push(event);
  }

  /** A post was refused: nobody is told of the press. */
  forget(eventId: string): void {
    if (this.#foreseen?.eventId === eventId) this.#foreseen = undefined;
    this.#follower.unforesee(eventId);
    this.#pressed.get(eventId)?.putBack();
    this.#pressed.delete(eventId);
    this.#ownRecords.delete(eventId);
  }

  async close(): Promise<void> {
    this.#follower.stop();
    for (const daw of this.#daws) await daw.close();
  }

  get #isClockKnown(): boolean {
    return (this.#clock.estimate?.samples ?? 0) >= CLOCK_SAMPLES_MIN;
  }

  #begin(): void {
    if (!this.#isClockKnown || this.#welcome === undefined) return;
    const { timeline, headSeq, effectiveAtMs } = this.#welcome;
    this.#welcome = undefined;
    this.#foreseen = undefined;
    this.#follower.takeUp(timeline, headSeq, effectiveAtMs);
    for (const event of this.#early.splice(0)) this.#follow(event);
  }

  #follow(event: LoggedEvent): void {
    const transport = transportOf(event);
    if (transport === undefined) return;
    this.#author = this.#pressed.get(event.eventId);
    this.#pressed.delete(event.eventId);
    const isOwn = this.#ownRecords.delete(event.eventId);
    const asAnnounced = this.#follower.follow(event.seq, transport, event.eventId, isOwn);
    this.#author = undefined;
    const done = this.#foreseen;
    this.#foreseen = undefined;
    if (asAnnounced && done?.eventId === event.eventId) this.#options.emit({ ...done.told, seq: event.seq });
  }

  #announcing(command: TransportCommand): Announced | undefined {
    const afterMs = this.#follower.announcesAfterMs;
    const farthestMs = this.#options.peers?.farthestMs() ?? null;
    if (!this.#isClockKnown || afterMs === null || farthestMs === null || !isAnnounced(command.command))
      return undefined;
    const nowMs = this.#clock.toSessionMs(this.#options.nowMs());
    const aheadMs = Math.max(farthestMs, this.#leadMs) + ANNOUNCED_MARGIN_MS;
    // The room's own order is as soon, and would be kept to in its place (P18).
    if (aheadMs >= (this.#clock.room?.roundTripMs ?? 0) / 2 + TRANSPORT_LEAD_MIN_MS) return undefined;
    return { effectiveAtMs: Math.max(afterMs, nowMs + aheadMs), afterMs };
  }

  /** Whoever was late lately, or has a DAW that wants its messages early, asks to be told earlier. */
  #tellLead(): void {
    const dawMs = Math.max(0, ...this.#daws.map(({ leadMs }) => leadMs));
    const neededMs = Math.ceil(dawMs + this.#lateness.worstMs(this.#options.nowMs()));
    const leadMs = Math.min(ANNOUNCED_LEAD_MAX_MS, neededMs);
    if (leadMs === this.#leadMs) return;
    this.#leadMs = leadMs;
    this.#options.onLead(leadMs);
  }

  #foresee(eventId: string, transport: TransportCommand, { effectiveAtMs, afterMs }: Announced): void {
    this.#author = this.#pressed.get(eventId);
    const isForeseen = this.#follower.foresee(eventId, { transport, effectiveAtMs }, afterMs);
    this.#author = undefined;
    if (isForeseen) this.#options.onForeseen?.({ eventId, transport, effectiveAtMs });
  }

  #onExecuted(execution: Execution): void {
    const { seq, command, atMs, onTime, foreseen } = execution;
    // Timers of one instant run in any order, and a take's start opens files: the DAWs are told first.
    if (onTime) for (const daw of this.#daws) daw.sendUpTo(atMs);
    const localAtMs = this.#options.nowMs();
    const effectiveLocalMs = this.#clock.toLocalMs(atMs);
    if (onTime) this.#lateness.note(localAtMs - effectiveLocalMs, localAtMs);
    if (command !== undefined) {
      const told = { type: "executed", command, localAtMs, effectiveLocalMs, onTime } as const;
      if (seq !== undefined) this.#options.emit({ ...told, seq });
      else if (foreseen !== undefined) this.#foreseen = { eventId: foreseen, told };
    }
    // After a count-in the take begins later than its command.
    const waitsMs = Math.max(0, execution.after.motion === "recording" ? execution.after.atMs - atMs : 0);
    this.#options.onExecuted(execution, (onTime ? effectiveLocalMs : localAtMs) + waitsMs);
  }
}
