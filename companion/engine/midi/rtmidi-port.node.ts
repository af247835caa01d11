import type { Input, Output } from "@julusian/midi";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { ArrivalClock } from "./arrival-clock.std.ts";
import { MidiParser } from "./midi-parser.std.ts";
import type { DawPort } from "./port.std.ts";

/** How often it is looked whether a port is still there: systems do not all tell. */
const LOOK_MS = 500;

/** RtMidi as this module needs it: `@julusian/midi`, or the same built for another system of ports. */
export interface RtMidi {
  Input: new () => Pick<
    Input,
    "closePort" | "getPortCount" | "getPortName" | "ignoreTypes" | "openPort" | "openVirtualPort"
  > & { on(event: "messageBuffer", listener: (deltaTime: number, bytes: Uint8Array) => void): unknown };
  Output: new () => Pick<
    Output,
    "closePort" | "getPortCount" | "getPortName" | "openPort" | "openVirtualPort" | "sendMessage"
  >;
}

/** The system's RtMidi. Throws a sentence where it is not installed, or finds no system of ports. */
export async function loadRtMidi(path = "@julusian/midi"): Promise<RtMidi> {
  try {
    const library: { default: RtMidi } = await import(path);
    return library.default;
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new Error(`This machine has no MIDI for the companion (${why}). OSC and files work without it.`);
  }
}

/** Names of the ports that there are in both directions. Throws a sentence where there is no system of ports. */
export function listMidiPorts(rtMidi: RtMidi): string[] {
  const { input, output } = newEnds(rtMidi);
  const outputs = new Set(namesOf(output).map(bare));
  return [...new Set(namesOf(input).map(bare))].filter((name) => outputs.has(name));
}

export interface RtMidiPortOptions {
  rtMidi: RtMidi;
  /** What our own port is called, or part of the name of one that is there. */
  name: string;
  /** A port of our own, which the DAW is connected to; Windows has none of these. */
  virtual: boolean;
}

/**
 * A MIDI port, both ways. One that goes away is said at once, and taken up again when it is back; another one is never taken in its place.
 * Throws a sentence for the person where it cannot be opened.
 */
export function openRtMidiPort({ rtMidi, name, virtual }: RtMidiPortOptions): DawPort {
  const splitter = new MidiParser();
  let onBytes: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  let onPresence: (isThere: boolean) => void = () => undefined;
  /** The very port that is ours now, as the system names it. */
  let known = name;
  let ends = open();

  function open() {
    const { input, output } = newEnds(rtMidi);
    input.ignoreTypes(false, false, false);
    const arrivals = new ArrivalClock();
    input.on("messageBuffer", (deltaSeconds, bytes) =>
      onBytes(bytes, arrivals.note(deltaSeconds * 1000, machineNowMs())),
    );
    if (virtual) {
      input.openVirtualPort(name);
      output.openVirtualPort(name);
    } else {
      const [from, to] = [portOf(input, known), portOf(output, known)];
      if (from === undefined || to === undefined) {
        const there = [...new Set([...namesOf(input), ...namesOf(output)])].join(", ") || "none";
        throw new Error(`There is no MIDI port "${name}" with both directions. Ports that there are: ${there}.`);
      }
      try {
        known = bare(input.getPortName(from));
        input.openPort(from);
        output.openPort(to);
      } catch {
        input.closePort();
        throw new Error(`The MIDI port "${name}" cannot be opened: another program uses it.`);
      }
    }
    return { input, output };
  }

  /** Whether the port can be seen: our own output is among what others could listen to. */
  const isThere = (): boolean =>
    portOf(ends.input, known) !== undefined && (virtual || portOf(ends.output, known) !== undefined);
  let wasThere = true;
  const say = (there: boolean) => {
    if (there === wasThere) return;
    wasThere = there;
    onPresence(there);
  };
  const shut = () => {
    ends.input.closePort();
    ends.output.closePort();
  };
  const timer = setInterval(() => {
    if (wasThere) return say(isThere());
    if (!virtual && !isThere()) return;
    try {
      shut();
      ends = open();
      say(isThere());
    } catch {
      // Not yet; it is looked again.
    }
  }, LOOK_MS);
  return {
    name,
    sendAt(bytes) {
      try {
        // A system's message is one message; a driver may say several at once.
        for (const message of splitter.push(bytes)) ends.output.sendMessage([...message]);
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
      clearInterval(timer);
      shut();
    },
  };
}

interface Ports {
  getPortCount(): number;
  getPortName(port: number): string;
}

const namesOf = (ports: Ports): string[] =>
  Array.from({ length: ports.getPortCount() }, (_, at) => ports.getPortName(at));

/** ALSA numbers its ports anew each time. */
const bare = (name: string): string => name.replace(/ \d+:\d+$/, "");

/** The port of that very name, or else the one that has it in its name. */
function portOf(ports: Ports, name: string): number | undefined {
  const names = namesOf(ports).map(bare);
  const exact = names.indexOf(name);
  const at = exact >= 0 ? exact : names.findIndex((one) => one.includes(name));
  return at < 0 ? undefined : at;
}

function newEnds(rtMidi: RtMidi) {
  try {
    return { input: new rtMidi.Input(), output: new rtMidi.Output() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`This machine's MIDI ports cannot be reached (${why}). OSC and files work without them.`);
  }
}
