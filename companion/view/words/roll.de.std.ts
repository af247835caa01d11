/** What is said of a test roll. Written by ear, not translated. */
import type { RollWords } from "./roll.en.std.ts";

export const de: RollWords = {
  begin: "Testlauf",
  listen: "Das Metronom der DAW an meinem Eingang hören",
  listenNote:
    "Schalte in deiner DAW das Metronom ein und lass deinen Eingang es hören: mit einem Kabel oder über die Lautsprecher. Dann wird gemessen, was zu hören ist.",
  note: "Deine DAW läuft vier Sekunden lang allein: In der Session merkt das niemand.",
  steps: {
    locate: "Schau auf deine DAW: Sie springt auf zehn Sekunden…",
    play: "Sie spielt…",
    stop: "Sie hält an…",
  },
  found: {
    rolled: "Sie ist gelaufen und hat angehalten, wie es sich gehört.",
    silent:
      "Sie hat nichts gesagt. Hast du sie laufen sehen, folgt sie und kann nicht führen; sonst sieh nach ihrem Port und worauf sie hört.",
    stayed: "Sie spricht, ist aber nicht gelaufen: Schalte in ihr ein, dass sie diesem Port folgt.",
    "runs-on": "Sie ist gelaufen und hat nicht angehalten: Etwas anderes steuert sie auch, oder sie hört Stopp nicht.",
  },
  late: (ms, spread) => `Sie war ${ms} ± ${spread} ms zu spät.`,
  heard: (ms, stray, clicks) => `Ihr Metronom war ${ms} ± ${stray} ms zu spät zu hören, in ${clicks} Klicks.`,
  unheard: "An deinem Eingang war kein Metronom zu hören.",
  madeUp: "Das wird ab jetzt ausgeglichen.",
  known: (ms) => `${ms} ms werden ausgeglichen, wie bei einem früheren Besuch gemessen.`,
  unsure: "Das ist zu ungenau, um es auszugleichen: Lass sie noch einmal laufen.",
  noPlace: "Sie sagt nicht, wo sie steht; wie spät sie ist, lässt sich deshalb nicht messen.",
};
