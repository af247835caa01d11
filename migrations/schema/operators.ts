import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";

/** A person of ours who may look at requests, reports and breaches. Each has a key and a second factor of their own. */
export const operators = sqliteTable(
  "operators",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    keyHash: text("key_hash").notNull().unique(),
    /** The second factor's secret, sealed. */
    secret: text("secret").notNull(),
    /** The time step that was used last: a code does not count twice. */
    lastStep: integer("last_step").notNull().default(0),
    lastUsedAtMs: integer("last_used_at_ms").notNull(),
  },
  (table) => [index("operators_by_use").on(table.lastUsedAtMs)],
);

export const operatorSignIns = sqliteTable(
  "operator_sign_ins",
  {
    tokenHash: text("token_hash").primaryKey(),
    operatorId: text("operator_id")
      .notNull()
      .references(() => operators.id, { onDelete: "cascade" }),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("operator_sign_ins_by_expiry").on(table.expiresAtMs)],
);

/** What an operator looked at or did, and whom it concerned. That person sees it in their export. */
export const operatorActions = sqliteTable(
  "operator_actions",
  {
    id: text("id").primaryKey(),
    operatorId: text("operator_id").notNull(),
    /** Names of code: `requests.list`, `reports.close`. */
    what: text("what").notNull(),
    accountId: text("account_id").references(() => accounts.id, { onDelete: "set null" }),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    index("operator_actions_by_account").on(table.accountId, table.atMs),
    index("operator_actions_by_time").on(table.atMs),
  ],
);
