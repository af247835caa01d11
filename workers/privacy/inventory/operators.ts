import { REQUEST_RETENTION_MS, SIGN_IN_RETENTION_MS } from "../../../protocol/retention.ts";
import { OF_THE_PROGRAM } from "../clear.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the tables about those who run this. */
export const operatorsRules = {
  operators: {
    subjects: [],
    purpose: {
      en: "To let a person of ours in, with a key and a second factor of their own.",
      de: "Um jemanden von uns hereinzulassen, mit eigenem Schlüssel und zweitem Faktor.",
    },
    lawfulBasis: "legitimate-interest",
    recipients: [],
    retention: [{ kind: "after", column: "lastUsedAtMs", ms: SIGN_IN_RETENTION_MS }],
    columns: {
      id: "internal",
      name: "internal",
      keyHash: "secret",
      secret: "secret",
      lastStep: "internal",
      lastUsedAtMs: "internal",
    },
    clear: { name: "One of us, by the name of their work.", secret: "Sealed under a key of the service’s own." },
  },
  operatorSignIns: {
    subjects: [],
    purpose: {
      en: "To keep a person of ours signed in for a working day.",
      de: "Um jemanden von uns einen Arbeitstag lang angemeldet zu halten.",
    },
    lawfulBasis: "legitimate-interest",
    recipients: [],
    retention: [
      { kind: "until", column: "expiresAtMs" },
      { kind: "with", table: "operators" },
    ],
    columns: { tokenHash: "secret", operatorId: "internal", expiresAtMs: "internal" },
  },
  operatorActions: {
    subjects: [{ column: "accountId", is: "account", erase: "forget" }],
    purpose: {
      en: "To show a person when somebody of ours looked at what concerns them, and what they did.",
      de: "Um einer Person zu zeigen, wann jemand von uns etwas über sie ansah, und was getan wurde.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators"],
    retention: [{ kind: "after", column: "atMs", ms: REQUEST_RETENTION_MS }],
    columns: { id: "internal", operatorId: "internal", what: "export", accountId: "export", atMs: "export" },
    clear: { what: OF_THE_PROGRAM },
  },
} satisfies Partial<Inventory>;
