import * as z from "zod";
import { REQUEST_MAX_CHARS } from "./limits.ts";

/** What a person of ours decides about a report. Each measure may be taken back on an appeal. */
export const measures = ["none", "profile-unpublished", "take-withheld"] as const;
/** What the decision rests on (DSA, Article 17 (3) d and e). */
export const grounds = ["law", "terms"] as const;

const Words = z.string().trim().min(20).max(REQUEST_MAX_CHARS);

/** What an operator writes: the measure, what it rests on, and the facts and circumstances (DSA, Article 17 (3)). */
export const DecideReport = z
  .object({ do: z.literal("decide"), measure: z.enum(measures), ground: z.enum(grounds), facts: Words })
  .meta({ description: "A decision about a report" });
export type DecideReport = z.infer<typeof DecideReport>;

/** Why an account is deleted: what goes to whom it is about, whose account is no more, and to whoever reported. */
export const DeleteReported = z.object({ ground: z.enum(grounds), facts: Words });
export type DeleteReported = z.infer<typeof DeleteReported>;

/** What they do with an appeal: the decision stands, or does not. */
export const AnswerAppeal = z.object({ do: z.enum(["uphold", "reverse"]), answer: Words });
export type AnswerAppeal = z.infer<typeof AnswerAppeal>;

export const CreateAppeal = z.object({ text: z.string().trim().min(1).max(REQUEST_MAX_CHARS) });

/** A statement of reasons as one of the two sees it: whom it is about, or who reported. Neither is told of the other. */
export const Decision = z.object({
  decisionId: z.string(),
  side: z.enum(["about", "reporter"]),
  measure: z.enum(measures),
  ground: z.enum(grounds),
  facts: z.string(),
  /** Of a take: its name, while it is there. */
  takeName: z.string().nullable(),
  decidedAtMs: z.int(),
  reversedAtMs: z.int().nullable(),
  /** Until then an appeal is taken. */
  appealUntilMs: z.int(),
  /** One's own. */
  appeal: z
    .object({ text: z.string(), createdAtMs: z.int(), answer: z.string().nullable(), answeredAtMs: z.int().nullable() })
    .nullable(),
});
export type Decision = z.infer<typeof Decision>;

/** An appeal as operators see it, with what it is against. */
export const OpenAppeal = z.object({
  appealId: z.string(),
  decisionId: z.string(),
  accountId: z.string(),
  side: z.enum(["about", "reporter"]),
  measure: z.enum(measures),
  facts: z.string(),
  text: z.string(),
  createdAtMs: z.int(),
  /** Whether the decision was about a take that is still there, to be heard again. */
  hasTake: z.boolean(),
});
export type OpenAppeal = z.infer<typeof OpenAppeal>;
