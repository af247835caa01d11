import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LoggedEvent, TransportCommand } from "../../protocol/room.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { initialTransport } from "../../protocol/transport.ts";
import { ViewDaw } from "./view-daw.dom.ts";

const [PLAY, STOP] = [0x02, 0x01].map((command) => [0xf0, 0x7f, 0x7f, 0x06, command, 0xf7]);

/** The system's MIDI as a browser shows it: one port both ways, whose cable is this test's. */
function newMidi() {
  const sent: number[][] = [];
  let state: "connected" | "disconnected" = "connected";
  const listeners = new Set<() => void>();
  const end = {
    name: "IAC Bus 1",
    get state() {
      return state;
    },
    onmidimessage: null as ((event: { data: Uint8Array; timeStamp: number }) => void) | null,
    close: async () => undefined,
    send: (bytes: number[]) => void sent.push(bytes),
  };
  return {
    sent,
    access: {
      inputs: new Map([["in", end]]),
      outputs: new Map([["out", end]]),
      addEventListener: (_: string, listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => void listeners.delete(listener),
    },
    hear: (bytes: number[] = []) => end.onmidimessage?.({ data: Uint8Array.from(bytes), timeStamp: performance.now() }),
    plug(to: typeof state) {
      state = to;
      for (const listener of listeners) listener();
    },
  };
}

let midi: ReturnType<typeof newMidi>;
let posted: TransportCommand[];
let daw: ViewDaw;
let seq = 0;

beforeEach(() => {
  midi = newMidi();
  posted = [];
  seq = 0;
  vi.stubGlobal("navigator", { requestMIDIAccess: async () => midi.access });
  daw = new ViewDaw({
    mayCommand: () => true,
    post: (command) => {
      posted.push(command);
      return `press ${posted.length}`;
    },
    where: () => ({ timeline: { transport: initialTransport, map: initialMap }, headSeq: 0 }),
  });
});
afterEach(() => {
  daw.disconnect();
  vi.unstubAllGlobals();
});

/** The room's clock is the page's own here, and answers at once. */
const tick = () => {
  const nowMs = performance.now();
  daw.onClock({ sentLocalMs: nowMs - 1, receivedLocalMs: nowMs, roomTimeMs: nowMs });
};
const says = (transport: TransportCommand) => {
  const event = {
    ...{ seq: ++seq, eventId: "11111111-1111-4111-8111-111111111111", atMs: performance.now() },
    ...{ effectiveAtMs: performance.now() + 50, body: { kind: "transport", transport } },
  } satisfies LoggedEvent;
  daw.onEvent(event);
};

test("C4: a DAW at a port of the browser follows the room, and what is pressed in it is posted", async () => {
  for (let sample = 0; sample < 20; sample++) tick();
  await daw.ask();
  expect(daw.state.value).toMatchObject({ power: "choosing", ports: ["IAC Bus 1"], choice: { port: "IAC Bus 1" } });
  expect(daw.state.value.profiles.map(({ name }) => name)).toContain("Ardour");
  daw.choose({ profile: "ardour" });
  await daw.connect();
  expect(daw.state.value.power).toBe("on");
  says({ command: "play" });
  await expect.poll(() => midi.sent.some((bytes) => bytes[4] === 0x03)).toBe(true);
  midi.hear(STOP);
  expect(posted).toMatchObject([{ command: "stop" }]);
  await expect.poll(() => daw.state.value.report?.presses).toBe(1);
  daw.disconnect();
  midi.hear(PLAY);
  expect(posted).toHaveLength(1);
  expect(daw.state.value).toMatchObject({ power: "off", report: null });
});

test("X24: a port that goes is said at once, and so is its return; a press that reached nobody is undone", async () => {
  for (let sample = 0; sample < 20; sample++) tick();
  await daw.ask();
  await daw.connect();
  midi.plug("disconnected");
  expect(daw.state.value.trouble).toBe("daw-gone");
  midi.plug("connected");
  expect(daw.state.value.trouble).toBe(null);
  midi.hear(PLAY);
  expect(posted).toMatchObject([{ command: "play" }]);
  daw.onRefused("press 1");
  await expect.poll(() => midi.sent.some((bytes) => bytes[4] === 0x01)).toBe(true);
});

test("C4: a browser without MIDI, a person who says no and a port that is gone are each said", async () => {
  vi.stubGlobal("navigator", {});
  await daw.ask();
  expect(daw.state.value).toMatchObject({ power: "off", trouble: "old-browser" });
  vi.stubGlobal("navigator", {
    requestMIDIAccess: () => Promise.reject(new DOMException("no", "NotAllowedError")),
  });
  await daw.ask();
  expect(daw.state.value).toMatchObject({ power: "off", trouble: "denied" });
  vi.stubGlobal("navigator", { requestMIDIAccess: async () => midi.access });
  await daw.ask();
  midi.plug("disconnected");
  await daw.connect();
  expect(daw.state.value).toMatchObject({ power: "choosing", trouble: "no-port" });
});
