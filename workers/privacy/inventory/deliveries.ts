import { DELIVERY_RETENTION_MS, ERASURE_DEADLINE_MS } from "../../../protocol/retention.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the table of who received what. */
export const deliveriesRules = {
  deliveries: {
    subjects: [
      { column: "ownerAccountId", is: "account", erase: "step" },
      {
        column: "receiverAccountId",
        is: "account",
        erase: "forget",
        // The name is its owner's word.
        shows: ["recordingId", "sessionId", "deliveredAtMs", "wishedAtMs", "answer", "answeredAtMs"],
      },
    ],
    purpose: {
      en: "To show a person who received what they shared, and when; and to ask those people to delete their copies.",
      de: "Um einer Person zu zeigen, wer wann bekommen hat, was sie geteilt hat; und um die anderen zu bitten, ihre Kopien zu löschen.",
    },
    lawfulBasis: "legal-obligation",
    recipients: ["collaborators"],
    retention: [
      { kind: "after", column: "deliveredAtMs", ms: DELIVERY_RETENTION_MS },
      { kind: "after", column: "wishedAtMs", ms: ERASURE_DEADLINE_MS, whileEmpty: "ownerAccountId" },
    ],
    columns: {
      recordingId: "export",
      receiverMemberId: "export",
      sessionId: "export",
      name: "export",
      sha256: "export",
      ownerAccountId: "internal",
      receiverAccountId: "internal",
      deliveredAtMs: "export",
      wishedAtMs: "export",
      answer: "export",
      answeredAtMs: "export",
    },
    sealed: { name: "take" },
  },
} satisfies Partial<Inventory>;
