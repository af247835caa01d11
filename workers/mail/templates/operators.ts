import { z } from "zod";
import { dateTime } from "../../../site/i18n/format.ts";
import type { Catalogue, ValuesOf } from "../content.ts";

/** To whoever runs SessionLinked: clocks that run out. */
export const operatorsValues = {
  "requests-due": z.object({ count: z.number(), firstDueAtMs: z.number(), link: z.string() }),
  "hold-due": z.object({ link: z.string() }),
  "notices-due": z.object({ count: z.number(), firstDueAtMs: z.number(), link: z.string() }),
};
export type OperatorsMails = ValuesOf<typeof operatorsValues>;

const en: Catalogue<OperatorsMails> = {
  "requests-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Requests about people’s data are due: ${count}`,
    paragraphs: [
      `The first is due on ${dateTime("en", firstDueAtMs)}. An answer after that breaks a promise and the law.`,
    ],
    action: { label: "To the site", href: link },
    reason: "This is the address of whoever runs SessionLinked.",
  }),
  "hold-due": ({ link }) => ({
    subject: "An investigation is to be looked at again",
    paragraphs: [
      "What it keeps is not deleted before somebody lets it go. Look whether it is still needed, and release it if not.",
    ],
    action: { label: "To the operators’ pages", href: link },
    reason: "This is the address of whoever runs SessionLinked.",
  }),
  "notices-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Notices about a breach are due: ${count}`,
    paragraphs: [`The first is due on ${dateTime("en", firstDueAtMs)}. Its draft is in the register.`],
    action: { label: "To the site", href: link },
    reason: "This is the address of whoever runs SessionLinked.",
  }),
};

const de: Catalogue<OperatorsMails> = {
  "requests-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Anfragen zu Daten von Personen werden fällig: ${count}`,
    paragraphs: [
      `Die erste am ${dateTime("de", firstDueAtMs)}. Eine spätere Antwort bricht ein Versprechen und das Gesetz.`,
    ],
    action: { label: "Zur Seite", href: link },
    reason: "Das ist die Adresse derer, die SessionLinked betreiben.",
  }),
  "hold-due": ({ link }) => ({
    subject: "Eine Untersuchung ist neu zu prüfen",
    paragraphs: [
      "Was sie aufhebt, wird nicht gelöscht, bevor es jemand freigibt. Prüf, ob es noch gebraucht wird, und gib es sonst frei.",
    ],
    action: { label: "Zu den Seiten für den Betrieb", href: link },
    reason: "Das ist die Adresse derer, die SessionLinked betreiben.",
  }),
  "notices-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Meldungen zu einer Datenpanne werden fällig: ${count}`,
    paragraphs: [`Die erste am ${dateTime("de", firstDueAtMs)}. Der Entwurf liegt im Verzeichnis.`],
    action: { label: "Zur Seite", href: link },
    reason: "Das ist die Adresse derer, die SessionLinked betreiben.",
  }),
};

export const operators = { en, de };
