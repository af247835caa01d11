import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { type JackMidi, openJackMidiPort } from "./jack-midi-port.node.ts";
import type { DawPort } from "./port.std.ts";
import { FakeSystem } from "./rtmidi.fake.std.ts";
import { openRtMidiPort } from "./rtmidi-port.node.ts";
import { type MidiAccess, midiPorts, openWebMidiPort, takeWebMidiPort } from "./web-midi-port.dom.ts";

/** A machine whose ports come and go, and what leaves and enters by the one called "DAW". */
interface Machine {
  open(): DawPort;
  hear(...bytes: number[]): void;
  sent: number[][];
  unplug(): void;
  plug(): void;
}

function rtMidiMachine(): Machine {
  const system = new FakeSystem("Other", "DAW");
  return {
    open: () => openRtMidiPort({ rtMidi: system.rtMidi, name: "DAW", virtual: false }),
    hear: (...bytes) => system.hear(...bytes),
    sent: system.sent,
    unplug: () => void system.there.splice(system.there.indexOf("DAW"), 1),
    plug: () => void system.there.push("DAW"),
  };
}

function webMidiMachine(): Machine & { access: MidiAccess; stamps: number[] } {
  const sent: number[][] = [];
  const stamps: number[] = [];
  let state: "connected" | "disconnected" = "connected";
  const listeners = new Set<() => void>();
  const newEnd = (name: string) => ({
    name,
    get state() {
      return name === "DAW" ? state : ("connected" as const);
    },
    onmidimessage: null,
    close: async () => undefined,
    send(data: number[], timestamp = 0) {
      if (state === "disconnected") throw new DOMException("The port is gone.", "InvalidStateError");
      sent.push(data);
      stamps.push(timestamp);
    },
  });
  const inputs: MidiAccess["inputs"] = new Map([
    ["1", newEnd("Other")],
    ["2", newEnd("DAW")],
  ]);
  const access: MidiAccess = {
    inputs,
    outputs: new Map([
      ["3", newEnd("Other")],
      ["4", newEnd("DAW")],
      ["5", newEnd("Only out")],
    ]),
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
  };
  const change = (to: typeof state) => {
    state = to;
    for (const listener of listeners) listener();
  };
  return {
    access,
    stamps,
    open: () => openWebMidiPort(access, "DAW"),
    hear: (...bytes) => inputs.get("2")?.onmidimessage?.({ data: Uint8Array.from(bytes), timeStamp: 77 }),
    sent,
    unplug: () => change("disconnected"),
    plug: () => change("connected"),
  };
}

/** JACK as its addon shows it: a server that may go, and instants that are told from now. */
function jackMachine(): Machine & { inMs: number[] } {
  const sent: number[][] = [];
  const inMs: number[] = [];
  let isUp = true;
  let hear: (agoMs: number, bytes: Uint8Array, frame: number, jackMs: number) => void = () => undefined;
  const jack: JackMidi = {
    open(_, listener) {
      if (!isUp) throw new Error("no JACK server answers");
      hear = listener;
      return {
        send(bytes, ms) {
          if (!isUp) return false;
          sent.push([...bytes]);
          inMs.push(ms);
          return true;
        },
        isThere: () => isUp,
        close: () => undefined,
      };
    },
  };
  return {
    open: () => openJackMidiPort(jack, "DAW"),
    hear: (...bytes) => hear(3, Uint8Array.from(bytes), 0, 0),
    sent,
    inMs,
    unplug: () => {
      isUp = false;
    },
    plug: () => {
      isUp = true;
    },
  };
}

