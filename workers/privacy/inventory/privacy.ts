import {
  DAY_MS,
  DELETION_RECORD_RETENTION_MS,
  ERASURE_RECEIPT_MS,
  EXPORT_RETENTION_MS,
  REQUEST_RETENTION_MS,
  RUN_RECORD_RETENTION_MS,
  USAGE_RETENTION_MS,
} from "../../../protocol/retention.ts";
import { A_FINGERPRINT, OF_THE_PROGRAM, WORDS_OF_OURS } from "../clear.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the tables about people's rights. */
export const privacyRules = {
  accountErasures: {
    subjects: [{ column: "accountId", is: "account", erase: "step" }],
    purpose: {
      en: "To carry an erasure to its end, and to prove afterwards that there was one: a time and a random number.",
      de: "Um eine Löschung zu Ende zu bringen und danach zu belegen, dass es sie gab: eine Zeit und eine Zufallsnummer.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [
      {
        kind: "job",
        job: "account-erasures",
        until: { en: "the account’s number until it is erased", de: "die Kontonummer, bis gelöscht ist" },
      },
      { kind: "after", column: "finishedAtMs", ms: DELETION_RECORD_RETENTION_MS },
    ],
    columns: {
      id: "export",
      accountId: "internal",
      cause: "internal",
      confirmedAtMs: "export",
      dueAtMs: "export",
      step: "internal",
      nextTryAtMs: "internal",
      finishedAtMs: "internal",
    },
    clear: { step: OF_THE_PROGRAM },
  },
  exports: {
    subjects: [{ column: "accountId", is: "account", erase: "step" }],
    purpose: {
      en: "To make the copy of everything that a person asked for, and to let them fetch it.",
      de: "Um die Kopie von allem zu erstellen, die eine Person wollte, und sie abholen zu lassen.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [
      {
        kind: "job",
        job: "exports",
        until: { en: `${EXPORT_RETENTION_MS / DAY_MS} days`, de: `${EXPORT_RETENTION_MS / DAY_MS} Tage` },
      },
    ],
    columns: {
      id: "internal",
      accountId: "internal",
      requestedAtMs: "export",
      place: "internal",
      pieces: "internal",
      dataBytes: "internal",
      readyAtMs: "export",
      nextTryAtMs: "internal",
      expiresAtMs: "export",
    },
    clear: { place: OF_THE_PROGRAM },
  },
  restrictions: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To use a person’s data for nothing but storing it, where they have asked for that.",
      de: "Um die Daten einer Person nur noch zu speichern, wenn sie das verlangt hat.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "with-subject" }],
    columns: { accountId: "export", sinceAtMs: "export" },
  },
  countingObjections: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To leave out of our counts whoever has asked for that.",
      de: "Um in unseren Zählungen auszulassen, wer das verlangt hat.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "with-subject" }],
    columns: { accountId: "export", sinceAtMs: "export", wording: "export" },
    clear: { wording: WORDS_OF_OURS },
  },
  usageCounts: {
    subjects: [],
    purpose: {
      en: "To see which parts are used and which fail: totals for a day, with nobody in them; counts under ten go when the day is over.",
      de: "Um zu sehen, welche Teile benutzt werden und welche scheitern: Tagessummen ohne Personen; Zahlen unter zehn gehen, wenn der Tag vorbei ist.",
    },
    lawfulBasis: "legitimate-interest",
    recipients: ["operators"],
    retention: [
      { kind: "after", column: "dayMs", ms: USAGE_RETENTION_MS },
      {
        kind: "job",
        job: "small-counts",
        until: { en: "under ten: until the day is over", de: "unter zehn: bis der Tag vorbei ist" },
      },
    ],
    columns: { dayMs: "internal", feature: "internal", ending: "internal", count: "internal" },
    clear: { feature: OF_THE_PROGRAM },
  },
  privacyRequests: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To answer what a person asks under their rights, in time, and to show that we did.",
      de: "Um rechtzeitig zu beantworten, was eine Person nach ihren Rechten verlangt, und es zu belegen.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators"],
    retention: [{ kind: "after", column: "closedAtMs", ms: REQUEST_RETENTION_MS }],
    columns: {
      id: "export",
      accountId: "internal",
      kind: "export",
      details: "export",
      receivedAtMs: "export",
      dueAtMs: "export",
      extensionReason: "export",
      identityCheckedAtMs: "export",
      identityCheck: "export",
      remindedAtMs: "internal",
      answer: "export",
      closedAtMs: "export",
    },
    sealed: { details: "request", extensionReason: "request", identityCheck: "request", answer: "request" },
  },
  policyNotices: {
    subjects: [],
    purpose: {
      en: "To write to everybody about a change of the policy, once, and to prove it; while that goes on, where it has come to.",
      de: "Um allen einmal von einer Änderung der Erklärung zu schreiben und es zu belegen; solange es läuft, bis wohin es kam.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "after", column: "finishedAtMs", ms: REQUEST_RETENTION_MS }],
    columns: {
      version: "internal",
      startedAtMs: "internal",
      lastAccountId: "internal",
      sent: "internal",
      refused: "internal",
      told: "internal",
      finishedAtMs: "internal",
    },
  },
  runRecords: {
    subjects: [],
    purpose: {
      en: "To let anybody see what was deleted and when, and that nobody rewrites it: totals in a chain of fingerprints.",
      de: "Damit alle sehen können, was wann gelöscht wurde, und dass es niemand umschreibt: Summen in einer Kette von Fingerabdrücken.",
    },
    lawfulBasis: "legitimate-interest",
    recipients: ["public"],
    retention: [{ kind: "after", column: "atMs", ms: RUN_RECORD_RETENTION_MS }],
    columns: { number: "internal", atMs: "internal", counts: "internal", previousHash: "internal", hash: "internal" },
    clear: { counts: "Totals, with nobody in them.", hash: A_FINGERPRINT },
  },
  erasureReceipts: {
    subjects: [],
    purpose: {
      en: "To show whoever erased their account how much has gone, by number.",
      de: "Um jemandem, der sein Konto gelöscht hat, zu zeigen, wie viel fort ist, in Zahlen.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [
      { kind: "after", column: "finishedAtMs", ms: ERASURE_RECEIPT_MS },
      { kind: "with", table: "accountErasures" },
    ],
    columns: { erasureId: "internal", counts: "internal", finishedAtMs: "internal" },
    clear: { counts: "Totals, with nobody in them." },
  },
} satisfies Partial<Inventory>;
