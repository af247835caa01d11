import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { accounts } from "./accounts.ts";
import { isSealed, type Sealed } from "./sealed.ts";

/** One music session; its chat, notes and transport log are in its room's own storage. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").$type<SessionId>().primaryKey(),
    /** Sealed under a key of the session, which ends with it; empty once it is closed. */
    name: text("name").$type<Sealed | "">().notNull(),
    recordingPermitted: integer("recording_permitted", { mode: "boolean" }).notNull(),
    /** Whether whoever holds an invite may come in without an account. */
    guestsAllowed: integer("guests_allowed", { mode: "boolean" }).notNull().default(false),
    /** How many decisions its room has been told, or is to be told. */
    decisions: integer("decisions").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [isSealed("sessions_name_is_sealed", table.name)],
);

/** Who may join as what. `memberId` is what collaborators see; the account behind it stays on the server. */
export const sessionMembers = sqliteTable(
  "session_members",
  {
    sessionId: text("session_id")
      .$type<SessionId>()
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    memberId: text("member_id").$type<MemberId>().notNull().unique(),
    role: text("role", { enum: ["host", "participant", "observer"] }).notNull(),
    joinedAtMs: integer("joined_at_ms").notNull(),
  },
  (table) => [
    check("session_members_role", sql`${table.role} IN ('host', 'participant', 'observer')`),
    primaryKey({ columns: [table.sessionId, table.accountId] }),
    index("session_members_by_account").on(table.accountId, table.joinedAtMs, table.sessionId),
  ],
);

/**
 * Which rooms hold words of whom: a row for everybody who was ever let into a session, written by the trigger of 0003_session_seats.sql and
 * kept when they leave it. The erasure and the export of an account find the rooms by it, and an invite from before somebody went does not
 * bring them back.
 */
export const sessionSeats = sqliteTable(
  "session_seats",
  {
    memberId: text("member_id").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    leftAtMs: integer("left_at_ms"),
  },
  (table) => [
    index("session_seats_by_account").on(table.accountId),
    index("session_seats_by_session").on(table.sessionId),
  ],
);

/**
 * Who is in a session without an account, for a day at most. The cookie behind `tokenHash` opens this one session's guest routes and nothing else.
 * The name is sealed under a key of the row's own, `memberId` says which; the trigger of 0005_guests_gone.sql tells the room when a row goes.
 */
export const sessionGuests = sqliteTable(
  "session_guests",
  {
    memberId: text("member_id").$type<MemberId>().primaryKey(),
    sessionId: text("session_id")
      .$type<SessionId>()
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    tokenHash: text("token_hash").notNull().unique(),
    displayName: text("display_name").$type<Sealed>().notNull(),
    role: text("role", { enum: ["participant", "observer"] }).notNull(),
    /** The invite they came by: it is good for nobody once a host has taken them out. */
    inviteId: text("invite_id").notNull(),
    joinedAtMs: integer("joined_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    check("session_guests_role", sql`${table.role} IN ('participant', 'observer')`),
    isSealed("session_guests_display_name_is_sealed", table.displayName),
    index("session_guests_by_session").on(table.sessionId, table.joinedAtMs),
    index("session_guests_by_age").on(table.joinedAtMs),
  ],
);

/** When a session meets next: by the clock on the wall of one place, so that summer time moves it with the people. */
export const sessionEvenings = sqliteTable(
  "session_evenings",
  {
    sessionId: text("session_id")
      .primaryKey()
      .references(() => sessions.id, { onDelete: "cascade" }),
    /** `2026-12-03T20:00` */
    startsAt: text("starts_at").notNull(),
    timeZone: text("time_zone").notNull(),
    minutes: integer("minutes").notNull(),
    repeats: text("repeats", { enum: ["never", "weekly", "fortnightly"] }).notNull(),
  },
  (table) => [check("session_evenings_repeats", sql`${table.repeats} IN ('never', 'weekly', 'fortnightly')`)],
);

export const invites = sqliteTable(
  "invites",
  {
    id: text("id").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    codeHash: text("code_hash").notNull().unique(),
    /** Whom it is for, in the host's own words; "" if they said nothing. Sealed under the host's key, or that of whom it was sent to. */
    label: text("label").$type<Sealed | "">().notNull().default(""),
    role: text("role", { enum: ["participant", "observer"] }).notNull(),
    usesLeft: integer("uses_left").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    isSealed("invites_label_is_sealed", table.label),
    check("invites_role", sql`${table.role} IN ('participant', 'observer')`),
    index("invites_by_session").on(table.sessionId, table.createdAtMs, table.id),
    index("invites_by_expiry").on(table.expiresAtMs),
  ],
);

/**
 * A session's deletion: its clock and its outcome (promise E2). Written first, in the batch that takes the members away; every step
 * after it may be repeated, so cron finishes what a crash left. `requestedBy` lets a repeated request have its answer again.
 */
export const sessionErasures = sqliteTable(
  "session_erasures",
  {
    sessionId: text("session_id").primaryKey(),
    requestedBy: text("requested_by").references(() => accounts.id, { onDelete: "set null" }),
    requestedAtMs: integer("requested_at_ms").notNull(),
    dueAtMs: integer("due_at_ms").notNull(),
    recordingsDeleted: integer("recordings_deleted").notNull().default(0),
    objectsDeleted: integer("objects_deleted").notNull().default(0),
    /** When cron takes it up next; one account's many deletions are spread in time, so that they do not hold up another's. */
    nextTryAtMs: integer("next_try_at_ms").notNull().default(0),
    finishedAtMs: integer("finished_at_ms"),
  },
  (table) => [
    index("session_erasures_by_try").on(table.finishedAtMs, table.nextTryAtMs),
    index("session_erasures_by_account").on(table.requestedBy, table.nextTryAtMs),
  ],
);

/**
 * What D1 has decided and the room has yet to hear: written in the batch that decides, deleted when the room has answered. The
 * room knows an event id again, so telling it twice is harmless.
 */
export const roomCalls = sqliteTable(
  "room_calls",
  {
    eventId: text("event_id").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    fromMemberId: text("from_member_id").notNull(),
    /** JSON of the event's body: role, remove or settings. */
    body: text("body").notNull(),
    /** The decision's number in its session, given by a trigger: of two about one thing the higher holds. */
    number: integer("number").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [index("room_calls_by_session").on(table.sessionId), index("room_calls_by_age").on(table.createdAtMs)],
);
