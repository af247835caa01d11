import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";

/** What a musician tells about themselves (A3); every field is optional, and nobody sees it before it is published (A4). */
export const profiles = sqliteTable(
  "profiles",
  {
    /** Stable and public: the address of the profile page. */
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .unique()
      .references(() => accounts.id, { onDelete: "cascade" }),
    daw: text("daw"),
    bio: text("bio"),
    /** An hour's price in minor units of its currency (ISO 4217). */
    rateMinor: integer("rate_minor"),
    rateCurrency: text("rate_currency"),
    availability: text("availability", { enum: ["open", "later", "closed"] }),
    hasSample: integer("has_sample", { mode: "boolean" }).notNull().default(false),
    publishedAtMs: integer("published_at_ms"),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    index("profiles_by_publication").on(table.publishedAtMs, table.id),
    index("profiles_by_daw").on(table.daw, table.publishedAtMs),
    index("profiles_by_rate").on(table.rateCurrency, table.rateMinor),
    index("profiles_by_availability").on(table.availability, table.publishedAtMs),
  ],
);

/** Instruments and languages of a profile, with its publication beside them so that a search needs one index. */
export const profileTags = sqliteTable(
  "profile_tags",
  {
    profileId: text("profile_id")
      .notNull()
      .references(() => profiles.id, { onDelete: "cascade" }),
    kind: text("kind", { enum: ["instrument", "language"] }).notNull(),
    /** As the person wrote it. */
    label: text("label").notNull(),
    /** Folded for comparison. */
    value: text("value").notNull(),
    publishedAtMs: integer("published_at_ms"),
  },
  (table) => [
    primaryKey({ columns: [table.profileId, table.kind, table.value] }),
    index("profile_tags_by_value").on(table.kind, table.value, table.publishedAtMs, table.profileId),
  ],
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

/** What somebody told us about a profile, for a person here to look at. `underage` is promise A5. */
export const reports = sqliteTable(
  "reports",
  {
    id: text("id").primaryKey(),
    reporterAccountId: text("reporter_account_id").references(() => accounts.id, { onDelete: "set null" }),
    profileId: text("profile_id").notNull(),
    reason: text("reason", { enum: ["underage", "abuse", "impersonation", "spam", "other"] }).notNull(),
    details: text("details").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    closedAtMs: integer("closed_at_ms"),
  },
  (table) => [
    index("reports_by_profile").on(table.profileId),
    index("reports_by_reporter").on(table.reporterAccountId),
    index("reports_open").on(table.closedAtMs, table.createdAtMs),
  ],
);
