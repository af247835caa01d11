import { REPORT_RETENTION_MS } from "../../../protocol/retention.ts";
import { OF_THE_PROGRAM, ON_THE_HUB } from "../clear.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the tables of the Hub. */
export const hubRules = {
  profiles: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To show a musician on the Hub, once they publish it.",
      de: "Um eine Musikerin oder einen Musiker auf dem Hub zu zeigen, sobald sie es veröffentlichen.",
    },
    lawfulBasis: "consent",
    recipients: ["public"],
    retention: [{ kind: "with-subject" }],
    columns: {
      id: "export",
      accountId: "export",
      words: "export",
      sampleType: "export",
      sampleBytes: "export",
      sampleSha256: "export",
      publishedAtMs: "export",
      hubPosition: "internal",
      updatedAtMs: "export",
      version: "internal",
    },
    sealed: { words: "profile" },
    clear: {
      sampleType: OF_THE_PROGRAM,
      version: OF_THE_PROGRAM,
    },
  },
  hubSpellings: {
    subjects: [],
    purpose: {
      en: "To find a word on the Hub that was typed with a slip; a word goes with the last profile that holds it.",
      de: "Um ein vertipptes Wort auf dem Hub zu finden; ein Wort geht mit dem letzten Profil, in dem es steht.",
    },
    lawfulBasis: "legitimate-interest",
    recipients: [],
    retention: [{ kind: "follows", table: "profiles" }],
    columns: { spelling: "internal", word: "internal" },
    clear: { spelling: ON_THE_HUB, word: ON_THE_HUB },
  },
  blocks: {
    subjects: [
      { column: "accountId", is: "account", erase: "delete" },
      { column: "blockedAccountId", is: "account", erase: "delete", shows: [] },
    ],
    purpose: {
      en: "To keep somebody from writing to a person who does not want it.",
      de: "Damit niemand einer Person schreibt, die das nicht will.",
    },
    lawfulBasis: "contract",
    recipients: [],
    retention: [{ kind: "with-subject" }],
    columns: { id: "internal", accountId: "export", blockedAccountId: "internal", createdAtMs: "export" },
  },
  reports: {
    subjects: [
      { column: "reporterAccountId", is: "account", erase: "forget" },
      { column: "accountId", is: "account", erase: "delete", shows: ["reason", "createdAtMs", "closedAtMs"] },
    ],
    purpose: {
      en: "To let a person here look at what somebody reported about another.",
      de: "Damit bei uns jemand ansieht, was über eine Person gemeldet wurde.",
    },
    lawfulBasis: "legitimate-interest",
    recipients: ["operators"],
    retention: [
      { kind: "after", column: "closedAtMs", ms: REPORT_RETENTION_MS },
      { kind: "after", column: "createdAtMs", ms: REPORT_RETENTION_MS, whileEmpty: "closedAtMs" },
    ],
    columns: {
      id: "internal",
      reporterAccountId: "export",
      accountId: "internal",
      reason: "export",
      details: "export",
      recordingId: "export",
      createdAtMs: "export",
      closedAtMs: "export",
      decisionId: "export",
    },
    sealed: { details: "report" },
  },
  decisions: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To say what was decided about a report, and why, to whom it is about and to whoever reported.",
      de: "Um zu sagen, was über eine Meldung entschieden wurde und warum: der Person, um die es geht, und der, die gemeldet hat.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators", "mail"],
    retention: [{ kind: "after", column: "decidedAtMs", ms: REPORT_RETENTION_MS }],
    columns: {
      id: "export",
      accountId: "internal",
      recordingId: "export",
      measure: "export",
      ground: "export",
      facts: "export",
      decidedAtMs: "export",
      reversedAtMs: "export",
    },
    sealed: { facts: "decision" },
  },
  appeals: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To look anew at a decision that somebody says is wrong.",
      de: "Um eine Entscheidung neu zu prüfen, die jemand für falsch hält.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators"],
    retention: [{ kind: "with", table: "decisions" }],
    columns: {
      id: "internal",
      decisionId: "export",
      accountId: "internal",
      text: "export",
      createdAtMs: "export",
      answer: "export",
      answeredAtMs: "export",
    },
    sealed: { text: "appeal", answer: "appeal" },
  },
} satisfies Partial<Inventory>;
