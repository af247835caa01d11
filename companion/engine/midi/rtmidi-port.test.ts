import { expect, test, vi } from "vitest";
import { loadRtMidi, openRtMidiPort, type RtMidi } from "./rtmidi-port.node.ts";

/** A system of MIDI ports in which somebody may pull a cable. */
function fakeSystem(there: string[]) {
  const sent: number[][] = [];
  const opened: string[] = [];
  let hear: (bytes: Uint8Array) => void = () => undefined;
  let inUse = false;
  class End {
    getPortCount = () => there.length;
    getPortName = (port: number) => there[port] ?? "";
    openPort(port: number) {
      if (inUse) throw new Error("MidiInWinMM::openPort: error creating port");
      opened.push(there[port] ?? "");
    }
    openVirtualPort(name: string) {
      opened.push(name);
      if (!there.includes(name)) there.push(name);
    }
    closePort = () => undefined;
  }
  const rtMidi: RtMidi = {
    Input: class extends End {
      ignoreTypes = () => undefined;
      on(_: string, listener: (deltaTime: number, bytes: Uint8Array) => void) {
        hear = (bytes) => listener(0, bytes);
      }
    },
    Output: class extends End {
      sendMessage(message: number[] | Uint8Array) {
        if (there.length === 0) throw new Error("no port");
        sent.push([...message]);
      }
    },
  };
  return {
    rtMidi,
    sent,
    opened,
    there,
    hear: (...bytes: number[]) => hear(Uint8Array.from(bytes)),
    take: () => {
      inUse = true;
    },
  };
}

test("X24: a MIDI port that goes away is said at once and taken up again, and no other in its place", async () => {
  vi.useFakeTimers();
  const system = fakeSystem(["Live MIDI", "Live MIDI 2"]);
  const port = openRtMidiPort({ rtMidi: system.rtMidi, name: "Live MIDI 2", virtual: false });
  const presence: boolean[] = [];
  port.onPresence((isThere) => presence.push(isThere));
  vi.advanceTimersByTime(2_000);
  expect(presence).toEqual([]);
  system.there.pop();
  vi.advanceTimersByTime(600);
  expect(presence).toEqual([false]);
  vi.advanceTimersByTime(5_000);
  expect(system.opened).toEqual(["Live MIDI 2", "Live MIDI 2"]);
  system.there.push("Live MIDI 2 24:0");
  vi.advanceTimersByTime(600);
  expect(presence).toEqual([false, true]);
  expect(system.opened).toHaveLength(4);
  await port.close();
  vi.useRealTimers();
});

test("X24: what cannot be sent is a port that has gone, and nothing throws", async () => {
  vi.useFakeTimers();
  const system = fakeSystem([]);
  const port = openRtMidiPort({ rtMidi: system.rtMidi, name: "SessionLinked", virtual: true });
  const presence: boolean[] = [];
  port.onPresence((isThere) => presence.push(isThere));
  system.there.length = 0;
  port.sendAt(Uint8Array.of(0xf8), 0);
  expect(presence).toEqual([false]);
  // Our own port is opened anew.
  vi.advanceTimersByTime(600);
  expect(presence).toEqual([false, true]);
  await port.close();
  vi.useRealTimers();
});

test("C4: a port that is not there, or in use, is said in a sentence", () => {
  const system = fakeSystem(["A", "B"]);
  const open = (name: string) => () => openRtMidiPort({ rtMidi: system.rtMidi, name, virtual: false });
  expect(open("C")).toThrow(/no MIDI port "C".*Ports that there are: A, B\./);
  system.take();
  expect(open("B")).toThrow(/cannot be opened: another program uses it/);
});

test("C4: a system without MIDI is said in a sentence", () => {
  const { rtMidi } = fakeSystem([]);
  class Broken {
    constructor() {
      throw new Error("Failed to initialise RtMidi");
    }
  }
  const broken: RtMidi = { ...rtMidi, Input: Broken as never };
  expect(() => openRtMidiPort({ rtMidi: broken, name: "SessionLinked", virtual: true })).toThrow(/cannot be reached/);
});

test("C4: without RtMidi the companion says so in a sentence, and does without", async () => {
  await expect(loadRtMidi("/nowhere/rtmidi.js")).rejects.toThrow(/no MIDI for the companion/);
});
