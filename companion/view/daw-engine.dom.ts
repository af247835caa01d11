/** What a DAW at a port of the browser needs: a script of its own, fetched when somebody connects one. */
import { dawProfiles, dawSettings } from "../engine/midi/daw-profiles.std.ts";
import { type MidiLanguage, midiDriver } from "../engine/midi/midi-drivers.std.ts";
import { askForMidi, type MidiAccess, midiPorts, openWebMidiPort } from "../engine/midi/web-midi-port.dom.ts";
import { type Daw, StudioTransport, type StudioTransportOptions } from "../engine/studio/studio-transport.std.ts";

export type { MidiAccess };
export { askForMidi, midiPorts };

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

/** What of a transport is the page's. */
export type PageTransport = Pick<
  StudioTransportOptions,
  "mayCommand" | "post" | "peers" | "emit" | "onLead" | "onForeseen"
>;

/** The session's transport at this port. Throws where the port cannot be opened. */
export function connectDaw(
  access: MidiAccess,
  { port, language, profile }: DawChoice,
  options: PageTransport,
): StudioTransport {
  const settings = dawSettings(profile === "" ? [] : [profile]);
  return openTransport([{ port: openWebMidiPort(access, port), ...midiDriver(language, settings) }], options);
}

/** The session's transport in a page, with a DAW or none: what is pressed here is announced, and what is announced is heard (P77). */
export function openTransport(daws: readonly Daw[], options: PageTransport): StudioTransport {
  return new StudioTransport({
    ...options,
    nowMs: () => performance.now(),
    // The port sends at the instant itself: a timer only has to be there a little before.
    scheduleAt: (atMs, call) => {
      const timer = setTimeout(call, Math.max(0, atMs - performance.now()));
      return () => clearTimeout(timer);
    },
    daws,
    onExecuted: () => undefined,
  });
}
