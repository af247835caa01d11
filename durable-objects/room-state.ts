import type { MemberId } from "../protocol/ids.ts";
import type { Role } from "../protocol/roles.ts";
import type { SessionSettings } from "../protocol/room.ts";
import type { TicketClaims } from "../protocol/ticket.ts";
import { initialTimeline, type Timeline } from "../protocol/transport.ts";
import type { Sql } from "./sql.ts";

/** A member as the room knows them. */
export interface Person {
  memberId: MemberId;
  displayName: string;
  role: Role;
  /** The log says that they are here: `joined` without a `left` since. */
  present: boolean;
}

interface PersonRow extends Record<string, string | number> {
  memberId: string;
  displayName: string;
  role: string;
  present: number;
}

/** `awaited`: a decision about them came before their first visit. `removed`: tickets from before open nothing. */
type Standing = "member" | "awaited" | "removed";

/** A ticket is forgotten this long after it expired: by then the door refuses it, whatever the two clocks say. */
const TICKET_MEMORY_MS = 60_000;

/**
 * What the room holds besides its log: who its members are, which tickets were used, which notes there are, and what the log has
 * made of transport and settings, so that waking up does not mean reading the log again. All of it in the object's SQLite; what
 * every message needs is mirrored in memory.
 */
export class RoomState {
  readonly #sql: Sql;
  readonly people = new Map<MemberId, Person>();
  readonly #notes = new Map<string, number>();
  #timeline: Timeline = initialTimeline;
  #effectiveAtMs = 0;
  #settings: SessionSettings | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS members (
        member_id TEXT PRIMARY KEY, display_name TEXT NOT NULL, role TEXT NOT NULL, present INTEGER NOT NULL,
        standing TEXT NOT NULL, decided_at_ms INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS tickets (ticket_id TEXT PRIMARY KEY, expires_at_ms INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS notes (note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS states (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`);
    const people = sql.exec<PersonRow>(
      "SELECT member_id AS memberId, display_name AS displayName, role, present FROM members WHERE standing = 'member'",
    );
    for (const row of people) {
      const person = { ...row, present: row.present === 1 } as Person;
      this.people.set(person.memberId, person);
    }
    for (const row of sql.exec<{ noteId: string; seq: number }>("SELECT note_id AS noteId, seq FROM notes")) {
      this.#notes.set(row.noteId, row.seq);
    }
    for (const { name, value } of sql.exec<{ name: string; value: string }>("SELECT name, value FROM states")) {
      if (name === "transport") {
        const { effectiveAtMs, ...transport }: Timeline["transport"] & { effectiveAtMs: number } = JSON.parse(value);
        this.#timeline = { ...this.#timeline, transport };
        this.#effectiveAtMs = effectiveAtMs;
      }
      if (name === "map") this.#timeline = { ...this.#timeline, map: JSON.parse(value) };
      if (name === "settings") this.#settings = JSON.parse(value);
    }
  }

  /** Takes a ticket once. Its claims are newer than what the room knows of the member, unless a decision came after it was signed. */
  admit(claims: TicketClaims): "ticket-used" | "removed" | null {
    const memberId = claims.memberId;
    const [known] = this.#sql
      .exec<{ standing: Standing; decidedAtMs: number; role: string }>(
        "SELECT standing, decided_at_ms AS decidedAtMs, role FROM members WHERE member_id = ?",
        memberId,
      )
      .toArray();
    if (known?.standing === "removed") return "removed";
    const { rowsWritten } = this.#sql.exec(
      "INSERT INTO tickets (ticket_id, expires_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING",
      claims.ticketId,
      claims.expiresAtMs,
    );
    if (rowsWritten === 0) return "ticket-used";
    const decidedSince = known !== undefined && known.decidedAtMs > claims.issuedAtMs;
    this.#write({
      memberId,
      displayName: claims.displayName,
      role: decidedSince ? (known.role as Role) : claims.role,
      present: this.people.get(memberId)?.present ?? false,
    });
    if (this.#settings === undefined) this.setSettings({ recordingPermitted: claims.recordingPermitted });
    return null;
  }

  #write(person: Person): void {
    this.people.set(person.memberId, person);
    this.#sql.exec(
      `INSERT INTO members (member_id, display_name, role, present, standing, decided_at_ms) VALUES (?, ?, ?, ?, 'member', 0)
       ON CONFLICT (member_id) DO UPDATE SET display_name = excluded.display_name, role = excluded.role,
         present = excluded.present, standing = 'member'`,
      person.memberId,
      person.displayName,
      person.role,
      person.present ? 1 : 0,
    );
  }

  setPresent(person: Person, present: boolean): void {
    this.#write({ ...person, present });
  }

  /** The API's decision. It may come before the member was ever here: then it waits for their first ticket. */
  setRole(memberId: MemberId, role: Role, atMs: number): void {
    const person = this.people.get(memberId);
    if (person !== undefined) this.people.set(memberId, { ...person, role });
    this.#sql.exec(
      `INSERT INTO members (member_id, display_name, role, present, standing, decided_at_ms) VALUES (?1, '', ?2, 0, 'awaited', ?3)
       ON CONFLICT (member_id) DO UPDATE SET role = ?2, decided_at_ms = ?3`,
      memberId,
      role,
      atMs,
    );
  }

  /** Remembers the id alone, so that a ticket from before opens nothing; the name is forgotten. */
  remove(memberId: MemberId, atMs: number): void {
    this.people.delete(memberId);
    this.#sql.exec(
      `INSERT INTO members (member_id, display_name, role, present, standing, decided_at_ms)
       VALUES (?1, '', 'observer', 0, 'removed', ?2)
       ON CONFLICT (member_id) DO UPDATE SET display_name = '', present = 0, standing = 'removed', decided_at_ms = ?2`,
      memberId,
      atMs,
    );
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  /** When the last transport command takes effect; 0 before the first. */
  get effectiveAtMs(): number {
    return this.#effectiveAtMs;
  }

  /** The map is large and changes rarely, so it is kept apart. */
  setTimeline(timeline: Timeline, effectiveAtMs: number): void {
    if (timeline.map !== this.#timeline.map) this.#keep("map", timeline.map);
    this.#timeline = timeline;
    this.#effectiveAtMs = effectiveAtMs;
    this.#keep("transport", { ...timeline.transport, effectiveAtMs });
  }

  get settings(): SessionSettings {
    return this.#settings ?? { recordingPermitted: false };
  }

  setSettings(settings: SessionSettings): void {
    this.#settings = settings;
    this.#keep("settings", settings);
  }

  #keep(name: string, value: unknown): void {
    this.#sql.exec("INSERT OR REPLACE INTO states (name, value) VALUES (?, ?)", name, JSON.stringify(value));
  }

  get noteCount(): number {
    return this.#notes.size;
  }

  hasNote(noteId: string): boolean {
    return this.#notes.has(noteId);
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

  /** Forgets tickets that could not be used any more. Returns when to look again, or `null`. */
  pruneTickets(nowMs: number): number | null {
    this.#sql.exec("DELETE FROM tickets WHERE expires_at_ms <= ?", nowMs - TICKET_MEMORY_MS);
    const { next } = this.#sql.exec<{ next: number | null }>("SELECT MIN(expires_at_ms) AS next FROM tickets").one();
    return next === null ? null : next + TICKET_MEMORY_MS;
  }
}
