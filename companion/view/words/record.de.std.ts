/** What is said of one's own recording. Written by ear, not translated. */
import { sharingWording } from "../../../protocol/consent.ts";
import type { RecordWords } from "./record.en.std.ts";

export const de: RecordWords = {
  label: "Deine Aufnahme",
  arm: "Scharf schalten",
  armed: "Scharf",
  armNote: "Nimmt die Session auf, wird aufgenommen, was du spielst. Es bleibt in diesem Browser, bis du es teilst.",
  disk: {
    none: "Dieser Browser legt hier keine Dateien ab, also wird von dir nichts aufgenommen. Zu hören bist du trotzdem. Öffne die Seite in einem normalen Fenster, oder nimm die App.",
    full: "In diesem Browser ist kein Platz mehr, also wird von dir nichts mehr aufgenommen. Zu hören bist du trotzdem. Sichere deine Takes und lösch sie hier, oder schaff Platz auf diesem Rechner.",
    again: "Jetzt ist Platz",
  },
  inputName: "Name deines Eingangs",
  inputDefault: "Eingang",
  preRoll: "Vor der Aufnahme",
  seconds: (seconds) => (seconds === 0 ? "nichts" : `${seconds} s bleiben`),
  shareAsIRecord: "Gleich beim Aufnehmen teilen",
  guest:
    "Du bist Gast: Was du aufnimmst, bleibt in diesem Browser. Speichere die Datei, um sie weiterzugeben, oder eröffne ein Konto, um Takes hier zu teilen.",
  here: "in diesem Browser",
  onItsWay: (percent, left) => (left === "" ? `${percent} %` : `${percent} %, noch ${left}`),
  states: {
    uploading: "unterwegs",
    paused: "angehalten",
    waiting: "wartet aufs Netz",
    stalled: "gerade kommt nichts durch",
    complete: "geteilt",
    withdrawn: "zurückgenommen",
    failed: "nicht geteilt",
  },
  repaired: "gerettet, nachdem die Seite weg war",
  share: "Teilen",
  pause: "Anhalten",
  resume: "Weiter",
  takeBack: "Zurücknehmen",
  save: "Datei sichern",
  shareTitle: "Mit allen in der Session teilen?",
  shareText: sharingWording.de,
  takeBackTitle: "Zurücknehmen?",
  takeBackText:
    "Der Take ist sofort von unseren Servern weg. Kopien, die andere schon haben, gehören ihnen. Deine bleibt in diesem Browser.",
  forget: "Hier löschen",
  forgetTitle: "Aus diesem Browser löschen?",
  forgetText: (isShared) =>
    isShared
      ? "Er ist dann aus diesem Browser weg. Was du geteilt hast, bleibt bei der Session."
      : "Er ist nirgends sonst: Ist er aus diesem Browser weg, ist er weg.",
  cancel: "Abbrechen",
  progress: (name) => `Wie weit ${name} geteilt ist`,
};
