import { join } from "node:path";
import { dawSettings } from "../engine/midi/daw-profiles.std.ts";
import { openFilePort } from "../engine/midi/file-port.node.ts";
import { loadJackMidi, openJackMidiPort } from "../engine/midi/jack-midi-port.node.ts";
import { midiDriver, midiLanguages } from "../engine/midi/midi-drivers.std.ts";
import { ardourGreeting, ardourOscDriver, oscCue, reaperOscDriver } from "../engine/midi/osc-drivers.std.ts";
import type { DawPort } from "../engine/midi/port.std.ts";
import { loadRtMidi, openRtMidiPort } from "../engine/midi/rtmidi-port.node.ts";
import { openUdpPort } from "../engine/midi/udp-port.node.ts";
import type { Daw } from "../engine/studio/studio-transport.std.ts";
import type { Calibrations } from "./calibrations.node.ts";

/**
 * The DAWs of a headless companion: MMC into a file of its folder, and what `--daw` names as language and port: `ardour@127.0.0.1:3819`;
 * `reaper@127.0.0.1:8000:9000`, where it listens and where it answers; `mackie@virtual:SessionLinked`, a MIDI port of our own;
 * `clock@midi:Live`, one that is there; `mtc,logic,25@midi:IAC` for a DAW of another rate and start; `mmc@jack:SessionLinked`, one of our
 * own on JACK; `mtc@file:code.jsonl`, a file of the folder. `say` hears what is to be switched on in them. Throws a sentence for the person.
 */
export async function openDaws(
  folder: string,
  wanted: readonly string[],
  say: (message: string) => void,
  calibrations: Calibrations = {},
): Promise<Daw[]> {
  const file = { port: openFilePort(join(folder, "midi.jsonl")), ...midiDriver("mmc", dawSettings([])) };
  return [file, ...(await Promise.all(wanted.map((text) => openDaw(text, folder, say, calibrations))))];
}

/** One DAW as `--daw` names it. Throws a sentence for the person. */
export async function openDaw(
  text: string,
  folder: string,
  say: (message: string) => void,
  calibrations: Calibrations = {},
): Promise<Daw> {
  const [, spoken = "", kind = "", name = ""] =
    /^([a-z0-9.,:-]+)@(file|midi|virtual|jack):([^/\\]{1,60})$/.exec(text) ?? [];
  const [language, ...words] = spoken.split(",");
  const midi = midiLanguages.find((known) => known === language);
  const { lateMs, isHeard } = calibrations[text] ?? {};
  const measured = { ...(lateMs !== undefined && { lateMs }), ...(isHeard && { isLateHeard: isHeard }) };
  const late = (daw: Daw): Daw => ({ ...daw, cue: { ...daw.cue, ...measured } });
  if (midi === undefined) return late(await openOsc(text));
  const settings = dawSettings(words);
  const { profile } = settings;
  if (profile !== undefined) say(`In ${profile.name}, switch on: ${profile.switchOn}`);
  return late({ port: await openPort(kind, name, folder), ...midiDriver(midi, settings) });
}

/** The port at which somebody's MIDI instrument plays and the others' notes sound. Throws a sentence for the person. */
export async function openNotes(text: string): Promise<DawPort> {
  const [, kind, name = ""] = /^(midi|virtual|jack):([^/\\]{1,60})$/.exec(text) ?? [];
  if (kind === undefined)
    throw new Error(
      `"${text}" is no port for notes. Write midi:Keys, virtual:SessionLinked notes or jack:SessionLinked notes.`,
    );
  return openPort(kind, name, "");
}

async function openPort(kind: string, name: string, folder: string): Promise<DawPort> {
  if (kind === "file") return openFilePort(join(folder, name));
  if (kind === "jack") return openJackMidiPort(loadJackMidi(), name);
  return openRtMidiPort({ rtMidi: await loadRtMidi(), name, virtual: kind !== "midi" });
}

async function openOsc(text: string): Promise<Daw> {
  const [, kind, address = "", port, listenPort] =
    /^(ardour|reaper)@([0-9.]{7,15}|\[[0-9a-f:]{2,39}\]):([0-9]{1,5})(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  if (kind === undefined)
    throw new Error(
      `"${text}" is no DAW. Write ardour@127.0.0.1:3819, reaper@127.0.0.1:8000:9000 or mackie@virtual:SessionLinked.`,
    );
  const name = kind === "ardour" ? "Ardour" : "Reaper";
  const opened = await openUdpPort({
    name,
    address: address.replaceAll(/[[\]]/g, ""),
    port: Number(port),
    ...(listenPort === undefined ? {} : { listenPort: Number(listenPort) }),
    ...(kind === "ardour" ? { greeting: ardourGreeting } : {}),
  });
  return { port: opened, driver: kind === "ardour" ? ardourOscDriver() : reaperOscDriver(), cue: oscCue };
}
