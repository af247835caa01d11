import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Entry, EntryRefused, RoomEntry } from "./room-entry.std.ts";

const entry: Entry = { url: "ws://room.test/", ticket: "ticket", iceServers: [] };
/** A request that is never answered, as into a network that is gone; it ends when it is given up. */
const intoTheDark = (signal: AbortSignal) =>
  new Promise<Entry>((_, reject) => signal.addEventListener("abort", () => reject(new Error("given up"))));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the way back into a room", () => {
  test("X12: a request that waits for its answer gets others beside it, and the first answer ends them all", async () => {
    const signals: AbortSignal[] = [];
    let isThere = false;
    const way = new RoomEntry(async (signal) => {
      signals.push(signal);
      return isThere ? entry : intoTheDark(signal);
    }, Math.random);
    const next = way.next();
    expect(way.next()).toBe(next);
    await vi.advanceTimersByTimeAsync(84_000);
    expect(signals.filter(({ aborted }) => !aborted)).toHaveLength(8);
    isThere = true;
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(next).resolves.toBe(entry);
    expect(signals.filter(({ aborted }) => !aborted)).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("X12: a network that is heard of by other means is tried at once, and not in a second", async () => {
    let isThere = false;
    const way = new RoomEntry(async (signal) => (isThere ? entry : intoTheDark(signal)), Math.random);
    const next = way.next();
    await vi.advanceTimersByTimeAsync(10_100);
    isThere = true;
    way.hurry();
    await vi.advanceTimersByTimeAsync(0);
    await expect(next).resolves.toBe(entry);
    // Where nobody waits it is nothing.
    way.hurry();
    way.close();
  });

  test("P39: who is answered and not let in asks less and less often, up to a quarter of a minute; a network that fails is tried at once", async () => {
    let fails: Error = new EntryRefused("No.");
    let asked = 0;
    const way = new RoomEntry(
      async () => {
        asked++;
        throw fails;
      },
      () => 1,
    );
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const fromMs = Date.now();
      const failed = expect(way.next()).rejects.toThrow("No.");
      await vi.runAllTimersAsync();
      await failed;
      waits.push(Date.now() - fromMs);
    }
    expect(waits).toEqual([0, 2_000, 4_000, 8_000, 15_000, 15_000]);
    fails = new Error("No network.");
    const failed = expect(way.next()).rejects.toThrow("No network.");
    await vi.runAllTimersAsync();
    await failed;
    await expect(way.next()).rejects.toThrow("No network.");
    expect(asked).toBe(8);
    way.close();
    fails = new EntryRefused("No.");
  });

  test("who has left asks no more", async () => {
    const way = new RoomEntry(intoTheDark, Math.random);
    const next = expect(way.next()).rejects.toThrow();
    way.close();
    await next;
    expect(vi.getTimerCount()).toBe(0);
  });
});
