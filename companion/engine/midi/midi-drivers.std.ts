import type { DawSettings } from "./daw-profiles.std.ts";
import type { Cue, DawDriver } from "./driver.std.ts";
import { mackieCue, mackieDriver } from "./mackie.std.ts";
import { midiClockCue, midiClockDriver } from "./midi-clock.std.ts";
import { mmcCueOf, mmcDriver } from "./mmc.std.ts";
import { mtcCue, mtcDriver } from "./mtc.std.ts";

/** The languages that go over MIDI, as they are called where a person chooses one. */
export const midiLanguages = ["mmc", "mackie", "clock", "mtc"] as const;
export type MidiLanguage = (typeof midiLanguages)[number];

export function midiDriver(
  language: MidiLanguage,
  { rate, startFrames, mackie }: DawSettings,
): { driver: DawDriver; cue: Cue } {
  switch (language) {
    case "mmc":
      return { driver: mmcDriver({ rate, startFrames }), cue: mmcCueOf({ rate, startFrames }) };
    case "mackie":
      return { driver: mackieDriver({ rate, startFrames, ...mackie }), cue: mackieCue };
    case "clock":
      return { driver: midiClockDriver(), cue: midiClockCue };
    case "mtc":
      return { driver: mtcDriver({ rate, startFrames }), cue: mtcCue };
  }
}
