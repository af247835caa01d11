import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemberId } from "../../protocol/ids.ts";
import { ViewInstrument } from "./view-instrument.dom.ts";

const BEN = `mem_${"1".repeat(26)}` as MemberId;

/** The system's MIDI as a browser shows it: a keyboard and a synth, whose cables are this test's. */
function newMidi() {
  const sent: string[] = [];
  const listeners = new Set<() => void>();
  const newEnd = (name: string) => ({
    ...{ name, state: "connected" as "connected" | "disconnected", isTaken: false },
    onmidimessage: null as ((event: { data: Uint8Array; timeStamp: number }) => void) | null,
    async open() {
      if (this.isTaken) throw new DOMException("It is busy.", "InvalidAccessError");
    },
    close: async () => undefined,
    send: (bytes: number[], atMs: number) => void sent.push(`${bytes.join(" ")} at ${atMs}`),
  });
  const [keys, synth] = [newEnd("Keys"), newEnd("Synth")];
  return {
    ...{ sent, keys, synth, listeners },
    access: {
      inputs: new Map([["in", keys]]),
      outputs: new Map([["out", synth]]),
      addEventListener: (_: string, listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => void listeners.delete(listener),
    },
    play: (...bytes: number[]) => keys.onmidimessage?.({ data: Uint8Array.from(bytes), timeStamp: nowMs }),
    async plug(end: { state: "connected" | "disconnected" }, to: "connected" | "disconnected") {
      end.state = to;
      for (const listener of listeners) listener();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

function newShelf() {
  const kept = new Map<string, string>();
  return {
    ...{ kept, length: 0, key: () => null },
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

let nowMs: number;
let midi: ReturnType<typeof newMidi>;
let asked: unknown[];
let shelf: ReturnType<typeof newShelf>;
let mayPlay: boolean;
let played: string[];
const newInstrument = () =>
  new ViewInstrument({
    nowMs: () => nowMs,
    mayPlay: () => mayPlay,
    play: (bytes) => played.push(bytes.join(" ")),
    shelf,
  });
let instrument: ViewInstrument;
/** What is waited for while ports close. */
const settled = <Value>(promise: Promise<Value>) => vi.advanceTimersByTimeAsync(1_000).then(() => promise);

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 5_000;
  midi = newMidi();
  asked = [];
  shelf = newShelf();
  mayPlay = true;
  played = [];
  vi.stubGlobal("navigator", {
    requestMIDIAccess: async (options: unknown) => {
      asked.push(options);
      return midi.access;
    },
  });
  instrument = newInstrument();
});
afterEach(async () => {
  await settled(instrument.stop());
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("P87: asked for by a click alone, and for no more than notes; what is chosen plays, sounds, and sticks", async () => {
  expect(asked).toEqual([]);
  await instrument.ask();
  expect(asked).toEqual([{ sysex: false }]);
  expect(instrument.state.value).toMatchObject({
    power: "on",
    ports: { in: ["Keys"], out: ["Synth"] },
    ends: { in: "none", out: "none" },
  });
  midi.play(0x90, 60, 100);
  await instrument.choose("in", "Keys");
  await instrument.choose("out", "Synth");
  expect(instrument.state.value.ends).toEqual({ in: "open", out: "open" });
  midi.play(0x90, 62, 100);
  midi.play(0x80, 62, 0);
  expect(played).toEqual(["144 62 100", "128 62 0"]);
  instrument.hear(BEN, Uint8Array.of(0x91, 40, 90), 5_030);
  expect(midi.sent).toEqual(["145 40 90 at 5030"]);
  await settled(instrument.stop());
  expect(midi.sent.slice(1).map((one) => one.split(" at ")[0])).toEqual(["129 40 0", "177 64 0", "177 123 0"]);
  expect(midi.listeners.size).toBe(0);
  played = [];
  midi.play(0x90, 64, 100);
  expect(played).toEqual([]);
  // The next visit: one click, and both are open.
  instrument = newInstrument();
  expect(instrument.state.value.power).toBe("off");
  await instrument.ask();
  expect(instrument.state.value).toMatchObject({
    chosen: { in: "Keys", out: "Synth" },
    ends: { in: "open", out: "open" },
  });
});

test("X24: a keyboard that is pulled out ends what was held, is said, and plays on when it is back; so a synth, and one that is not there yet", async () => {
  shelf.setItem("view instrument", JSON.stringify({ in: "Keys", out: "Synth" }));
  instrument = newInstrument();
  midi.synth.state = "disconnected";
  await instrument.ask();
  expect(instrument.state.value.ends).toEqual({ in: "open", out: "gone" });
  await midi.plug(midi.synth, "connected");
  expect(instrument.state.value.ends.out).toBe("open");
  midi.play(0x90, 60, 100);
  await midi.plug(midi.keys, "disconnected");
  expect(instrument.state.value).toMatchObject({ ends: { in: "gone" }, ports: { in: [] }, chosen: { in: "Keys" } });
  expect(played).toEqual(["144 60 100", "128 60 0", "176 64 0", "176 123 0"]);
  await midi.plug(midi.keys, "connected");
  expect(instrument.state.value.ends.in).toBe("open");
  midi.play(0x90, 61, 100);
  expect(played.at(-1)).toBe("144 61 100");
  instrument.hear(BEN, Uint8Array.of(0x90, 40, 90), 5_030);
  await midi.plug(midi.synth, "disconnected");
  expect(instrument.state.value.ends.out).toBe("gone");
  await midi.plug(midi.synth, "connected");
  expect(midi.sent.slice(1).map((one) => one.split(" at ")[0])).toEqual(["128 40 0", "176 64 0", "176 123 0"]);
});

test("C2, P87: whoever is muted plays to nobody, but what sounds ends; who plays is seen while it sounds", async () => {
  await instrument.ask();
  await instrument.choose("in", "Keys");
  midi.play(0x90, 60, 100);
  expect(instrument.players.value).toEqual(["own"]);
  nowMs += 60_000;
  expect(instrument.isLit("own")).toBe(true);
  mayPlay = false;
  midi.play(0x90, 62, 100);
  midi.play(0x80, 60, 0);
  midi.play(0xb0, 64, 0);
  expect(played).toEqual(["144 60 100", "128 60 0", "176 64 0"]);
  expect(instrument.isLit("own")).toBe(false);
  // Without a synth it is seen all the same.
  expect(instrument.isLit(BEN)).toBe(false);
  instrument.hear(BEN, Uint8Array.of(0x90, 40, 90), nowMs + 30);
  instrument.hear(BEN, Uint8Array.of(0x80, 40, 0), nowMs + 31);
  expect(instrument.players.value).toEqual(["own", BEN]);
  expect(instrument.isLit(BEN)).toBe(true);
  nowMs += 1_000;
  expect(instrument.isLit(BEN)).toBe(false);
});

test("P87: a browser without MIDI, a person who says no, and a port that another program has are each said; each may be tried again", async () => {
  vi.stubGlobal("navigator", {});
  await instrument.ask();
  expect(instrument.state.value).toMatchObject({ power: "off", trouble: "old-browser" });
  vi.stubGlobal("navigator", {
    requestMIDIAccess: () => Promise.reject(new DOMException("no", "NotAllowedError")),
  });
  await instrument.ask();
  expect(instrument.state.value).toMatchObject({ power: "off", trouble: "denied" });
  vi.stubGlobal("navigator", { requestMIDIAccess: async () => midi.access });
  midi.keys.isTaken = true;
  await instrument.ask();
  await instrument.choose("in", "Keys");
  expect(instrument.state.value).toMatchObject({ power: "on", trouble: null, ends: { in: "taken" } });
  midi.keys.isTaken = false;
  await instrument.look();
  expect(instrument.state.value.ends.in).toBe("open");
  // The sound that is turned off while the person is still asked wins.
  await settled(instrument.stop());
  const asking = newInstrument();
  const answered = asking.ask();
  await settled(asking.stop());
  await answered;
  expect(asking.state.value.power).toBe("off");
});
