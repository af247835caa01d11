import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";
import { isSealed, type Sealed } from "./sealed.ts";

/**
 * Who received which stem, and when; and once its owner has deleted it, the wish that the copy go as well, with what came of that. It outlives
 * the recording. When the owner's account goes, what is left is enough for the wish to reach the other's companion.
 */
export const deliveries = sqliteTable(
  "deliveries",
  {
    recordingId: text("recording_id").notNull(),
    receiverMemberId: text("receiver_member_id").notNull(),
    sessionId: text("session_id").notNull(),
    /** The stem's name, under its owner's key; empty once their account has gone. */
    name: text("name").$type<Sealed | "">().notNull(),
    /** What the copy is known by. */
    sha256: text("sha256").notNull(),
    ownerAccountId: text("owner_account_id").references(() => accounts.id, { onDelete: "set null" }),
    receiverAccountId: text("receiver_account_id").references(() => accounts.id, { onDelete: "set null" }),
    deliveredAtMs: integer("delivered_at_ms").notNull(),
    wishedAtMs: integer("wished_at_ms"),
    answer: text("answer", { enum: ["deleted", "kept"] }),
    answeredAtMs: integer("answered_at_ms"),
  },
  (table) => [
    primaryKey({ columns: [table.recordingId, table.receiverMemberId] }),
    index("deliveries_by_owner").on(table.ownerAccountId, table.wishedAtMs),
    index("deliveries_by_receiver").on(table.receiverAccountId, table.wishedAtMs),
    index("deliveries_by_time").on(table.deliveredAtMs),
    isSealed("deliveries_name_is_sealed", table.name),
  ],
);
