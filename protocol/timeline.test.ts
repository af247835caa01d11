import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ROOM_FRAME_MAX_BYTES, TIMELINE_ANCHORS_MAX, TIMELINE_MAX_FRAMES } from "./limits.ts";
import { TransportCommand } from "./room.ts";
import { anchorAt, applyMap, barFramesAt, countInMs, initialMap, tempoAt } from "./timeline.ts";

describe("the timeline's map", () => {
  test("P50: a tempo with a place holds from there on; without one it changes what is in force, or begins at a rolling playhead", () => {
    const slow = applyMap(initialMap, { command: "tempo", bpm: 60, positionFrames: 480_000 }, 0, false);
    expect(slow.tempo).toEqual([
      { positionFrames: 0, bpm: 120 },
      { positionFrames: 480_000, bpm: 60 },
    ]);
    expect([0, 479_999, 480_000, 9_999_999].map((frames) => tempoAt(slow, frames))).toEqual([120, 120, 60, 60]);
    const changed = applyMap(slow, { command: "tempo", bpm: 70 }, 500_000, false);
    expect(changed.tempo.at(-1)).toEqual({ positionFrames: 480_000, bpm: 70 });
    const rolling = applyMap(slow, { command: "tempo", bpm: 70 }, 500_000, true);
    expect(rolling.tempo.map(({ positionFrames }) => positionFrames)).toEqual([0, 480_000, 500_000]);
    expect(tempoAt(rolling, 499_999)).toBe(60);
  });

  test("P50: a signature says how long a bar is, in quarters of the tempo", () => {
    const map = applyMap(initialMap, { command: "signature", beats: 6, unit: 8, positionFrames: 96_000 }, 0, false);
    expect([0, 96_000].map((frames) => barFramesAt(map, frames))).toEqual([96_000, 72_000]);
    expect(countInMs({ ...map, countInBars: 2 }, 96_000)).toBe(3_000);
  });

  test("P50: markers are set, moved and taken away by their id; another map leaves them", () => {
    const markerId = crypto.randomUUID();
    const set = (positionFrames: number, name: string) => ({
      command: "marker" as const,
      markerId,
      marker: { positionFrames, name },
    });
    const one = applyMap(initialMap, set(5, "verse"), 0, false);
    const moved = applyMap(one, set(9, "chorus"), 0, false);
    expect(moved.markers).toEqual([{ markerId, positionFrames: 9, name: "chorus" }]);
    const { tempo, signatures } = initialMap;
    expect(applyMap(moved, { command: "map", tempo, signatures }, 0, false).markers).toHaveLength(1);
    expect(applyMap(moved, { command: "marker", markerId, marker: null }, 0, false).markers).toEqual([]);
  });

  test("P50: anchors stand in the order of their places, and the one in force is found like by looking at all", () => {
    const anchor = fc.record({ positionFrames: fc.nat(1_000), bpm: fc.integer({ min: 20, max: 400 }) });
    fc.assert(
      fc.property(fc.array(anchor), fc.nat(1_100), (anchors, frames) => {
        let map = initialMap;
        for (const one of anchors) map = applyMap(map, { command: "tempo", ...one }, 0, false);
        const places = map.tempo.map(({ positionFrames }) => positionFrames);
        expect(places).toEqual(
          [...new Set([0, ...anchors.map((one) => one.positionFrames)])].toSorted((a, b) => a - b),
        );
        expect(anchorAt(map.tempo, frames)).toEqual(
          map.tempo.findLast(({ positionFrames }) => positionFrames <= frames),
        );
      }),
    );
  });

  test("P50: what is no map is no message: out of order, not from the origin, a range that is none", () => {
    const at = (...places: number[]) => places.map((positionFrames) => ({ positionFrames, bpm: 99 }));
    const { signatures } = initialMap;
    for (const tempo of [[], at(5), at(0, 9, 9), at(0, 9, 5), at(0, TIMELINE_MAX_FRAMES + 1)]) {
      expect(TransportCommand.safeParse({ command: "map", tempo, signatures }).success).toBe(false);
    }
    for (const range of [undefined, { startFrames: 9, endFrames: 5 }, { startFrames: 0, endFrames: 479 }]) {
      expect(TransportCommand.safeParse({ command: "loop", range }).success).toBe(false);
    }
    expect(TransportCommand.safeParse({ command: "signature", beats: 7, unit: 5 }).success).toBe(false);
  });

  test("P33, P50: the largest map fits one frame", () => {
    const tempo = Array.from({ length: TIMELINE_ANCHORS_MAX - 1 }, (_, at) => ({
      positionFrames: at === 0 ? 0 : TIMELINE_MAX_FRAMES - at,
      bpm: 119.98765432109877,
    }));
    const frame = JSON.stringify({
      type: "post",
      eventId: crypto.randomUUID(),
      sentAtMs: 1_800_000_000_000.5,
      body: { kind: "transport", transport: { command: "map", tempo, signatures: initialMap.signatures } },
    });
    expect(frame.length).toBeLessThan(ROOM_FRAME_MAX_BYTES);
  });
});
