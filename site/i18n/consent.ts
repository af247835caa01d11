import { words } from "./language.ts";

/** The words that a person agrees to, stored with their consent (B1, B4). A change here is a new wording; old consents keep theirs. */
export const newsWording = words({
  en: "Write to me now and then about what is new at SessionLinked. I can stop this at any time.",
  de: "Schreibt mir hin und wieder, was es bei SessionLinked Neues gibt. Ich kann das jederzeit beenden.",
});

export const waitlistWording = words({
  en: "Write to me once, when SessionLinked opens. Until then you keep my address, with the network address and browser I use now as proof of my consent. I can take it back at any time.",
  de: "Schreibt mir ein Mal, wenn SessionLinked öffnet. Bis dahin behaltet ihr meine Adresse, dazu Netzadresse und Browser von jetzt als Beleg meiner Einwilligung. Ich kann sie jederzeit zurücknehmen.",
});
