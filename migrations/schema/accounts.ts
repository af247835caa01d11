import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { isSealed, type Sealed } from "./sealed.ts";

/** Promise A1: an account is an e-mail, a display name and a verifier; nothing else about the person is required. */
export const accounts = sqliteTable(
  "accounts",
  {
    id: text("id").primaryKey(),
    /** Sealed under the person's key. */
    email: text("email").$type<Sealed>().notNull(),
    /** The address's blind index: by it an account is found, and no two have one address. */
    emailIndex: text("email_index").notNull().unique(),
    /** What others call them: sealed under their key. */
    displayName: text("display_name").$type<Sealed>().notNull(),
    tier: text("tier", { enum: ["free", "pro", "studio"] })
      .notNull()
      .default("free"),
    /**
     * What an authenticator knows the account by (WebAuthn's user handle): random, the same for every passkey of the account, so that a second
     * one on a device takes the first one's place. `null` until the first passkey.
     */
    webauthnUserId: text("webauthn_user_id").unique(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [
    isSealed("accounts_email_is_sealed", table.email),
    isSealed("accounts_display_name_is_sealed", table.displayName),
  ],
);

/** One signed-in device or browser. The token itself is only with the person; here is its SHA-256. */
export const signIns = sqliteTable(
  "sign_ins",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    tokenHash: text("token_hash").notNull().unique(),
    /** What the person calls it, or what it called itself: "Firefox on Linux", "Companion, studio PC". Sealed under their key. */
    label: text("label").$type<Sealed>().notNull(),
    kind: text("kind", { enum: ["browser", "companion"] })
      .notNull()
      .default("browser"),
    /** What it may be used for: the whole account, or what a companion needs in the studio. */
    scope: text("scope", { enum: ["account", "studio"] })
      .notNull()
      .default("account"),
    /** When its person last proved who they are; 0 for a token that was granted and never proved anything. */
    authenticatedAtMs: integer("authenticated_at_ms").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
    lastUsedAtMs: integer("last_used_at_ms").notNull().default(0),
    /** When the token was last exchanged for a new one. */
    rotatedAtMs: integer("rotated_at_ms").notNull().default(0),
    /** The token before this one: requests that were on their way when it was exchanged still count, for a minute. */
    previousHash: text("previous_hash").unique(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    index("sign_ins_by_account").on(table.accountId),
    index("sign_ins_by_expiry").on(table.expiresAtMs),
    isSealed("sign_ins_label_is_sealed", table.label),
  ],
);

/** How and when an account was signed in to, for its owner to look through. */
export const signInEvents = sqliteTable(
  "sign_in_events",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    method: text("method", {
      enum: ["sign-up", "password", "second-factor", "recovery-code", "passkey", "companion", "device-code"],
    }).notNull(),
    label: text("label").$type<Sealed>().notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    index("sign_in_events_by_account").on(table.accountId, table.atMs),
    index("sign_in_events_by_time").on(table.atMs),
    isSealed("sign_in_events_label_is_sealed", table.label),
  ],
);

/**
 * Networks from which an account was signed in to. The hash is keyed and made with the account's id, so it says neither which network it is
 * nor that two people share one.
 */
export const knownNetworks = sqliteTable(
  "known_networks",
  {
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    networkHash: text("network_hash").notNull(),
    lastUsedAtMs: integer("last_used_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.networkHash] }),
    index("known_networks_by_use").on(table.lastUsedAtMs),
  ],
);

const accountId = () =>
  text("account_id")
    .notNull()
    .references(() => accounts.id, { onDelete: "cascade" });

/** What OPAQUE keeps of a password (RFC 9807): nothing that a password could be tried against without the server's own secret. */
export const passwords = sqliteTable("passwords", {
  accountId: text("account_id")
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  /** The envelope's user identifier: random and stable, never the e-mail. */
  userIdentifier: text("user_identifier").notNull(),
  record: text("record").notNull(),
  /** Which of the server's setups it was made under. */
  setupVersion: integer("setup_version").notNull(),
  changedAtMs: integer("changed_at_ms").notNull(),
});

/** A passkey's public half (WebAuthn level 3). */
export const passkeys = sqliteTable(
  "passkeys",
  {
    /** The credential's id, base64url. */
    id: text("id").primaryKey(),
    accountId: accountId(),
    publicKey: text("public_key").notNull(),
    counter: integer("counter").notNull(),
    transports: text("transports").notNull(),
    label: text("label").$type<Sealed>().notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    lastUsedAtMs: integer("last_used_at_ms"),
  },
  (table) => [index("passkeys_by_account").on(table.accountId), isSealed("passkeys_label_is_sealed", table.label)],
);

/** A second factor by time (RFC 6238). `confirmedAtMs` is null until the person has typed a code once. */
export const secondFactors = sqliteTable("second_factors", {
  accountId: text("account_id")
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  /** Sealed: a copy of the database alone makes no codes. */
  secret: text("secret").notNull(),
  confirmedAtMs: integer("confirmed_at_ms"),
  /** The last time step that was used: a code counts once. */
  lastStep: integer("last_step").notNull().default(0),
});

/** Codes for the day on which everything else is lost; each counts once. */
export const recoveryCodes = sqliteTable(
  "recovery_codes",
  { accountId: accountId(), codeHash: text("code_hash").notNull(), createdAtMs: integer("created_at_ms").notNull() },
  (table) => [primaryKey({ columns: [table.accountId, table.codeHash] })],
);

/**
 * One step of something that takes two: a sign-in by OPAQUE, a passkey's challenge, a second factor, a code for the companion. Only the
 * hash of what the person holds is here; the row is taken out by the very statement that reads it, so a step counts once.
 */
export const challenges = sqliteTable(
  "challenges",
  {
    idHash: text("id_hash").primaryKey(),
    kind: text("kind", {
      enum: [
        "password",
        "passkey",
        "new-passkey",
        "second-factor",
        "companion",
        "companion-used",
        "sign-up",
        "reset",
        "email",
        "erasure",
        "take-back",
      ],
    }).notNull(),
    accountId: text("account_id").references(() => accounts.id, { onDelete: "cascade" }),
    /** JSON; sealed under the token itself where it says who somebody is. */
    data: text("data").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    index("challenges_by_account").on(table.accountId, table.kind),
    index("challenges_by_expiry").on(table.expiresAtMs),
  ],
);

/** A companion without a browser that waits for its person (RFC 8628). */
export const deviceCodes = sqliteTable(
  "device_codes",
  {
    codeHash: text("code_hash").primaryKey(),
    /** What the person types: eight letters. */
    userCode: text("user_code").notNull().unique(),
    /** Sealed under the key of the day: nobody has said yet whose it is. */
    label: text("label").$type<Sealed>().notNull(),
    state: text("state", { enum: ["waiting", "approved", "denied"] }).notNull(),
    accountId: text("account_id").references(() => accounts.id, { onDelete: "cascade" }),
    polledAtMs: integer("polled_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    index("device_codes_by_expiry").on(table.expiresAtMs),
    index("device_codes_by_account").on(table.accountId),
    isSealed("device_codes_label_is_sealed", table.label),
  ],
);

/** A bucket of tries. The key is a keyed hash of what is limited, an address or an account, and says neither. */
export const rateLimits = sqliteTable(
  "rate_limits",
  {
    key: text("key").primaryKey(),
    tokens: integer("tokens").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("rate_limits_by_expiry").on(table.expiresAtMs)],
);

/** What a person chose for mail: their language, and whether they want news (B4). */
export const mailPreferences = sqliteTable("mail_preferences", {
  accountId: text("account_id")
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  language: text("language", { enum: ["en", "de"] }).notNull(),
  newsConsentAtMs: integer("news_consent_at_ms"),
  newsConsentWording: text("news_consent_wording"),
});
