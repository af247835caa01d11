/** What is said before a DAW is connected. Written by ear, not translated. */
import type { DawWords } from "./daw.en.std.ts";

export const de: DawWords = {
  label: "DAW",
  before: "Verbinde deine DAW, und alle Transporte sind einer: Drück Play, wo du willst.",
  connect: "DAW verbinden",
  asking: "Frage nach den MIDI-Ports dieses Rechners…",
};
