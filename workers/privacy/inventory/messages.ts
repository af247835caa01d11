import { MESSAGE_RETENTION_MS } from "../../../protocol/retention.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the tables of what members write to each other. A conversation is about both of them, and goes with either account. */
export const messagesRules = {
  conversations: {
    subjects: [
      { column: "firstAccountId", is: "account", erase: "delete" },
      { column: "secondAccountId", is: "account", erase: "delete", shows: ["id", "createdAtMs", "lastMessageAtMs"] },
    ],
    purpose: {
      en: "To hold together what two members write to each other.",
      de: "Um zusammenzuhalten, was zwei Mitglieder einander schreiben.",
    },
    lawfulBasis: "contract",
    recipients: [],
    retention: [{ kind: "after", column: "lastMessageAtMs", ms: MESSAGE_RETENTION_MS }],
    columns: {
      id: "export",
      firstAccountId: "internal",
      secondAccountId: "internal",
      createdAtMs: "export",
      lastMessageAtMs: "export",
    },
    ownKey: "id",
  },
  conversationSides: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To show a member what they have not read yet, and nothing that they have deleted.",
      de: "Um einem Mitglied zu zeigen, was es noch nicht gelesen hat, und nichts, was es gelöscht hat.",
    },
    lawfulBasis: "contract",
    recipients: [],
    retention: [{ kind: "with", table: "conversations" }],
    columns: {
      accountId: "export",
      conversationId: "export",
      unread: "export",
      sinceMs: "export",
      lastMessageAtMs: "export",
    },
  },
  messages: {
    subjects: [
      { column: "authorAccountId", is: "account", erase: "delete" },
      {
        column: "readerAccountId",
        is: "account",
        erase: "delete",
        shows: ["id", "conversationId", "text", "createdAtMs"],
      },
    ],
    purpose: {
      en: "To bring what one member writes to another, and to show both what was said.",
      de: "Um zu überbringen, was ein Mitglied einem anderen schreibt, und beiden zu zeigen, was gesagt wurde.",
    },
    lawfulBasis: "contract",
    recipients: ["correspondent"],
    retention: [{ kind: "after", column: "createdAtMs", ms: MESSAGE_RETENTION_MS }],
    columns: {
      id: "export",
      conversationId: "export",
      authorAccountId: "internal",
      readerAccountId: "internal",
      text: "export",
      createdAtMs: "export",
    },
    sealed: { text: "message" },
  },
} satisfies Partial<Inventory>;
