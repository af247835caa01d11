/** What is said of the window's own layout, and of what this browser remembers. */
import type { LayoutWords } from "./layout.en.std.ts";

export const de: LayoutWords = {
  split: "Breite der Seitenleiste",
  kept: "Mix, Geräte und Aufteilung merkt sich dieser Browser, sonst niemand.",
  forget: "Diese Session hier vergessen",
};
