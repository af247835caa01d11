import { DAY_MS, NOTICE_RETENTION_MS, RECORDING_RETENTION_MS } from "../../../protocol/retention.ts";
import { A_FINGERPRINT, OF_THE_PROGRAM, WORDS_OF_OURS } from "../clear.ts";
import type { Inventory } from "../rules.ts";

const [free, pro] = [RECORDING_RETENTION_MS.free / DAY_MS, RECORDING_RETENTION_MS.pro / DAY_MS];
const RECORDINGS_UNTIL = {
  en: `${free} days on Free, ${pro} days on Pro, on Studio until the session is deleted`,
  de: `${free} Tage im Tarif Free, ${pro} Tage in Pro, in Studio bis die Session gelöscht wird`,
};

/** Rules of the tables of recordings. */
export const recordingsRules = {
  recordings: {
    subjects: [{ column: "accountId", is: "account", erase: "step" }],
    purpose: {
      en: "To deliver a shared take to the collaborators.",
      de: "Um eine geteilte Aufnahme den anderen der Session zu bringen.",
    },
    lawfulBasis: "contract",
    recipients: ["collaborators"],
    retention: [{ kind: "job", job: "recordings", until: RECORDINGS_UNTIL }],
    columns: {
      id: "export",
      sessionId: "export",
      memberId: "export",
      takeId: "export",
      name: "export",
      state: "export",
      sampleRateHz: "export",
      channels: "export",
      encoding: "export",
      timelineFrames: "export",
      startedAtMs: "export",
      bpm: "export",
      accountId: "internal",
      heldBytes: "internal",
      peaksBytes: "internal",
      noticesSent: "internal",
      withheldAtMs: "export",
      hashedBytes: "internal",
      hashState: "internal",
      partBytes: "internal",
      uploadId: "internal",
      sizeBytes: "export",
      frames: "export",
      sha256: "export",
      place: "export",
      createdAtMs: "export",
      completedAtMs: "export",
      expiresAtMs: "export",
    },
    sealed: { name: "take" },
    clear: { place: "Times and places on a timeline: numbers.", hashState: A_FINGERPRINT },
  },
  recordingConsents: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To prove that somebody agreed to share in a session, in the words they were shown, and whether they took it back.",
      de: "Um zu belegen, dass jemand dem Teilen in einer Session zugestimmt hat, mit dem Wortlaut von damals, und ob die Zustimmung zurückgenommen wurde.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "with", table: "sessions" }, { kind: "with-subject" }],
    columns: {
      accountId: "export",
      sessionId: "export",
      wording: "export",
      givenAtMs: "export",
      withdrawnAtMs: "export",
    },
    clear: { wording: WORDS_OF_OURS },
  },
  recordingParts: {
    subjects: [{ column: "recordingId", in: "recordings", key: "id", erase: "step" }],
    purpose: {
      en: "To resume an upload where it stopped.",
      de: "Um einen Upload dort fortzusetzen, wo er stehen blieb.",
    },
    lawfulBasis: "contract",
    recipients: [],
    retention: [{ kind: "with", table: "recordings" }],
    columns: {
      recordingId: "internal",
      number: "internal",
      etag: "internal",
      writer: "internal",
      claimedAtMs: "internal",
      sha256: "internal",
      sizeBytes: "internal",
    },
    clear: { etag: A_FINGERPRINT, writer: OF_THE_PROGRAM },
  },
  storageUse: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To keep each account within the storage of its plan.",
      de: "Um jedes Konto im Speicher seines Tarifs zu halten.",
    },
    lawfulBasis: "contract",
    recipients: [],
    retention: [{ kind: "with-subject" }],
    columns: { accountId: "export", heldBytes: "export" },
  },
  sweepPlaces: {
    subjects: [],
    purpose: {
      en: "To go on where a sweep through the store stopped.",
      de: "Um einen Gang durch den Speicher dort fortzusetzen, wo er stehen blieb.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "overwritten" }],
    columns: { name: "internal", place: "internal" },
    clear: { name: OF_THE_PROGRAM, place: OF_THE_PROGRAM },
  },
  orphans: {
    subjects: [],
    purpose: {
      en: "To delete what lies in the store without belonging to anything, and not before it is certain.",
      de: "Um zu löschen, was ohne Zugehörigkeit im Speicher liegt, und nicht, bevor das gewiss ist.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [
      {
        kind: "job",
        job: "orphans",
        until: { en: "30 days after it was found", de: "30 Tage nachdem es gefunden wurde" },
      },
    ],
    columns: { key: "internal", foundAtMs: "internal" },
    clear: { key: OF_THE_PROGRAM },
  },
  retentionNotices: {
    subjects: [{ column: "accountId", is: "account", erase: "delete" }],
    purpose: {
      en: "To tell a person in time that recordings of theirs are about to be deleted.",
      de: "Um einer Person rechtzeitig zu sagen, dass Aufnahmen von ihr bald gelöscht werden.",
    },
    lawfulBasis: "contract",
    recipients: ["mail"],
    retention: [{ kind: "after", column: "firstExpiresAtMs", ms: NOTICE_RETENTION_MS }],
    columns: {
      id: "internal",
      accountId: "export",
      kind: "export",
      recordingCount: "export",
      firstExpiresAtMs: "export",
      createdAtMs: "export",
      handedOverAtMs: "export",
    },
  },
} satisfies Partial<Inventory>;
