/**
 * The view's end of the transport that is carried out here: a DAW's, and what the players announce to each other over the lanes (P77). Nothing of it is
 * loaded before there is a DAW or sound. Life: off, until somebody connects one or turns the sound on; then it is told what the room and the clock
 * tell, as the companion's own transport is, and what is pressed is posted and announced; it ends with the page.
 */
import { signal } from "@preact/signals";
import type { MemberId } from "../../protocol/ids.ts";
import { ANNOUNCED_LEAD_MAX_MS } from "../../protocol/limits.ts";
import type { Announced, AnnouncedCommand, LoggedEvent, Member, TransportCommand } from "../../protocol/room.ts";
import type { Timeline } from "../../protocol/transport.ts";
import type { PeerReading } from "../engine/clock/peer-clocks.std.ts";
import type { ClockSample } from "../engine/clock/session-clock.std.ts";
import type { Foreseen, Peers, StudioTransport } from "../engine/studio/studio-transport.std.ts";
import type { DawReport } from "../engine/transport/daw-link.std.ts";
import type { TestRoll, TestRollStep } from "../engine/transport/test-roll.std.ts";
import type { DawChoice, EarChoice, MidiAccess, PageTransport } from "./daw-engine.dom.ts";
import type { DawTrouble } from "./words/daw-port.en.std.ts";

export interface DawState {
  power: "off" | "asking" | "choosing" | "on";
  trouble: DawTrouble | null;
  ports: readonly string[];
  profiles: readonly { id: string; name: string; switchOn: string }[];
  choice: DawChoice;
  /** `null` before session time is known. */
  report: DawReport | null;
  roll: ViewRoll;
  /** By how much everything leaves earlier for this DAW, as its test roll has found, now or at an earlier visit; `null`: it is not known. */
  lateMs: number | null;
}

/** What sticks of a DAW. */
export type KeptDaw = DawChoice & Pick<DawState, "lateMs">;

/** A test roll at the chosen port: how far it has come, or what it found. */
export type ViewRoll = TestRollStep | TestRoll | null;

export interface ViewDawOptions {
  mayCommand(): boolean;
  post(command: TransportCommand, announced?: Announced): string;
  /** The others over the lanes. */
  peers: Peers;
  /** Whether what is announced is heard here from now on, and how early it has to be. */
  setStatus(status: { hearsAnnounced?: true | undefined; announcedLeadMs?: number | undefined }): void;
  onForeseen(foreseen: Foreseen | null): void;
  /** The input at which a DAW's metronome may come back. */
  ear(): EarChoice;
  /** What the log has led to, and its last line that has been heard. */
  where(): { timeline: Timeline; headSeq: number; effectiveAtMs: number | null };
}

/** Session time is known well with so many of the room's answers. */
const SAMPLES_MAX = 20;
const REPORT_MS = 500;
const troubles: readonly string[] = ["daw-gone", "daw-muted", "daw-flood", "forbidden"] satisfies DawTrouble[];

