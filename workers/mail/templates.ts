import { z } from "zod";
import type { Language } from "../../site/i18n/language.ts";
import type { Catalogue, MailContent } from "./content.ts";
import { type AccountsMails, accounts, accountsValues } from "./templates/accounts.ts";
import { type DecisionsMails, decisions, decisionsValues } from "./templates/decisions.ts";
import { type NewsMails, news, newsValues } from "./templates/news.ts";
import { type OperatorsMails, operators, operatorsValues } from "./templates/operators.ts";
import { type PeopleMails, people, peopleValues } from "./templates/people.ts";
import { type RecordingsMails, recordings, recordingsValues } from "./templates/recordings.ts";
import { type RightsMails, rights, rightsValues } from "./templates/rights.ts";

/** What each template is filled with. Nothing here names another person but by the display name they show in a session. */
export type Values = AccountsMails &
  RightsMails &
  DecisionsMails &
  RecordingsMails &
  PeopleMails &
  NewsMails &
  OperatorsMails;
export type Template = keyof Values;

/** Marketing goes only to who asked for it, and each carries its one-click way out (B2, B4). */
export const marketing: readonly Template[] = ["launch", "news"];
/** Written to everybody at once: behind whatever one person waits for, and so many in a run. */
export const broadcastTemplates: readonly Template[] = [...marketing, "policy-change"];

const schemas: { [Name in Template]: z.ZodType<Values[Name]> } = {
  ...accountsValues,
  ...rightsValues,
  ...decisionsValues,
  ...recordingsValues,
  ...peopleValues,
  ...newsValues,
  ...operatorsValues,
};

const inLanguage = (language: Language): Catalogue<Values> => ({
  ...accounts[language],
  ...rights[language],
  ...decisions[language],
  ...recordings[language],
  ...people[language],
  ...news[language],
  ...operators[language],
});

export const templates: Record<Language, Catalogue<Values>> = { en: inLanguage("en"), de: inLanguage("de") };

const Unsubscribe = z.object({ unsubscribe: z.string().optional() });

/** What a template says of these values, with the one click that ends mails of its kind; `null`: these are not what it is filled with. */
export function fillTemplate<Name extends Template>(
  language: Language,
  name: Name,
  values: unknown,
): MailContent | null {
  const read = schemas[name].safeParse(values);
  if (!read.success) return null;
  const content = templates[language][name](read.data);
  const { unsubscribe } = Unsubscribe.parse(values);
  return unsubscribe === undefined ? content : { ...content, unsubscribeUrl: unsubscribe };
}
