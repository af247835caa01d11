/** What is said of copies, written by ear. */
import type { CopiesWords } from "./copies.en.std.ts";

export const de: CopiesWords = {
  wishes: "Kopien, die gehen sollen",
  wish: (name, who, when) =>
    who === null
      ? `Wer ${name} aufgenommen hat, hat es am ${when} gelöscht und bittet dich, deine Kopie zu löschen.`
      : `${who} hat ${name} am ${when} gelöscht und bittet dich, deine Kopie zu löschen.`,
  unnamed: "eine Aufnahme",
  here: "Sie liegt im Ordner dieser Session und verschwindet von dort und aus den Projekten.",
  elsewhere:
    "Sie liegt da, wo du sie gespeichert hast: Lösch sie dort und sag es hier. Dann sieht die Person, was du getan hast.",
  obeyHere: "Meine Kopie löschen",
  obeyElsewhere: "Ich habe sie gelöscht",
  keep: "Behalten",
  receipt: (name, answer, when) =>
    answer === "deleted" ? `${name}: gelöscht, um ${when} mitgeteilt.` : `${name}: behalten, um ${when} mitgeteilt.`,
  deliveries: "Was auf diesen Rechner kommt",
  free: (free) => `${free} frei auf dieser Platte`,
  none: "Noch hat niemand etwas geteilt. Was die anderen teilen, kommt von selbst, wenn du nichts anderes sagst.",
  from: (who, size) => `Von ${who}: ${size}`,
  all: "Alles davon",
  fetch: "Holen",
  fetchNamed: (name) => `${name} holen`,
  states: {
    here: "ist da",
    coming: "kommt gerade",
    waiting: "wartet",
    asked: "groß, wartet auf dein Ja",
    declined: "bleibt weg",
  },
};
