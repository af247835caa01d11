/** Was zu MIDI-Noten gesagt wird, gespielten und gehörten. Nach Gehör geschrieben, nicht übersetzt. */
import type { InstrumentWords } from "./instrument.en.std.ts";

export const de: InstrumentWords = {
  label: "MIDI-Noten",
  before:
    "Spiel den anderen auf einem MIDI-Keyboard, und lass auf deinem Synth klingen, was sie spielen: als Noten, im Takt, neben deinem Ton.",
  beforeListening: "Lass auf deinem Synth klingen, was die anderen auf MIDI-Keyboards spielen.",
  connect: "Instrument anschließen",
  asking: "Frage nach den MIDI-Ports dieses Rechners…",
  none: "Kein MIDI-Port gefunden. Steck ein Keyboard an oder starte einen Synth mit MIDI-Eingang: Er steht sofort hier.",
  ways: { in: "Du spielst auf", out: "Andere klingen auf" },
  nothing: "nichts",
  open: {
    in: "Was du spielst, geht als Noten an die anderen.",
    out: "Die Noten der anderen klingen dort.",
  },
  muted: "Du bist stumm: Deine Noten hört niemand.",
  gone: {
    in: (port) =>
      `${port} ist nicht da, und nichts klingt weiter, was du gehalten hast. Steck es an: Es geht von selbst weiter.`,
    out: (port) =>
      `${port} ist nicht da: Die Noten der anderen klingen nirgends. Steck es an: Es geht von selbst weiter.`,
  },
  taken: {
    in: (port) =>
      `${port} lässt sich nicht öffnen: Ein anderes Programm hat es. Schließ es dort und versuch es noch einmal.`,
    out: (port) =>
      `${port} lässt sich nicht öffnen: Ein anderes Programm hat es. Schließ es dort und versuch es noch einmal.`,
  },
  again: "Noch einmal versuchen",
  unheard: "Jemand spielt MIDI-Noten. Um sie zu hören, schließ an und wähl bei „Andere klingen auf“ einen Synth.",
  who: "Wer Noten spielt",
  you: "du",
  stop: "Instrument trennen",
  troubles: {
    "old-browser": "Dieser Browser kann kein MIDI. Chrome, Edge und die Desktop-App können es.",
    denied: "Diese Seite darf kein MIDI benutzen. Erlaub es neben der Adresse, dann schließ noch einmal an.",
  },
};
