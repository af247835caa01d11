import * as z from "zod";
import { ErasureId, ExportId, HoldId, PrivacyRequestId, SessionId } from "./ids.ts";
import { REQUEST_MAX_CHARS } from "./limits.ts";

/** An account's erasure as whoever holds its id may follow it: the id is random and named to nobody but the person. */
export const AccountErasure = z.object({
  erasureId: ErasureId,
  confirmedAtMs: z.number(),
  dueAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
  stepsDone: z.int(),
  steps: z.int(),
  /** What went, down to the fields; empty once the receipt has been forgotten. */
  receipt: z.array(
    z.object({
      table: z.string(),
      count: z.int(),
      how: z.enum(["deleted", "emptied"]),
      fields: z.array(z.string()),
    }),
  ),
  /** An investigation keeps the rest for now, and this is when somebody looks at that again; `null`: none does. */
  heldUntilReviewAtMs: z.number().nullable(),
  /** What stays, by which law, until when. */
  kept: z.array(z.object({ what: z.string(), law: z.string(), untilMs: z.number() })),
});
export type AccountErasure = z.infer<typeof AccountErasure>;

export const ErasureStarted = z.object({ erasureId: ErasureId });

/** A copy of everything about a person, being made or ready to be fetched. */
export const Export = z.object({
  exportId: ExportId,
  requestedAtMs: z.number(),
  readyAtMs: z.number().nullable(),
  expiresAtMs: z.number(),
  pieces: z.int(),
  dataBytes: z.int(),
  /** After which stem each of its archives begins: whoever has very many gets them in several, each with all the data. */
  archives: z.array(z.string()),
  stepsDone: z.int(),
  steps: z.int(),
});
export type Export = z.infer<typeof Export>;

export const requestKinds = [
  "access",
  "rectification",
  "erasure",
  "restriction",
  "objection",
  /** A collaborator will not delete a copy (V4). */
  "collaborator-copy",
  "other",
] as const;
const RequestText = z.string().trim().min(1).max(REQUEST_MAX_CHARS);

export const CreatePrivacyRequest = z.object({ kind: z.enum(requestKinds), details: RequestText });

/** A request as its person sees it. */
export const PrivacyRequest = z.object({
  requestId: PrivacyRequestId,
  kind: z.enum(requestKinds),
  details: z.string(),
  receivedAtMs: z.number(),
  dueAtMs: z.number(),
  extensionReason: z.string().nullable(),
  identityCheckedAtMs: z.number().nullable(),
  answer: z.string().nullable(),
  closedAtMs: z.number().nullable(),
});
export type PrivacyRequest = z.infer<typeof PrivacyRequest>;

/** What an operator does with one: notes how they made sure of the person, extends it with a reason, or answers it. */
export const HandlePrivacyRequest = z.discriminatedUnion("do", [
  z.object({ do: z.literal("check-identity"), how: RequestText }),
  z.object({ do: z.literal("extend"), reason: RequestText }),
  z.object({ do: z.literal("answer"), answer: RequestText }),
]);
export type HandlePrivacyRequest = z.infer<typeof HandlePrivacyRequest>;

/** A request that came by mail, entered by an operator. */
export const EnterPrivacyRequest = CreatePrivacyRequest.extend({ email: z.email(), receivedAtMs: z.number() });
export type EnterPrivacyRequest = z.infer<typeof EnterPrivacyRequest>;

/** A day as a form has it. */
const Day = z.iso.date().transform((day) => Date.parse(day));

/** The same as an operator's form has it. */
export const EnterPrivacyRequestForm = CreatePrivacyRequest.extend({ email: z.email(), received: Day }).transform(
  ({ received, ...request }): EnterPrivacyRequest => ({ ...request, receivedAtMs: received }),
);

const HoldReason = z.string().trim().min(20).max(REQUEST_MAX_CHARS);

/** What an operator keeps for an investigation: an account by its address, or the service's log from one day to another. */
export const PlaceHold = z.discriminatedUnion("what", [
  z.object({ what: z.literal("account"), reason: HoldReason, email: z.email(), reviewAt: Day }),
  z.object({ what: z.literal("logs"), reason: HoldReason, from: Day, to: Day, reviewAt: Day }),
]);
export type PlaceHold = z.output<typeof PlaceHold>;

/** What they do at its review: go on, with the day of the next one, or let it go. */
export const HandleHold = z.discriminatedUnion("do", [
  z.object({ do: z.literal("go-on"), reviewAt: Day }),
  z.object({ do: z.literal("release") }),
]);
export type HandleHold = z.output<typeof HandleHold>;

/** A hold as operators see it. */
export const Hold = z.object({
  holdId: HoldId,
  reason: z.string(),
  owner: z.string(),
  /** Whose data, by their name; `null`: the log, from and to. */
  displayName: z.string().nullable(),
  logsFromMs: z.number().nullable(),
  logsToMs: z.number().nullable(),
  createdAtMs: z.number(),
  reviewAtMs: z.number(),
});
export type Hold = z.infer<typeof Hold>;

/** What somebody has agreed or objected to, in the words that were shown then. */
export const Consent = z.object({
  purpose: z.enum(["news", "recording", "counting-objection"]),
  /** Of recordings: the session. */
  sessionId: SessionId.nullable(),
  sessionName: z.string().nullable(),
  wording: z.string(),
  givenAtMs: z.int(),
  withdrawnAtMs: z.int().nullable(),
});
export type Consent = z.infer<typeof Consent>;
