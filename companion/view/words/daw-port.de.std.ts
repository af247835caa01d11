/** What is said of a DAW at a port of the browser. Written by ear, not translated. */
import type { DawPortWords } from "./daw-port.en.std.ts";

export const de: DawPortWords = {
  none: "Es gibt keinen MIDI-Port, der in beide Richtungen geht. Auf dem Mac den IAC-Bus einschalten (Audio-MIDI-Setup), unter Windows einen Loopback-Port installieren, dann noch einmal nachsehen.",
  again: "Noch einmal nachsehen",
  port: "Port",
  daw: "DAW",
  other: "eine andere",
  language: "Sie spricht",
  languages: { mmc: "MMC", mackie: "Mackie Control", clock: "MIDI-Clock", mtc: "MIDI-Timecode" },
  use: "Verbinden",
  switchOn: (daw, what) => `In ${daw}: ${what}`,
  on: (port, language) => `${port}, mit ${language}`,
  measuring: "Die Sessionzeit wird gemessen, einen Moment noch.",
  off: (ms) => `${ms} ms neben der Session`,
  noPlace: "Sie sagt nicht, wo sie steht.",
  presses: (presses) => (presses === 1 ? "1 Tastendruck" : `${presses} Tastendrücke`),
  stop: "Trennen",
  troubles: {
    "old-browser": "Dieser Browser kann kein MIDI. Chromium, Edge und die Desktop-App können es.",
    denied: "MIDI ist für diese Seite nicht erlaubt. Erlaub es neben der Adresse und versuch es noch einmal.",
    "no-ear":
      "Kein Eingang lässt sich öffnen, um deine DAW zu hören. Erlaube das Mikrofon neben der Adresse, oder lass sie ohne laufen.",
    "no-port": "Dieser Port lässt sich nicht öffnen: Er ist weg, oder ein anderes Programm benutzt ihn.",
    "daw-gone": "Der Port ist weg: Deine DAW folgt der Session nicht mehr. Sobald er zurück ist, geht es weiter.",
    "daw-muted":
      "Die DAW schickt immer wieder Befehle, die andere zurücknehmen; darum hört die Session nicht mehr auf sie. Vielleicht laufen ihre MIDI-Kabel im Kreis.",
    "daw-flood": "Über den Port kommt mehr, als jemand meinen kann: Ein Teil davon wird nicht beachtet.",
    forbidden: "Deine Rolle bewegt den Transport der Session nicht: Die DAW wird zurückgestellt.",
  },
};
