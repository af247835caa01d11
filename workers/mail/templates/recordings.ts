import { z } from "zod";
import { date, dateTime, number } from "../../../site/i18n/format.ts";
import type { Catalogue, ValuesOf } from "../content.ts";

/** Recordings that end. */
export const recordingsValues = {
  "recordings-ending": z.object({ count: z.number(), firstAtMs: z.number(), link: z.string() }),
  downgrade: z.object({ tier: z.string(), count: z.number(), firstAtMs: z.number(), link: z.string() }),
};
export type RecordingsMails = ValuesOf<typeof recordingsValues>;

const en: Catalogue<RecordingsMails> = {
  "recordings-ending": ({ count, firstAtMs, link }) => ({
    subject: count === 1 ? "A recording of yours ends soon" : `${number("en", count)} recordings of yours end soon`,
    paragraphs: [
      `${count === 1 ? "It is" : "The first is"} deleted from our servers on ${dateTime("en", firstAtMs)}. Fetch what you want to keep; copies on your own disk and on your collaborators’ stay.`,
    ],
    action: { label: "See the recordings", href: link },
    reason: "Your plan keeps shared recordings for a time, and we tell you before it is over.",
  }),
  downgrade: ({ tier, count, firstAtMs, link }) => ({
    subject: "Your plan has changed: what happens to your recordings",
    paragraphs: [
      `You are on ${tier} now. ${count === 1 ? "One recording" : `${number("en", count)} recordings`} will be deleted earlier than before, the first on ${date("en", firstAtMs)}. Nothing is deleted before that day.`,
      "Fetch what you want to keep, or go back to your plan: then they stay as they were.",
    ],
    action: { label: "See the recordings", href: link },
    reason: "A change of plan never deletes anything without telling you first.",
  }),
};

const de: Catalogue<RecordingsMails> = {
  "recordings-ending": ({ count, firstAtMs, link }) => ({
    subject: count === 1 ? "Eine Aufnahme von dir endet bald" : `${number("de", count)} Aufnahmen von dir enden bald`,
    paragraphs: [
      `${count === 1 ? "Sie wird" : "Die erste wird"} am ${dateTime("de", firstAtMs)} von unseren Servern gelöscht. Hol dir, was du behalten willst; Kopien auf deiner Platte und bei den anderen bleiben.`,
    ],
    action: { label: "Aufnahmen ansehen", href: link },
    reason: "Dein Tarif bewahrt geteilte Aufnahmen eine Zeit lang auf, und wir sagen vorher Bescheid.",
  }),
  downgrade: ({ tier, count, firstAtMs, link }) => ({
    subject: "Dein Tarif hat sich geändert: was mit deinen Aufnahmen geschieht",
    paragraphs: [
      `Du bist jetzt bei ${tier}. ${count === 1 ? "Eine Aufnahme wird" : `${number("de", count)} Aufnahmen werden`} früher gelöscht als bisher, die erste am ${date("de", firstAtMs)}. Vor diesem Tag geht nichts verloren.`,
      "Hol dir, was du behalten willst, oder kehre zu deinem Tarif zurück: Dann bleibt alles, wie es war.",
    ],
    action: { label: "Aufnahmen ansehen", href: link },
    reason: "Ein Tarifwechsel löscht nie etwas, ohne dass du es vorher erfährst.",
  }),
};

export const recordings = { en, de };
