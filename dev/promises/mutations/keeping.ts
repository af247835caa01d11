import { type Mutation, of } from "./mutation.ts";

const sweep = of("E6", "workers/privacy/retention.test.ts");
const recordings = of("E1", "workers/recordings/recordings.test.ts");
const sessionEnds = of("E2", "workers/recordings/recordings.test.ts");
const erasure = of("E3", "test/promises/erasure.test.ts");
const words = of("E3", "durable-objects/room.test.ts");
const messages = of("E3", "workers/messages/messages.test.ts");

/** Broken on purpose: what is kept how long, erased, or held. */
export const keeping: readonly Mutation[] = [
  // Retention.
  sweep(
    "workers/privacy/sweep.ts",
    "rows go a millisecond early",
    '("<= ?1")}${keys}`).bind(until)',
    '("<= ?1")}${keys}`).bind(until + 1)',
  ),
  sweep(
    "workers/privacy/sweep.ts",
    "rows stay a millisecond longer",
    'DELETE ${where("<= ?1")}',
    'DELETE ${where("< ?1")}',
  ),
  sweep("workers/privacy/sweep.ts", "a length of keeping is ignored", "nowMs - retention.ms : nowMs", "nowMs : nowMs"),
  sweep("workers/privacy/sweep.ts", "nothing is ever due", "if (due === null)", "if (due !== null)"),
  sweep(
    "workers/privacy/sweep.ts",
    "all of one time go in one run",
    '("= ?1 AND rowid <= ?2")',
    '("= ?1 AND ?2 >= 0")',
  ),
  of("B3", "workers/privacy/retention.test.ts")(
    "workers/privacy/sweep.ts",
    "the waiting list outlives the launch",
    "nowMs >= launchMs + retention.ms",
    "nowMs >= launchMs + 2 * retention.ms",
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
  messages(
    "workers/privacy/erasure-steps.ts",
    "the key of a conversation outlives who erased their account",
    "await eraseKeys(env, deps, ids);",
    "",
  ),
  messages(
    "workers/messages/store.ts",
    "a conversation that both have deleted keeps its key",
    "if ((gone?.meta.changes ?? 0) > 0)",
    "if ((gone?.meta.changes ?? 0) < 0)",
  ),
  erasure("workers/privacy/erasure-steps.ts", "the rules' rows stay", 'subject.erase === "step" ||', "true ||"),
  erasure("workers/privacy/erasure-steps.ts", "words in rooms stay", "blanked += part.blanked;", "break;"),
  words("durable-objects/forget.ts", "sealed words stay", "SET words = NULL, blanked = 1", "SET blanked = 1"),
  words(
    "durable-objects/room.ts",
    "the key of what somebody wrote stays",
    "this.#keys.drop(memberId);\n    const { doneSeq",
    "const { doneSeq",
  ),
  erasure(
    "workers/privacy/erasure-steps.ts",
    "recordings stay",
    "rooms: forgetRooms,\n  recordings: endRecordings,",
    "rooms: forgetRooms,",
  ),
  erasure(
    "workers/privacy/erasure-steps.ts",
    "a receipt calls deleted what only lost a name",
    `subject.erase === "delete" ? table : \`\${table}.\${subject.column}\``,
    "table",
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
  of("E3", "workers/platform/personal-keys.test.ts")(
    "workers/platform/personal-keys.ts",
    "a key that was ended stays in the store",
    "await objectStore(env, deps).delete(keyIds.slice(at, at + AT_ONCE).map(objectKey));",
    "await Promise.resolve();",
  ),
  erasure(
    "workers/privacy/erasure-steps.ts",
    "an erasure leaves the person's key",
    "await eraseKey(env, deps, accountId);",
    "",
  ),
  of("E3", "workers/privacy/holds.test.ts")(
    "workers/privacy/account-erasure.ts",
    "an erasure takes what an investigation keeps",
    "if (isHeld && name !== FIRST) return false;",
    "",
  ),
];
