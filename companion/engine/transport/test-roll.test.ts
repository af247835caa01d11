import { describe, expect, test } from "vitest";
import type { DawDriver, DawEvent } from "../midi/driver.std.ts";
import { FakeClock } from "./fake-clock.std.ts";
import { lateOf, testRoll } from "./test-roll.std.ts";

/** A language of plain JSON, so that what is tested is the roll. */
const plain: DawDriver = {
  name: "plain",
  encode: (message) => new TextEncoder().encode(JSON.stringify(message)),
  decode: (bytes): DawEvent[] => (bytes.length === 0 ? [] : [JSON.parse(new TextDecoder().decode(bytes))]),
};

interface Manners {
  /** How much later than it is told it does a thing. */
  lateMs?: number;
  /** Says where it is, ten times a second. */
  tellsPlace?: boolean;
  rolls?: boolean;
  stops?: boolean;
  /** Says what it did. */
  speaks?: boolean;
  /** Its metronome is heard, so many beats a minute, and so much later than it rolls. */
  clicks?: { bpm: number; lateMs: number };
}

/** Rolls a DAW that is this test. */
async function roll({ lateMs = 0, tellsPlace = true, rolls = true, stops = true, speaks = true, clicks }: Manners) {
  const clock = new FakeClock(1_000_000);
  let hear: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  let place = { positionFrames: 0, sinceMs: null as number | null };
  let isClosed = false;
  const at = (nowMs: number) => place.positionFrames + (place.sinceMs === null ? 0 : (nowMs - place.sinceMs) * 48);
  const say = (event: object) => hear(new TextEncoder().encode(JSON.stringify(event)), clock.nowMs);
  const captured = (fromMs: number, untilMs: number) => {
    const rateHz = 8_000;
    const samples = new Float32Array(((untilMs - fromMs) * rateHz) / 1_000);
    const { bpm, lateMs: heardMs } = clicks ?? { bpm: 120, lateMs: 0 };
    const [begins = 0, ends = untilMs] = rolledMs;
    for (let atMs = begins + heardMs; clicks !== undefined && atMs < ends + heardMs; atMs += 60_000 / bpm)
      samples[Math.round(((atMs - fromMs) * rateHz) / 1_000)] = 0.5;
    return { samples, rateHz, startsAtMs: fromMs };
  };
  const rolledMs: number[] = [];
  const told: { type: string; atMs: number }[] = [];
  const rolling = testRoll({
    port: {
      name: "the DAW",
      sendAt(bytes, localMs) {
        const message = JSON.parse(new TextDecoder().decode(bytes));
        told.push({ type: message.type, atMs: localMs });
        clock.scheduleAtSession(localMs + lateMs, () => {
          const { nowMs } = clock;
          if (message.type === "locate") place = { ...place, positionFrames: message.positionFrames };
          if (message.type === "play" && rolls) rolledMs.push(nowMs);
          if (message.type === "stop" && stops) rolledMs.push(nowMs);
          if (message.type === "play" && rolls) place = { ...place, sinceMs: nowMs };
          if (message.type === "stop" && stops) place = { positionFrames: at(nowMs), sinceMs: null };
          if (speaks) say(message);
        });
      },
      onBytes: (listener) => {
        hear = listener;
      },
      onPresence: () => undefined,
      close: async () => {
        isClosed = true;
      },
    },
    driver: plain,
    cue: { locateMs: 60, rollsThroughLocate: false },
    clock: { ...clock, isKnown: () => true, nowLocalMs: clock.nowSessionMs },
    onStep: () => undefined,
    ...(clicks && { captured }),
  });
  let isOver = false;
  void rolling.then(() => {
    isOver = true;
  });
  for (let turn = 0; turn < 1_000 && !isOver; turn++) {
    clock.advanceTo(clock.nowMs + 50);
    if (tellsPlace && turn % 2 === 0) say({ type: "position", positionFrames: at(clock.nowMs) });
    await new Promise(setImmediate);
  }
  const found = await rolling;
  expect(isClosed).toBe(true);
  return { ...found, told };
}

describe("a test roll", () => {
  test("C4: proves a DAW that does what it is told, and measures how late it is", async () => {
    const { found, lateMs, spreadMs } = await roll({ lateMs: 18 });
    expect(found).toBe("rolled");
    expect(lateMs).toBeCloseTo(18, 6);
    expect(spreadMs).toBeCloseTo(0, 6);
  });

  test("C4: a DAW that tells no place is proven by what it says it did, and its lateness stays unknown", async () => {
    expect(await roll({ tellsPlace: false })).toMatchObject({ found: "rolled", lateMs: null, spreadMs: null });
  });

  test("C4: one that answers nothing, does not roll, or does not stop is said to", async () => {
    expect(await roll({ tellsPlace: false, speaks: false })).toMatchObject({ found: "silent" });
    expect(await roll({ rolls: false })).toMatchObject({ found: "stayed" });
    expect(await roll({ stops: false })).toMatchObject({ found: "runs-on" });
  });

  test("C4: a click that comes back measures what no place tells, at any tempo, and proves a DAW that says nothing", async () => {
    const told = await roll({ lateMs: 8, clicks: { bpm: 97, lateMs: 23 } });
    expect(told).toMatchObject({
      found: "rolled",
      lateMs: expect.closeTo(8),
      heard: { lateMs: expect.closeTo(31, 0) },
    });
    expect(lateOf(told)).toBeCloseTo(31, 0);
    const mute = { tellsPlace: false, speaks: false, clicks: { bpm: 120, lateMs: 40 } };
    expect(lateOf(await roll(mute))).toBeCloseTo(40, 0);
    expect(await roll({ ...mute, stops: false })).toMatchObject({ found: "runs-on" });
    // Nothing is heard: what it says counts.
    expect(lateOf(await roll({ lateMs: 8, clicks: { bpm: 120, lateMs: 0 }, rolls: false }))).toBeNull();
  });

  test("C4: it is put in place, rolled and stopped, once each and in that order", async () => {
    const { told } = await roll({});
    expect(told.filter(({ type }) => type !== "tempo").map(({ type }) => type)).toEqual([
      "locate",
      "play",
      "stop",
      "locate",
    ]);
  });
});
