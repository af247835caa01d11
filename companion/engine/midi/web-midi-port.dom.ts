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

/** Why there is no MIDI in this browser, or the ports of this machine. System exclusives are asked for: MMC is one. */
export async function askForMidi(): Promise<MidiAccess | "old-browser" | "denied"> {
  if (!("requestMIDIAccess" in navigator)) return "old-browser";
  try {
    // The DOM's types ask for a whole MIDIMessageEvent where two fields of it are read here.
    return (await navigator.requestMIDIAccess({ sysex: true })) as unknown as MidiAccess;
  } catch (error) {
    return error instanceof DOMException && error.name === "NotSupportedError" ? "old-browser" : "denied";
  }
}

/** Names of the ports that are there in both directions: a DAW's or an interface's, or a bus of the system between programs. */
export function midiPorts(access: MidiAccess): string[] {
  const there = (ends: Iterable<MidiEnd>) =>
    [...ends].flatMap(({ name, state }) => (name === null || state === "disconnected" ? [] : [name]));
  const outputs = new Set(there(access.outputs.values()));
  return [...new Set(there(access.inputs.values()))].filter((name) => outputs.has(name));
}

/**
 * A MIDI port of the browser, both ways, with instants of `performance.now()`. One that goes away is said at once and taken up again when it is
 * back; no other is taken in its place. Throws where it is not there or another program has it.
 */
export function openWebMidiPort(access: MidiAccess, name: string): DawPort {
  const splitter = new MidiParser();
  let onBytes: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  let onPresence: (isThere: boolean) => void = () => undefined;
  let wasThere = true;
  let ends = open();
  if (ends === null) throw new Error(`There is no MIDI port "${name}" with both directions.`);

  function open() {
    const find = <End extends MidiEnd>(all: ReadonlyMap<string, End>) =>
      [...all.values()].find((one) => one.name === name && one.state === "connected");
    const [input, output] = [find(access.inputs), find(access.outputs)];
    if (input === undefined || output === undefined) return null;
    input.onmidimessage = ({ data, timeStamp }) => {
      if (data !== null) onBytes(data, timeStamp);
    };
    return { input, output };
  }

  const say = (isThere: boolean) => {
    if (isThere === wasThere) return;
    wasThere = isThere;
    onPresence(isThere);
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
        for (const message of splitter.push(bytes)) ends?.output.send([...message], localMs);
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
      ends.input.onmidimessage = null;
      await Promise.all([ends.input.close(), ends.output.close()]);
    },
  };
}
