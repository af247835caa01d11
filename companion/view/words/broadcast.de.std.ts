/** Was über eine Session gesagt wird, die andere mithören. Nach Gehör geschrieben, nicht übersetzt. */
import type { BroadcastWords } from "./broadcast.en.std.ts";

export const de: BroadcastWords = {
  onAir: (count) =>
    count === 0 ? "Auf Sendung: noch hört niemand zu" : `Auf Sendung: ${count} ${count === 1 ? "hört" : "hören"} zu`,
  onAirShort: (count) => `Auf Sendung · ${count}`,
  onAirMeans:
    "Wer den Link der Übertragung hat, hört alle hier, Musik und Gespräch, etwa eine Sekunde später. Beenden kann sie ein Host.",
  title: "Andere über einen Link mithören lassen",
  means: (most) =>
    `Wer den Link hat, hört alle in dieser Session, Musik und Gespräch, etwa eine Sekunde später: bis zu ${most} zugleich, ohne Konto. Namen, Chat und Takes sehen sie nicht, und zu hören sind sie auch nicht.`,
  seen: "Alle in der Session sehen, dass sie auf Sendung ist und wie viele zuhören. Sie endet, wenn du sie beendest, und mit dem Abend.",
  start: "Auf Sendung gehen",
  link: "Link zum Mithören",
  copy: "Kopieren",
  end: "Übertragung beenden",
  close: "Schließen",
};
