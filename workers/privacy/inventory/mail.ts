import {
  SENT_MAIL_RETENTION_MS,
  WAITLIST_RETENTION_AFTER_LAUNCH_MS,
  WAITLIST_UNCONFIRMED_MS,
  WITHDRAWAL_RETENTION_MS,
} from "../../../protocol/retention.ts";
import { OF_THE_PROGRAM, WORDS_OF_OURS } from "../clear.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the tables of mail and the waiting list. */
export const mailRules = {
  mailOutbox: {
    subjects: [
      { column: "accountId", is: "account", erase: "delete" },
      { column: "addressIndex", is: "address", sealed: "address", erase: "delete" },
    ],
    purpose: {
      en: "To send a mail once, and again if it could not be sent. Address and words are emptied when it has gone, after three days at most.",
      de: "Um eine Mail einmal zu senden, und noch einmal, wenn es nicht ging. Adresse und Wortlaut sind leer, sobald sie fort ist, spätestens nach drei Tagen.",
    },
    lawfulBasis: "contract",
    recipients: ["mail"],
    retention: [{ kind: "after", column: "endedAtMs", ms: SENT_MAIL_RETENTION_MS }],
    columns: {
      id: "internal",
      accountId: "export",
      address: "export",
      addressIndex: "internal",
      language: "export",
      template: "export",
      templateValues: "secret",
      createdAtMs: "export",
      tries: "internal",
      priority: "internal",
      nextTryAtMs: "internal",
      endedAtMs: "export",
    },
    sealed: { address: "address", templateValues: "letter" },
    clear: { template: OF_THE_PROGRAM },
  },
  waitlist: {
    subjects: [{ column: "emailIndex", is: "address", sealed: "email", erase: "delete" }],
    purpose: {
      en: "To write to a person when SessionLinked opens.",
      de: "Um einer Person zu schreiben, wenn SessionLinked öffnet.",
    },
    lawfulBasis: "consent",
    recipients: ["mail"],
    retention: [
      { kind: "after", column: "consentedAtMs", ms: WAITLIST_UNCONFIRMED_MS, whileEmpty: "confirmedAtMs" },
      { kind: "after-launch", ms: WAITLIST_RETENTION_AFTER_LAUNCH_MS },
    ],
    columns: {
      id: "internal",
      email: "export",
      emailIndex: "internal",
      ipAddress: "export",
      userAgent: "export",
      language: "export",
      consentWording: "export",
      consentedAtMs: "export",
      confirmedAtMs: "export",
      confirmHash: "secret",
      toldAtMs: "export",
    },
    sealed: { email: "address", ipAddress: "network", userAgent: "browser" },
    ownKey: "id",
    clear: { consentWording: WORDS_OF_OURS },
  },
  consentWithdrawals: {
    subjects: [],
    purpose: {
      en: "To prove that a withdrawn consent was honoured; nobody is named.",
      de: "Um zu belegen, dass eine Einwilligung zurückgenommen wurde; niemand ist genannt.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "after", column: "withdrawnAtMs", ms: WITHDRAWAL_RETENTION_MS }],
    columns: { id: "internal", purpose: "internal", consentedAtMs: "internal", withdrawnAtMs: "internal" },
  },
} satisfies Partial<Inventory>;
