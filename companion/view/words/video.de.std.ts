/** What is said of pictures, written by ear. */
import type { VideoWords } from "./video.en.std.ts";

export const de: VideoWords = {
  label: "Bilder",
  turnOn: "Mein Bild zeigen",
  turnOff: "Kamera aus",
  opening: "Frage nach deiner Kamera…",
  own: "Du",
  heldBack: "Deine Verbindung ist ausgelastet: Dein Bild wird kleiner, der Ton hat Vorrang.",
  troubles: {
    denied:
      "Diese Seite darf deine Kamera nicht benutzen. Erlaub es im Schloss neben der Adresse und versuch es noch einmal.",
    "no-camera": "Es wurde keine Kamera gefunden. Steck eine ein und versuch es noch einmal.",
    "in-use": "Ein anderes Programm hat die Kamera. Schließ es dort und versuch es noch einmal.",
    "camera-gone": "Deine Kamera ist weg, dein Bild ist aus. Steck sie wieder ein und schalt sie dann an.",
  },
};
