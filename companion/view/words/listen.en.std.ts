/** What is said to whoever listens to a session's broadcast. */
export const en = {
  title: "Listen in",
  before:
    "You hear a session as it is played, about a second later. Nobody hears or sees you; the band sees how many listen.",
  start: "Listen",
  opening: "Opening your device…",
  stop: "Stop listening",
  nobody: "Nobody is playing just now. You hear them as soon as they come.",
  connecting: "Connecting…",
  hearing: (count: number) => (count === 1 ? "You hear 1 musician." : `You hear ${count} musicians.`),
  level: (at: number) => `Level ${at}`,
  volume: "Volume",
  overTitle: "The broadcast is over",
  over: "Whoever gave you the link can tell you when there is another one.",
  fullTitle: "There is no room to listen just now",
  full: "As many people listen already as there is room for. Try again in a few minutes.",
  again: "Try again",
};
export type ListenWords = typeof en;
