/** What is said of the four words of the room, written by ear. */
import type { AgreeWords } from "./agree.en.std.ts";

export const de: AgreeWords = {
  label: "Niemand dazwischen",
  agreeing: "Aus allen Schlüsseln entstehen vier Wörter…",
  how: "Lest euch diese Wörter vor: Sind es bei allen dieselben, sitzt niemand zwischen euch und hört mit.",
  compared: "Es sind dieselben",
  differ: "Es sind andere",
  differText:
    "Dann sitzt vielleicht jemand zwischen euch, hört mit und kann ändern, was ihr hört. Schaltet alle den Ton aus und wieder ein und vergleicht die neuen Wörter. Sind sie wieder verschieden, nehmt ein anderes Netz.",
  turnOff: "Meinen Ton ausschalten",
  stay: "Weitermachen",
  isCompared: "Verglichen: Diese Wörter sind bei euch allen dieselben.",
  changed: {
    people: "Neue Wörter: Jemand ist gekommen oder gegangen. Vergleicht sie noch einmal.",
    keys: "Neue Wörter, obwohl niemand kam oder ging: Eine Verbindung hat neu begonnen, oder jemand sitzt dazwischen. Vergleicht sie jetzt.",
  },
  broken:
    "Die Schlüssel passen nicht zusammen: Vielleicht sitzt jemand zwischen euch. Sagt hier nichts Vertrauliches. Geht hinaus, kommt wieder dazu und vergleicht die neuen Wörter.",
};
