import { words } from "./language.ts";

/** The words that a person agrees to, stored with their consent (B1, B4). A change here is a new wording; old consents keep theirs. */
export const newsWording = words({
  en: "Write to me now and then about what is new at SessionLinked. I can stop this at any time.",
  de: "Schreibt mir hin und wieder, was es bei SessionLinked Neues gibt. Ich kann das jederzeit beenden.",
});

/** Beside the button by which a person objects to being counted (H4). */
export const countingWording = words({
  en: "We count how often each part of the service is used in a day. Nobody is in these totals, and those under ten are deleted. If you object, nothing you do is counted; a browser that sends Global Privacy Control is not counted either.",
  de: "Wir zählen, wie oft jeder Teil des Dienstes am Tag benutzt wird. Personen kommen darin nicht vor, und Zahlen unter zehn löschen wir. Wenn du widersprichst, zählt nichts mehr, was du tust; ein Browser, der Global Privacy Control sendet, wird auch nicht mitgezählt.",
});

export const waitlistWording = words({
  en: "Write to me once, when SessionLinked opens. Until then you keep my address, with the network address and browser I use now as proof of my consent. I can take it back at any time.",
  de: "Schreibt mir ein Mal, wenn SessionLinked öffnet. Bis dahin behaltet ihr meine Adresse, dazu Netzadresse und Browser von jetzt als Beleg meiner Einwilligung. Ich kann sie jederzeit zurücknehmen.",
});
