import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NotesPorts, type NotesWay } from "./notes-ports.std.ts";
import type { DawPort } from "./port.std.ts";

/** A port whose cable is this test's: what went out by it, and when. */
function newPort(name = "Stage piano") {
  const sent: [string, number][] = [];
  let hear: (bytes: Uint8Array, atMs: number) => void = () => undefined;
  let say: (isThere: boolean) => void = () => undefined;
  const port: DawPort = {
    name,
    sendAt: (bytes, atMs) => void sent.push([[...bytes].join(" "), atMs]),
    onBytes(listener) {
      hear = listener;
    },
    onPresence(listener) {
      say = listener;
    },
    close: async () => void sent.push(["closed", nowMs]),
  };
  return {
    ...{ port, sent },
    hear: (...bytes: number[]) => hear(Uint8Array.from(bytes), nowMs),
    plug: (isThere: boolean) => say(isThere),
  };
}

let nowMs = 0;
let played: [string, number][];
let presence: [string, boolean][];
let ports: NotesPorts;
const open = (port: DawPort, ...ways: NotesWay[]) => ports.open(port, ...ways);
const what = (messages: readonly [string, number][]) => messages.map(([message]) => message);

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 1_000;
  played = [];
  presence = [];
  ports = new NotesPorts({
    nowMs: () => nowMs,
    play: (bytes, atMs) => played.push([[...bytes].join(" "), atMs]),
    onPresence: ({ name }, isThere) => presence.push([name, isThere]),
  });
});
afterEach(() => void vi.useRealTimers());

test("P87: what is played at a port goes out with its instant, whole messages of a channel alone; what the others play sounds at its own", () => {
  const [keys, synth] = [newPort("Keys"), newPort("Synth")];
  open(keys.port, "in");
  open(synth.port, "out");
  keys.hear(0xf8, 0x90, 60);
  nowMs = 1_004;
  keys.hear(100, 62, 100, 0xfe, 0xf0, 1, 0xf7);
  keys.hear(0x90, 60, 0);
  expect(played).toEqual([
    ["144 60 100", 1_004],
    ["144 62 100", 1_004],
    ["144 60 0", 1_004],
  ]);
  ports.sound(Uint8Array.of(0x91, 72, 90), 1_030);
  expect(synth.sent).toEqual([["145 72 90", 1_030]]);
  // The synth is for hearing alone, and the keyboard is sent nothing.
  synth.hear(0x90, 1, 1);
  expect(played).toHaveLength(3);
  expect(keys.sent).toEqual([]);
});

test("X24: a keyboard that goes away ends what was held at it, pedal too; it is said, and plays on when it is back", () => {
  const keys = newPort("Keys");
  open(keys.port, "in");
  keys.hear(0x92, 60, 100);
  keys.hear(0xb2, 64, 127);
  nowMs = 1_500;
  keys.plug(false);
  expect(presence).toEqual([["Keys", false]]);
  expect(played.slice(2)).toEqual([
    ["130 60 0", 1_500],
    ["178 64 0", 1_500],
    ["178 123 0", 1_500],
  ]);
  keys.plug(true);
  expect(presence.at(-1)).toEqual(["Keys", true]);
  keys.hear(0x92, 61, 100);
  expect(played.at(-1)?.[0]).toBe("146 61 100");
});

test("X24: what had been given to a synth that went away ends as soon as it is back", () => {
  const synth = newPort("Synth");
  open(synth.port, "out");
  ports.sound(Uint8Array.of(0x90, 60, 100), 1_030);
  synth.plug(false);
  // Its end goes to a port that is not there.
  ports.sound(Uint8Array.of(0x80, 60, 0), 1_100);
  ports.sound(Uint8Array.of(0x90, 64, 100), 1_100);
  nowMs = 5_000;
  synth.sent.length = 0;
  synth.plug(true);
  expect(what(synth.sent)).toEqual(["128 64 0", "176 64 0", "176 123 0"]);
});

test("X24: what sounds ends where nobody is left to bring its end, and what is played next sounds", () => {
  const synth = newPort("Synth");
  open(synth.port, "out");
  ports.sound(Uint8Array.of(0x90, 60, 100), 1_030);
  ports.silence();
  expect(synth.sent.slice(1)).toEqual([
    ["128 60 0", 1_030],
    ["176 64 0", 1_030],
    ["176 123 0", 1_030],
  ]);
  ports.sound(Uint8Array.of(0x90, 62, 100), 1_100);
  expect(synth.sent.at(-1)).toEqual(["144 62 100", 1_100]);
});

test("P87: who closes a port leaves nothing sounding at either end, also not what still waits for its instant", async () => {
  const piano = newPort();
  open(piano.port, "in", "out");
  piano.hear(0x90, 48, 80);
  ports.sound(Uint8Array.of(0x90, 60, 100), 1_200);
  const closing = ports.close(piano.port);
  expect(what(played).slice(1)).toEqual(["128 48 0", "176 64 0", "176 123 0"]);
  expect(piano.sent.slice(1)).toEqual([
    ["128 60 0", 1_200],
    ["176 64 0", 1_200],
    ["176 123 0", 1_200],
  ]);
  await vi.advanceTimersByTimeAsync(299);
  expect(piano.sent).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(1);
  await closing;
  expect(piano.sent.at(-1)?.[0]).toBe("closed");
  ports.sound(Uint8Array.of(0x90, 60, 100), 1_500);
  expect(piano.sent).toHaveLength(5);
});

test("P87: a cable that leads what sounds back in plays it to nobody, and takes nothing of what a hand does at the same port", () => {
  const loop = newPort("Loop");
  open(loop.port, "in", "out");
  for (const [at, message] of [
    [0x90, 60, 100],
    [0xb0, 64, 127],
    [0x80, 60, 0],
    [0xb0, 64, 0],
  ].entries()) {
    nowMs = 1_030 + at * 100;
    ports.sound(Uint8Array.from(message), nowMs);
    nowMs += 3;
    loop.hear(...message);
  }
  expect(played).toEqual([]);
  // A hand plays the same notes, a moment before: they are theirs, and so are their ends.
  nowMs = 2_000;
  loop.hear(0x90, 60, 99);
  loop.hear(0xb0, 64, 126);
  ports.sound(Uint8Array.of(0x80, 60, 0), nowMs);
  ports.sound(Uint8Array.of(0xb0, 64, 0), nowMs);
  loop.hear(0x80, 60, 0);
  loop.hear(0xb0, 64, 0);
  expect(what(played)).toEqual(["144 60 99", "176 64 126", "128 60 0", "176 64 0"]);
  // Long after, it is no echo.
  ports.sound(Uint8Array.of(0x90, 60, 100), nowMs);
  nowMs += 1_000;
  loop.hear(0x90, 60, 100);
  expect(played.at(-1)?.[0]).toBe("144 60 100");
});
