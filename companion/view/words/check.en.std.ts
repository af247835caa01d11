/** What is said while somebody looks at their own devices. */

export const en = {
  open: "Check my sound",
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
  facts: {
    lies: (rate: string) =>
      `Your device says 48 kHz and runs at ${rate}: what you play is out of tune and drifts away. Set the device and the system to 48 kHz, then load the page again.`,
    rate: (rate: string) =>
      `Your interface runs at ${rate} kHz and is converted to 48. Set it to 48 kHz in its own panel: less delay, and nothing is converted.`,
    inputs: (count: number) =>
      `Your interface has ${count} inputs; a browser is given the first two. Route yours there in its mixer, or use the companion app.`,
  },
};
export type CheckWords = typeof en;
