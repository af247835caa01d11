import { bytesOfNote, type NoteEvent, readNote, SoundingNotes } from "../../../audio/notes.ts";
import { MidiParser } from "./midi-parser.std.ts";
import type { DawPort } from "./port.std.ts";

/** What a port is for: somebody plays at it, or what the others play sounds there. */
export type NotesWay = "in" | "out";

export interface NotesPortsOptions {
  /** The clock of the ports' instants, in milliseconds. */
  nowMs(): number;
  /** A message of a channel was played here. */
  play(bytes: Uint8Array<ArrayBuffer>, atMs: number): void;
  /** A port has gone, or is back. */
  onPresence(port: DawPort, isThere: boolean): void;
}

/** A cable that leads what sounds back in, or a program that passes it through, does it at once. */
const ECHO_MS = 50;
/** Instants of what went out: more than the others can play in so short a time. */
const SENT_MAX = 64;
/** What a port needs to send the last that it was given. */
const LAST_MS = 100;

/**
 * Notes at ports of this machine (P87). What comes in at one is this person's to play, what the others play goes out at another, or at the same.
 * Nothing hangs: where a port goes away, or is closed, what was played at it ends at the others, and what had been given to it ends as soon as it
 * is back, or before it closes. What goes out and comes straight back in is not played again.
 */
export class NotesPorts {
  readonly #options: NotesPortsOptions;
  readonly #ports: Record<NotesWay, DawPort | null> = { in: null, out: null };
  readonly #played = new SoundingNotes();
  readonly #given = new SoundingNotes();
  #sent: { message: string; atMs: number }[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: NotesPortsOptions) {
    this.#options = options;
  }

  /** Takes a port that was opened, for one way or for both. */
  open(port: DawPort, ...ways: readonly NotesWay[]): void {
    const parser = new MidiParser();
    for (const way of ways) this.#ports[way] = port;
    port.onBytes((bytes, atMs) => {
      if (this.#ports.in === port) for (const message of parser.push(bytes)) this.#hear(message, atMs);
    });
    port.onPresence((isThere) => {
      if (!isThere && this.#ports.in === port) this.#endPlayed();
      if (isThere && this.#ports.out === port) this.silence();
      this.#options.onPresence(port, isThere);
    });
  }

  /** What one of the others plays, and when it sounds; nothing where there is no port for it. */
  sound(bytes: Uint8Array, atMs: number): void {
    const { out } = this.#ports;
    const note = readNote(bytes, atMs);
    if (out === null || note === null) return;
    this.#given.follow(note);
    this.#sent = [...this.#sent.slice(1 - SENT_MAX), { message: bytes.join(), atMs }];
    this.#give(out, note);
  }

  /** Nobody brings the ends of what sounds here any more: it ends, after all that still waits for its instant. */
  silence(): void {
    const { out } = this.#ports;
    const atMs = Math.max(this.#options.nowMs(), this.#lastMs);
    if (out !== null) for (const end of this.#given.end(atMs)) this.#give(out, end);
  }

  /** Ends what hangs on a port, and closes it once it has sent that. */
  async close(port: DawPort): Promise<void> {
    if (this.#ports.in === port) {
      this.#endPlayed();
      this.#ports.in = null;
    }
    if (this.#ports.out === port) {
      this.silence();
      this.#ports.out = null;
      const waitMs = Math.max(0, this.#lastMs - this.#options.nowMs()) + LAST_MS;
      await new Promise<void>((resolve) => setTimeout(resolve, waitMs));
    }
    await port.close();
  }

  #hear(message: Uint8Array, atMs: number): void {
    const note = readNote(message, atMs);
    if (note === null) return;
    // Whoever lets go of what they hold themselves means it, whatever the others let go of at the same moment.
    if (!this.#played.isEndedBy(note) && this.#isEcho(message, atMs)) return;
    if (this.#played.follow(note)) this.#options.play(bytesOfNote(note), atMs);
  }

  #isEcho(message: Uint8Array, atMs: number): boolean {
    const same = message.join();
    const at = this.#sent.findIndex((one) => one.message === same && Math.abs(atMs - one.atMs) < ECHO_MS);
    if (at >= 0) this.#sent.splice(at, 1);
    return at >= 0;
  }

  #endPlayed(): void {
    const nowMs = this.#options.nowMs();
    for (const end of this.#played.end(nowMs)) this.#options.play(bytesOfNote(end), nowMs);
  }

  #give(out: DawPort, note: NoteEvent): void {
    this.#lastMs = Math.max(this.#lastMs, note.sessionMs);
    out.sendAt(bytesOfNote(note), note.sessionMs);
  }
}
