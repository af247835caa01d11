/** What is said of a phone as a remote control. Written by ear, not translated. */
import type { PhoneWords } from "./phone.en.std.ts";

export const de: PhoneWords = {
  title: "Dein Handy verbinden",
  scan: "Halt die Kamera deines Handys auf diesen Code und öffne den Link.",
  code: "Ein Code, der den Link auf deinem Handy öffnet",
  once: "Er verbindet ein Handy, einmal, innerhalb von fünf Minuten. Zeig ihn sonst niemandem.",
  failed: "Gerade ließ sich kein Code erstellen. Versuch es noch einmal.",
  again: "Neuen Code erstellen",
  close: "Schließen",
  home: "An den Anfang",
  back: "Einen Takt zurück",
  on: "Einen Takt weiter",
  places: "Stellen",
  talk: {
    label: "Sprechen",
    turnOn: "Mikrofon einschalten",
    opening: "Fragt nach deinem Mikrofon…",
    hold: "Zum Sprechen halten",
    talking: "Alle hören dich",
    note: "Sie hören dich nur, solange du hältst. Hier wird nichts abgespielt, damit sich niemand selbst hört.",
    turnOff: "Mikrofon aus",
  },
  camera: {
    label: "Kamera",
    which: "Welche Kamera",
    environment: "Auf der Rückseite",
    user: "Auf der Vorderseite",
  },
  over: {
    title: "Dieses Handy ist nicht mehr verbunden",
    text: "Es wurde weggeschickt, oder ein anderes hat seinen Platz. Zeig am Rechner in der Session einen neuen Code: „Handy“.",
  },
};
