import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";
import { isSealed, type Sealed } from "./sealed.ts";

/** The breach register (G4; GDPR Article 33 (5)): what happened, to which kinds of data, and what was done about it. */
export const breaches = sqliteTable(
  "breaches",
  {
    id: text("id").primaryKey(),
    /** Which laws' clocks run: people's data, or a weakness of the app that is being exploited. */
    kind: text("kind", { enum: ["data", "app", "both"] }).notNull(),
    whatHappened: text("what_happened").notNull(),
    consequences: text("consequences").notNull(),
    measures: text("measures").notNull(),
    /** JSON: the tables, and what of them. The people affected are computed from this. */
    scope: text("scope").notNull(),
    awareAtMs: integer("aware_at_ms").notNull(),
    /** When a corrective measure was there. */
    fixedAtMs: integer("fixed_at_ms"),
    /** How many were found so far, and when they were all found. */
    affected: integer("affected").notNull().default(0),
    countedAtMs: integer("counted_at_ms"),
    /** JSON: the words for the people, by language. While it is empty nobody is written to. */
    words: text("words"),
    closedAtMs: integer("closed_at_ms"),
  },
  (table) => [index("breaches_by_close").on(table.closedAtMs, table.awareAtMs)],
);

/** One notice that a law asks for, with its clock. */
export const breachNotices = sqliteTable(
  "breach_notices",
  {
    breachId: text("breach_id")
      .notNull()
      .references(() => breaches.id, { onDelete: "cascade" }),
    notice: text("notice", {
      enum: ["gdpr-authority", "gdpr-people", "cra-early-warning", "cra-notification", "cra-final-report"],
    }).notNull(),
    /** `null`: its clock has not begun. */
    dueAtMs: integer("due_at_ms"),
    remindedAtMs: integer("reminded_at_ms"),
    sentAtMs: integer("sent_at_ms"),
    /** The reference that the receiver gave, or how it was sent. */
    proof: text("proof"),
  },
  (table) => [
    primaryKey({ columns: [table.breachId, table.notice] }),
    index("breach_notices_by_due").on(table.sentAtMs, table.dueAtMs),
  ],
);

/** Somebody whom a breach affects: by their account, or by an address that has none. */
export const breachPeople = sqliteTable(
  "breach_people",
  {
    id: text("id").primaryKey(),
    breachId: text("breach_id")
      .notNull()
      .references(() => breaches.id, { onDelete: "cascade" }),
    accountId: text("account_id").references(() => accounts.id, { onDelete: "cascade" }),
    /** Sealed, and its blind index. */
    email: text("email").$type<Sealed>(),
    emailIndex: text("email_index"),
    toldAtMs: integer("told_at_ms"),
  },
  (table) => [
    index("breach_people_by_breach").on(table.breachId, table.toldAtMs),
    index("breach_people_by_account").on(table.accountId),
    index("breach_people_by_email").on(table.emailIndex),
    isSealed("breach_people_email_is_sealed", table.email),
  ],
);
