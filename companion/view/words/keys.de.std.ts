/** The sheet of keys. */
import type { KeysWords } from "./keys.en.std.ts";

export const de: KeysWords = {
  title: "Tasten",
  close: "Schließen",
  list: [
    ["Leertaste", "Play oder Stopp"],
    ["R", "aufnehmen oder den Take beenden"],
    ["Pos1", "zum Anfang"],
    ["← →", "einen Takt zurück oder weiter"],
    ["L", "Loop ab diesem Takt, oder Loop aus"],
    ["M", "Marker an dieser Stelle"],
    ["+ −", "näher, weiter weg"],
    ["0", "die ganze Zeitlinie"],
    ["C", "in den Chat schreiben"],
    ["N", "neue Notiz"],
    ["T", "halten und sprechen: Die Musik tritt zurück"],
    ["X", "der Take, der vorher zu hören war: A/B"],
    ["F", "groß, aus zwei Metern zu lesen"],
    ["Esc", "aus einem Feld oder Menü: Alle Tasten gehören wieder der Session"],
    ["?", "diese Übersicht"],
  ],
};
