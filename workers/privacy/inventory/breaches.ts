import { REQUEST_RETENTION_MS } from "../../../protocol/retention.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the tables of the breach register. */
export const breachesRules = {
  breaches: {
    subjects: [],
    purpose: {
      en: "To keep a register of breaches, with what happened and what was done.",
      de: "Um ein Verzeichnis von Datenpannen zu führen: was geschah, und was getan wurde.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators"],
    retention: [{ kind: "after", column: "closedAtMs", ms: REQUEST_RETENTION_MS }],
    columns: {
      id: "internal",
      kind: "internal",
      whatHappened: "internal",
      consequences: "internal",
      measures: "internal",
      scope: "internal",
      awareAtMs: "internal",
      fixedAtMs: "internal",
      affected: "internal",
      countedAtMs: "internal",
      words: "internal",
      closedAtMs: "internal",
    },
    clear: {
      whatHappened: "Ours, of what happened; nobody is named.",
      consequences: "Ours, of what happened; nobody is named.",
      measures: "Ours, of what happened; nobody is named.",
      scope: "Ours, of what happened; nobody is named.",
      words: "Ours, of what happened; nobody is named.",
    },
  },
  breachNotices: {
    subjects: [],
    purpose: {
      en: "To send each notice that a law asks for in its time, and to prove it.",
      de: "Um jede Meldung, die ein Gesetz verlangt, rechtzeitig zu senden und das zu belegen.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators"],
    retention: [{ kind: "with", table: "breaches" }],
    columns: {
      breachId: "internal",
      notice: "internal",
      dueAtMs: "internal",
      remindedAtMs: "internal",
      sentAtMs: "internal",
      proof: "internal",
    },
    clear: { proof: "Ours, of how an authority was told; nobody is named." },
  },
  breachPeople: {
    subjects: [
      { column: "accountId", is: "account", erase: "delete" },
      { column: "emailIndex", is: "address", sealed: "email", erase: "delete" },
    ],
    purpose: {
      en: "To tell each person whom a breach affects, once.",
      de: "Um jeder Person, die eine Datenpanne betrifft, ein Mal Bescheid zu sagen.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators", "mail"],
    retention: [{ kind: "with", table: "breaches" }],
    columns: {
      id: "internal",
      breachId: "export",
      accountId: "export",
      email: "export",
      emailIndex: "internal",
      toldAtMs: "export",
    },
    sealed: { email: "address" },
  },
} satisfies Partial<Inventory>;
