import { words } from "./language.ts";

/** The page of the chain of runs. */
export const runsText = words({
  en: {
    title: "What was deleted, and when",
    lead: "Every run of our clearing out that took something away leaves a line here: when, what kind, how many. Each line holds the fingerprint of the one before. Whoever notes one fingerprint can tell later whether a line before it was changed.",
    newest: "The newest lines. The whole chain for machines:",
    check: ["To check it: ", ", with this site’s address."],
    columns: ["Number", "When", "Taken away", "Fingerprint"],
    none: "There was no run yet.",
    nothing: "nothing was due",
    kinds: { accounts: "accounts erased", sessions: "sessions erased" } as Record<string, string>,
  },
  de: {
    title: "Was gelöscht wurde, und wann",
    lead: "Jeder Lauf, der bei uns etwas weggeräumt hat, hinterlässt hier eine Zeile: wann, welcher Art, wie viel. Jede Zeile enthält den Fingerabdruck der vorigen. Wer sich einen davon merkt, erkennt später, ob davor eine Zeile geändert wurde.",
    newest: "Die neuesten Zeilen. Die ganze Kette für Maschinen:",
    check: ["Prüfen: ", ", mit der Adresse dieser Site."],
    columns: ["Nummer", "Wann", "Weggeräumt", "Fingerabdruck"],
    none: "Es gab noch keinen Lauf.",
    nothing: "nichts war fällig",
    kinds: { accounts: "Konten gelöscht", sessions: "Sessions gelöscht" } as Record<string, string>,
  },
});
