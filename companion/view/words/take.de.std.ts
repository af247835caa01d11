/** What is said of takes. Written by ear, not translated. */
import type { TakeWords } from "./take.en.std.ts";

export const de: TakeWords = {
  take: (number) => `Take ${number}`,
  star: (name) => `${name} merken`,
  name: (name) => `Name von ${name}`,
  comments: (name) => `Kommentare zu ${name}`,
  comment: (bar) => `Etwas zu Takt ${bar} sagen`,
  send: "Kommentieren",
  at: (bar) => `Takt ${bar}`,
  goTo: (bar) => `Zu Takt ${bar}`,
  remove: "Kommentar löschen",
  bars: (from, to) => `Takt ${from} bis ${to}`,
  older: (count) => (count === 1 ? "Ein älterer Take" : `${count} ältere Takes`),
  onlyStarred: "Nur gemerkte",
  hear: (name) => `${name} hören, solange der Transport läuft`,
  hearShort: "Hören",
  hearStem: (name) => `${name} hören`,
  loop: (name) => `Die Takte von ${name} als Loop`,
  loopShort: "Loop",
  download: (name, size) => `Herunterladen ${size}: ${name}`,
  channels: (count) => `${count}\u00a0Kanäle`,
  downloadShort: (size) => `Herunterladen ${size}`,
  volume: "Lautstärke der Takes",
  swap: "Mit dem Take davor tauschen",
  swapShort: "A/B",
};
