import { expect, test } from "vitest";
import type { TransportState } from "../../../protocol/room.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { midiClockDriver } from "../midi/midi-clock.std.ts";
import { mtcDriver } from "../midi/mtc.std.ts";
import { FakeClock } from "./fake-clock.std.ts";
import { TickStream } from "./tick-stream.std.ts";

const EPOCH_MS = 1_800_000_000_000;
const state = (motion: TransportState["motion"], atMs: number): TransportState => ({
  motion,
  positionFrames: 0,
  atMs,
  bpm: 120,
});

function open(driver = midiClockDriver(), aheadMs = 0) {
  const clock = new FakeClock(EPOCH_MS);
  const sent: { bytes: string; leftMs: number; dueMs: number }[] = [];
  const port = {
    name: "port",
    aheadMs,
    sendAt: (bytes: Uint8Array, dueMs: number) =>
      sent.push({ bytes: Buffer.from(bytes).toString("hex"), leftMs: clock.nowMs, dueMs }),
    onBytes: () => undefined,
    onPresence: () => undefined,
    close: async () => undefined,
  };
  const stream = new TickStream({ clock, port, driver, map: () => initialMap });
  return { clock, sent, stream };
}

test("C4: a roll's ticks leave each at its instant, and none after it has stopped", () => {
  const { clock, sent, stream } = open();
  stream.takeUp(state("playing", EPOCH_MS), EPOCH_MS);
  clock.advanceTo(EPOCH_MS + 1_000);
  expect(sent).toHaveLength(49);
  for (const { leftMs, dueMs } of sent) expect(leftMs).toBe(dueMs);
  stream.takeUp(state("stopped", EPOCH_MS + 1_000), EPOCH_MS + 1_000);
  clock.advanceTo(EPOCH_MS + 2_000);
  expect(sent).toHaveLength(49);
});

test("C4: a port that sends by itself gets each tick before its instant", () => {
  const { clock, sent, stream } = open(mtcDriver(), 20);
  stream.takeUp(state("playing", EPOCH_MS), EPOCH_MS);
  clock.advanceTo(EPOCH_MS + 500);
  expect(sent.length).toBeGreaterThan(55);
  for (const { leftMs, dueMs } of sent.slice(3)) expect(dueMs - leftMs).toBeCloseTo(20, 2);
});

test("C4: a machine that was held back sends what is just late, and begins anew after more", () => {
  const { clock, sent, stream } = open();
  stream.takeUp(state("playing", EPOCH_MS), EPOCH_MS);
  clock.advanceTo(EPOCH_MS + 100);
  clock.nowMs = EPOCH_MS + 140;
  clock.advanceTo(EPOCH_MS + 200);
  expect(sent.slice(1).every(({ bytes }) => bytes === "f8")).toBe(true);
  clock.nowMs = EPOCH_MS + 900;
  clock.advanceTo(EPOCH_MS + 1_200);
  expect(sent.filter(({ bytes }) => bytes !== "f8").map(({ bytes }) => bytes)).toEqual(["faf8", "fcf20700fb"]);
});
