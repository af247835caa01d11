/** What is said of takes. */

export const en = {
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
  older: (count: number) => (count === 1 ? "One older take" : `${count} older takes`),
  onlyStarred: "Starred only",
  hear: (name: string) => `Hear ${name} while the transport rolls`,
  hearShort: "Hear",
  hearStem: (name: string) => `Hear ${name}`,
  loop: (name: string) => `Loop the bars of ${name}`,
  loopShort: "Loop",
  download: (name: string, size: string) => `Download ${size}: ${name}`,
  channels: (count: number) => `${count}\u00a0channels`,
  downloadShort: (size: string) => `Download ${size}`,
  volume: "Volume of the takes",
  swap: "Swap with the take before",
  swapShort: "A/B",
};
export type TakeWords = typeof en;
