/** Was denen gesagt wird, die eine Session mithören. Nach Gehör geschrieben, nicht übersetzt. */
import type { ListenWords } from "./listen.en.std.ts";

export const de: ListenWords = {
  title: "Mithören",
  before:
    "Du hörst eine Session, während sie gespielt wird, etwa eine Sekunde später. Dich hört und sieht niemand; die Band sieht, wie viele zuhören.",
  start: "Zuhören",
  opening: "Öffnet dein Gerät…",
  stop: "Nicht mehr zuhören",
  nobody: "Gerade spielt niemand. Du hörst sie, sobald sie da sind.",
  connecting: "Verbindet…",
  hearing: (count) => (count === 1 ? "Du hörst eine Person spielen." : `Du hörst ${count} Leute spielen.`),
  level: (at) => `Pegel ${at}`,
  volume: "Lautstärke",
  overTitle: "Die Übertragung ist vorbei",
  over: "Wer dir den Link gegeben hat, kann dir sagen, wann es die nächste gibt.",
  fullTitle: "Gerade ist kein Platz zum Zuhören",
  full: "Es hören schon so viele zu, wie Platz haben. Versuch es in ein paar Minuten noch einmal.",
  again: "Noch einmal versuchen",
};
