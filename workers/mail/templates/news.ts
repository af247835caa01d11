import { z } from "zod";
import type { Catalogue, ValuesOf } from "../content.ts";

/** What people asked to be told: the waiting list, the launch, news. */
export const newsValues = {
  "waitlist-confirm": z.object({ link: z.string(), unsubscribe: z.string() }),
  launch: z.object({ link: z.string(), unsubscribe: z.string() }),
  news: z.object({ title: z.string(), text: z.string(), link: z.string(), unsubscribe: z.string() }),
};
export type NewsMails = ValuesOf<typeof newsValues>;

const en: Catalogue<NewsMails> = {
  "waitlist-confirm": ({ link }) => ({
    subject: "One click and you are on the list",
    paragraphs: ["Confirm that this address is yours, and we will write once, when SessionLinked opens."],
    action: { label: "Yes, put me on the list", href: link },
    reason: "Somebody gave this address for our waiting list. Without your click it is forgotten within a week.",
  }),
  launch: ({ link }) => ({
    subject: "SessionLinked is open",
    paragraphs: ["Press play here, and their DAW rolls there. Your place is ready."],
    action: { label: "Open an account", href: link },
    reason: "You asked us to write when SessionLinked opens. One click below takes you off the list.",
  }),
  news: ({ title, text, link }) => ({
    subject: title,
    paragraphs: [text],
    action: { label: "Read on", href: link },
    reason: "You asked for news about SessionLinked. One click below ends it.",
  }),
};

const de: Catalogue<NewsMails> = {
  "waitlist-confirm": ({ link }) => ({
    subject: "Ein Klick, und du stehst auf der Liste",
    paragraphs: ["Bestätige, dass diese Adresse deine ist. Dann schreiben wir ein Mal, wenn SessionLinked öffnet."],
    action: { label: "Ja, setzt mich auf die Liste", href: link },
    reason:
      "Jemand hat diese Adresse für unsere Warteliste angegeben. Ohne deinen Klick ist sie binnen einer Woche vergessen.",
  }),
  launch: ({ link }) => ({
    subject: "SessionLinked ist offen",
    paragraphs: ["Hier auf Play gedrückt, und dort läuft die DAW los. Dein Platz ist bereit."],
    action: { label: "Konto eröffnen", href: link },
    reason: "Du wolltest Post, wenn SessionLinked öffnet. Ein Klick unten nimmt dich von der Liste.",
  }),
  news: ({ title, text, link }) => ({
    subject: title,
    paragraphs: [text],
    action: { label: "Weiterlesen", href: link },
    reason: "Du wolltest Neues von SessionLinked hören. Ein Klick unten beendet das.",
  }),
};

export const news = { en, de };
