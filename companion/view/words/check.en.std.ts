/** What is said while somebody looks at their own devices. */

export const en = {
  title: "Your sound, alone",
  lead: "Nobody hears you here. Headphones on, instrument in.",
  level: "Play something: the bar moves, and does not touch its end.",
  silent: "Nothing comes in. Turn the input up, or choose another one.",
  clips: "Too loud: turn the input down until the bar stays clear of its end.",
  good: "Your input is heard.",
  tone: "Play a tone",
  trip: "Your own round trip",
  told: (ms: string) => `${ms} ms, as the system tells it`,
  measured: (ms: string, error: string) => `${ms} ± ${error} ms, measured`,
  tripNote:
    "From your strings to your ears without anybody else. To measure it, hold the microphone to one side of the headphones, or plug the output into the input.",
  tripFar:
    "That is more than a close partner would take. Choose the smallest buffer in your interface's own panel, and a cable instead of Bluetooth.",
  measure: "Measure",
  measuring: "Measuring…",
  nothing: "Nothing came back. Turn the volume up, bring the microphone closer, then measure again.",
  partner: "Practice room",
  partnerNote: "Somebody answers every note at once. Hear how far away they may be.",
  nobody: "Nobody",
  away: (ms: number) => `${ms} ms away`,
  distances: { "10": "in the next room", "25": "in the next city", "40": "in another country" },
  done: "Turn sound on",
  close: "Not yet",
};
export type CheckWords = typeof en;
