import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The erasure of an account (E3): written when the person confirms it, with the id of the account only while there is still something to
 * erase. What stays for a year is a random id and two times.
 */
export const accountErasures = sqliteTable(
  "account_erasures",
  {
    id: text("id").primaryKey(),
    /** `null` once it has finished. */
    accountId: text("account_id").unique(),
    /** Who decided it: the person themselves are told by mail when it is done. */
    cause: text("cause", { enum: ["person", "operator"] }).notNull(),
    confirmedAtMs: integer("confirmed_at_ms").notNull(),
    dueAtMs: integer("due_at_ms").notNull(),
    /** Which step is at work; each may be repeated, so a crash costs nothing. */
    step: text("step").notNull(),
    finishedAtMs: integer("finished_at_ms"),
  },
  (table) => [index("account_erasures_by_finish").on(table.finishedAtMs, table.confirmedAtMs)],
);

/** What an erasure has taken away so far, by number: nothing of what it was. */
export const erasureReceipts = sqliteTable(
  "erasure_receipts",
  {
    erasureId: text("erasure_id")
      .primaryKey()
      .references(() => accountErasures.id, { onDelete: "cascade" }),
    /** JSON: rows deleted or emptied by table, lines blanked in rooms. */
    counts: text("counts").notNull().default("{}"),
    finishedAtMs: integer("finished_at_ms"),
  },
  (table) => [index("erasure_receipts_by_finish").on(table.finishedAtMs)],
);
