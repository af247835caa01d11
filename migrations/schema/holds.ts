import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";

/**
 * A named investigation that keeps a specific set from being deleted (E5; Article 17 (3) (e)): one account's data, or the service's log of some
 * days. Without an end of its own it is looked at again on a day that is named; released, what waited for it goes.
 */
export const holds = sqliteTable(
  "holds",
  {
    id: text("id").primaryKey(),
    reason: text("reason").notNull(),
    /** Who of us answers for it. */
    owner: text("owner").notNull(),
    accountId: text("account_id").references(() => accounts.id, { onDelete: "set null" }),
    logsFromMs: integer("logs_from_ms"),
    logsToMs: integer("logs_to_ms"),
    createdAtMs: integer("created_at_ms").notNull(),
    reviewAtMs: integer("review_at_ms").notNull(),
    releasedAtMs: integer("released_at_ms"),
  },
  (table) => [
    index("holds_by_release").on(table.releasedAtMs, table.reviewAtMs),
    index("holds_by_account").on(table.accountId, table.releasedAtMs),
  ],
);
