import { z } from "zod";
import { grounds, measures } from "../../../protocol/decisions.ts";
import { decisionText } from "../../../site/i18n/decisions.ts";
import type { Language } from "../../../site/i18n/language.ts";
import type { Catalogue, ValuesOf } from "../content.ts";

type Measure = (typeof measures)[number];
type Ground = (typeof grounds)[number];

/** That a report is here, what was decided about it, and what became of an appeal. */
export const decisionsValues = {
  "report-here": z.object({ link: z.string() }),
  decision: z.object({
    side: z.enum(["about", "reporter"]),
    measure: z.enum(measures),
    ground: z.enum(grounds),
    facts: z.string(),
    link: z.string(),
  }),
  "account-deleted": z.object({ side: z.enum(["about", "reporter"]), ground: z.enum(grounds), facts: z.string() }),
  "appeal-decided": z.object({ isReversed: z.boolean(), answer: z.string(), link: z.string() }),
};
export type DecisionsMails = ValuesOf<typeof decisionsValues>;

/** A statement of reasons in sentences: what is done, what it rests on, the facts, that a person decided, and the ways on. */
function statement(language: Language, measure: Measure, ground: Ground, facts: string): string[] {
  const t = decisionText[language];
  const rests = measure === "none" ? t.noGround : t.grounds[ground];
  return [`${t.measures[measure]} ${rests} ${t.byPeople}`, facts, t.redress];
}

/** The same where the measure was the end of the account: there is none to appeal in. */
function lastStatement(language: Language, ground: Ground, facts: string): string[] {
  const t = decisionText[language];
  return [`${t.accountDeleted} ${t.grounds[ground]} ${t.byPeople}`, facts, t.redressByMail];
}

const en: Catalogue<DecisionsMails> = {
  "report-here": ({ link }) => ({
    subject: "Your report is here",
    paragraphs: [
      "A person of ours looks at it; no machine does. What they decide, and why, comes by mail and stands in your account. Whoever it is about does not learn from us who reported.",
    ],
    action: { label: "See what was decided", href: link },
    reason: "You reported something, and we confirm that it has reached us (Digital Services Act, Article 16).",
  }),
  decision: ({ side, measure, ground, facts, link }) => ({
    subject: side === "about" ? "A decision about something of yours" : "A decision about what you reported",
    paragraphs: statement("en", measure, ground, facts),
    action: { label: "Read it, and appeal if it is wrong", href: link },
    reason:
      side === "about"
        ? "The law asks us to tell you what we restrict, and why (Digital Services Act, Article 17)."
        : "You reported something, and we tell you what came of it (Digital Services Act, Article 16).",
  }),
  "account-deleted": ({ side, ground, facts }) => ({
    subject: side === "about" ? "Your account was deleted" : "An account that you reported was deleted",
    paragraphs: lastStatement("en", ground, facts),
    reason:
      side === "about"
        ? "The law asks us to tell you what we end, and why (Digital Services Act, Article 17). It is our last mail to you."
        : "You reported something, and we tell you what came of it (Digital Services Act, Article 16).",
  }),
  "appeal-decided": ({ isReversed, answer, link }) => ({
    subject: isReversed ? "A decision was taken back" : "Your appeal has an answer",
    paragraphs: [
      isReversed
        ? "A person of ours looked at it anew, and the decision does not stand."
        : "A person of ours looked at it anew, and the decision stands.",
      ...(answer === "" ? [] : [answer]),
    ],
    action: { label: "Read it in your account", href: link },
    reason: "It is about a report that concerns you.",
  }),
};

const de: Catalogue<DecisionsMails> = {
  "report-here": ({ link }) => ({
    subject: "Deine Meldung ist da",
    paragraphs: [
      "Ein Mensch bei uns sieht sie sich an, keine Maschine. Was entschieden wird und warum, kommt per Mail und steht in deinem Konto. Wen es betrifft, erfährt von uns nicht, wer gemeldet hat.",
    ],
    action: { label: "Entscheidungen ansehen", href: link },
    reason: "Du hast etwas gemeldet, und wir bestätigen, dass es angekommen ist (Digital Services Act, Artikel 16).",
  }),
  decision: ({ side, measure, ground, facts, link }) => ({
    subject: side === "about" ? "Eine Entscheidung über etwas von dir" : "Eine Entscheidung über deine Meldung",
    paragraphs: statement("de", measure, ground, facts),
    action: { label: "Entscheidung lesen", href: link },
    reason:
      side === "about"
        ? "Das Gesetz verlangt, dass wir dir sagen, was wir einschränken und warum (Digital Services Act, Artikel 17)."
        : "Du hast etwas gemeldet, und wir sagen dir, was daraus wurde (Digital Services Act, Artikel 16).",
  }),
  "account-deleted": ({ side, ground, facts }) => ({
    subject: side === "about" ? "Dein Konto wurde gelöscht" : "Ein Konto, das du gemeldet hast, wurde gelöscht",
    paragraphs: lastStatement("de", ground, facts),
    reason:
      side === "about"
        ? "Das Gesetz verlangt, dass wir dir sagen, was wir beenden und warum (Digital Services Act, Artikel 17). Es ist unsere letzte Mail an dich."
        : "Du hast etwas gemeldet, und wir sagen dir, was daraus wurde (Digital Services Act, Artikel 16).",
  }),
  "appeal-decided": ({ isReversed, answer, link }) => ({
    subject: isReversed ? "Eine Entscheidung ist aufgehoben" : "Deine Beschwerde hat eine Antwort",
    paragraphs: [
      isReversed
        ? "Ein Mensch bei uns hat neu geprüft, und die Entscheidung gilt nicht mehr."
        : "Ein Mensch bei uns hat neu geprüft, und die Entscheidung bleibt.",
      ...(answer === "" ? [] : [answer]),
    ],
    action: { label: "Im Konto lesen", href: link },
    reason: "Es geht um eine Meldung, die dich betrifft.",
  }),
};

export const decisions = { en, de };
