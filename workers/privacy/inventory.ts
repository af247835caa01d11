import type * as schema from "../../migrations/schema.ts";

/**
 * The data inventory: what we hold, about whom, why, how long, and how it leaves. Export, erasure, the retention sweep, the
 * policy page's table and docs/STORAGE.md are derived from it. A table or a column without a rule does not compile.
 */
type Tables = {
  [Name in keyof typeof schema as (typeof schema)[Name] extends { $inferSelect: unknown }
    ? Name
    : never]: (typeof schema)[Name] extends { $inferSelect: infer Row } ? Row : never;
};

type LawfulBasis = "contract" | "consent" | "legitimate-interest" | "legal-obligation";

export interface Rule<Column extends string> {
  /** The column that names the person: their account, their member id, or a path to it; `null` if nobody is named. */
  subject: Column | { through: keyof Tables; by: Column } | null;
  purpose: string;
  lawfulBasis: LawfulBasis;
  /** How long, in words that are true of the code; numbers come from protocol/retention.ts. */
  retention: string;
  /** What an access request (Art. 15) shows of each column: the value, nothing because it is a secret of ours, or nothing because it is somebody else's. */
  columns: { [Name in Column]: "export" | "secret" | "internal" };
  /** What happens to the rows when the subject's account is erased. */
  erasure: "delete" | "pseudonymise" | "keep-until-retention";
}

export const inventory: { [Name in keyof Tables]: Rule<keyof Tables[Name] & string> } = {
  accounts: {
    subject: "id",
    purpose: "To know who signs in and what others call them.",
    lawfulBasis: "contract",
    retention: "until the account is deleted",
    columns: { id: "export", email: "export", displayName: "export", tier: "export", createdAtMs: "export" },
    erasure: "delete",
  },
  signIns: {
    subject: "accountId",
    purpose: "To keep a person signed in on a device.",
    lawfulBasis: "contract",
    retention: "until it expires or is revoked",
    columns: {
      id: "internal",
      accountId: "export",
      tokenHash: "secret",
      label: "export",
      createdAtMs: "export",
      expiresAtMs: "export",
    },
    erasure: "delete",
  },
  sessions: {
    subject: { through: "sessionMembers", by: "id" },
    purpose: "To hold a music session together.",
    lawfulBasis: "contract",
    retention: "until the session is deleted",
    columns: { id: "export", name: "export", recordingPermitted: "export", createdAtMs: "export" },
    erasure: "delete",
  },
  sessionMembers: {
    subject: "accountId",
    purpose: "To know who may join a session, and as what.",
    lawfulBasis: "contract",
    retention: "until the session or the account is deleted",
    columns: { sessionId: "export", accountId: "export", memberId: "export", role: "export", joinedAtMs: "export" },
    erasure: "delete",
  },
  invites: {
    subject: { through: "sessions", by: "sessionId" },
    purpose: "To let a person in who was given a code.",
    lawfulBasis: "contract",
    retention: "until it expires, is used up, or the session is deleted",
    columns: {
      id: "internal",
      sessionId: "export",
      codeHash: "secret",
      role: "export",
      usesLeft: "export",
      createdAtMs: "export",
      expiresAtMs: "export",
    },
    erasure: "delete",
  },
  recordings: {
    subject: "accountId",
    purpose: "To deliver a shared take to the collaborators.",
    lawfulBasis: "contract",
    retention: "by tier: Free 7 days, Pro 30 days, Studio until the session is deleted",
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
      hasPeaks: "internal",
      noticesSent: "internal",
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
    erasure: "delete",
  },
  recordingParts: {
    subject: { through: "recordings", by: "recordingId" },
    purpose: "To resume an upload where it stopped.",
    lawfulBasis: "contract",
    retention: "until the upload is complete or abandoned",
    columns: {
      recordingId: "internal",
      number: "internal",
      etag: "internal",
      writer: "internal",
      claimedAtMs: "internal",
      sha256: "internal",
      sizeBytes: "internal",
    },
    erasure: "delete",
  },
  storageUse: {
    subject: "accountId",
    purpose: "To keep each account within the storage of its plan.",
    lawfulBasis: "contract",
    retention: "until the account is deleted",
    columns: { accountId: "export", heldBytes: "export" },
    erasure: "delete",
  },
  retentionNotices: {
    subject: "accountId",
    purpose: "To tell a person in time that recordings of theirs are about to be deleted.",
    lawfulBasis: "contract",
    retention: "30 days after the recordings it speaks of have ended",
    columns: {
      id: "internal",
      accountId: "export",
      kind: "export",
      recordingCount: "export",
      firstExpiresAtMs: "export",
      createdAtMs: "export",
      handedOverAtMs: "export",
    },
    erasure: "delete",
  },
  sessionErasures: {
    subject: "requestedBy",
    purpose: "To prove that a deleted session is gone, and when.",
    lawfulBasis: "legal-obligation",
    retention: "one year after it finished; the account behind it is forgotten with the account",
    columns: {
      sessionId: "export",
      requestedBy: "export",
      requestedAtMs: "export",
      dueAtMs: "export",
      recordingsDeleted: "export",
      objectsDeleted: "export",
      finishedAtMs: "export",
    },
    erasure: "pseudonymise",
  },
  roomCalls: {
    subject: { through: "sessionMembers", by: "fromMemberId" },
    purpose: "To carry a host's decision to the room even when the room cannot be reached at once.",
    lawfulBasis: "contract",
    retention: "until the room has heard it: seconds",
    columns: {
      eventId: "internal",
      sessionId: "internal",
      fromMemberId: "internal",
      body: "internal",
      createdAtMs: "internal",
    },
    erasure: "delete",
  },
};
