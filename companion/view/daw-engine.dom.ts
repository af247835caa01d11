/** What a DAW at a port of the browser needs: a script of its own, fetched when somebody connects one. */
import { dawProfiles, dawSettings } from "../engine/midi/daw-profiles.std.ts";
import { type MidiLanguage, midiDriver } from "../engine/midi/midi-drivers.std.ts";
import { askForMidi, type MidiAccess, midiPorts, openWebMidiPort } from "../engine/midi/web-midi-port.dom.ts";
import { ClickEar } from "../engine/sound/click-ear.dom.ts";
import { type Daw, StudioTransport, type StudioTransportOptions } from "../engine/studio/studio-transport.std.ts";
import type { LinkClock } from "../engine/transport/daw-link.std.ts";
import { lateOf, type TestRoll, type TestRollOptions, testRoll } from "../engine/transport/test-roll.std.ts";

export type { MidiAccess };
export { askForMidi, lateOf, midiPorts };

/** DAWs that a person may choose from, and what is to be switched on in each. */
export const profiles: readonly { id: string; name: string; switchOn: string }[] = Object.entries(dawProfiles).map(
  ([id, { name, switchOn }]) => ({ id, name, switchOn }),
);

export interface DawChoice {
  port: string;
  language: MidiLanguage;
  /** `""`: none of those that we know. */
  profile: string;
}

const CLOCK: LinkClock = {
  isKnown: () => true,
  nowLocalMs: () => performance.now(),
  nowSessionMs: () => performance.now(),
  toSessionMs: (localMs) => localMs,
  toLocalMs: (sessionMs) => sessionMs,
  scheduleAtSession: scheduleAt,
};

/** The port sends at the instant itself: a timer only has to be there a little before. */
function scheduleAt(atMs: number, call: () => void): () => void {
  const timer = setTimeout(call, Math.max(0, atMs - performance.now()));
  return () => clearTimeout(timer);
}

/** Where a DAW's metronome comes back. */
export interface EarChoice {
  deviceUrl: string;
  inputId: string;
}

/**
 * Rolls the DAW at this port alone, and listens to it where there is somewhere to. `"no-ear"`: that input cannot be had. Throws where the port
 * cannot be opened.
 */
export async function rollDaw(
  access: MidiAccess,
  { port, language, profile }: DawChoice,
  at: EarChoice | null,
  onStep: TestRollOptions["onStep"],
): Promise<TestRoll | "no-ear"> {
  const driver = midiDriver(language, dawSettings(profile === "" ? [] : [profile]));
  const ear = at === null ? null : await ClickEar.open(at.deviceUrl, at.inputId);
  if (typeof ear === "string") return "no-ear";
  const roll = { ...driver, clock: CLOCK, onStep };
  try {
    const opened = openWebMidiPort(access, port);
    if (ear === null) return await testRoll({ port: opened, ...roll });
    return await testRoll({ port: opened, ...roll, captured: (fromMs, untilMs) => ear.captured(fromMs, untilMs) });
  } finally {
    await ear?.close();
  }
}

/** What of a transport is the page's. */
export type PageTransport = Pick<
  StudioTransportOptions,
  "mayCommand" | "post" | "peers" | "emit" | "onLead" | "onForeseen"
>;

/** The session's transport at this port, for a DAW that is late by so much, where that is known. Throws where the port cannot be opened. */
export function connectDaw(
  access: MidiAccess,
  { port, language, profile }: DawChoice,
  lateMs: number | null,
  options: PageTransport,
): StudioTransport {
  const { driver, cue } = midiDriver(language, dawSettings(profile === "" ? [] : [profile]));
  const late = lateMs === null ? {} : { lateMs };
  return openTransport([{ port: openWebMidiPort(access, port), driver, cue: { ...cue, ...late } }], options);
}

/** The session's transport in a page, with a DAW or none: what is pressed here is announced, and what is announced is heard (P77). */
export function openTransport(daws: readonly Daw[], options: PageTransport): StudioTransport {
  return new StudioTransport({
    ...options,
    nowMs: () => performance.now(),
    scheduleAt,
    daws,
    onExecuted: () => undefined,
  });
}
