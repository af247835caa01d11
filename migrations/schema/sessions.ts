import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";

/** One music session; its chat, notes and transport log are in its room's own storage. */
export const sessions = sqliteTable("sessions", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  recordingPermitted: integer("recording_permitted", { mode: "boolean" }).notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
});

/** Who may join as what. `memberId` is what collaborators see; the account behind it stays on the server. */
export const sessionMembers = sqliteTable(
  "session_members",
  {
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    memberId: text("member_id").notNull().unique(),
    role: text("role", { enum: ["host", "participant", "observer"] }).notNull(),
    joinedAtMs: integer("joined_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.accountId] }),
    index("session_members_by_account").on(table.accountId, table.joinedAtMs),
  ],
);

export const invites = sqliteTable(
  "invites",
  {
    id: text("id").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    codeHash: text("code_hash").notNull().unique(),
    role: text("role", { enum: ["participant", "observer"] }).notNull(),
    usesLeft: integer("uses_left").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("invites_by_session").on(table.sessionId), index("invites_by_expiry").on(table.expiresAtMs)],
);
