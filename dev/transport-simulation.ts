import { type SessionLine, sessionOf } from "../companion/engine/clock/session-clock.std.ts";
import { LinkReports } from "../companion/engine/links/link-reports.std.ts";
import type { DawDriver, DawMessage } from "../companion/engine/midi/driver.std.ts";
import { mmcCue, mmcDriver } from "../companion/engine/midi/mmc.std.ts";
import { mtcCue, mtcDriver } from "../companion/engine/midi/mtc.std.ts";
import type { DawPort } from "../companion/engine/midi/port.std.ts";
import { type Peers, StudioTransport } from "../companion/engine/studio/studio-transport.std.ts";
import { afterMessage } from "../companion/engine/transport/transition.std.ts";
import type { MemberId } from "../protocol/ids.ts";
import { CLOCK_REFERENCES_MAX } from "../protocol/limits.ts";
import type { Announced, AnnouncedCommand, LoggedEvent, TransportCommand, TransportState } from "../protocol/room.ts";
import {
  announcedAt,
  applyTimeline,
  effectiveAt,
  initialTimeline,
  initialTransport,
  positionAt,
  type Timeline,
} from "../protocol/transport.ts";

export interface SimulationOptions {
  seed: number;
  companions: number;
  /** Shortest way to the room, one way; each message may take up to `jitterMs` more, and a lost one comes a retransmission later. */
  oneWayMs: number;
  jitterMs: number;
  loss: number;
  /** Local clocks run off by up to this much, each by its own. */
  ppm: number;
  /** How the DAWs are spoken to: told what to do, or chasing timecode. */
  language?: "mmc" | "mtc";
  /** Lanes from each to each: the way of a packet, one way, and its jitter; what is lost there stays lost. None: the room alone tells. `isSilent`: clocks are told, and no presses. */
  lanes?: { oneWayMs: number; jitterMs: number; loss: number; isSilent?: boolean };
  /** DAWs that say everything they are told, this late at most and with this share lost. */
  echo?: { lateMs: number; loss: number };
}

/** What TCP waits before it sends again what nobody acknowledged, on such a line. */
const RETRANSMIT_MS = 300;
/** Node's timers with the loop turned over before the instant: measured on a quiet machine. */
const TIMER_LATE_MS = 0.15;
/** Session time begins here; the true time of the simulation is the room's clock. */
const EPOCH_MS = 1_800_000_000_000;
const PINGS_FAST = 20;
const REPORT_MS = 1_000;
const NEVER = { oneWayMs: 0, jitterMs: 0, loss: 1 };
const PINGS_KEPT = 240;

export interface Leave {
  atMs: number;
  bytes: string;
}

/** A port with a simulated DAW behind it, which does what it is told, may echo it, and whose keys somebody may press. */
class SimulatedDaw implements DawPort {
  readonly name = "simulated";
  readonly leaves: Leave[] = [];
  /** Of a DAW that chases: how far each place that it was told was from the session's, at its instant. */
  readonly chasedMs: number[] = [];
  readonly #driver: DawDriver;
  readonly #world: Simulation;
  readonly #local: () => number;
  #listener: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  #echoedUntilMs = 0;
  readonly #told: { type: DawMessage["type"]; atMs: number }[] = [];
  state: TransportState = initialTransport;

  constructor(world: Simulation, local: () => number, driver: DawDriver) {
    this.#world = world;
    this.#driver = driver;
    this.#local = local;
  }

  sendAt(bytes: Uint8Array): void {
    const { nowMs, options, random, timeline } = this.#world;
    const heard = this.#driver.decode(bytes, { localMs: nowMs, map: timeline.map });
    if (options.language === "mtc") {
      for (const event of heard)
        if (event.type === "position")
          this.chasedMs.push((event.positionFrames - positionAt(timeline.transport, event.localMs ?? nowMs)) / 48);
      return;
    }
    this.leaves.push({ atMs: nowMs, bytes: Buffer.from(bytes).toString("hex") });
    for (const message of heard) {
      if (message.type === "position" || message.type === "answer") continue;
      this.#told.push({ type: message.type, atMs: nowMs });
      this.state = afterMessage(this.state, message, nowMs, mmcCue);
    }
    if (options.echo === undefined || random() < options.echo.loss) return;
    // A port is a queue: what is said later does not come earlier.
    this.#echoedUntilMs = Math.max(this.#echoedUntilMs, nowMs + random() * options.echo.lateMs);
    this.#world.at(this.#echoedUntilMs, () => this.#listener(bytes, this.#local()));
  }

  /** Whether the DAW was told this a moment ago: then nobody could tell the press from its echo. */
  wasTold(type: DawMessage["type"]): boolean {
    return this.#told.some((one) => one.type === type && this.#world.nowMs - one.atMs < 1_050);
  }

