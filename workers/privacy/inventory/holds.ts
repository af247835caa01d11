import { REQUEST_RETENTION_MS } from "../../../protocol/retention.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the table of investigations that keep something from being deleted. */
export const holdsRules = {
  holds: {
    subjects: [{ column: "accountId", is: "account", erase: "forget" }],
    purpose: {
      en: "To keep what a named investigation needs, nothing else, until somebody of ours lets it go.",
      de: "Um aufzuheben, was eine benannte Untersuchung braucht, und sonst nichts, bis jemand von uns es freigibt.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["operators"],
    retention: [{ kind: "after", column: "releasedAtMs", ms: REQUEST_RETENTION_MS }],
    columns: {
      id: "internal",
      // What an investigation is about may be somebody else's, and telling it may end it.
      reason: "internal",
      owner: "internal",
      accountId: "export",
      logsFromMs: "internal",
      logsToMs: "internal",
      createdAtMs: "export",
      reviewAtMs: "export",
      releasedAtMs: "export",
    },
    clear: {
      reason: "Ours, of a case by its number; read where all holds are listed, and kept after the account.",
      owner: "One of us, by the name of their work.",
    },
  },
} satisfies Partial<Inventory>;
