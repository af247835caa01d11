import * as z from "zod";
import { ErasureId, ExportId } from "./ids.ts";

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
  stepsDone: z.int(),
  steps: z.int(),
});
export type Export = z.infer<typeof Export>;
