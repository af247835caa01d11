/** Was über das eigene Handy gesagt wird, bevor es da ist und danach. Nach Gehör geschrieben, nicht übersetzt. */
import type { PhoneLinkWords } from "./phone-link.en.std.ts";

export const de: PhoneLinkWords = {
  label: "Handy",
  note: "Dein Handy als Fernbedienung, Sprechtaste oder zweite Kamera.",
  open: "Handy verbinden",
  here: "Dein Handy ist verbunden.",
  sendAway: "Wegschicken",
};
