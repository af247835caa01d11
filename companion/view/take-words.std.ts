/** What is said of takes in the session view, in both languages. German is written, not translated. */
const en = {
  take: (number: number) => `Take ${number}`,
  star: (name: string) => `Star ${name}`,
  name: (name: string) => `Name of ${name}`,
  comments: (name: string) => `Comments on ${name}`,
  comment: (bar: string) => `Say something at bar ${bar}`,
  send: "Comment",
  at: (bar: string) => `bar ${bar}`,
  goTo: (bar: string) => `To bar ${bar}`,
  remove: "Delete comment",
  bars: (from: string, to: string) => `bars ${from} to ${to}`,
  onlyStarred: "Starred only",
};
export type TakeWords = typeof en;

const de: TakeWords = {
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
  onlyStarred: "Nur gemerkte",
};

export const takeWords: Record<"en" | "de", TakeWords> = { en, de };
