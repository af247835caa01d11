import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { sessions } from "./sessions.ts";

/**
 * One stem that somebody shares. `uploading`: R2 holds parts. `complete`: R2 holds the object, and `expiresAtMs` (or
 * null for ever) says when the sweep takes it. `ending`: the sweep has begun; rows go after objects.
 */
export const recordings = sqliteTable(
  "recordings",
  {
    id: text("id").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id),
    memberId: text("member_id").notNull(),
    takeId: text("take_id").notNull(),
    name: text("name").notNull(),
    state: text("state", { enum: ["uploading", "complete", "ending"] }).notNull(),
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
    createdAtMs: integer("created_at_ms").notNull(),
    completedAtMs: integer("completed_at_ms"),
    expiresAtMs: integer("expires_at_ms"),
  },
  (table) => [
    index("recordings_by_session").on(table.sessionId, table.createdAtMs),
    index("recordings_by_expiry").on(table.expiresAtMs),
  ],
);

export const recordingParts = sqliteTable(
  "recording_parts",
  {
    recordingId: text("recording_id")
      .notNull()
      .references(() => recordings.id, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    etag: text("etag").notNull(),
    sha256: text("sha256").notNull(),
    sizeBytes: integer("size_bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordingId, table.number] })],
);
