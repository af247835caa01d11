import type { Language } from "../../site/i18n/language.ts";
import type { Catalogue } from "./content.ts";
import { type AccountsMails, accounts } from "./templates/accounts.ts";
import { type DecisionsMails, decisions } from "./templates/decisions.ts";
import { type NewsMails, news } from "./templates/news.ts";
import { type OperatorsMails, operators } from "./templates/operators.ts";
import { type PeopleMails, people } from "./templates/people.ts";
import { type RecordingsMails, recordings } from "./templates/recordings.ts";
import { type RightsMails, rights } from "./templates/rights.ts";

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
