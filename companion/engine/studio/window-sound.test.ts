import { expect, test } from "vitest";
import { EventId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { WindowSound } from "./window-sound.std.ts";

const BLOCK_MS = (LANE_PACKET_FRAMES / 48_000) * 1000;
const unheard = { onLink: () => undefined, onMessage: () => undefined, onKept: () => undefined };
const blocks = (count: number, fill: number) => new Int32Array(count * LANE_PACKET_FRAMES * 2).fill(fill);

/** A window whose device began at `sinceMs`, and hands over four blocks at a time, each a little later than it was captured. */
function play(
  sound: WindowSound,
  clock: { nowMs: number },
  sinceMs: number,
  first: number,
  turns: number,
  fill: number,
) {
  for (let turn = 0; turn < turns; turn++) {
    const firstBlock = first + turn * 4;
    clock.nowMs = sinceMs + (firstBlock + 4) * BLOCK_MS + 3 + (turn % 3);
    sound.take({ firstBlock, captureMs: 3, samples: blocks(4, fill) });
  }
}

test("X24: frames of a window's device are counted without a gap, and their places in time are the device's", () => {
  const clock = { nowMs: 1_000 };
  const heard: { frame: number; first: number }[] = [];
  const sound = new WindowSound({
    nowMs: () => clock.nowMs,
    onBlock: (frame, input) => heard.push({ frame, first: input[0] ?? 0 }),
    announce: () => undefined,
    ...unheard,
  });
  play(sound, clock, 2_000, 0, 400, 7);
  expect(heard).toHaveLength(1_600);
  for (const [at, block] of heard.entries()) expect(block.frame).toBe((heard[0]?.frame ?? 0) + at * LANE_PACKET_FRAMES);
  // Captured 3 ms before it was there, as the device says of itself.
  const first = heard[0]?.frame ?? 0;
  expect(Math.abs(sound.device.timeOf(first) - 2_000)).toBeLessThan(1);
  expect(sound.device.frameAt(sound.device.timeOf(first + 48_000))).toBe(first + 48_000);
});

test("X24: a window that died leaves a gap as long as it was away, and what the next one captures is in its place", () => {
  const clock = { nowMs: 0 };
  const frames: number[] = [];
  const sound = new WindowSound({
    nowMs: () => clock.nowMs,
    onBlock: (frame) => frames.push(frame),
    announce: () => undefined,
    ...unheard,
  });
  play(sound, clock, 100, 0, 100, 1);
  const before = frames.at(-1) ?? 0;
  const endedMs = sound.device.timeOf(before);
  sound.begin(() => undefined);
  play(sound, clock, 3_000, 50, 100, 2);
  const after = frames[400] ?? 0;
  expect(after).toBeGreaterThan(before);
  // Within the block that it is rounded to, and the few milliseconds by which the first look is late.
  const awayMs = 3_000 + 50 * BLOCK_MS - endedMs;
  expect(Math.abs((after - before) / 48 - awayMs)).toBeLessThan(12);
  expect(Math.abs(sound.device.timeOf(after) - (3_000 + 50 * BLOCK_MS))).toBeLessThan(8);
});

test("X24: a window that comes at once after one whose first blocks were late begins after it: nothing captured is written over", () => {
  const clock = { nowMs: 0 };
  const frames: number[] = [];
  const sound = new WindowSound({
    nowMs: () => clock.nowMs,
    onBlock: (frame) => frames.push(frame),
    announce: () => undefined,
    ...unheard,
  });
  clock.nowMs = 140;
  sound.take({ firstBlock: 0, captureMs: 0, samples: blocks(4, 1) });
  clock.nowMs = 141;
  sound.take({ firstBlock: 4, captureMs: 0, samples: blocks(8, 1) });
  sound.begin(() => undefined);
  clock.nowMs = 150;
  sound.take({ firstBlock: 0, captureMs: 0, samples: blocks(1, 2) });
  for (const [at, frame] of frames.entries()) if (at > 0) expect(frame).toBeGreaterThan(frames[at - 1] ?? 0);
});

test("P77: what a window says of its lanes counts while it says it: one that hangs, or has gone, announces nothing", () => {
  const clock = { nowMs: 0 };
  const told: string[] = [];
  const sound = new WindowSound({
    nowMs: () => clock.nowMs,
    onBlock: () => undefined,
    announce: ({ transport }) => told.push(transport.command),
    ...unheard,
  });
  expect(sound.farthestMs()).toBeNull();
  sound.followWays(25);
  clock.nowMs = 2_000;
  expect(sound.farthestMs()).toBe(25);
  clock.nowMs = 3_100;
  expect(sound.farthestMs()).toBeNull();
  sound.followWays(null);
  expect(sound.farthestMs()).toBeNull();
  const eventId = EventId.parse("00000000-0000-4000-8000-000000000000");
  sound.announce({ eventId, transport: { command: "play" }, effectiveAtMs: 1, afterMs: 0 });
  expect(told).toEqual(["play"]);
});
