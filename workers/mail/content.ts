import type { z } from "zod";

/** What a mail says, before it is set as text and as HTML. */
export interface MailContent {
  subject: string;
  paragraphs: string[];
  action?: { label: string; href: string };
  /** Why this person gets it. */
  reason: string;
  /** Where one click ends mails of this kind. */
  unsubscribeUrl?: string;
}

/** What templates are filled with, by the schemas that their values are read by. */
export type ValuesOf<Schemas extends Record<string, z.ZodType>> = { [Name in keyof Schemas]: z.output<Schemas[Name]> };

/** What each template says in one language, given what it is filled with. */
export type Catalogue<Values> = { [Name in keyof Values]: (values: Values[Name]) => MailContent };
