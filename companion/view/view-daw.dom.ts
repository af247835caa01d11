/**
 * The view's end of a DAW. Nothing of it is loaded before a person asks for it. Life: off, until somebody connects; then it is told what the room and
 * the clock tell, as the companion's own transport is, and what is pressed in the DAW is posted; it ends with the page, or when it is disconnected.
 */
import { signal } from "@preact/signals";
import type { MemberId } from "../../protocol/ids.ts";
import type { LoggedEvent, Member, TransportCommand } from "../../protocol/room.ts";
import type { Timeline } from "../../protocol/transport.ts";
import type { PeerReading } from "../engine/clock/peer-clocks.std.ts";
import type { ClockSample } from "../engine/clock/session-clock.std.ts";
import type { StudioTransport } from "../engine/studio/studio-transport.std.ts";
import type { DawReport } from "../engine/transport/daw-link.std.ts";
import type { DawChoice, MidiAccess } from "./daw-engine.dom.ts";
import type { DawTrouble } from "./words/daw.en.std.ts";

export interface DawState {
  power: "off" | "asking" | "choosing" | "on";
  trouble: DawTrouble | null;
  ports: readonly string[];
  profiles: readonly { id: string; name: string; switchOn: string }[];
  choice: DawChoice;
  /** `null` before session time is known. */
  report: DawReport | null;
}

export interface ViewDawOptions {
  mayCommand(): boolean;
  post(command: TransportCommand): string;
  /** What the log has led to, and its last line that has been heard. */
  where(): { timeline: Timeline; headSeq: number };
}

/** Session time is known well with so many of the room's answers. */
const SAMPLES_MAX = 20;
const REPORT_MS = 500;
const troubles: readonly string[] = ["daw-gone", "daw-muted", "daw-flood", "forbidden"] satisfies DawTrouble[];

export class ViewDaw {
  readonly #options: ViewDawOptions;
  #access: MidiAccess | undefined;
  #transport: StudioTransport | undefined;
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
  });

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
      this.#set({ power: "choosing", ports, profiles, choice: { ...this.state.value.choice, port } });
    } catch {
      // The script could not be fetched; the same button asks again.
      this.#set({ power: "off" });
    }
  }

  choose(choice: Partial<DawChoice>): void {
    this.#set({ choice: { ...this.state.value.choice, ...choice } });
  }

  async connect(): Promise<void> {
    const access = this.#access;
    if (access === undefined) return;
    try {
      const { connectDaw } = await import("./daw-engine.dom.ts");
      const transport = connectDaw(access, this.state.value.choice, {
        mayCommand: this.#options.mayCommand,
        post: this.#options.post,
        emit: (event) => {
          if (event.type !== "warning") return;
          if (event.code === "daw-back") this.#set({ trouble: null });
          const trouble = troubles.find((known): known is DawTrouble => known === event.code);
          if (trouble !== undefined) this.#set({ trouble });
        },
      });
      this.#transport = transport;
      this.#set({ power: "on", trouble: null });
      const { timeline, headSeq } = this.#options.where();
      transport.enter(timeline, headSeq);
      if (this.#members !== undefined) transport.setMembers(this.#members.self, this.#members.all);
      for (const sample of this.#samples) transport.addSample(sample);
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
    void this.#transport?.close();
    this.#transport = undefined;
    this.#set({ power: "off", trouble: null, report: null });
  }

  onWelcome(timeline: Timeline, headSeq: number): void {
    this.#transport?.enter(timeline, headSeq);
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
  }
}