  press(message: DawMessage): void {
    const bytes = this.#driver.encode(message, { localMs: this.#local(), map: this.#world.timeline.map });
    this.state = afterMessage(this.state, message, this.#world.nowMs, { ...mmcCue, rollsThroughLocate: true });
    if (bytes !== null) this.#listener(bytes, this.#local());
  }

  onBytes(listener: (bytes: Uint8Array, localMs: number) => void): void {
    this.#listener = listener;
  }
  onPresence(): void {}
  async close(): Promise<void> {}
}

interface Companion {
  transport: StudioTransport;
  daw: SimulatedDaw;
  post(command: TransportCommand): string;
  memberId: MemberId;
  localMs(): number;
  /** What the lanes are told of session time. */
  line: SessionLine | undefined;
  reports: Map<Companion, LinkReports>;
  /** Round trips that the room has measured. */
  roundTripsMs: number[];
  pings: number;
}

/**
 * A room and its companions in time that the program makes pass: lines with delay, jitter and loss, clocks that drift, DAWs that echo.
 * The companions' transport is the product's own, from session time to the bytes that leave. A seed replays exactly.
 */
export class Simulation {
  readonly options: SimulationOptions;
  readonly random: () => number;
  readonly companions: Companion[];
  readonly log: LoggedEvent[] = [];
  readonly warnings: string[] = [];
  nowMs = EPOCH_MS;
  timeline: Timeline = initialTimeline;
  readonly #down = new Map<Companion, (call: () => void) => void>();
  #effectiveMs = 0;
  #events: { atMs: number; order: number; call: () => void }[] = [];
  #order = 0;
  #ids = 0;

  constructor(options: SimulationOptions) {
    this.options = options;
    let state = options.seed >>> 0 || 1;
    this.random = () => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      return state / 2 ** 32;
    };
    this.companions = Array.from({ length: options.companions }, () => this.#enter());
  }

  /** Somebody comes later than the others. */
  join(): Companion {
    const companion = this.#enter();
    this.companions.push(companion);
    return companion;
  }

  /** Calls at an instant; a heap keeps the order. */
  at(atMs: number, call: () => void): void {
    const events = this.#events;
    events.push({ atMs, order: this.#order++, call });
    for (let at = events.length - 1; at > 0; ) {
      const up = (at - 1) >> 1;
      if (!isBefore(events[at], events[up])) break;
      [events[at], events[up]] = [events[up] as never, events[at] as never];
      at = up;
    }
  }

  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let next = this.#events[0]; next !== undefined && next.atMs <= untilMs; next = this.#events[0]) {
      this.#pop();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.call();
    }
    this.nowMs = untilMs;
  }

