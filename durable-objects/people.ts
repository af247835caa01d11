import * as z from "zod";
import { MemberId } from "../protocol/ids.ts";
import { Role } from "../protocol/roles.ts";
import type { TicketClaims } from "../protocol/ticket.ts";
import type { Sql } from "./sql.ts";
import type { WordKeys } from "./word-keys.ts";

/** A member as the room knows them. */
export interface Person {
  memberId: MemberId;
  displayName: string;
  role: Role;
  /** They came by a link, without an account. */
  isGuest: boolean;
  /** Not a person but the phone of this member, under their name. */
  phoneOf: MemberId | null;
  /** The log says that they are here: `joined` without a `left` since. */
  present: boolean;
  /** They have been in since the session was last ended, so neither a lock nor a waiting room stops them when they come back. */
  admitted: boolean;
  /** A host has sent them out, and has not let them in again. */
  keptOut: boolean;
}

/** SQLite has no truth of its own. */
const Flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);
const PersonRow = z.object({
  memberId: MemberId,
  name: z.instanceof(ArrayBuffer).nullable(),
  role: Role,
  present: Flag,
  admitted: Flag,
  keptOut: Flag,
  isGuest: Flag,
  phoneOf: MemberId.nullable(),
});

/** `awaited`: a decision about them came before their first visit. `removed`: no ticket opens anything for them any more. */
const Standing = z.enum(["member", "awaited", "removed"]);
const Known = z.object({ standing: Standing, decision: z.number(), role: Role });

/** A ticket is forgotten this long after it expired: by then the door refuses it, whatever the two clocks say. */
const TICKET_MEMORY_MS = 60_000;

/**
 * The people of a session, as far as the room must know them to judge without the database: their roles, each with the number of the
 * decision that gave it, and which tickets were used. All of it is in the object's SQLite; what every message needs is in memory too.
 * Of whoever was removed an id is left, and no name.
 */
export class People {
  readonly #sql: Sql;
  readonly #keys: WordKeys;
  readonly #people = new Map<MemberId, Person>();

  constructor(sql: Sql, keys: WordKeys) {
    this.#sql = sql;
    this.#keys = keys;
    sql.exec(`CREATE TABLE IF NOT EXISTS people (
        member_id TEXT PRIMARY KEY, name BLOB, role TEXT NOT NULL, present INTEGER NOT NULL,
        admitted INTEGER NOT NULL, kept_out INTEGER NOT NULL, standing TEXT NOT NULL, decision INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS guests (member_id TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS phones (member_id TEXT PRIMARY KEY, owner_id TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS tickets (ticket_id TEXT PRIMARY KEY, expires_at_ms INTEGER NOT NULL) WITHOUT ROWID;`);
    const rows = sql.exec(
      `SELECT member_id AS memberId, name, role, present, admitted, kept_out AS keptOut,
         EXISTS (SELECT 1 FROM guests g WHERE g.member_id = people.member_id) AS isGuest,
         (SELECT owner_id FROM phones p WHERE p.member_id = people.member_id) AS phoneOf
       FROM people WHERE standing = 'member'`,
    );
    for (const row of rows) {
      const { name, ...person } = PersonRow.parse(row);
      const displayName = (name === null ? null : keys.open(person.memberId, name)) ?? "";
      this.#people.set(person.memberId, { ...person, displayName });
    }
  }

  get(memberId: MemberId): Person | undefined {
    return this.#people.get(memberId);
  }

