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

/** What each template says in one language, given what it is filled with. */
export type Catalogue<Values> = { [Name in keyof Values]: (values: Values[Name]) => MailContent };
