import { words } from "./language.ts";

/** Decisions about reports, in the words that go to both sides (DSA, Articles 16, 17 and 20). */
export const decisionText = words({
  en: {
    title: "Decisions about reports",
    lead: "What a person here decided about something you reported, or about something of yours, and why. You may appeal once; a person looks at it anew.",
    none: "So far there is none. What should not be here you can report on its page: a profile, a take, a conversation.",
    sides: { about: "About something of yours", reporter: "About what you reported" },
    measures: {
      none: "Nothing is restricted.",
      "profile-unpublished": "The profile is off the Hub and cannot be published, for a year from the decision.",
      "take-withheld": "For as long as the take is kept, only whoever recorded it can still get it.",
    },
    grounds: {
      law: "We believe it to be against the law.",
      terms: "It is against our terms.",
    },
    noGround: "We found nothing against the law or our terms.",
    byPeople: "A person decided; no machine was used to find or to decide it.",
    redress:
      "You may appeal in your account, free of charge, until the day that stands there. An out-of-court settlement body or a court is open to you as well.",
    accountDeleted: "The account is deleted, with everything of it.",
    redressByMail:
      "If you believe that this is wrong, write to hello@sessionlinked.com within six months, free of charge; a person looks at it anew. What was deleted cannot be brought back, a new account can be opened. An out-of-court settlement body or a court is open to you as well.",
    facts: "What it rests on",
    decided: "Decided",
    until: "Appeal until",
    reversed: "Taken back",
    take: (name: string) => `Take: ${name}`,
    appeal: "Why it is wrong",
    send: "Appeal",
    appealed: "Your appeal",
    answer: "Our answer",
    waiting: "A person looks at it.",
    done: "Your appeal is here. A person who sees it anew answers you.",
    problem: "That could not be sent: an appeal needs words, and there is one for each decision.",
    reportTake: "Report",
    reportTakeOf: (name: string) => `Report ${name}`,
  },
  de: {
    title: "Entscheidungen über Meldungen",
    lead: "Was ein Mensch bei uns über etwas entschieden hat, das du gemeldet hast oder das von dir ist, und warum. Du kannst ein Mal Beschwerde einlegen; dann prüft es ein Mensch neu.",
    none: "Bisher gibt es keine. Was nicht hierher gehört, kannst du dort melden, wo es steht: im Profil, beim Take, im Gespräch.",
    sides: { about: "Über etwas von dir", reporter: "Über das, was du gemeldet hast" },
    measures: {
      none: "Eingeschränkt wird nichts.",
      "profile-unpublished":
        "Das Profil ist vom Hub genommen und lässt sich ein Jahr lang ab der Entscheidung nicht veröffentlichen.",
      "take-withheld": "Solange es den Take gibt, bekommt ihn nur noch, wer ihn aufgenommen hat.",
    },
    grounds: {
      law: "Wir halten es für rechtswidrig.",
      terms: "Es verstößt gegen unsere Bedingungen.",
    },
    noGround: "Wir haben nichts gefunden, was gegen das Gesetz oder unsere Bedingungen verstößt.",
    byPeople: "Entschieden hat ein Mensch; keine Maschine hat gesucht oder entschieden.",
    redress:
      "Beschwerde kannst du in deinem Konto kostenlos einlegen, bis zu dem Tag, der dort steht. Auch eine außergerichtliche Streitbeilegung oder ein Gericht steht dir offen.",
    accountDeleted: "Das Konto ist gelöscht, mit allem, was dazugehört.",
    redressByMail:
      "Wenn du das für falsch hältst, schreib innerhalb von sechs Monaten an hello@sessionlinked.com; das kostet nichts, und ein Mensch prüft neu. Gelöschtes lässt sich nicht zurückholen, ein neues Konto aber eröffnen. Auch eine außergerichtliche Streitbeilegung oder ein Gericht steht dir offen.",
    facts: "Worauf es beruht",
    decided: "Entschieden",
    until: "Beschwerde bis",
    reversed: "Aufgehoben",
    take: (name) => `Take: ${name}`,
    appeal: "Warum es nicht stimmt",
    send: "Beschwerde einlegen",
    appealed: "Deine Beschwerde",
    answer: "Unsere Antwort",
    waiting: "Ein Mensch sieht sie sich an.",
    done: "Deine Beschwerde ist da. Ein Mensch prüft neu und antwortet dir.",
    problem: "Das ließ sich nicht senden: Eine Beschwerde braucht Worte, und zu jeder Entscheidung gibt es eine.",
    reportTake: "Melden",
    reportTakeOf: (name) => `${name} melden`,
  },
});
