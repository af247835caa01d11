import { placeOfTimecode, type TimecodeRate, timecodeRates } from "../../../audio/timecode.ts";
import type { MackieOptions } from "./mackie.std.ts";

/** What a DAW needs to be spoken to: the defaults of its own new projects, which a person's project may differ from. */
export interface DawProfile {
  name: string;
  rate: TimecodeRate;
  /** What it shows at bar one, as `hh:mm:ss:ff`. */
  start: string;
  mackie: Pick<MackieOptions, "recordRolls" | "counter">;
  /** What an ordinary user must switch on, where the menus call it so. */
  switchOn: string;
}

const arms = { recordRolls: false };
const rolls = { recordRolls: true };

export const dawProfiles: Record<string, DawProfile> = {
  ardour: {
    name: "Ardour",
    rate: "30",
    start: "00:00:00:00",
    mackie: { ...arms, counter: "smpte" },
    switchOn: "Edit, Preferences: MIDI, “Obey MIDI Machine Control commands” and “Send MIDI Machine Control commands”.",
  },
  live: {
    name: "Live",
    rate: "25",
    start: "00:00:00:00",
    mackie: { ...arms, counter: "beats" },
    switchOn: "Settings, Link/Tempo/MIDI: control surface MackieControl; or Sync for the port, and the EXT button.",
  },
  bitwig: {
    name: "Bitwig Studio",
    rate: "25",
    start: "00:00:00:00",
    mackie: arms,
    switchOn: "Dashboard, Settings, Controllers: add Mackie MCU PRO with the companion's port both ways.",
  },
  logic: {
    name: "Logic Pro",
    rate: "25",
    start: "01:00:00:00",
    mackie: rolls,
    switchOn: "Control Surfaces, Setup: Mackie Control; for timecode Project Settings, Synchronization, MIDI.",
  },
  cubase: {
    name: "Cubase",
    rate: "25",
    start: "00:00:00:00",
    mackie: rolls,
    switchOn: "Studio, Studio Setup: Mackie Control; for timecode and MMC Transport, Project Synchronization Setup.",
  },
  reaper: {
    name: "Reaper",
    rate: "30",
    start: "00:00:00:00",
    mackie: rolls,
    switchOn: "Preferences, Control/OSC/web: Mackie Control Universal with the companion's port both ways.",
  },
  "studio-one": {
    name: "Studio One",
    rate: "25",
    start: "00:00:00:00",
    mackie: rolls,
    switchOn: "Options, External Devices: Mackie Control with the companion's port both ways.",
  },
  "pro-tools": {
    name: "Pro Tools",
    rate: "29.97",
    start: "01:00:00:00",
    mackie: arms,
    switchOn:
      "Setup, Peripherals: Synchronization (MTC), Machine Control (MMC) or MIDI Controllers (HUI is none of ours).",
  },
};

export interface DawSettings {
  profile?: DawProfile;
  rate: TimecodeRate;
  startFrames: number;
  mackie: DawProfile["mackie"];
}

/**
 * What was written after a language: a profile's name, a rate, a start, in any order and each at most once (`logic`, `25`, `01:00:00:00`).
 * Throws a sentence for the person.
 */
export function dawSettings(words: readonly string[]): DawSettings {
  const rest = [...words];
  const take = (fits: (word: string) => boolean): string | undefined => {
    const at = rest.findIndex(fits);
    return at < 0 ? undefined : rest.splice(at, 1)[0];
  };
  const profile = dawProfiles[take((word) => Object.hasOwn(dawProfiles, word)) ?? ""];
  const told = take((word) => timecodeRates.some((known) => known === word));
  const rate = timecodeRates.find((one) => one === told);
  const start = take((word) => /^\d\d:\d\d:\d\d:\d\d$/.test(word)) ?? profile?.start ?? "00:00:00:00";
  if (rest.length > 0)
    throw new Error(
      `"${rest[0]}" is no DAW, rate or start. DAWs: ${Object.keys(dawProfiles).join(", ")}. Rates: ${timecodeRates.join(", ")}. A start is 01:00:00:00.`,
    );
  const used = rate ?? profile?.rate ?? "30";
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = start.split(":").map(Number);
  const startFrames = placeOfTimecode({ hours, minutes, seconds, frames, hundredths: 0 }, used);
  if (startFrames === null) throw new Error(`${start} is no place at ${used} frames a second.`);
  return { ...(profile && { profile }), rate: used, startFrames, mackie: profile?.mackie ?? {} };
}
