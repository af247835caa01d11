import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";
import { isSealed, type Sealed } from "./sealed.ts";

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
    /** When cron takes it up next: one that does not get through lets the others go first. */
    nextTryAtMs: integer("next_try_at_ms").notNull().default(0),
    finishedAtMs: integer("finished_at_ms"),
  },
  (table) => [index("account_erasures_by_try").on(table.finishedAtMs, table.nextTryAtMs)],
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

/** A copy of everything about a person (G1), made piece by piece; the pieces lie in R2 under its id. */
export const exports = sqliteTable(
  "exports",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    requestedAtMs: integer("requested_at_ms").notNull(),
    /** JSON: what is written next. A piece counts once this has moved on. */
    place: text("place").notNull(),
    pieces: integer("pieces").notNull().default(0),
    dataBytes: integer("data_bytes").notNull().default(0),
    readyAtMs: integer("ready_at_ms"),
    /** When cron takes it up next: one that does not get through lets the others go first. */
    nextTryAtMs: integer("next_try_at_ms").notNull().default(0),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    index("exports_by_account").on(table.accountId, table.requestedAtMs),
    index("exports_by_expiry").on(table.expiresAtMs),
    index("exports_by_try").on(table.readyAtMs, table.nextTryAtMs),
  ],
);

/** Whose data is stored and not otherwise used (G2, Article 18): no row, no restriction. */
export const restrictions = sqliteTable("restrictions", {
  accountId: text("account_id")
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  sinceAtMs: integer("since_at_ms").notNull(),
});

/** Who objected to being counted (H4, Article 21). */
export const countingObjections = sqliteTable("counting_objections", {
  accountId: text("account_id")
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  sinceAtMs: integer("since_at_ms").notNull(),
  /** What stood beside the button. */
  wording: text("wording").notNull(),
});

/** How often each route was answered on a day (H4): totals, with nobody in them. */
export const usageCounts = sqliteTable(
  "usage_counts",
  {
    /** The day's first moment, in UTC. */
    dayMs: integer("day_ms").notNull(),
    /** A route by the code's own name, without an id: `POST /api/v1/sessions`. */
    feature: text("feature").notNull(),
    ending: text("ending", { enum: ["ok", "refused", "failed"] }).notNull(),
    count: integer("count").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.dayMs, table.feature, table.ending] }),
    index("usage_counts_by_count").on(table.count, table.dayMs),
  ],
);

/** What a person asked of us under their rights (G3), with its clock; its words and ours under their key. */
export const privacyRequests = sqliteTable(
  "privacy_requests",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    kind: text("kind", {
      enum: ["access", "rectification", "erasure", "restriction", "objection", "collaborator-copy", "other"],
    }).notNull(),
    details: text("details").$type<Sealed | "">().notNull(),
    receivedAtMs: integer("received_at_ms").notNull(),
    /** One calendar month, or what it was extended to (Article 12 (3)). */
    dueAtMs: integer("due_at_ms").notNull(),
    extensionReason: text("extension_reason").$type<Sealed>(),
    /** When, and how, we made sure that it is this person who asks. */
    identityCheckedAtMs: integer("identity_checked_at_ms"),
    identityCheck: text("identity_check").$type<Sealed>(),
    remindedAtMs: integer("reminded_at_ms"),
    answer: text("answer").$type<Sealed>(),
    closedAtMs: integer("closed_at_ms"),
  },
  (table) => [
    index("privacy_requests_by_account").on(table.accountId, table.receivedAtMs),
    index("privacy_requests_by_due").on(table.closedAtMs, table.dueAtMs),
    isSealed("privacy_requests_details_is_sealed", table.details),
    isSealed("privacy_requests_extension_reason_is_sealed", table.extensionReason),
    isSealed("privacy_requests_identity_check_is_sealed", table.identityCheck),
    isSealed("privacy_requests_answer_is_sealed", table.answer),
  ],
);

/** How far the mail about a version of the policy has come, and afterwards the proof that everybody was told (G5). */
export const policyNotices = sqliteTable(
  "policy_notices",
  {
    version: integer("version").primaryKey(),
    startedAtMs: integer("started_at_ms").notNull(),
    /** Where the next step goes on; empty before the first and after the last. */
    lastAccountId: text("last_account_id").notNull().default(""),
    /** Accounts that a mail was queued for, and of these mails those that the mail service took, and those that it refused for good. */
    told: integer("told").notNull().default(0),
    sent: integer("sent").notNull().default(0),
    refused: integer("refused").notNull().default(0),
    /** When the last was queued. */
    finishedAtMs: integer("finished_at_ms"),
  },
  (table) => [index("policy_notices_by_finish").on(table.finishedAtMs)],
);

/** What a run of the retention and erasure jobs took away, in a chain that anybody may read: each record holds the hash of the one before. */
export const runRecords = sqliteTable(
  "run_records",
  {
    number: integer("number").primaryKey(),
    atMs: integer("at_ms").notNull(),
    /** JSON: how many, by job. */
    counts: text("counts").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [index("run_records_by_time").on(table.atMs)],
);
