import type { Language } from "./language.ts";

const en = {
  title: "Credits",
  lead: "Who played what, when and on which input, from the takes that are still here. What has ended or was taken back is not counted.",
  heads: { who: "Who", input: "Input", takes: "Takes", first: "First", last: "Last", length: "In all" },
  columns: ["person", "input", "take", "recorded at (UTC)", "seconds"] as [string, string, string, string, string],
  empty: "Nothing has been recorded and shared in this session yet.",
  csv: "As a table (CSV)",
  rin: "For record labels (DDEX RIN)",
  rinNote:
    "The notification names people, inputs, takes and dates. ISRC, writers and shares are for whoever finishes the record.",
  gone: "somebody who has left",
  more: (count: number) => `Only the newest ${count} stems are counted.`,
};

const de: typeof en = {
  title: "Credits",
  lead: "Wer was wann auf welchem Eingang gespielt hat, aus den Takes, die noch da sind. Was abgelaufen ist oder zurückgezogen wurde, zählt nicht mit.",
  heads: { who: "Wer", input: "Eingang", takes: "Takes", first: "Zuerst", last: "Zuletzt", length: "Zusammen" },
  columns: ["Person", "Eingang", "Take", "aufgenommen (UTC)", "Sekunden"],
  empty: "In dieser Session wurde noch nichts aufgenommen und geteilt.",
  csv: "Als Tabelle (CSV)",
  rin: "Für Plattenfirmen (DDEX RIN)",
  rinNote:
    "Darin stehen Personen, Eingänge, Takes und Zeiten. ISRC, Urheber und Anteile trägt ein, wer die Aufnahme fertig macht.",
  gone: "jemand, der gegangen ist",
  more: (count) => `Gezählt sind nur die neuesten ${count} Stems.`,
};

export const creditText: Record<Language, typeof en> = { en, de };
