import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { isSealed, type Sealed } from "./sealed.ts";

/**
 * Mail on its way. The row is written in the batch of what it speaks of, so neither happens without the other; its id is derived from
 * that, so nothing is said twice. Once it has gone, address and words are emptied and the id stays for a while.
 */
export const mailOutbox = sqliteTable(
  "mail_outbox",
  {
    id: text("id").primaryKey(),
    /** `null` for an address that has no account. */
    accountId: text("account_id"),
    /** Sealed, under the person's key or that of the day; `operators`: whoever runs this; empty once it has gone. */
    address: text("address").$type<Sealed | "operators" | "">().notNull(),
    /** Its blind index. */
    addressIndex: text("address_index").notNull().default(""),
    language: text("language", { enum: ["en", "de"] }).notNull(),
    template: text("template").notNull(),
    /** JSON, sealed under the key of the day: what the template is filled with. Empty once it has gone. */
    templateValues: text("template_values").$type<Sealed | "">().notNull(),
    /** 0: a person waits for it; 1: it is written to everybody. */
    priority: integer("priority").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
    tries: integer("tries").notNull().default(0),
    /** `null` once it is sent or given up. */
    nextTryAtMs: integer("next_try_at_ms"),
    endedAtMs: integer("ended_at_ms"),
  },
  (table) => [
    index("mail_outbox_by_due").on(table.priority, table.nextTryAtMs),
    index("mail_outbox_by_end").on(table.endedAtMs),
    index("mail_outbox_by_account").on(table.accountId),
    index("mail_outbox_by_address").on(table.addressIndex),
    isSealed("mail_outbox_address_is_sealed", table.address, "operators"),
    isSealed("mail_outbox_template_values_is_sealed", table.templateValues),
  ],
);

/** Somebody who waits for the launch (promise B1): what they gave, when, and the words they agreed to. */
export const waitlist = sqliteTable(
  "waitlist",
  {
    id: text("id").primaryKey(),
    /** Sealed under a key of this row's own, and its blind index. */
    email: text("email").$type<Sealed>().notNull(),
    emailIndex: text("email_index").notNull().unique(),
    /** Both sealed under the same key; empty where the browser did not say. */
    ipAddress: text("ip_address").$type<Sealed | "">().notNull(),
    userAgent: text("user_agent").$type<Sealed | "">().notNull(),
    language: text("language", { enum: ["en", "de"] }).notNull(),
    consentWording: text("consent_wording").notNull(),
    consentedAtMs: integer("consented_at_ms").notNull(),
    /** `null` until the link in the first mail has been opened (double opt-in). */
    confirmedAtMs: integer("confirmed_at_ms"),
    confirmHash: text("confirm_hash").notNull().unique(),
    /** When the launch was told; `null` before. */
    toldAtMs: integer("told_at_ms"),
  },
  (table) => [
    index("waitlist_by_consent").on(table.confirmedAtMs, table.consentedAtMs),
    index("waitlist_untold").on(table.toldAtMs, table.confirmedAtMs),
    isSealed("waitlist_email_is_sealed", table.email),
    isSealed("waitlist_ip_address_is_sealed", table.ipAddress),
    isSealed("waitlist_user_agent_is_sealed", table.userAgent),
  ],
);

/** Proof that a consent was withdrawn, without the address that it was withdrawn for (B2). */
export const consentWithdrawals = sqliteTable(
  "consent_withdrawals",
  {
    id: text("id").primaryKey(),
    purpose: text("purpose", { enum: ["waitlist", "news"] }).notNull(),
    consentedAtMs: integer("consented_at_ms").notNull(),
    withdrawnAtMs: integer("withdrawn_at_ms").notNull(),
  },
  (table) => [index("consent_withdrawals_by_time").on(table.withdrawnAtMs)],
);
