import { MidiParser } from "./midi-parser.std.ts";
import type { DawPort } from "./port.std.ts";

/** What this module needs of Web MIDI (W3C Web MIDI API): a port comes and goes without its object. */
export interface MidiAccess {
  readonly inputs: ReadonlyMap<string, MidiEnd & MidiIn>;
  readonly outputs: ReadonlyMap<string, MidiEnd & MidiOut>;
  addEventListener(type: "statechange", listener: () => void): void;
  removeEventListener(type: "statechange", listener: () => void): void;
}
interface MidiEnd {
  readonly name: string | null;
  readonly state: "connected" | "disconnected";
  open?(): Promise<unknown>;
  close(): Promise<unknown>;
}
interface MidiIn {
  onmidimessage: ((event: { readonly data: Uint8Array | null; readonly timeStamp: number }) => void) | null;
}
interface MidiOut {
  send(data: number[], timestamp?: number): void;
}

/** The browser sends at the instant that it is given, so it may have its bytes this much earlier than a timer would be sure of. */
const AHEAD_MS = 25;

/** Which way a port goes: what comes in at it, what goes out, or both. */
export type PortWay = "in" | "out" | "both";

/** Why there is no MIDI in this browser, or the ports of this machine. `sysex`: system exclusives as well, of which MMC is one. */
export async function askForMidi(sysex = true): Promise<MidiAccess | "old-browser" | "denied"> {
  if (!("requestMIDIAccess" in navigator)) return "old-browser";
  try {
    // The DOM's types ask for a whole MIDIMessageEvent where two fields of it are read here.
    return (await navigator.requestMIDIAccess({ sysex })) as unknown as MidiAccess;
  } catch (error) {
    return error instanceof DOMException && error.name === "NotSupportedError" ? "old-browser" : "denied";
  }
}

const isThere = ({ state }: MidiEnd) => state !== "disconnected";

/** Names of the ports that are there and go this way. Those that go both ways are a DAW's or an interface's, or a bus of the system between programs. */
export function midiPorts(access: MidiAccess, way: PortWay = "both"): string[] {
  const names = (ends: Iterable<MidiEnd>) =>
    [...ends].flatMap((end) => (end.name === null || !isThere(end) ? [] : [end.name]));
  const outputs = new Set(names(access.outputs.values()));
  if (way === "out") return [...outputs];
  return [...new Set(names(access.inputs.values()))].filter((name) => way === "in" || outputs.has(name));
}

interface Ends {
  input: (MidiEnd & MidiIn) | undefined;
  output: (MidiEnd & MidiOut) | undefined;
}

/** `null`: what is to go this way is not there. */
function endsOf(access: MidiAccess, name: string, way: PortWay): Ends | null {
  const find = <End extends MidiEnd>(all: ReadonlyMap<string, End>) =>
    [...all.values()].find((one) => one.name === name && isThere(one));
  const input = way === "out" ? undefined : find(access.inputs);
  const output = way === "in" ? undefined : find(access.outputs);
  const isWhole = (input !== undefined || way === "out") && (output !== undefined || way === "in");
  return isWhole ? { input, output } : null;
}

/** As `openWebMidiPort`, after the system has given the port: some systems give each to one program. */
export async function takeWebMidiPort(
  access: MidiAccess,
  name: string,
  way: PortWay,
): Promise<DawPort | "gone" | "taken"> {
  const ends = endsOf(access, name, way);
  if (ends === null) return "gone";
  try {
    await Promise.all([ends.input?.open?.(), ends.output?.open?.()]);
  } catch {
    return "taken";
  }
  return endsOf(access, name, way) === null ? "gone" : openWebMidiPort(access, name, way);
}

/**
 * A MIDI port of the browser, with instants of `performance.now()`. One that goes away is said at once and taken up again when it is
 * back; no other is taken in its place. Throws where it is not there or another program has it.
 */
export function openWebMidiPort(access: MidiAccess, name: string, way: PortWay = "both"): DawPort {
  const splitter = new MidiParser();
  let onBytes: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  let onPresence: (isThere: boolean) => void = () => undefined;
  let wasThere = true;
  let ends = open();
  if (ends === null) throw new Error(`There is no MIDI port "${name}" that goes this way: ${way}.`);

  function open() {
    const found = endsOf(access, name, way);
    if (found?.input !== undefined)
      found.input.onmidimessage = ({ data, timeStamp }) => {
        if (data !== null) onBytes(data, timeStamp);
      };
    return found;
  }

  const say = (isThereNow: boolean) => {
    if (isThereNow === wasThere) return;
    wasThere = isThereNow;
    onPresence(isThereNow);
  };
  const look = () => {
    ends = open();
    say(ends !== null);
  };
  access.addEventListener("statechange", look);
  return {
    name,
    aheadMs: AHEAD_MS,
    sendAt(bytes, localMs) {
      try {
        for (const message of splitter.push(bytes)) ends?.output?.send([...message], localMs);
      } catch {
        say(false);
      }
    },
    onBytes(listener) {
      onBytes = listener;
    },
    onPresence(listener) {
      onPresence = listener;
    },
    async close() {
      access.removeEventListener("statechange", look);
      if (ends === null) return;
      if (ends.input !== undefined) ends.input.onmidimessage = null;
      await Promise.all([ends.input?.close(), ends.output?.close()]);
    },
  };
}
