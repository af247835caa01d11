/** What is said while somebody looks at their own devices, written by ear. */
import type { CheckWords } from "./check.en.std.ts";

export const de: CheckWords = {
  title: "Dein Ton, ganz für dich",
  lead: "Hier hört dich niemand. Kopfhörer auf, Instrument rein.",
  level: "Spiel etwas: Der Balken bewegt sich und stößt nicht an.",
  silent: "Es kommt nichts an. Dreh den Eingang auf oder nimm einen anderen.",
  clips: "Zu laut: Dreh den Eingang zurück, bis der Balken nicht mehr anstößt.",
  good: "Dein Eingang ist zu hören.",
  tone: "Ton abspielen",
  trip: "Dein eigener Weg hin und zurück",
  told: (ms) => `${ms} ms, sagt das System`,
  measured: (ms, error) => `${ms} ± ${error} ms, gemessen`,
  tripNote:
    "Von deinen Saiten bis zu deinen Ohren, ganz ohne die anderen. Zum Messen halt das Mikrofon an eine Kopfhörermuschel, oder steck den Ausgang in den Eingang.",
  tripFar:
    "Das ist mehr, als jemand in der Nähe bräuchte. Nimm im Fenster deines Interfaces den kleinsten Puffer und statt Bluetooth ein Kabel.",
  measure: "Messen",
  measuring: "Messe…",
  nothing: "Es kam nichts zurück. Dreh lauter, geh mit dem Mikrofon näher heran und miss noch einmal.",
  partner: "Proberaum",
  partnerNote: "Jemand antwortet sofort auf jeden Ton. Hör, wie weit weg das sein darf.",
  nobody: "Niemand",
  away: (ms) => `${ms} ms entfernt`,
  distances: { "10": "im Nebenraum", "25": "in der Nachbarstadt", "40": "in einem anderen Land" },
  done: "Ton einschalten",
  close: "Noch nicht",
};
