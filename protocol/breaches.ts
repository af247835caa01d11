import * as z from "zod";
import { BreachId, SessionId } from "./ids.ts";
import { REQUEST_MAX_CHARS } from "./limits.ts";
import { DAY_MS } from "./retention.ts";

export const breachNotices = [
  "gdpr-authority",
  "gdpr-people",
  "cra-early-warning",
  "cra-notification",
  "cra-final-report",
] as const;
export type BreachNotice = (typeof breachNotices)[number];

const BreachText = z.string().trim().min(1).max(REQUEST_MAX_CHARS);

/** What was reached: tables of the inventory, if need be only of one session, or only what was written in a stretch of time. */
export const BreachScope = z.object({
  tables: z.array(z.string().max(100)).min(1).max(100),
  sessionId: SessionId.optional(),
  fromMs: z.number().optional(),
  untilMs: z.number().optional(),
});
export type BreachScope = z.infer<typeof BreachScope>;

export const RegisterBreach = z.object({
  kind: z.enum(["data", "app", "both"]),
  whatHappened: BreachText,
  consequences: BreachText,
  measures: BreachText,
  scope: BreachScope,
  awareAtMs: z.number(),
});
export type RegisterBreach = z.infer<typeof RegisterBreach>;

/** A day as a form has it, and a minute of the world's time. */
const Day = z.iso.date().transform((day) => Date.parse(day));
const Minute = z.iso.datetime({ local: true }).transform((minute) => Date.parse(`${minute}Z`));
const left = z.literal("").transform(() => undefined);

/** The same as an operator's form has it: days for the stretch of time, the last of them included. */
export const RegisterBreachForm = RegisterBreach.omit({ scope: true, awareAtMs: true })
  .extend({
    tables: BreachScope.shape.tables,
    sessionId: SessionId.or(left),
    from: Day.or(left),
    until: Day.or(left),
    awareAt: Minute,
  })
  .transform(({ tables, sessionId, from, until, awareAt, ...breach }): RegisterBreach => {
    const untilMs = until === undefined ? undefined : until + DAY_MS - 1;
    return { ...breach, awareAtMs: awareAt, scope: { tables, sessionId, fromMs: from, untilMs } };
  });

export const HandleBreach = z.discriminatedUnion("do", [
  /** From then on the people are written to, in paced steps. Without words of its own the draft goes. */
  z.object({ do: z.literal("tell-people"), words: z.object({ en: BreachText, de: BreachText }).optional() }),
  z.object({ do: z.literal("note-sent"), notice: z.enum(breachNotices), proof: BreachText }),
  z.object({ do: z.literal("fixed"), measures: BreachText }),
  z.object({ do: z.literal("close") }),
]);
export type HandleBreach = z.infer<typeof HandleBreach>;

/** A breach as the register shows it. */
export const Breach = RegisterBreach.extend({
  breachId: BreachId,
  affected: z.int(),
  /** `null`: the people are still being counted. */
  countedAtMs: z.number().nullable(),
  told: z.int(),
  fixedAtMs: z.number().nullable(),
  closedAtMs: z.number().nullable(),
  notices: z.array(
    z.object({
      notice: z.enum(breachNotices),
      law: z.string(),
      dueAtMs: z.number().nullable(),
      sentAtMs: z.number().nullable(),
      proof: z.string().nullable(),
      /** What it would say, from what the register knows now. */
      draft: z.string(),
    }),
  ),
});
export type Breach = z.infer<typeof Breach>;