  #pop(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    events[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const down of [2 * at + 1, 2 * at + 2]) if (isBefore(events[down], events[least])) least = down;
      if (least === at) return;
      [events[at], events[least]] = [events[least] as never, events[at] as never];
      at = least;
    }
  }

  /** One direction of a member's socket: whatever happens to a packet, order stays. */
  #line(): (call: () => void) => void {
    const { oneWayMs, jitterMs, loss } = this.options;
    let lastMs = 0;
    return (call) => {
      const lost = this.random() < loss ? RETRANSMIT_MS : 0;
      lastMs = Math.max(lastMs, this.nowMs + oneWayMs + this.random() * jitterMs + lost);
      this.at(lastMs, call);
    };
  }

  #enter(): Companion {
    const { ppm } = this.options;
    const rate = 1 + ((this.random() * 2 - 1) * ppm) / 1e6;
    const offsetMs = this.random() * 1e7;
    const localMs = () => (this.nowMs - EPOCH_MS) * rate + offsetMs;
    const [up, down] = [this.#line(), this.#line()];
    const language =
      this.options.language === "mtc" ? { driver: mtcDriver, cue: mtcCue } : { driver: mmcDriver, cue: mmcCue };
    const daw = new SimulatedDaw(this, localMs, language.driver());
    const post = (command: TransportCommand, announced?: Announced) => {
      const eventId = `00000000-0000-4000-8000-${String(this.#ids++).padStart(12, "0")}` as LoggedEvent["eventId"];
      up(() => this.#record(eventId, command, announced));
      return eventId;
    };
    const transport = new StudioTransport({
      nowMs: localMs,
      scheduleAt: (atLocalMs, call) => {
        let isOff = false;
        const atMs = (atLocalMs - offsetMs) / rate + EPOCH_MS;
        this.at(Math.max(this.nowMs, atMs) + this.random() * TIMER_LATE_MS, () => {
          if (!isOff) call();
        });
        return () => {
          isOff = true;
        };
      },
      daws: [{ port: daw, driver: language.driver(), cue: language.cue }],
      mayCommand: () => true,
      post,
      peers: this.options.lanes === undefined ? null : this.#peersOf(() => companion, this.options.lanes),
      emit: (event) => {
        if (event.type === "warning") this.warnings.push(event.code);
      },
      onLead: () => undefined,
      onExecuted: () => undefined,
    });
    const press = (command: TransportCommand) => transport.command(command);
    const memberId = `mem_${String(this.#ids++).padStart(26, "0")}` as MemberId;
    const reports = new Map<Companion, LinkReports>();
    const companion: Companion = {
      transport,
      daw,
      post: press,
      memberId,
      localMs,
      line: undefined,
      reports,
      roundTripsMs: [],
      pings: 0,
    };
    this.#down.set(companion, down);
    transport.enter(this.timeline, this.log.length, this.#effectiveMs);
    const ping = () => {
      const sentLocalMs = localMs();
      const sentMs = this.nowMs;
      up(() => {
        const roomTimeMs = Math.floor(this.nowMs);
        down(() => {
          const receivedLocalMs = localMs();
          transport.addSample({ sentLocalMs, receivedLocalMs, roomTimeMs });
          const { roomEstimate } = transport;
          if (roomEstimate !== undefined) companion.line = { ...roomEstimate, localMs: receivedLocalMs };
          companion.roundTripsMs.push(this.nowMs - sentMs);
          if (companion.roundTripsMs.length > PINGS_KEPT) companion.roundTripsMs.shift();
        });
      });
      this.at(this.nowMs + (++companion.pings < PINGS_FAST ? 50 : 500), ping);
    };
    this.at(this.nowMs + this.random() * 100, ping);
    if (this.options.lanes !== undefined)
      this.at(this.nowMs + this.random() * REPORT_MS, () => this.#report(companion));
    return companion;
  }

  /** One's report to each of the others whose clock is a reference of theirs or of one's own, as a link makes it once a second. */
  #report(from: Companion): void {
    const { oneWayMs, jitterMs, loss } = this.options.lanes ?? NEVER;
    const members = this.companions.map(({ memberId }) => ({
      memberId,
      connected: true,
      role: "participant" as const,
    }));
    from.transport.setMembers(from.memberId, members);
    const { line } = from;
    const isReference = (one: Companion) => this.companions.indexOf(one) < CLOCK_REFERENCES_MAX;
    for (const to of this.companions) {
      if (to === from || !(isReference(from) || isReference(to)) || this.random() < loss) continue;
      const report = this.#reportsOf(from, to).make(from.localMs(), {
        lossShare: 0,
        bufferMs: 0,
        deviceMs: 0,
        level: "full",
        hears: 2,
        pans: [],
        session: line === undefined ? null : { atMs: sessionOf(line, from.localMs()), errorMs: line.errorMs },
      });
      this.at(this.nowMs + oneWayMs + this.random() * jitterMs, () => {
        const reading = this.#reportsOf(to, from).hear(report, to.localMs());
        if (reading !== null) to.transport.hearReading(from.memberId, reading);
      });
    }
    this.at(this.nowMs + REPORT_MS, () => this.#report(from));
  }

  #reportsOf(one: Companion, other: Companion): LinkReports {
    const known = one.reports.get(other) ?? new LinkReports();
    one.reports.set(other, known);
    return known;
  }

  /** What one announces reaches each of the others by a lane of its own, once or twice or not at all. */
  #peersOf(
    self: () => Companion,
    { oneWayMs, jitterMs, loss, isSilent = false }: NonNullable<SimulationOptions["lanes"]>,
  ): Peers {
    const announce = (command: AnnouncedCommand) => {
      for (const other of this.companions)
        for (let times = 0; times < 2; times++) {
          if (other === self() || this.random() < loss) continue;
          this.at(this.nowMs + oneWayMs + this.random() * jitterMs, () =>
            other.transport.hearAnnounced(command, "participant"),
          );
        }
    };
    // The worst that was measured lately.
    return { farthestMs: () => (isSilent ? null : oneWayMs + jitterMs), announce };
  }

  #record(eventId: LoggedEvent["eventId"], transport: TransportCommand, announced?: Announced): void {
    const farthestMs = Math.max(
      ...this.companions.map(({ roundTripsMs }) => Math.max(0, ...roundTripsMs) - Math.min(...roundTripsMs, 0) / 2),
    );
    const [atMs, previousMs] = [this.nowMs, this.#effectiveMs];
    const regularMs = effectiveAt(atMs, farthestMs, previousMs);
    this.#effectiveMs = announcedAt(announced, transport, { atMs, regularMs, previousMs });
    const event: LoggedEvent = {
      seq: this.log.length + 1,
      eventId,
      atMs: this.nowMs,
      effectiveAtMs: this.#effectiveMs,
      body: { kind: "transport", transport },
    };
    this.log.push(event);
    this.timeline = applyTimeline(this.timeline, { transport, effectiveAtMs: this.#effectiveMs });
    for (const [companion, down] of this.#down) down(() => companion.transport.follow(event));
  }

  /** Where the session's playhead is. */
  get positionFrames(): number {
    return positionAt(this.timeline.transport, this.nowMs);
  }
}

const isBefore = (
  one: { atMs: number; order: number } | undefined,
  other: { atMs: number; order: number } | undefined,
): boolean =>
  one !== undefined &&
  other !== undefined &&
  (one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order));
