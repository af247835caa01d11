import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PeaksStore } from "./peaks-store.std.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const stemAt = (at: number) => ({ recordingId: `rec ${at}`, peaks: "server" as const });

/** A store whose server answers when it is told to. */
function opened(answer: (recordingId: string) => Int8Array | null) {
  const asked: string[] = [];
  let [inFlight, mostInFlight, arrivals] = [0, 0, 0];
  const arrived: string[] = [];
  const store = new PeaksStore({
    readOwn: async () => null,
    readShared: async (recordingId) => {
      asked.push(recordingId);
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      await new Promise((later) => setTimeout(later, 10));
      inFlight--;
      return answer(recordingId);
    },
    onArrival: (recordingIds) => {
      arrivals++;
      arrived.push(...recordingIds);
    },
  });
  return { store, asked, arrived, counts: () => ({ mostInFlight, arrivals }) };
}

test("an evening's waveforms on one screen are each fetched once, a few at a time, and drawn together", async () => {
  const { store, asked, arrived, counts } = opened(() => new Int8Array(4));
  const stems = Array.from({ length: 500 }, (_, at) => stemAt(at));
  for (let draw = 0; draw < 20; draw++) {
    for (const stem of stems) store.of(stem);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(stems.every((stem) => store.of(stem) !== null)).toBe(true);
  expect(asked).toHaveLength(500);
  expect(counts().mostInFlight).toBeLessThanOrEqual(6);
  expect(counts().arrivals).toBeLessThan(20);
  // Each is told of once, so that nothing else is drawn for it.
  expect([...arrived].sort()).toEqual([...asked].sort());
});

test("one that is not there yet is asked for again, and not for ever", async () => {
  const { store, asked } = opened(() => null);
  for (let draw = 0; draw < 100; draw++) {
    store.of(stemAt(1));
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(asked).toHaveLength(5);
  expect(store.of(stemAt(1))).toBeNull();
});
