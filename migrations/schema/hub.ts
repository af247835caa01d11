import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";
import { isSealed, type Sealed } from "./sealed.ts";

/**
 * What a musician tells about themselves (A3); every field is optional, and nobody sees it before it is published (A4). What the Hub finds
 * it by lies in `hub_search`, under the row's `hubPosition`.
 */
export const profiles = sqliteTable(
  "profiles",
  {
    /** Stable and public: the address of the profile page. */
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .unique()
      .references(() => accounts.id, { onDelete: "cascade" }),
    /** JSON: everything that it says (workers/hub/profile-row.ts), sealed under the person's key; empty while nothing was told. */
    words: text("words").$type<Sealed | "">().notNull().default(""),
    /** Media type of the sound on the profile, as its first bytes say; `null` if there is none. */
    sampleType: text("sample_type"),
    sampleBytes: integer("sample_bytes"),
    sampleSha256: text("sample_sha256"),
    publishedAtMs: integer("published_at_ms"),
    /** Where it stands on the Hub, the newest highest: the row id in `hub_search`. `null` while it is private. */
    hubPosition: integer("hub_position").unique(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /** Drawn anew by every edit: two edits at once notice each other by it. */
    version: text("version").notNull().default(""),
  },
  (table) => [isSealed("profiles_words_is_sealed", table.words)],
);

/** Words of published profiles under each of their spellings with one letter left out: how a slip of the finger is found. */
export const hubSpellings = sqliteTable(
  "hub_spellings",
  { spelling: text("spelling").notNull(), word: text("word").notNull() },
  (table) => [primaryKey({ columns: [table.spelling, table.word] })],
);

/** Who does not want to hear from whom. */
export const blocks = sqliteTable(
  "blocks",
  {
    /** What its owner lifts it by. */
    id: text("id").notNull().unique(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    blockedAccountId: text("blocked_account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.blockedAccountId] }),
    index("blocks_by_blocked").on(table.blockedAccountId),
  ],
);

/** What a person of ours decided about a report, with the reasons that both sides get (DSA, Article 17). */
export const decisions = sqliteTable(
  "decisions",
  {
    id: text("id").primaryKey(),
    /** Whom it is about. */
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    recordingId: text("recording_id"),
    measure: text("measure", { enum: ["none", "profile-unpublished", "take-withheld"] }).notNull(),
    ground: text("ground", { enum: ["law", "terms"] }).notNull(),
    /** Under the key of whom it is about. */
    facts: text("facts").$type<Sealed>().notNull(),
    decidedAtMs: integer("decided_at_ms").notNull(),
    /** When an appeal took it back. */
    reversedAtMs: integer("reversed_at_ms"),
  },
  (table) => [
    index("decisions_by_account").on(table.accountId, table.decidedAtMs),
    index("decisions_by_time").on(table.decidedAtMs),
    isSealed("decisions_facts_is_sealed", table.facts),
  ],
);

/** What somebody says against a decision, once, and what a person of ours answered; both under their key. */
export const appeals = sqliteTable(
  "appeals",
  {
    id: text("id").primaryKey(),
    decisionId: text("decision_id")
      .notNull()
      .references(() => decisions.id, { onDelete: "cascade" }),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    text: text("text").$type<Sealed>().notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    answer: text("answer").$type<Sealed>(),
    answeredAtMs: integer("answered_at_ms"),
  },
  (table) => [
    uniqueIndex("appeals_once").on(table.decisionId, table.accountId),
    index("appeals_by_account").on(table.accountId),
    index("appeals_open").on(table.answeredAtMs, table.createdAtMs),
    isSealed("appeals_text_is_sealed", table.text),
    isSealed("appeals_answer_is_sealed", table.answer),
  ],
);

/** What somebody told us about a person, for a person here to look at. `underage` is promise A5. It goes with who it is about. */
export const reports = sqliteTable(
  "reports",
  {
    id: text("id").primaryKey(),
    reporterAccountId: text("reporter_account_id").references(() => accounts.id, { onDelete: "set null" }),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    reason: text("reason", {
      enum: ["underage", "abuse", "impersonation", "not-theirs", "not-agreed", "spam", "other"],
    }).notNull(),
    /** Under the key of whom it is about, with whom it goes. */
    details: text("details").$type<Sealed | "">().notNull(),
    /** The take that it is about; `null`: the person. */
    recordingId: text("recording_id"),
    createdAtMs: integer("created_at_ms").notNull(),
    closedAtMs: integer("closed_at_ms"),
    /** What was decided about it; `null`: nothing yet, or it was closed without a word. */
    decisionId: text("decision_id").references(() => decisions.id, { onDelete: "set null" }),
  },
  (table) => [
    index("reports_by_decision").on(table.decisionId),
    index("reports_by_account").on(table.accountId),
    index("reports_by_reporter").on(table.reporterAccountId),
    index("reports_open").on(table.closedAtMs, table.createdAtMs),
    isSealed("reports_details_is_sealed", table.details),
  ],
);
