import { z } from "zod";
import { date, dateTime } from "../../../site/i18n/format.ts";
import type { Catalogue, ValuesOf } from "../content.ts";

/** What becomes of a person's data: erasure, copies, requests, the policy, and a breach. */
export const rightsValues = {
  "erase-confirm": z.object({ link: z.string() }),
  erased: z.object({ link: z.string() }),
  "request-changed": z.object({ link: z.string() }),
  "export-ready": z.object({ link: z.string(), untilMs: z.number() }),
  "policy-change": z.object({ text: z.string(), fromAtMs: z.number(), link: z.string() }),
  breach: z.object({ text: z.string(), link: z.string() }),
};
export type RightsMails = ValuesOf<typeof rightsValues>;

const en: Catalogue<RightsMails> = {
  "erase-confirm": ({ link }) => ({
    subject: "Delete your account: one last step",
    paragraphs: [
      "The link shows once more what goes and what stays. Nothing is deleted before you press the button there. It works once, for a day.",
      "After that button there is no way back: not for you, and not for us.",
    ],
    action: { label: "Look and decide", href: link },
    reason:
      "Somebody who is signed in to your SessionLinked account asked to delete it. If that was not you, sign out everywhere and set a new password now.",
  }),
  erased: ({ link }) => ({
    subject: "Your account has been deleted",
    paragraphs: [
      "Everything that belonged to it is gone from our servers. What is left is a random number and the time, for one year, as proof that it happened.",
      "The link shows what went, in numbers, for 30 days. With this mail we forget your address.",
    ],
    action: { label: "See what went", href: link },
    reason: "This address belonged to a SessionLinked account until now.",
  }),
  "request-changed": ({ link }) => ({
    subject: "There is news about your request",
    paragraphs: ["What you asked us about your data has an answer, or a new date with the reason for it."],
    action: { label: "Read it in your account", href: link },
    reason: "You asked us something under your rights, and we answer within a month.",
  }),
  "export-ready": ({ link, untilMs }) => ({
    subject: "The copy of your data is ready",
    paragraphs: [
      `You can fetch it until ${dateTime("en", untilMs)}. You sign in to fetch it; this mail alone opens nothing.`,
    ],
    action: { label: "Fetch it", href: link },
    reason:
      "Somebody who is signed in to your SessionLinked account asked for it. If that was not you, sign out everywhere and set a new password now.",
  }),
  "policy-change": ({ text, fromAtMs, link }) => ({
    subject: "Our privacy policy changes",
    paragraphs: [text, `The new version applies from ${date("en", fromAtMs)}.`],
    action: { label: "Read the policy", href: link },
    reason: "You have a SessionLinked account, and this concerns what we do with your data.",
  }),
  breach: ({ text, link }) => ({
    subject: "Your data was affected by a breach",
    paragraphs: text.split("\n\n"),
    action: { label: "Your data and your rights", href: link },
    reason: "The law requires us to tell you, and we promised to. This mail comes whether or not you asked for news.",
  }),
};

const de: Catalogue<RightsMails> = {
  "erase-confirm": ({ link }) => ({
    subject: "Konto löschen: der letzte Schritt",
    paragraphs: [
      "Der Link zeigt noch einmal, was verschwindet und was bleibt. Gelöscht wird erst mit dem Knopf dort. Er gilt einmal, einen Tag lang.",
      "Nach diesem Knopf gibt es keinen Weg zurück: für dich nicht und für uns nicht.",
    ],
    action: { label: "Ansehen und entscheiden", href: link },
    reason:
      "Jemand, der in deinem SessionLinked-Konto angemeldet ist, möchte es löschen. Warst du das nicht, melde dich überall ab und setze jetzt ein neues Passwort.",
  }),
  erased: ({ link }) => ({
    subject: "Dein Konto ist gelöscht",
    paragraphs: [
      "Alles, was dazugehörte, ist von unseren Servern verschwunden. Ein Jahr lang bleiben eine Zufallszahl und die Zeit, als Beleg, dass es geschah.",
      "Der Link zeigt 30 Tage lang in Zahlen, was gelöscht wurde. Mit dieser Mail vergessen wir deine Adresse.",
    ],
    action: { label: "Ansehen, was gelöscht wurde", href: link },
    reason: "Diese Adresse gehörte bis eben zu einem SessionLinked-Konto.",
  }),
  "request-changed": ({ link }) => ({
    subject: "Neues zu deiner Anfrage",
    paragraphs: ["Was du uns zu deinen Daten gefragt hast, hat eine Antwort oder ein neues Datum mit seinem Grund."],
    action: { label: "Im Konto lesen", href: link },
    reason: "Du hast von deinen Rechten Gebrauch gemacht, und wir antworten binnen eines Monats.",
  }),
  "export-ready": ({ link, untilMs }) => ({
    subject: "Die Kopie deiner Daten ist fertig",
    paragraphs: [
      `Du kannst sie bis ${dateTime("de", untilMs)} abholen. Dafür meldest du dich an; diese Mail allein öffnet nichts.`,
    ],
    action: { label: "Abholen", href: link },
    reason:
      "Jemand, der in deinem SessionLinked-Konto angemeldet ist, wollte sie. Warst du das nicht, melde dich überall ab und setze jetzt ein neues Passwort.",
  }),
  "policy-change": ({ text, fromAtMs, link }) => ({
    subject: "Unsere Datenschutzerklärung ändert sich",
    paragraphs: [text, `Die neue Fassung gilt ab ${date("de", fromAtMs)}.`],
    action: { label: "Erklärung lesen", href: link },
    reason: "Du hast ein SessionLinked-Konto, und es geht darum, was wir mit deinen Daten tun.",
  }),
  breach: ({ text, link }) => ({
    subject: "Eine Datenpanne betrifft dich",
    paragraphs: text.split("\n\n"),
    action: { label: "Deine Daten und deine Rechte", href: link },
    reason:
      "Das Gesetz verlangt, dass wir es dir sagen, und versprochen haben wir es auch. Diese Mail kommt auch, wenn du keine Neuigkeiten willst.",
  }),
};

export const rights = { en, de };
