import { type Mutation, of } from "./mutation.ts";

const requests = of("G3", "workers/privacy/rights.test.ts");
const waitlist = of("B1", "workers/waitlist/waitlist.test.ts");
const headers = of("H3", "workers/pages/pages.test.ts");

/** Broken on purpose: consent, rights, counting, and where data lives. */
export const rights: readonly Mutation[] = [
  // Consent and mail.
  waitlist("workers/waitlist/store.ts", "the words of a consent are not kept", "waitlistWording[language],", "null,"),
  of("B2", "workers/waitlist/waitlist.test.ts")(
    "workers/mail/unsubscribe.ts",
    "a withdrawal leaves the address",
    'db.prepare("DELETE FROM waitlist WHERE id = ?").bind(id),',
    "",
  ),
  of("B2", "workers/privacy/consents.test.ts")(
    "workers/privacy/consents.ts",
    "what was shared outlives the consent",
    "UPDATE recordings SET state = 'deleting'",
    "UPDATE recordings SET state = state",
  ),
  of("B4", "workers/waitlist/waitlist.test.ts")(
    "workers/mail/broadcasts.ts",
    "news for everybody",
    "m.news_consent_at_ms IS NOT NULL AND",
    "",
  ),
  // Rights.
  requests(
    "workers/privacy/requests.ts",
    "answered within two months",
    "ANSWERED_WITHIN_MONTHS = 1",
    "ANSWERED_WITHIN_MONTHS = 2",
  ),
  requests(
    "workers/privacy/requests.ts",
    "no reminder",
    "closed_at_ms IS NULL AND due_at_ms <= ?1 AND",
    "0 AND due_at_ms <= ?1 AND",
  ),
  of("V4", "workers/privacy/rights.test.ts")(
    "workers/privacy/requests.ts",
    "contact details without a check of who asks",
    "if (row.identityCheckedAtMs === null) return",
    "if (row.receivedAtMs < 0) return",
  ),
  of("G4", "workers/privacy/breach.test.ts")(
    "workers/privacy/breach-clocks.ts",
    "the authority hears a day late",
    'law: "GDPR Article 33 (1)",\n    of: "data",\n    from: "aware",\n    withinMs: 72',
    'law: "GDPR Article 33 (1)",\n    of: "data",\n    from: "aware",\n    withinMs: 96',
  ),
  of("G4", "workers/privacy/breach.test.ts")(
    "workers/privacy/breach-people.ts",
    "those behind another table are forgotten",
    "if (onward === undefined)",
    'return { is: "account", sql: "SELECT NULL AS who" };\n  if (onward === undefined)',
  ),
  of("G4", "workers/privacy/breach.test.ts")(
    "workers/privacy/breaches.ts",
    "people are written to before an operator says so",
    "if (words === null) continue;",
    'if (words === null && id === "") continue;',
  ),
  of("G5", "test/tidy/rules.test.ts")(
    "protocol/retention.ts",
    "a number changes without a version of the policy",
    "free: 7 * DAY_MS,",
    "free: 8 * DAY_MS,",
  ),
  of("G5", "workers/privacy/policy.test.ts")(
    "workers/mail/broadcasts.ts",
    "a change of the policy reaches only some",
    'readers(env, after, limit, "1")',
    'readers(env, after, limit, "m.news_consent_at_ms IS NOT NULL")',
  ),
  of("G1", "test/tidy/rules.test.ts")(
    "migrations/schema/privacy.ts",
    "a table without a rule",
    'sqliteTable("restrictions"',
    'sqliteTable("unruled"',
  ),
  // Counts and logs.
  of("H4", "workers/http/usage.test.ts")(
    "workers/http/usage.ts",
    "whoever objected is counted",
    'c.get("isUncounted") === true',
    'c.get("isUncounted") === false',
  ),
  of("H4", "workers/http/usage.test.ts")(
    "workers/http/usage.ts",
    "small counts stay",
    "WHERE count < ${SMALL} AND day_ms < ?1",
    "WHERE count < 1 AND day_ms < ?1",
  ),
  of("E5", "workers/platform/log-store.test.ts")(
    "workers/platform/log-store.ts",
    "logs stay as long as they like",
    "deps.now() - LOG_RETENTION_MS",
    "deps.now() - 2 * LOG_RETENTION_MS",
  ),
  of("E5", "workers/platform/log-store.test.ts")(
    "workers/platform/log.ts",
    "what a person wrote is in the log",
    "error: error.name,",
    "error: error.message,",
  ),
  // Where data lives.
  of("H5", "test/tidy/bindings.test.ts")(
    "workers/hub/sniff.ts",
    "a module that reads files sends mail",
    "export ",
    "export const send = (env: { EMAIL: unknown }) => env.EMAIL;\nexport ",
  ),
  of("H1", "workers/platform/jurisdiction.test.ts")(
    "workers/platform/jurisdiction.ts",
    "rooms anywhere",
    'namespace.jurisdiction("eu")',
    "namespace",
  ),
  of("H2", "workers/pages/pages.test.ts")(
    "workers/http/security-headers.ts",
    "pages in the clear",
    'url.protocol === "http:"',
    'url.protocol === "ftp:"',
  ),
  headers(
    "workers/http/security-headers.ts",
    "inline styles are let in",
    "styleSrc: [\"'self'\"]",
    "styleSrc: [\"'self'\", \"'unsafe-inline'\"]",
  ),
  of("H6", "workers/platform/sealed-text.test.ts")(
    "workers/platform/sealed-text.ts",
    "a seal opens for another row",
    "additionalData: text.encode(about) };\n    const plain",
    "additionalData: text.encode(about), tagLength: 1 };\n    const plain",
  ),
];
