/** What is said of safety copies, written by ear. */
import type { SafetyWords } from "./safety.en.std.ts";

export const de: SafetyWords = {
  label: "Sicherheitskopien",
  mine: "Andere dürfen Kopien meiner Takes behalten",
  mineMeans:
    "Wer Kopien behält, schreibt mit, was von dir zu hören ist, während ein Take läuft. Sie ist versiegelt: Nur du kannst sie öffnen. Sie geht, sobald dein eigener Take geteilt ist, oder nach 30 Tagen.",
  others: "Ich behalte Kopien für andere",
  othersMeans:
    "Sie liegen auf diesem Gerät, versiegelt, du kannst sie also nicht öffnen. Wird der Platz knapp, hören sie auf, und sie gehen von selbst.",
  keptBy: (who, count) => (count === 1 ? `${who} behält deine.` : `${who} behalten deine.`),
  keeping: (who) => `Du behältst die von ${who}.`,
  held: (count) => (count === 1 ? "Eine Kopie für andere liegt hier." : `${count} Kopien für andere liegen hier.`),
  trouble:
    "Eine Sicherheitskopie konnte nicht behalten oder nicht zurückgeholt werden. Was du aufgenommen hast, ist nicht betroffen.",
  missing: "Takes von dir, die nicht hier sind",
  isMissing: (long, begun) => `Ein Take von dir, ${long} lang, vom ${begun}, ist nicht hier.`,
  has: (who, count, until) =>
    count === 1 ? `${who} hat eine Sicherheitskopie bis ${until}.` : `${who} haben Sicherheitskopien bis ${until}.`,
  bring: "Zurückholen",
  bringNamed: (begun) => `Den Take vom ${begun} zurückholen`,
  comes: (begun) => `Wie viel vom Take vom ${begun} zurück ist`,
  isBack: (long, begun) => `Ein Take von dir, ${long} lang, vom ${begun}, ist zurück.`,
  lacks: (long) => `${long} davon kamen nie bei denen an, die ihn behielten: Dort ist es still.`,
  isMixedDown: (long) => `${long} davon kamen heruntergemischt bei ihnen an, auf weniger Kanälen.`,
  deleteMine: "Meine Kopien löschen",
  deleteTitle: "Die Kopien löschen, die andere von dir haben?",
  deleteText: "Sie gehen bei allen, die gerade hier sind. Wer weg ist, hat seine, bis sie von selbst geht.",
};