  all(): Person[] {
    return [...this.#people.values()];
  }

  /** Phones of a member that are connected, or may be. */
  phonesOf(owner: MemberId): MemberId[] {
    return this.#sql
      .exec<{ memberId: string }>("SELECT member_id AS memberId FROM phones WHERE owner_id = ?", owner)
      .toArray()
      .map(({ memberId }) => MemberId.parse(memberId));
  }

  /** Takes a phone's link, once. `false`: it was used before, or its phone has been sent away. */
  connectPhone(phone: MemberId, owner: MemberId): boolean {
    const known = this.#sql.exec("SELECT 1 FROM people WHERE member_id = ?", phone).toArray().length > 0;
    if (known) return false;
    this.#sql.exec("INSERT INTO phones (member_id, owner_id) VALUES (?, ?)", phone, owner);
    this.setRole(phone, "participant", 0);
    return true;
  }

  /** The newest decision about a member that the room has heard of; -1: none. */
  decisionOf(memberId: MemberId): number {
    const [row] = this.#sql
      .exec<{ decision: number }>("SELECT decision FROM people WHERE member_id = ?", memberId)
      .toArray();
    return row?.decision ?? -1;
  }

  /** Takes a ticket once. Its name and role are news, unless a later decision than the ticket's has been heard of. */
  admit(claims: TicketClaims): "ticket-used" | "removed" | null {
    const { memberId, displayName } = claims;
    const rows = this.#sql.exec("SELECT standing, decision, role FROM people WHERE member_id = ?", memberId).toArray();
    const [known] = rows.map((row) => Known.parse(row));
    if (known?.standing === "removed") return "removed";
    const phoneOf = claims.phoneOf ?? null;
    if (phoneOf !== null && !this.phonesOf(phoneOf).includes(memberId)) return "removed";
    if (!this.spend(claims)) return "ticket-used";
    const isOld = known !== undefined && known.decision > claims.decision;
    const role = isOld ? known.role : claims.role;
    const before = this.#people.get(memberId) ?? { present: false, admitted: false, keptOut: false };
    const isGuest = claims.guest === true;
    if (isGuest) this.#sql.exec("INSERT INTO guests (member_id) VALUES (?) ON CONFLICT DO NOTHING", memberId);
    this.#write({ ...before, memberId, displayName, role, isGuest, phoneOf }, claims.decision);
    return null;
  }

  /** Marks a ticket as used. `false`: it was used before. */
  spend({ ticketId, expiresAtMs }: Pick<TicketClaims, "ticketId" | "expiresAtMs">): boolean {
    const { rowsWritten } = this.#sql.exec(
      "INSERT INTO tickets (ticket_id, expires_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING",
      ticketId,
      expiresAtMs,
    );
    return rowsWritten > 0;
  }

  #write(person: Person, decision = 0): void {
    this.#people.set(person.memberId, person);
    const { memberId, displayName, role, present, admitted, keptOut } = person;
    this.#sql.exec(
      `INSERT INTO people (member_id, name, role, present, admitted, kept_out, standing, decision)
       VALUES (?, ?, ?, ?, ?, ?, 'member', ?)
       ON CONFLICT (member_id) DO UPDATE SET name = excluded.name, role = excluded.role,
         present = excluded.present, admitted = excluded.admitted, kept_out = excluded.kept_out, standing = 'member',
         decision = max(decision, excluded.decision)`,
      ...[memberId, this.#keys.seal(memberId, displayName), role, present ? 1 : 0, admitted ? 1 : 0, keptOut ? 1 : 0],
      decision,
    );
  }

  change(memberId: MemberId, change: Partial<Pick<Person, "present" | "admitted" | "keptOut">>): void {
    const person = this.#people.get(memberId);
    if (person !== undefined) this.#write({ ...person, ...change });
  }

  /** The API's decision. It may come before the member was ever here: then it waits for their first ticket. */
  setRole(memberId: MemberId, role: Role, decision: number): void {
    const person = this.#people.get(memberId);
    if (person !== undefined) this.#people.set(memberId, { ...person, role });
    this.#sql.exec(
      `INSERT INTO people (member_id, role, present, admitted, kept_out, standing, decision)
       VALUES (?1, ?2, 0, 0, 0, 'awaited', ?3)
       ON CONFLICT (member_id) DO UPDATE SET role = ?2, decision = max(decision, ?3)`,
      memberId,
      role,
      decision,
    );
  }

  /** Remembers the id alone, so that no ticket of theirs opens anything; the name is forgotten. */
  remove(memberId: MemberId, decision: number): void {
    this.#people.delete(memberId);
    this.#sql.exec("DELETE FROM guests WHERE member_id = ?", memberId);
    this.#sql.exec("DELETE FROM phones WHERE member_id = ?", memberId);
    this.#sql.exec(
      `INSERT INTO people (member_id, role, present, admitted, kept_out, standing, decision)
       VALUES (?1, 'observer', 0, 0, 0, 'removed', ?2)
       ON CONFLICT (member_id) DO UPDATE SET name = NULL, present = 0, standing = 'removed', decision = ?2`,
      memberId,
      decision,
    );
  }

  /** The evening is over: the next one begins at the door. */
  forgetAdmissions(): void {
    for (const { memberId, admitted } of this.all()) if (admitted) this.change(memberId, { admitted: false });
  }

  /** Forgets tickets that could not be used any more. Returns when to look again, or `null`. */
  pruneTickets(nowMs: number): number | null {
    this.#sql.exec("DELETE FROM tickets WHERE expires_at_ms <= ?", nowMs - TICKET_MEMORY_MS);
    const { next } = this.#sql.exec<{ next: number | null }>("SELECT MIN(expires_at_ms) AS next FROM tickets").one();
    return next === null ? null : next + TICKET_MEMORY_MS;
  }
}
