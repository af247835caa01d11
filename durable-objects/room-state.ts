import { TIMELINE_MAX_FRAMES } from "../protocol/limits.ts";
import type { Admission, SessionSettings } from "../protocol/room.ts";
import { initialTimeline, reachedBy, type Timeline } from "../protocol/transport.ts";
import type { Sql } from "./sql.ts";

/** What is kept by name, each as JSON in a row of its own. */
interface Kept {
  /** `reachedFrames`: the farthest place that the playhead ever was at. */
  transport: Timeline["transport"] & { effectiveAtMs: number; reachedFrames?: number };
  map: Timeline["map"];
  /** `decision`: the number of the decision that set them. */
  settings: SessionSettings & { decision: number };
  admission: Admission;
  /** By which link others listen (P85), and until when at the latest; `null`: the session is not broadcast. */
  broadcast: { id: string; untilMs: number } | null;
  /** Since when nobody is here who could stop the transport; `null` while somebody is. */
  deserted: number | null;
  /** When the room last made sure who is here. */
  swept: number;
}

/**
 * The state that the log has made of the session, so that waking up does not mean reading the log again: the timeline, the settings, who
 * may come in, and which notes there are. All of it is in the object's SQLite, mirrored in memory.
 */
export class RoomState {
  readonly #sql: Sql;
  readonly #notes = new Map<string, number>();
  readonly #kept: Partial<Kept> = {};

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS notes (note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS states (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`);
    for (const row of sql.exec<{ noteId: string; seq: number }>("SELECT note_id AS noteId, seq FROM notes")) {
      this.#notes.set(row.noteId, row.seq);
    }
    for (const { name, value } of sql.exec<{ name: string; value: string }>("SELECT name, value FROM states")) {
      Object.assign(this.#kept, { [name]: JSON.parse(value) });
    }
  }

  #keep<Name extends keyof Kept>(name: Name, value: Kept[Name]): void {
    this.#kept[name] = value;
    this.#sql.exec("INSERT OR REPLACE INTO states (name, value) VALUES (?, ?)", name, JSON.stringify(value));
  }

  get timeline(): Timeline {
    const { transport, map = initialTimeline.map } = this.#kept;
    if (transport === undefined) return { ...initialTimeline, map };
    const { effectiveAtMs: _at, reachedFrames: _reached, ...playhead } = transport;
    return { transport: playhead, map };
  }

  /** When the last transport command takes effect; 0 before the first. */
  get effectiveAtMs(): number {
    return this.#kept.transport?.effectiveAtMs ?? 0;
  }

  /** The farthest place that the playhead was at before the last command. A room of before it was kept may have been anywhere. */
  get reachedFrames(): number {
    const { transport } = this.#kept;
    return transport === undefined ? 0 : (transport.reachedFrames ?? TIMELINE_MAX_FRAMES);
  }

  /** The map is large and changes rarely, so it is kept apart. */
  setTimeline({ transport, map }: Timeline, effectiveAtMs: number): void {
    const reachedFrames = Math.max(this.reachedFrames, reachedBy(this.timeline.transport, effectiveAtMs));
    if (map !== this.timeline.map) this.#keep("map", map);
    this.#keep("transport", { ...transport, effectiveAtMs, reachedFrames });
  }

  get settings(): SessionSettings {
    return { recordingPermitted: this.#kept.settings?.recordingPermitted ?? false };
  }

  /** The decision by which the settings are as they are; -1: the room has heard of none. */
  get settingsDecision(): number {
    return this.#kept.settings?.decision ?? -1;
  }

  setSettings(settings: SessionSettings, decision: number): void {
    this.#keep("settings", { ...settings, decision });
  }

  get admission(): Admission {
    return this.#kept.admission ?? "open";
  }

  setAdmission(admission: Admission): void {
    this.#keep("admission", admission);
  }

  get broadcast(): { id: string; untilMs: number } | null {
    return this.#kept.broadcast ?? null;
  }

  setBroadcast(broadcast: { id: string; untilMs: number } | null): void {
    if (broadcast !== this.broadcast) this.#keep("broadcast", broadcast);
  }

  get desertedSinceMs(): number | null {
    return this.#kept.deserted ?? null;
  }

  setDesertedSince(atMs: number | null): void {
    if (atMs !== this.desertedSinceMs) this.#keep("deserted", atMs);
  }

  get sweptAtMs(): number {
    return this.#kept.swept ?? 0;
  }

  setSwept(atMs: number): void {
    this.#keep("swept", atMs);
  }

  get noteCount(): number {
    return this.#notes.size;
  }

  noteSeq(noteId: string): number | undefined {
    return this.#notes.get(noteId);
  }

  /** A note's newest line. Returns the line that it replaces, if there is one. */
  setNote(noteId: string, seq: number, deleted: boolean): number | undefined {
    const replaced = this.#notes.get(noteId);
    if (deleted) {
      this.#notes.delete(noteId);
      this.#sql.exec("DELETE FROM notes WHERE note_id = ?", noteId);
    } else {
      this.#notes.set(noteId, seq);
      this.#sql.exec("INSERT OR REPLACE INTO notes (note_id, seq) VALUES (?, ?)", noteId, seq);
    }
    return replaced;
  }

  /** Notes whose newest line has been emptied are there no more. */
  dropBlankNotes(): void {
    const gone = this.#sql.exec<{ noteId: string }>(
      "DELETE FROM notes WHERE seq IN (SELECT seq FROM log WHERE blanked = 1) RETURNING note_id AS noteId",
    );
    for (const { noteId } of gone) this.#notes.delete(noteId);
  }
}
