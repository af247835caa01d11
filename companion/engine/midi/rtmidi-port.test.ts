import { expect, test, vi } from "vitest";
import { FakeSystem } from "./rtmidi.fake.std.ts";
import { loadRtMidi, openRtMidiPort, type RtMidi } from "./rtmidi-port.node.ts";

test("X24: a MIDI port that goes away is said at once and taken up again, and no other in its place", async () => {
  vi.useFakeTimers();
  const system = new FakeSystem("Live MIDI", "Live MIDI 2");
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
  const system = new FakeSystem();
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
  const system = new FakeSystem("A", "B");
  const open = (name: string) => () => openRtMidiPort({ rtMidi: system.rtMidi, name, virtual: false });
  expect(open("C")).toThrow(/no MIDI port "C".*Ports that there are: A, B\./);
  system.isTaken = true;
  expect(open("B")).toThrow(/cannot be opened: another program uses it/);
});

test("C4: a system without MIDI is said in a sentence", () => {
  const { rtMidi } = new FakeSystem();
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
