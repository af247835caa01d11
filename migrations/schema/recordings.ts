import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";
import { isSealed, type Sealed } from "./sealed.ts";
import { sessions } from "./sessions.ts";

/**
 * One stem that somebody shares. `uploading`: R2 holds parts. `complete`: R2 holds the object. `deleting`: withdrawn by its
 * owner. Whatever the state, the sweep takes the row at `expiresAtMs` (null: kept until the session is deleted): for an upload
 * that is when it counts as abandoned. Nothing is shown from that instant on, however late the sweep comes. Rows go after objects.
 */
export const recordings = sqliteTable(
  "recordings",
  {
    id: text("id").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id),
    memberId: text("member_id").notNull(),
    /** Whose tier and quota count. Not a cascade: rows may only go after their objects. */
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id),
    takeId: text("take_id").notNull(),
    /** Sealed under its owner's key. */
    name: text("name").$type<Sealed>().notNull(),
    state: text("state", { enum: ["uploading", "complete", "deleting"] }).notNull(),
    sampleRateHz: integer("sample_rate_hz").notNull(),
    channels: integer("channels").notNull(),
    encoding: text("encoding", { enum: ["pcm24", "float32"] }).notNull(),
    timelineFrames: integer("timeline_frames").notNull(),
    startedAtMs: integer("started_at_ms").notNull(),
    bpm: real("bpm").notNull(),
    partBytes: integer("part_bytes").notNull(),
    uploadId: text("upload_id"),
    sizeBytes: integer("size_bytes"),
    frames: integer("frames"),
    sha256: text("sha256"),
    /** JSON: clock points and the transport's state at both ends, as in `CompleteRecording`. */
    place: text("place"),
    /** Bytes that R2 holds of it; kept by trigger. */
    heldBytes: integer("held_bytes").notNull().default(0),
    /** What its waveform weighs in R2; 0: it has none. */
    peaksBytes: integer("peaks_bytes").notNull().default(0),
    /** How far a completion has read the object, and SHA-256's state there: one request does not read a large one whole. */
    hashedBytes: integer("hashed_bytes").notNull().default(0),
    hashState: text("hash_state"),
    /** How many of the notices before its end the owner has been sent. */
    noticesSent: integer("notices_sent").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
    completedAtMs: integer("completed_at_ms"),
    expiresAtMs: integer("expires_at_ms"),
    /** A decision about a report gives it to nobody but its owner; `null`: none does. */
    withheldAtMs: integer("withheld_at_ms"),
  },
  (table) => [
    isSealed("recordings_name_is_sealed", table.name),
    check("recordings_state", sql`${table.state} IN ('uploading', 'complete', 'deleting')`),
    index("recordings_by_session").on(table.sessionId, table.createdAtMs, table.id),
    index("recordings_by_account").on(table.accountId, table.expiresAtMs),
    index("recordings_by_owner").on(table.accountId, table.createdAtMs, table.id),
    index("recordings_by_expiry").on(table.expiresAtMs),
    index("recordings_by_notice").on(table.state, table.noticesSent, table.expiresAtMs),
  ],
);

/**
 * A part that R2 holds (`etag` set) or that one request is storing just now (`etag` null): only the `writer` of a row may set its
 * etag, so two requests with the same number cannot mix (fault X3).
 */
export const recordingParts = sqliteTable(
  "recording_parts",
  {
    recordingId: text("recording_id")
      .notNull()
      .references(() => recordings.id, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    etag: text("etag"),
    writer: text("writer").notNull(),
    claimedAtMs: integer("claimed_at_ms").notNull(),
    sha256: text("sha256").notNull(),
    sizeBytes: integer("size_bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordingId, table.number] })],
);

/** Bytes that R2 holds for an account, parts and objects; kept by the triggers of 0001_storage_use.sql, so no code can forget it. */
export const storageUse = sqliteTable("storage_use", {
  accountId: text("account_id")
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  heldBytes: integer("held_bytes").notNull(),
});

/** How far a sweep has come that walks through more than one run can; `null`: it begins anew. */
export const sweepPlaces = sqliteTable("sweep_places", {
  name: text("name").primaryKey(),
  place: text("place"),
});

/** An object that no row knows, and since when: it is deleted after a month of that. */
export const orphans = sqliteTable(
  "orphans",
  { key: text("key").primaryKey(), foundAtMs: integer("found_at_ms").notNull() },
  (table) => [index("orphans_by_age").on(table.foundAtMs)],
);

/** A mail that is due because recordings are about to end; the row is written with the marks on its recordings, in one batch. */
export const retentionNotices = sqliteTable(
  "retention_notices",
  {
    /** Derived from what it is about, so that a sweep that runs twice at once writes it once. */
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    kind: text("kind", { enum: ["first", "last", "downgrade"] }).notNull(),
    recordingCount: integer("recording_count").notNull(),
    firstExpiresAtMs: integer("first_expires_at_ms").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    /** Null until it is handed to the mail outbox. */
    handedOverAtMs: integer("handed_over_at_ms"),
  },
  (table) => [
    index("retention_notices_by_account").on(table.accountId),
    index("retention_notices_by_end").on(table.firstExpiresAtMs),
  ],
);

/**
 * That somebody shares in a session, in the words they were shown when they first did; of a consent that was taken back, when. Sharing anew
 * is a new consent.
 */
export const recordingConsents = sqliteTable(
  "recording_consents",
  {
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    wording: text("wording").notNull(),
    givenAtMs: integer("given_at_ms").notNull(),
    withdrawnAtMs: integer("withdrawn_at_ms"),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.sessionId] }),
    index("recording_consents_by_session").on(table.sessionId),
  ],
);
