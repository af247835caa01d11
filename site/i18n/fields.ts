import { words } from "./language.ts";

/** What is wrong with a field, where it has no words of its own for that. The same on every page, and said before anything is sent. */
export const fieldText = words({
  en: {
    fill: "Please fill this in.",
    tick: "This needs your tick.",
    choose: "Choose one of these.",
    file: "Choose a file first.",
    day: "Choose a day.",
    moment: "Choose a day and a time.",
    address: "This does not look like an e-mail address.",
    number: "Write a whole number.",
    between: (min: string, max: string) => `Write a whole number from ${min} to ${max}.`,
    other: "This does not fit here.",
  },
  de: {
    fill: "Bitte ausfüllen.",
    tick: "Setz hier bitte das Häkchen.",
    choose: "Wähl eins davon aus.",
    file: "Wähl erst eine Datei aus.",
    day: "Wähl einen Tag aus.",
    moment: "Wähl Tag und Uhrzeit aus.",
    address: "Das sieht nicht wie eine E-Mail-Adresse aus.",
    number: "Schreib eine ganze Zahl.",
    between: (min, max) => `Schreib eine ganze Zahl von ${min} bis ${max}.`,
    other: "Das passt hier nicht.",
  },
});
export type FieldText = (typeof fieldText)["en"];