/** How long any of them may take to see that a port has gone. */
const SEEN_WITHIN_MS = 600;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each([
  ["RtMidi", rtMidiMachine],
  ["Web MIDI", webMidiMachine],
  ["JACK", jackMachine],
] as const)("a port of %s", (_, newMachine) => {
  test("C4: carries both ways, and each message by itself", async () => {
    const machine = newMachine();
    const port = machine.open();
    const heard: number[][] = [];
    port.onBytes((bytes) => heard.push([...bytes]));
    port.sendAt(Uint8Array.of(0xfc, 0xf2, 0, 2, 0xfb, 0xf0, 0x7f, 0x7f, 6, 1, 0xf7), 0);
    expect(machine.sent).toEqual([[0xfc], [0xf2, 0, 2], [0xfb], [0xf0, 0x7f, 0x7f, 6, 1, 0xf7]]);
    machine.hear(0xf8);
    expect(heard).toEqual([[0xf8]]);
    await port.close();
  });

  test("X24: one that goes away is said at once, and taken up again when it is back", async () => {
    const machine = newMachine();
    const port = machine.open();
    const presence: boolean[] = [];
    const heard: number[][] = [];
    port.onPresence((isThere) => presence.push(isThere));
    port.onBytes((bytes) => heard.push([...bytes]));
    machine.unplug();
    vi.advanceTimersByTime(SEEN_WITHIN_MS);
    expect(presence).toEqual([false]);
    port.sendAt(Uint8Array.of(0xf8), 0);
    machine.plug();
    vi.advanceTimersByTime(SEEN_WITHIN_MS);
    expect(presence).toEqual([false, true]);
    machine.hear(0xfa);
    expect(heard).toEqual([[0xfa]]);
    port.sendAt(Uint8Array.of(0xfa), 0);
    expect(machine.sent).toEqual([[0xfa]]);
    await port.close();
  });

  test("X24: what cannot be sent is a port that has gone, and nothing throws", async () => {
    const machine = newMachine();
    const port = machine.open();
    const presence: boolean[] = [];
    port.onPresence((isThere) => presence.push(isThere));
    machine.unplug();
    port.sendAt(Uint8Array.of(0xf8), 0);
    vi.advanceTimersByTime(SEEN_WITHIN_MS);
    expect(presence).toEqual([false]);
    await port.close();
  });

  test("C4: one that is not there is said in a sentence", () => {
    const machine = newMachine();
    machine.unplug();
    expect(() => machine.open()).toThrow(/no MIDI port/);
  });
});

test("C4: JACK is told how far ahead an instant is, and says how long ago bytes came", async () => {
  vi.useRealTimers();
  const machine = jackMachine();
  const port = machine.open();
  const stamps: number[] = [];
  port.onBytes((_, localMs) => stamps.push(localMs));
  const nowMs = machineNowMs();
  port.sendAt(Uint8Array.of(0xf8), nowMs + 60_000);
  machine.hear(0xf8);
  const passedMs = machineNowMs() - nowMs;
  expect(60_000 - (machine.inMs[0] ?? 0)).toBeGreaterThanOrEqual(0);
  expect(60_000 - (machine.inMs[0] ?? 0)).toBeLessThanOrEqual(passedMs);
  expect((stamps[0] ?? 0) - nowMs).toBeLessThanOrEqual(passedMs - 3);
  expect(port.aheadMs).toBeGreaterThan(0);
  await port.close();
});

test("C4: Web MIDI sends at the instant that it is given, and lists what goes both ways", async () => {
  const machine = webMidiMachine();
  expect(midiPorts(machine.access)).toEqual(["Other", "DAW"]);
  expect(midiPorts(machine.access, "in")).toEqual(["Other", "DAW"]);
  expect(midiPorts(machine.access, "out")).toEqual(["Other", "DAW", "Only out"]);
  const port = machine.open();
  const stamps: number[] = [];
  port.onBytes((_, localMs) => stamps.push(localMs));
  port.sendAt(Uint8Array.of(0xf8), 1_234.5);
  machine.hear(0xf8);
  expect(machine.stamps).toEqual([1_234.5]);
  expect(stamps).toEqual([77]);
  expect(port.aheadMs).toBeGreaterThan(0);
  machine.unplug();
  expect(midiPorts(machine.access)).toEqual(["Other"]);
  await port.close();
});

test("P87: a port of Web MIDI may go one way alone; one that is not there, or that another program has, is said", async () => {
  const machine = webMidiMachine();
  expect(() => openWebMidiPort(machine.access, "Only out")).toThrow(/no MIDI port/);
  const synth = await takeWebMidiPort(machine.access, "Only out", "out");
  if (typeof synth === "string") throw new Error(synth);
  synth.sendAt(Uint8Array.of(0x90, 60, 100), 5);
  expect(machine.sent).toEqual([[0x90, 60, 100]]);
  const keys = await takeWebMidiPort(machine.access, "DAW", "in");
  if (typeof keys === "string") throw new Error(keys);
  const heard: number[][] = [];
  keys.onBytes((bytes) => heard.push([...bytes]));
  machine.hear(0x90, 61, 100);
  keys.sendAt(Uint8Array.of(0x90, 62, 100), 5);
  expect(heard).toEqual([[0x90, 61, 100]]);
  expect(machine.sent).toHaveLength(1);
  expect(await takeWebMidiPort(machine.access, "Only out", "in")).toBe("gone");
  machine.unplug();
  expect(await takeWebMidiPort(machine.access, "DAW", "out")).toBe("gone");
  machine.plug();
  const port = machine.access.outputs.get("4");
  if (port !== undefined) port.open = () => Promise.reject(new DOMException("It is busy.", "InvalidAccessError"));
  expect(await takeWebMidiPort(machine.access, "DAW", "out")).toBe("taken");
  await Promise.all([synth.close(), keys.close()]);
});
