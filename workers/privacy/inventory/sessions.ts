import { DELETION_RECORD_RETENTION_MS, GUEST_RETENTION_MS } from "../../../protocol/retention.ts";
import { OF_THE_PROGRAM } from "../clear.ts";
import type { Inventory } from "../rules.ts";

/** Rules of the tables of sessions. */
export const sessionsRules = {
  sessions: {
    subjects: [{ column: "id", in: "sessionMembers", key: "sessionId", erase: "step" }],
    purpose: { en: "To hold a music session together.", de: "Um eine Session zusammenzuhalten." },
    lawfulBasis: "contract",
    recipients: ["collaborators"],
    retention: [
      {
        kind: "job",
        job: "session-erasures",
        until: { en: "until the session is deleted", de: "bis die Session gelöscht wird" },
      },
    ],
    columns: {
      id: "export",
      name: "export",
      recordingPermitted: "export",
      guestsAllowed: "export",
      decisions: "internal",
      createdAtMs: "export",
    },
    sealed: { name: "session" },
  },
  sessionMembers: {
    subjects: [{ column: "accountId", is: "account", erase: "step" }],
    purpose: {
      en: "To know who may join a session, and as what.",
      de: "Um zu wissen, wer an einer Session teilnehmen darf, und als was.",
    },
    lawfulBasis: "contract",
    recipients: ["collaborators"],
    retention: [{ kind: "with", table: "sessions" }, { kind: "with-subject" }],
    columns: { sessionId: "export", accountId: "export", memberId: "export", role: "export", joinedAtMs: "export" },
  },
  sessionSeats: {
    subjects: [{ column: "accountId", is: "account", erase: "step" }],
    purpose: {
      en: "To find the rooms that hold what a person wrote, when they ask for it or have it erased; and so that nobody who was removed comes back by an old code.",
      de: "Um die Räume zu finden, in denen steht, was eine Person schrieb, wenn sie es sehen oder löschen will; und damit niemand, der entfernt wurde, mit einem alten Code zurückkommt.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "with", table: "sessions" }, { kind: "with-subject" }],
    columns: { memberId: "export", sessionId: "export", accountId: "internal", leftAtMs: "export" },
  },
  sessionGuests: {
    subjects: [],
    purpose: {
      en: "To let somebody without an account into one session, by the name that the others see, for a day at most.",
      de: "Um jemanden ohne Konto in eine einzige Session zu lassen, unter dem Namen, den die anderen sehen, höchstens einen Tag lang.",
    },
    lawfulBasis: "contract",
    recipients: ["collaborators"],
    retention: [
      { kind: "after", column: "joinedAtMs", ms: GUEST_RETENTION_MS },
      { kind: "with", table: "sessions" },
    ],
    columns: {
      memberId: "internal",
      sessionId: "internal",
      tokenHash: "secret",
      displayName: "internal",
      role: "internal",
      inviteId: "internal",
      joinedAtMs: "internal",
      expiresAtMs: "internal",
    },
    sealed: { displayName: "guest" },
    ownKey: "memberId",
  },
  invites: {
    subjects: [{ column: "sessionId", in: "sessionMembers", key: "sessionId", erase: "step" }],
    purpose: {
      en: "To let a person in who was given a code.",
      de: "Um jemanden hereinzulassen, der einen Code bekommen hat.",
    },
    lawfulBasis: "contract",
    recipients: [],
    retention: [
      { kind: "until", column: "expiresAtMs" },
      { kind: "with", table: "sessions" },
    ],
    columns: {
      id: "internal",
      sessionId: "export",
      codeHash: "secret",
      label: "internal",
      role: "export",
      usesLeft: "export",
      createdAtMs: "export",
      expiresAtMs: "export",
    },
    sealed: { label: "invite" },
  },
  sessionEvenings: {
    subjects: [{ column: "sessionId", in: "sessionMembers", key: "sessionId", erase: "step" }],
    purpose: { en: "To say when a session meets next.", de: "Um zu sagen, wann eine Session sich wieder trifft." },
    lawfulBasis: "contract",
    recipients: ["collaborators"],
    retention: [{ kind: "with", table: "sessions" }],
    columns: { sessionId: "export", startsAt: "export", timeZone: "export", minutes: "export", repeats: "export" },
    clear: {
      startsAt: "A time by the clock of a place.",
      timeZone: "A place’s clock, by its name in the tz database.",
    },
  },
  sessionErasures: {
    subjects: [{ column: "requestedBy", is: "account", erase: "forget" }],
    purpose: {
      en: "To prove that a deleted session is gone, and when.",
      de: "Um zu belegen, dass eine gelöschte Session fort ist, und seit wann.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    retention: [{ kind: "after", column: "finishedAtMs", ms: DELETION_RECORD_RETENTION_MS }],
    columns: {
      sessionId: "export",
      requestedBy: "export",
      requestedAtMs: "export",
      dueAtMs: "export",
      recordingsDeleted: "export",
      objectsDeleted: "export",
      nextTryAtMs: "internal",
      finishedAtMs: "export",
    },
    clear: { requestedBy: OF_THE_PROGRAM },
  },
  roomCalls: {
    subjects: [{ column: "fromMemberId", in: "sessionMembers", key: "memberId", erase: "step" }],
    purpose: {
      en: "To carry a host's decision to the room even when the room cannot be reached at once.",
      de: "Um die Entscheidung eines Hosts in den Raum zu bringen, auch wenn er gerade nicht zu erreichen ist.",
    },
    lawfulBasis: "contract",
    recipients: ["collaborators"],
    retention: [
      {
        kind: "job",
        job: "room-calls",
        until: { en: "until the room has heard it: seconds", de: "bis der Raum es gehört hat: Sekunden" },
      },
      { kind: "with", table: "sessions" },
    ],
    columns: {
      eventId: "internal",
      sessionId: "internal",
      fromMemberId: "internal",
      number: "internal",
      body: "internal",
      createdAtMs: "internal",
    },
    clear: { body: "A decision by numbers: role, removal, settings." },
  },
} satisfies Partial<Inventory>;
