import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { compiledAddon } from "../native/compiled-addon.node.ts";
import { MidiParser } from "./midi-parser.std.ts";
import type { DawPort } from "./port.std.ts";

const require = createRequire(import.meta.url);
const source = fileURLToPath(new URL("./jack-midi.c", import.meta.url));

/** What `jack-midi.c` exports; its comments say what each does. */
export interface JackMidi {
  /** `frame` and `jackMs`: the server's own count and clock, which are everybody's. */
  open(
    name: string,
    listener: (agoMs: number, bytes: Uint8Array, frame: number, jackMs: number) => void,
  ): JackMidiClient;
}
interface JackMidiClient {
  send(bytes: Uint8Array, inMs: number): boolean;
  isThere(): boolean;
  close(): void;
}

/** An event loop that is busy for less than this is no jitter: what it has to say lies at JACK by then. */
const AHEAD_MS = 40;
/** How often it is looked whether the server is still there. */
const LOOK_MS = 500;

/** Throws `JackRefused` where it cannot be compiled. */
export function loadJackMidi(): JackMidi {
  const addon: JackMidi = require(compiledAddon(source));
  return addon;
}

/**
 * A MIDI port of our own on JACK, both ways: `name:in` and `name:out`, which the DAW is connected to. Bytes leave at their instant, to the frame,
 * and come with their own. A server that goes away is said, and taken up again when it is back. Throws a sentence for the person.
 */
export function openJackMidiPort(jack: JackMidi, name: string): DawPort {
  const splitter = new MidiParser();
  let onBytes: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  let onPresence: (isThere: boolean) => void = () => undefined;
  const open = () => jack.open(name, (agoMs, bytes) => onBytes(bytes, machineNowMs() - Math.max(0, agoMs)));
  let client: JackMidiClient;
  try {
    client = open();
  } catch (error) {
    throw new Error(`JACK has no MIDI port for the companion: ${error instanceof Error ? error.message : error}.`);
  }
  let wasThere = true;
  const look = () => {
    if (!wasThere || client.isThere()) return;
    wasThere = false;
    client.close();
    onPresence(false);
  };
  const timer = setInterval(() => {
    if (wasThere) return look();
    try {
      client = open();
      wasThere = true;
      onPresence(true);
    } catch {
      // Not yet; it is looked again.
    }
  }, LOOK_MS);
  return {
    name,
    aheadMs: AHEAD_MS,
    sendAt(bytes, localMs) {
      // A system's message is one message; a driver may say several at once.
      for (const message of splitter.push(bytes)) if (!client.send(message, localMs - machineNowMs())) look();
    },
    onBytes(listener) {
      onBytes = listener;
    },
    onPresence(listener) {
      onPresence = listener;
    },
    async close() {
      clearInterval(timer);
      client.close();
    },
  };
}
