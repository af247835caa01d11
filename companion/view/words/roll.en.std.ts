/** What is said of a test roll: one DAW alone, before it follows the session. */
import type { TestRoll, TestRollStep } from "../../engine/transport/test-roll.std.ts";

export const en = {
  begin: "Test roll",
  listen: "Hear its metronome at my input",
  listenNote:
    "Switch the metronome on in your DAW, and let your input hear it: by a cable, or through the loudspeakers. Then what is heard is measured.",
  note: "It rolls your DAW for four seconds, alone: nobody in the session notices.",
  steps: {
    locate: "Watch your DAW: it goes to ten seconds…",
    play: "It plays…",
    stop: "It stops…",
  } satisfies Record<TestRollStep, string>,
  found: {
    rolled: "It rolled and stopped as it was told.",
    silent:
      "It said nothing. If you saw it roll, it follows and cannot lead; if not, look at its port and what it listens to.",
    stayed: "It speaks, and did not roll: switch on in it that it follows this port.",
    "runs-on": "It rolled, and did not stop: something else drives it too, or it does not hear Stop.",
  } satisfies Record<TestRoll["found"], string>,
  late: (ms: string, spread: string) => `It was ${ms} ± ${spread} ms late.`,
  heard: (ms: string, stray: string, clicks: number) =>
    `Its metronome was heard ${ms} ± ${stray} ms late, in ${clicks} clicks.`,
  unheard: "No metronome was heard at your input.",
  madeUp: "That is made up for from now on.",
  known: (ms: string) => `${ms} ms are made up for, as measured at an earlier visit.`,
  unsure: "That is too uncertain to make up for: roll once more.",
  noPlace: "It tells no place, so how late it is cannot be measured.",
};
export type RollWords = typeof en;
