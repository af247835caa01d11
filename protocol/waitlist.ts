import * as z from "zod";
import { Language } from "./accounts.ts";
import { EmailAddress } from "./email-address.ts";

/** Promise B1: what joining the waiting list takes. Network address, browser and time are noted as proof of the consent. */
export const JoinWaitlist = z.object({
  email: EmailAddress,
  language: Language.default("en"),
  consent: z.literal(true, { error: "Without your consent we may not write to you." }),
});
export type JoinWaitlist = z.infer<typeof JoinWaitlist>;

/** The link that was mailed to the address. */
export const ConfirmWaitlist = z.object({ token: z.string().min(1).max(100) });
