import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventId, type MemberId } from "../../protocol/ids.ts";
import { type AnnouncedCommand, idleStatus, type LoggedEvent, type TransportCommand } from "../../protocol/room.ts";
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
/** How far the others are over the lanes, and what they were told; what was said of this page; what is shown before the log has it. */
let wayMs: number | null;
let announced: AnnouncedCommand[];
let foreseen: (string | null)[];
const status: { hearsAnnounced?: true | undefined } = {};

beforeEach(() => {
  wayMs = null;
  announced = [];
  foreseen = [];

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
    peers: {
      farthestMs: () => wayMs,
      announce: (command) => void announced.push(command),
    },
    setStatus: (change) => Object.assign(status, change),
    ear: () => ({ deviceUrl: "", inputId: "" }),
    onForeseen: (one) => foreseen.push(one?.transport.command ?? null),
    where: () => ({ timeline: { transport: initialTransport, map: initialMap }, headSeq: 0, effectiveAtMs: 0 }),
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

test("C4: a test roll locates, rolls and stops the DAW alone, says what it found, and posts nothing", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  try {
    await daw.ask();
    const rolling = daw.roll(false);
    await vi.waitFor(() => expect(midi.sent.some((bytes) => bytes[4] === 0x44)).toBe(true));
    expect(daw.state.value.roll).toBe("locate");
    // Nothing is connected meanwhile, and no second one begins.
    await daw.connect();
    await daw.roll(false);
    expect(daw.state.value.power).toBe("choosing");
    await vi.advanceTimersByTimeAsync(2_500);
    expect(daw.state.value.roll).toBe("play");
    midi.hear(PLAY);
    await vi.advanceTimersByTimeAsync(8_000);
    await rolling;
    expect(daw.state.value.roll).toMatchObject({ found: "rolled", lateMs: null });
    expect(midi.sent.filter((bytes) => bytes[3] === 0x06).map((bytes) => bytes[4])).toEqual(
      expect.arrayContaining([0x44, 0x03, 0x01]),
    );
    expect(posted).toEqual([]);
    // It is another DAW's no more.
    daw.choose({ profile: "ardour" });
    expect(daw.state.value.roll).toBe(null);
    // Without an input there is nothing to hear it at, and it is not rolled.
    const sent = midi.sent.length;
    await daw.roll(true);
    expect(daw.state.value).toMatchObject({ trouble: "no-ear", roll: null });
    expect(midi.sent).toHaveLength(sent);
    midi.plug("disconnected");
    await daw.roll(false);
    expect(daw.state.value).toMatchObject({ trouble: "no-port", roll: null });
  } finally {
    vi.useRealTimers();
  }
});

test("C8: a DAW's choice and what was measured of it stick, and are of that port alone", async () => {
  const choice = { port: "IAC Bus 1", language: "mackie", profile: "ardour" } as const;
  daw.restore({ ...choice, lateMs: 12.5 });
  await daw.ask();
  expect(daw.state.value).toMatchObject({ choice, lateMs: 12.5 });
  expect(daw.kept.value).toEqual({ ...choice, lateMs: 12.5 });
  daw.choose({ profile: "" });
  expect(daw.kept.value).toEqual({ ...choice, profile: "", lateMs: null });
  daw.restore({ ...choice, port: "IAC Bus 2", lateMs: 12.5 });
  await daw.ask();
  expect(daw.state.value).toMatchObject({ choice: { port: "IAC Bus 1" }, lateMs: null });
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

const ada = `mem_${"0".repeat(26)}` as MemberId;
const ben = `mem_${"1".repeat(26)}` as MemberId;
const member = (memberId: MemberId, role: "participant" | "observer") => ({
  ...{ memberId, role, displayName: memberId, connected: true, status: idleStatus },
});

test("P77: with sound on, a page announces what is pressed in it, and shows what is announced before the log has it", async () => {
  // The room is 200 ms away and back, the others 5 ms.
  const far = () => {
    const nowMs = performance.now();
    daw.onClock({ sentLocalMs: nowMs - 200, receivedLocalMs: nowMs, roomTimeMs: nowMs - 100 });
  };
  for (let sample = 0; sample < 20; sample++) far();
  daw.onMembers(ada, [member(ada, "participant"), member(ben, "observer")]);
  wayMs = 5;
  expect(daw.command({ command: "play" })).toBeNull();
  expect(status.hearsAnnounced).toBeUndefined();
  await daw.setLanes(true);
  expect(status.hearsAnnounced).toBe(true);
  expect(daw.command({ command: "play" })).toBe("press 1");
  expect(announced).toMatchObject([{ eventId: "press 1", transport: { command: "play" }, afterMs: 0 }]);
  expect(foreseen).toEqual([null, "play"]);
  daw.onRefused("press 1");
  expect(foreseen).toEqual([null, "play", null]);

  const effectiveAtMs = performance.now();
  const eventId = EventId.parse("00000000-0000-4000-8000-000000000000");
  const command = { eventId, transport: { command: "play" as const }, effectiveAtMs, afterMs: 0 };
  // An observer moves nobody.
  daw.onAnnounced(ben, command);
  expect(foreseen).toHaveLength(3);
  daw.onMembers(ada, [member(ada, "participant"), member(ben, "participant")]);
  daw.onAnnounced(ben, command);
  expect(foreseen.at(-1)).toBe("play");
  await daw.setLanes(false);
  expect(status.hearsAnnounced).toBeUndefined();
  expect(foreseen.at(-1)).toBeNull();
});
