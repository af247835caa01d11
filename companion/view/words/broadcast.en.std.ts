/** What is said of a session that others listen to by a link: to its host, to everybody in it, and to whoever listens. */
export const en = {
  onAir: (count: number) =>
    count === 0 ? "On air: nobody listens yet" : count === 1 ? "On air: 1 listens" : `On air: ${count} listen`,
  onAirShort: (count: number) => `On air · ${count}`,
  onAirMeans:
    "Whoever has the broadcast’s link hears everybody here, music and talk, about a second later. A host can end it.",
  title: "Let others listen by a link",
  means: (most: number) =>
    `Whoever has the link hears everybody in this session, music and talk, about a second later: up to ${most} at once, without an account. They see no names, no chat and no takes, and cannot be heard.`,
  seen: "Everybody in the session sees that it is on air, and how many listen. It ends when you end it, and with the evening.",
  start: "Go on air",
  link: "Link to listen",
  copy: "Copy",
  end: "End the broadcast",
  close: "Close",
};
export type BroadcastWords = typeof en;
