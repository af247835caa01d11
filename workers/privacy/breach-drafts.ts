import type { BreachNotice } from "../../protocol/breaches.ts";
import { assertNever } from "../../protocol/errors.ts";
import { date, dateTime } from "../../site/i18n/format.ts";
import type { Language } from "../../site/i18n/language.ts";
import { isTable } from "./breach-people.ts";
import { inventory } from "./inventory.ts";

/** What the drafts of a breach's notices are made of. */
export interface Known {
  whatHappened: string;
  consequences: string;
  measures: string;
  tables: readonly string[];
  awareAtMs: number;
  affected: number;
  countedAtMs: number | null;
}

const CONTACT = "SessionLinked Ltd, 11 Oldham Street, Liverpool, L1 2SU, United Kingdom, hello@sessionlinked.com";

const purposes = (tables: readonly string[], language: Language) =>
  tables
    .filter(isTable)
    .map((table) => `- ${table}: ${inventory[table].purpose[language]}`)
    .join("\n");

/** To the people: the nature of it, what may follow, what was done, whom to ask (GDPR Article 34 (2)). */
export const peopleDraft = (known: Known, language: Language): string =>
  (language === "de"
    ? [
        `Am ${date("de", known.awareAtMs)} haben wir bemerkt: ${known.whatHappened}`,
        `Es betrifft diese Daten von dir:\n${purposes(known.tables, "de")}`,
        `Was daraus folgen kann: ${known.consequences}`,
        `Was wir getan haben: ${known.measures}`,
        `Fragen beantwortet ${CONTACT}.`,
      ]
    : [
        `On ${date("en", known.awareAtMs)} we noticed: ${known.whatHappened}`,
        `It concerns these data of yours:\n${purposes(known.tables, "en")}`,
        `What may follow from it: ${known.consequences}`,
        `What we have done: ${known.measures}`,
        `Questions are answered by ${CONTACT}.`,
      ]
  ).join("\n\n");

/** What a notice would say now. An authority is told what is known; what is not yet known may follow (Article 33 (4)). */
export function draftOf(notice: BreachNotice, known: Known): string {
  const people = `${known.affected}${known.countedAtMs === null ? ", still being counted" : ""}`;
  const what = `What happened: ${known.whatHappened}`;
  const aware = `Noticed: ${dateTime("en", known.awareAtMs)}`;
  switch (notice) {
    case "gdpr-people":
      return peopleDraft(known, "en");
    case "gdpr-authority":
      return [
        "Notification of a personal data breach under Article 33 GDPR",
        `Controller and contact: ${CONTACT}`,
        aware,
        what,
        `People affected: ${people}`,
        `Categories of data:\n${purposes(known.tables, "en")}`,
        `Likely consequences: ${known.consequences}`,
        `Measures taken or proposed: ${known.measures}`,
      ].join("\n\n");
    case "cra-early-warning":
      return ["Early warning of an actively exploited vulnerability", `Manufacturer: ${CONTACT}`, aware, what].join(
        "\n\n",
      );
    case "cra-notification":
      return [
        "Notification of an actively exploited vulnerability",
        `Manufacturer: ${CONTACT}`,
        aware,
        what,
        `Measures taken, and what users can do: ${known.measures}`,
      ].join("\n\n");
    case "cra-final-report":
      return [
        "Final report on an actively exploited vulnerability",
        `Manufacturer: ${CONTACT}`,
        aware,
        what,
        `Severity and impact: ${known.consequences}; people affected: ${people}`,
        `Corrective measure: ${known.measures}`,
      ].join("\n\n");
    default:
      return assertNever(notice);
  }
}