export class ViewDaw {
  readonly #options: ViewDawOptions;
  #access: MidiAccess | undefined;
  #transport: StudioTransport | undefined;
  /** Whether there are lanes, over which commands are announced. */
  #hasLanes = false;
  #toldHears = false;
  #members: { self: MemberId; all: readonly Member[] } | undefined;
  /** The room's last answers, so that a DAW that is connected later need not wait for others. */
  #samples: ClockSample[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly state = signal<DawState>({
    power: "off",
    trouble: null,
    ports: [],
    profiles: [],
    choice: { port: "", language: "mmc", profile: "" },
    report: null,
    roll: null,
    lateMs: null,
  });

  /** Changes as often as the person chooses or measures; `null` before they have. */
  readonly kept = signal<KeptDaw | null>(null);

  constructor(options: ViewDawOptions) {
    this.#options = options;
  }

  /** A person's click: asks for the ports. */
  async ask(): Promise<void> {
    this.#set({ power: "asking", trouble: null });
    try {
      const { askForMidi, midiPorts, profiles } = await import("./daw-engine.dom.ts");
      const access = this.#access ?? (await askForMidi());
      if (typeof access === "string") {
        this.#set({ power: "off", trouble: access });
        return;
      }
      this.#access = access;
      const ports = midiPorts(access);
      const port = ports.find((one) => one === this.state.value.choice.port) ?? ports[0] ?? "";
      // What was measured was so at another port.
      if (port !== this.state.value.choice.port) this.choose({ port });
      this.#set({ power: "choosing", ports, profiles });
    } catch {
      // The script could not be fetched; the same button asks again.
      this.#set({ power: "off" });
    }
  }

  /** What was chosen and measured at an earlier visit. */
  restore({ lateMs, ...choice }: KeptDaw): void {
    this.#set({ choice, lateMs });
  }

  choose(choice: Partial<DawChoice>): void {
    // What was found is of another port, or of another DAW.
    this.#set({ choice: { ...this.state.value.choice, ...choice }, roll: null, lateMs: null });
  }

  /** Rolls the DAW alone, as the session would, and listens to its metronome if that is wanted. Nobody else hears of it. */
  async roll(isHeard: boolean): Promise<void> {
    const access = this.#access;
    const { power, roll, choice } = this.state.value;
    if (access === undefined || power !== "choosing" || typeof roll === "string") return;
    this.#set({ trouble: null, roll: "locate" });
    try {
      const { rollDaw, lateOf } = await import("./daw-engine.dom.ts");
      const ear = isHeard ? this.#options.ear() : null;
      const found = await rollDaw(access, choice, ear, (step) => this.#set({ roll: step }));
      if (found === "no-ear") this.#set({ trouble: "no-ear", roll: null });
      else this.#set({ roll: found, lateMs: lateOf(found) });
    } catch {
      this.#set({ trouble: "no-port", roll: null });
    }
  }

  async connect(): Promise<void> {
    const access = this.#access;
    const { roll, choice, lateMs } = this.state.value;
    if (access === undefined || typeof roll === "string") return;
    try {
      const { connectDaw } = await import("./daw-engine.dom.ts");
      const transport = connectDaw(access, choice, lateMs, this.#page);
      this.#take(transport);
      this.#set({ power: "on", trouble: null });
      this.#timer = setInterval(() => {
        const isKnown = transport.notAfterMs !== undefined;
        this.#set({ report: isKnown ? (transport.daws[0] ?? null) : null });
      }, REPORT_MS);
    } catch {
      this.#set({ trouble: "no-port" });
    }
  }

  disconnect(): void {
    clearInterval(this.#timer);
    this.#take(undefined);
    this.#set({ power: "off", trouble: null, report: null });
    if (this.#hasLanes) void this.#openWithoutDaw();
  }

  /** There is sound now, or there is none any more: over its lanes presses are announced. */
  async setLanes(hasLanes: boolean): Promise<void> {
    this.#hasLanes = hasLanes;
    if (hasLanes && this.#transport === undefined) await this.#openWithoutDaw();
    if (!hasLanes && this.state.value.power !== "on") this.#take(undefined);
    this.#tellHears();
  }

  /** Asks for a command of everybody's transport; `null` where nobody is here to announce it, and it is the caller's to post. */
  command(command: TransportCommand): string | null {
    return this.#transport?.command(command) ?? null;
  }

  /** Ends it with the page. */
  close(): void {
    this.#hasLanes = false;
    this.disconnect();
  }

  async #openWithoutDaw(): Promise<void> {
    try {
      const { openTransport } = await import("./daw-engine.dom.ts");
      // A DAW may have been connected meanwhile, or the sound turned off.
      if (this.#hasLanes && this.#transport === undefined) this.#take(openTransport([], this.#page));
    } catch {
      // The script could not be fetched: commands come by the room alone, as without sound.
    }
  }

  get #page(): PageTransport {
    const { mayCommand, post, peers, setStatus, onForeseen } = this.#options;
    return {
      mayCommand,
      post,
      peers,
      onForeseen,
      onLead: (leadMs) => setStatus({ announcedLeadMs: Math.min(ANNOUNCED_LEAD_MAX_MS, leadMs) }),
      emit: (event) => {
        if (event.type !== "warning") return;
        if (event.code === "daw-back") this.#set({ trouble: null });
        const trouble = troubles.find((known): known is DawTrouble => known === event.code);
        if (trouble !== undefined) this.#set({ trouble });
      },
    };
  }

  /** Another transport in place of the one before: it is told where things stand. */
  #take(transport: StudioTransport | undefined): void {
    void this.#transport?.close();
    this.#transport = transport;
    this.#options.onForeseen(null);
    if (transport !== undefined) {
      const { timeline, headSeq, effectiveAtMs } = this.#options.where();
      transport.enter(timeline, headSeq, effectiveAtMs);
      if (this.#members !== undefined) transport.setMembers(this.#members.self, this.#members.all);
      for (const sample of this.#samples) transport.addSample(sample);
    }
    this.#tellHears();
  }

  #tellHears(): void {
    const hears = this.#hasLanes && this.#transport !== undefined;
    if (hears === this.#toldHears) return;
    this.#toldHears = hears;
    this.#options.setStatus({ hearsAnnounced: hears ? true : undefined });
  }

  onWelcome(timeline: Timeline, headSeq: number, effectiveAtMs: number | null): void {
    this.#transport?.enter(timeline, headSeq, effectiveAtMs);
  }

  /** What one of the others announces; it counts as far as their role lets it. */
  onAnnounced(from: MemberId, command: AnnouncedCommand): void {
    const role = this.#members?.all.find(({ memberId }) => memberId === from)?.role;
    if (role !== undefined) this.#transport?.hearAnnounced(command, role);
  }

  onEvent(event: LoggedEvent): void {
    this.#transport?.follow(event);
  }

  onMembers(self: MemberId, all: readonly Member[]): void {
    this.#members = { self, all };
    this.#transport?.setMembers(self, all);
  }

  onReading(from: MemberId, reading: PeerReading): void {
    this.#transport?.hearReading(from, reading);
  }

  onRefused(eventId: string): void {
    this.#transport?.forget(eventId);
  }

  onClock(sample: ClockSample): void {
    this.#samples = [...this.#samples.slice(1 - SAMPLES_MAX), sample];
    this.#transport?.addSample(sample);
  }

  #set(change: Partial<DawState>): void {
    this.state.value = { ...this.state.value, ...change };
    const { choice, lateMs } = this.state.value;
    if (change.choice !== undefined || change.lateMs !== undefined) this.kept.value = { ...choice, lateMs };
  }
}
