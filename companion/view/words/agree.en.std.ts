/** What is said of the room's four words. */
export const en = {
  label: "Nobody between you",
  agreeing: "Making four words from everybody's keys…",
  how: "Read these words to each other: where they are the same at all of you, nobody is between you and can listen in.",
  compared: "They are the same",
  differ: "They are different",
  differText:
    "Then somebody may be between you, who hears you and can change what you hear. Turn the sound off, turn it on again at all of you, and compare the new words. If they differ again, use another network.",
  turnOff: "Turn my sound off",
  stay: "Stay",
  isCompared: "Compared: these words are the same at all of you.",
  changed: {
    people: "New words: somebody came or went. Compare them once more.",
    keys: "New words, and nobody came or went: a connection began anew, or somebody is between you. Compare them now.",
  },
  broken:
    "The keys do not agree: somebody may be between you. Say nothing private here; leave, join again, and compare the new words.",
};
export type AgreeWords = typeof en;
