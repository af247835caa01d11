/** A rule broken on purpose: in `file` the text `from`, which is there once, becomes `to`; then `test`, which cites the promise, has to fail. */
export interface Mutation {
  promise: string;
  /** What is broken, for people. */
  name: string;
  file: string;
  from: string;
  to: string;
  test: string;
}

const of =
  (promise: string, test: string) =>
  (file: string, name: string, from: string, to: string): Mutation => ({ promise, name, file, from, to, test });

const sweep = of("E6", "workers/privacy/retention.test.ts");
const recordings = of("E1", "workers/recordings/recordings.test.ts");
const sessionEnds = of("E2", "workers/recordings/recordings.test.ts");
const erasure = of("E3", "test/promises/erasure.test.ts");
const copy = of("G1", "test/promises/export.test.ts");
const requests = of("G3", "workers/privacy/rights.test.ts");
const waitlist = of("B1", "workers/waitlist/waitlist.test.ts");
const access = of("C1", "test/promises/access.test.ts");
const hub = of("A4", "workers/hub/hub.test.ts");
const headers = of("H3", "workers/pages/pages.test.ts");

export const mutations: readonly Mutation[] = [
  // Retention.
  sweep(
    "workers/privacy/sweep.ts",
    "rows go a millisecond early",
    "${column} <= ?1`, order",
    "${column} <= ?1 + 1`, order",
  ),
  sweep(
    "workers/privacy/sweep.ts",
    "rows stay a millisecond longer",
    "${empty}${column} <= ?1`",
    "${empty}${column} < ?1`",
  ),
  sweep("workers/privacy/sweep.ts", "a length of keeping is ignored", "nowMs - retention.ms : nowMs", "nowMs : nowMs"),
  sweep("workers/privacy/sweep.ts", "nothing is ever due", "sql: `${empty}", "sql: `0 AND ${empty}"),
  of("B3", "workers/privacy/retention.test.ts")(
    "workers/privacy/sweep.ts",
    "the waiting list outlives the launch",
    "nowMs < launchMs + retention.ms",
    "nowMs < launchMs + 2 * retention.ms",
  ),
  recordings("workers/recordings/completion.ts", "Free keeps as long as Pro", "MS.free,", "MS.pro,"),
  of("E1", "workers/recordings/faults.test.ts")(
    "workers/recordings/deletion.ts",
    "the sweep takes what has an hour left",
    "AND expires_at_ms <= ?1 ORDER",
    "AND expires_at_ms <= ?1 + 3600000 ORDER",
  ),
  of("E1", "workers/recordings/reads.test.ts")(
    "workers/recordings/deletion.ts",
    "the sweep forgets the last of a batch",
    "return whole.length > 0 ? whole : due;",
    "return whole.slice(1);",
  ),

  of("E6", "dev/promises/chain.test.ts")(
    "protocol/runs.ts",
    "a record of the chain is left out",
    "record.previousHash !== hash",
    "record.previousHash === record.hash",
  ),

  // Erasure.
  sessionEnds(
    "workers/recordings/deletion.ts",
    "unfinished uploads stay in the store",
    "await objectStore(env, deps).abortUpload(objectKey(row.sessionId, row.id), uploadId);",
    "",
  ),
  erasure("workers/privacy/erasure-steps.ts", "the rules' rows stay", 'subject.erase === "step" ||', "true ||"),
  erasure("workers/privacy/erasure-steps.ts", "words in rooms stay", "blanked += part.blanked;", "break;"),
  erasure("durable-objects/forget.ts", "chat stays", "IN ('chat', 'note', ", "IN ('note', "),
  erasure("durable-objects/forget.ts", "the name stays where somebody came in", "'joined' AND", "'left' AND"),
  erasure(
    "workers/privacy/erasure-steps.ts",
    "recordings stay",
    "rooms: forgetRooms,\n  recordings: endRecordings,",
    "rooms: forgetRooms,",
  ),
  erasure(
    "workers/privacy/erasure-steps.ts",
    "names in rows that stay are kept",
    "SET ${column} = NULL",
    "SET ${column} = ${column}",
  ),
  erasure(
    "workers/privacy/account-erasure.ts",
    "ways in stay open",
    "...closeDoors(db, { erasureId, accountId }),",
    "",
  ),
  erasure(
    "workers/privacy/erasure-steps.ts",
    "the record still names the account",
    "SET account_id = NULL, step = ''",
    "SET step = ''",
  ),
  erasure(
    "workers/privacy/inventory/privacy.ts",
    "the record of an erasure stays a month longer",
    'column: "finishedAtMs", ms: DELETION_RECORD_RETENTION_MS',
    'column: "finishedAtMs", ms: DELETION_RECORD_RETENTION_MS + ERASURE_RECEIPT_MS',
  ),
  of("A5", "workers/hub/contact.test.ts")(
    "workers/operator/reports.ts",
    "a reported account stays",
    'await eraseAccount(env, deps, about, "operator")',
    'about !== ""',
  ),

  // Projection: what others see.
  of("V1", "test/promises/marks.test.ts")(
    "workers/hub/store.ts",
    "a profile tells its account's id to others",
    "displayName: row.displayName,\n    daw",
    'displayName: `${row.displayName} ${row.bio ?? ""}`,\n    daw',
  ),
  of("V2", "durable-objects/addresses.test.ts")(
    "durable-objects/addresses.ts",
    "a host's candidate passes",
    'type.toLowerCase() === "relay";',
    'type !== "";',
  ),
  of("V2", "durable-objects/addresses.test.ts")(
    "durable-objects/addresses.ts",
    "the connection line keeps its address",
    'case "c":\n      return `c=IN IP4 ${NOWHERE}`;',
    'case "c":\n      return `c=${value}`;',
  ),
  hub("workers/hub/store.ts", "a private profile is found by its address", " AND p.hub_position IS NOT NULL", ""),
  hub(
    "workers/hub/store.ts",
    "the index keeps who is private again",
    '.prepare("DELETE FROM hub_search WHERE',
    '.prepare("DELETE FROM hub_search WHERE 0 AND',
  ),
  copy(
    "workers/privacy/export-sources.ts",
    "others' words are in the copy",
    "items: events.filter((event) => concerns(event, memberId)),",
    "items: events,",
  ),
  copy(
    "workers/privacy/export-sources.ts",
    "a table's second way to the person is left out",
    "at === 0 ? table : `${table}.${subject.column}`",
    "table",
  ),
  copy(
    "workers/privacy/export-sources.ts",
    "a page too few",
    "results.length < ROWS ? null",
    "results.length <= ROWS ? null",
  ),
  of("G2", "test/promises/export.test.ts")(
    "workers/recordings/download.ts",
    "a restricted person's recordings are given to others",
    "if (!isTheirs && (await isRestricted(db, row.accountId)))",
    "if (!isTheirs && (await isRestricted(db, accountId)))",
  ),
  of("G2", "workers/privacy/rights.test.ts")(
    "workers/privacy/restriction.ts",
    "a restricted person stays on the Hub",
    "!== null) await editProfile(env.DB, deps, accountId, { published: false });",
    "!== null) return;",
  ),

  // Access.
  access(
    "protocol/roles.ts",
    "anybody deletes the session",
    '"session.delete": ["host"]',
    '"session.delete": ["host", "participant"]',
  ),
  access(
    "protocol/roles.ts",
    "an observer downloads",
    '"recording.download": ["host", "participant"]',
    '"recording.download": ["host", "participant", "observer"]',
  ),
  access("workers/sessions/guard.ts", "no role is asked for", "!may(member.role, permission)", "false"),
  of("C6", "workers/recordings/recordings.test.ts")(
    "workers/recordings/routes.ts",
    "shared although recording is off",
    "if (!member.recordingPermitted) return",
    "if (member.recordingPermitted === undefined) return",
  ),
  of("A7", "workers/pages/pages.test.ts")(
    "workers/pages/page.ts",
    "a cookie before signing in",
    'c.header("Vary", "Accept-Language, Cookie");',
    'c.header("Vary", "Accept-Language, Cookie");\n  c.header("Set-Cookie", "seen=1");',
  ),
  of("A2", "workers/accounts/accounts.test.ts")(
    "workers/accounts/sign-in.ts",
    "an overheard proof counts again",
    'await consumeChallenge(c.env.DB, c.var.deps, "password", step)',
    'await readChallenge(c.env.DB, c.var.deps, "password", step)',
  ),
  of("A5", "workers/accounts/accounts.test.ts")(
    "protocol/accounts.ts",
    "whoever is younger signs up",
    'isSixteen: z.literal(true, { error: "SessionLinked is for people of 16 and over." }),',
    "isSixteen: z.boolean(),",
  ),
  of("A6", "workers/accounts/accounts.test.ts")(
    "workers/accounts/store.ts",
    "a corrected name is not kept",
    "await rename(",
    "if (deps.now() < 0) await rename(",
  ),
  of("A3", "workers/hub/hub.test.ts")(
    "workers/hub/store.ts",
    "a profile is never cleared",
    "rateMinor: rate?.amountMinor ?? null,",
    "rateMinor: rate?.amountMinor ?? 1,",
  ),
  of("A1", "workers/accounts/accounts.test.ts")(
    "workers/accounts/store.ts",
    "an account forgets the name that was given",
    ".bind(accountId, email, displayName,",
    ".bind(accountId, email, email,",
  ),

  // Sessions.
  of("C2", "companion/engine/links/links.test.ts")(
    "companion/engine/links/link.std.ts",
    "nobody makes an offer",
    "offers: this.#options.offers,",
    "offers: false,",
  ),
  of("C2", "companion/engine/links/links.test.ts")(
    "companion/engine/links/link.std.ts",
    "a path that died is not offered anew",
    "if (this.#options.offers) this.#open();",
    "if (!this.#options.offers) this.#open();",
  ),
  of("C3", "companion/view/view-video.test.ts")(
    "companion/view/view-video.dom.ts",
    "a camera that was switched off stays lit",
    "track.onended = null;\n      track.stop();",
    "track.onended = null;",
  ),
  of("C3", "companion/view/view-video.test.ts")(
    "companion/view/view-video.dom.ts",
    "an observer opens a camera",
    'this.state.value.power !== "off" || !this.#maySend',
    'this.state.value.power !== "off"',
  ),
  of("C4", "companion/engine/transport/echo-guard.test.ts")(
    "companion/engine/transport/echo-guard.std.ts",
    "an echo is taken for a press",
    "if (at < 0) return false;",
    "return false;",
  ),
  of("C5", "workers/rooms/room.test.ts")(
    "durable-objects/event-log.ts",
    "a line of the log is left out",
    "WHERE seq > ? ORDER BY seq",
    "WHERE seq > ? + 1 ORDER BY seq",
  ),
  of("C8", "workers/rooms/room.test.ts")(
    "durable-objects/event-log.ts",
    "lines come in another order",
    "ORDER BY seq LIMIT ?",
    "ORDER BY seq DESC LIMIT ?",
  ),
  of("C7", "workers/recordings/owner.test.ts")(
    "workers/recordings/store.ts",
    "whoever leaves a session loses what they shared",
    "(m.member_id IS NOT NULL OR r.account_id = ?2) AND",
    "m.member_id IS NOT NULL AND",
  ),
  of("C7", "workers/recordings/recordings.test.ts")(
    "workers/recordings/completion.ts",
    "a file of other bytes is taken for whole",
    "if (sha256 !== wanted.sha256) {",
    "if (wanted.sha256.length < 64) {",
  ),
  of("V3", "workers/pages/sessions.test.ts")(
    "site/i18n/leaving.ts",
    "nobody is told of collaborators' copies",
    "They are theirs, and we cannot delete them.",
    "",
  ),

  of("V3", "workers/recordings/deliveries.test.ts")(
    "workers/recordings/deliveries.ts",
    "a copy outlives its owner's wish",
    "SET wished_at_ms = ?3 WHERE",
    "SET wished_at_ms = NULL WHERE ?3 > 0 AND",
  ),

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

  // Holds.
  of("E5", "workers/privacy/holds.test.ts")(
    "workers/platform/log-store.ts",
    "an investigation's log is deleted",
    "fromMs <= atMs && atMs < toMs",
    "fromMs <= atMs && atMs < fromMs",
  ),
  of("E5", "workers/privacy/holds.test.ts")(
    "workers/privacy/holds.ts",
    "a release releases nothing",
    "SET released_at_ms = ?2",
    "SET review_at_ms = ?2",
  ),
  of("E3", "workers/privacy/holds.test.ts")(
    "workers/privacy/account-erasure.ts",
    "an erasure takes what an investigation keeps",
    "if (isHeld && name !== FIRST) return false;",
    "",
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
