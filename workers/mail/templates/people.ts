import { z } from "zod";
import type { Catalogue, ValuesOf } from "../content.ts";

/** Somebody has written or invites. */
export const peopleValues = {
  message: z.object({ from: z.string(), link: z.string() }),
  "hub-invite": z.object({ from: z.string(), session: z.string(), link: z.string(), answer: z.string() }),
};
export type PeopleMails = ValuesOf<typeof peopleValues>;

/** A name in a sentence of ours: where it is written from right to left it keeps to itself (UAX #9, isolates). */
const own = (name: string) =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(name)
    ? `\u2068${name}\u2069`
    : name;

const en: Catalogue<PeopleMails> = {
  message: ({ from, link }) => ({
    subject: `${own(from)} wrote to you`,
    paragraphs: ["The message is on SessionLinked; sign in to read it. Neither of you sees the other’s address."],
    action: { label: "Read the message", href: link },
    reason:
      "A conversation sends you one mail, and the next only when you have read it. There you can also block this person.",
  }),
  "hub-invite": ({ from, session, link, answer }) => ({
    subject: `${own(from)} invites you to a session`,
    paragraphs: [
      `The session is called “${own(session)}”. The invitation works once, for a week. They do not have your address.`,
      `To answer or block ${own(from)}:\n${answer}`,
    ],
    action: { label: "Look at the invitation", href: link },
    reason: "Your profile is published. You can block this person, or make your profile private.",
  }),
};

const de: Catalogue<PeopleMails> = {
  message: ({ from, link }) => ({
    subject: `${own(from)} hat dir geschrieben`,
    paragraphs: ["Die Nachricht liegt auf SessionLinked; zum Lesen meldest du dich an. Eure Adressen bleiben bei uns."],
    action: { label: "Nachricht lesen", href: link },
    reason:
      "Zu einem Gespräch kommt eine Mail, und die nächste erst, wenn du es gelesen hast. Dort kannst du diese Person auch blockieren.",
  }),
  "hub-invite": ({ from, session, link, answer }) => ({
    subject: `${own(from)} lädt dich zu einer Session ein`,
    paragraphs: [
      `Die Session heißt „${own(session)}“. Die Einladung gilt einmal, eine Woche lang. Deine Adresse ist dort nicht bekannt.`,
      `${own(from)} antworten oder blockieren:\n${answer}`,
    ],
    action: { label: "Einladung ansehen", href: link },
    reason: "Dein Profil ist veröffentlicht. Du kannst diese Person blockieren oder dein Profil privat stellen.",
  }),
};

export const people = { en, de };
