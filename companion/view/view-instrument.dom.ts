/**
 * The view's end of MIDI notes (P87): the port at which this person plays to the others, and the one at which the others sound. Life: off, until
 * the person asks for the ports; from then on what they chose is open, gone or somebody else's, and is taken up by itself when it is there. It ends
 * with the sound, over whose lanes notes go, and leaves none sounding.
 */
import { signal } from "@preact/signals";
import * as z from "zod";
import { isEnd, readNote, SoundingNotes } from "../../audio/notes.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { NotesPorts, type NotesWay } from "../engine/midi/notes-ports.std.ts";
import type { DawPort } from "../engine/midi/port.std.ts";
import { askForMidi, type MidiAccess, midiPorts, takeWebMidiPort } from "../engine/midi/web-midi-port.dom.ts";
import { readShelf, type Shelf, writeShelf } from "./settings.std.ts";

/** The ports by name, as they stick on this device; `""` is none. */
const ChosenPorts = z.object({ in: z.string().max(256), out: z.string().max(256) });
type ChosenPorts = z.infer<typeof ChosenPorts>;
const SHELF_KEY = "view instrument";

export interface InstrumentState {
  power: "off" | "asking" | "on";
  trouble: "old-browser" | "denied" | null;
  /** What there is to choose from. */
  ports: Readonly<Record<NotesWay, readonly string[]>>;
  chosen: Readonly<ChosenPorts>;
  ends: Readonly<Record<NotesWay, "none" | "open" | "gone" | "taken">>;
}

export interface ViewInstrumentOptions {
  /** The clock of Web MIDI's instants. */
  nowMs(): number;
  /** Whether this person is heard now. */
  mayPlay(): boolean;
  /** To everybody. */
  play(bytes: Uint8Array<ArrayBuffer>, atMs: number): void;
  shelf: Shelf;
}

/** Somebody who plays notes: one of the others, or this person. */
export type NotePlayer = MemberId | "own";

/** A light that is shorter is not seen. */
const LIGHT_MS = 120;
const WAYS: readonly NotesWay[] = ["in", "out"];

export class ViewInstrument {
  readonly #options: ViewInstrumentOptions;
  readonly #ports: NotesPorts;
  readonly #open: Record<NotesWay, DawPort | null> = { in: null, out: null };
  readonly #sounding = new Map<NotePlayer, { notes: SoundingNotes; lastMs: number }>();
  #access: MidiAccess | undefined;
  /** Ports are opened and closed one after the other. */
  #turn: Promise<void> = Promise.resolve();
  readonly state = signal<InstrumentState>({
    power: "off",
    trouble: null,
    ports: { in: [], out: [] },
    chosen: { in: "", out: "" },
    ends: { in: "none", out: "none" },
  });
  /** Who has played notes since there is sound. */
  readonly players = signal<readonly NotePlayer[]>([]);

  constructor(options: ViewInstrumentOptions) {
    this.#options = options;
    this.#ports = new NotesPorts({
      nowMs: options.nowMs,
      play: (bytes, atMs) => this.#play(bytes, atMs),
      onPresence: (port, isThere) => {
        for (const way of WAYS) if (this.#open[way] === port) this.#setEnd(way, isThere ? "open" : "gone");
      },
    });
    this.#set({ chosen: readShelf(options.shelf, SHELF_KEY, ChosenPorts) ?? this.state.value.chosen });
  }

  /** A person's click: asks for the ports, and opens those of an earlier visit. */
  async ask(): Promise<void> {
    this.#set({ power: "asking", trouble: null });
    const access = this.#access ?? (await askForMidi(false));
    // The sound may have been turned off meanwhile.
    if (this.state.value.power !== "asking") return;
    if (typeof access === "string") {
      this.#set({ power: "off", trouble: access });
      return;
    }
    this.#access = access;
    access.addEventListener("statechange", this.look);
    this.#set({ power: "on" });
    await this.look();
  }

  /** Another port, or none; it sticks. */
  async choose(way: NotesWay, name: string): Promise<void> {
    const chosen = { ...this.state.value.chosen, [way]: name };
    this.#set({ chosen });
    writeShelf(this.#options.shelf, SHELF_KEY, chosen);
    await this.look();
  }

  /** Lets go of the ports: what was played at one ends, and what sounds at the other. */
  async stop(): Promise<void> {
    this.#access?.removeEventListener("statechange", this.look);
    this.#set({ power: "off", trouble: null });
    await this.look();
  }

  /** What one of the others plays, and when it sounds. */
  hear(from: MemberId, bytes: Uint8Array, atMs: number): void {
    this.#light(from, bytes, atMs);
    this.#ports.sound(bytes, atMs);
  }

  /** Whether somebody's light is on: what they play sounds, or has just begun. */
  isLit(who: NotePlayer): boolean {
    const { notes, lastMs } = this.#sounding.get(who) ?? { notes: null, lastMs: Number.NEGATIVE_INFINITY };
    return notes?.isEmpty === false || this.#options.nowMs() - lastMs < LIGHT_MS;
  }

  /** What is there is another, or is to be looked for again. */
  readonly look = (): Promise<void> => {
    this.#turn = this.#turn.then(() => this.#reach());
    return this.#turn;
  };

  async #reach(): Promise<void> {
    const access = this.#access;
    if (access === undefined) return;
    this.#set({ ports: { in: midiPorts(access, "in"), out: midiPorts(access, "out") } });
    for (const way of WAYS) {
      const { power, chosen } = this.state.value;
      const wanted = power === "on" ? chosen[way] : "";
      const open = this.#open[way];
      if (open?.name === wanted) continue;
      this.#open[way] = null;
      if (open !== null) await this.#ports.close(open);
      const port = wanted === "" ? "none" : await takeWebMidiPort(access, wanted, way);
      if (typeof port !== "string") {
        this.#open[way] = port;
        this.#ports.open(port, way);
      }
      this.#setEnd(way, typeof port === "string" ? port : "open");
    }
  }

  #play(bytes: Uint8Array<ArrayBuffer>, atMs: number): void {
    const note = readNote(bytes, atMs);
    if (note === null || !(this.#options.mayPlay() || isEnd(note))) return;
    this.#light("own", bytes, atMs);
    this.#options.play(bytes, atMs);
  }

  #light(who: NotePlayer, bytes: Uint8Array, atMs: number): void {
    const note = readNote(bytes, atMs);
    if (note === null) return;
    const known = this.#sounding.get(who) ?? { notes: new SoundingNotes(), lastMs: atMs };
    this.#sounding.set(who, known);
    known.notes.follow(note);
    if (isEnd(note)) return;
    known.lastMs = atMs;
    if (!this.players.value.includes(who)) this.players.value = [...this.players.value, who];
  }

  #setEnd(way: NotesWay, end: InstrumentState["ends"][NotesWay]): void {
    this.#set({ ends: { ...this.state.value.ends, [way]: end } });
  }

  #set(change: Partial<InstrumentState>): void {
    this.state.value = { ...this.state.value, ...change };
  }
}
