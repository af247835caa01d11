/** What is said of safety copies. */
export const en = {
  label: "Safety copies",
  mine: "Others may keep copies of my takes",
  mineMeans:
    "Whoever keeps copies writes down what they hear of you while a take rolls. It is sealed: only you can open it. It goes once your own take is shared, or after 30 days.",
  others: "I keep copies for others",
  othersMeans:
    "They lie on this device, sealed, so you cannot open them. They stop where room gets short, and go by themselves.",
  keptBy: (who: string, count: number) => (count === 1 ? `${who} keeps yours.` : `${who} keep yours.`),
  keeping: (who: string) => `You keep those of ${who}.`,
  held: (count: number) => (count === 1 ? "One copy for others is here." : `${count} copies for others are here.`),
  trouble: "A safety copy could not be kept, or not be brought back. Nothing that you recorded is affected.",
  missing: "Takes of yours that are not here",
  isMissing: (long: string, begun: string) => `A take of yours, ${long} long, from ${begun}, is not here.`,
  has: (who: string, count: number, until: string) =>
    count === 1 ? `${who} has a safety copy until ${until}.` : `${who} have safety copies until ${until}.`,
  bring: "Bring back",
  bringNamed: (begun: string) => `Bring back the take from ${begun}`,
  comes: (begun: string) => `How much of the take from ${begun} has come back`,
  isBack: (long: string, begun: string) => `A take of yours, ${long} long, from ${begun}, has come back.`,
  lacks: (long: string) => `${long} of it never reached whoever kept it: silence stands there.`,
  isMixedDown: (long: string) => `${long} of it reached them mixed down, in fewer channels.`,
  deleteMine: "Delete my copies",
  deleteTitle: "Delete the copies that others have of you?",
  deleteText: "They go at everybody who is here now. Whoever is away keeps theirs until it goes by itself.",
};
export type SafetyWords = typeof en;
