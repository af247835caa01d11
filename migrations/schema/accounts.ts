import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Promise A1: an account is an e-mail, a display name and a verifier; nothing else about the person is required. */
export const accounts = sqliteTable("accounts", {
  id: text("id").primaryKey(),
  email: text("email").notNull().unique(),
  displayName: text("display_name").notNull(),
  tier: text("tier", { enum: ["free", "pro", "studio"] })
    .notNull()
    .default("free"),
  createdAtMs: integer("created_at_ms").notNull(),
});

/** One signed-in device or browser. The token itself is only with the person; here is its SHA-256. */
export const signIns = sqliteTable(
  "sign_ins",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    tokenHash: text("token_hash").notNull().unique(),
    label: text("label").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("sign_ins_by_account").on(table.accountId), index("sign_ins_by_expiry").on(table.expiresAtMs)],
);
