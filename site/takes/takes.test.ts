import { describe, expect, test } from "vitest";
import { columnsOf, outline } from "../../audio/peaks.ts";
import { barBeat, barTicks, length, timecode } from "../../audio/timeline.ts";
import { endOf, heardAtFirst, spanOf, takesOf } from "./takes.ts";

const stem = (takeId: string, name: string, timelineFrames: number, startedAtMs: number, memberId = "mem_a") => ({
  takeId,
  name,
  memberId,
  timelineFrames,
  startedAtMs,
  preRollFrames: 0,
  frames: 96_000,
  format: { sampleRateHz: 96_000 },
});

describe("places", () => {
  test("bars and beats begin at 1, and a frame before the line is before it", () => {
    expect(barBeat(0, 120)).toBe("1.1");
    expect(barBeat(24_000, 120)).toBe("1.2");
    expect(barBeat(95_999, 120)).toBe("1.4");
    expect(barBeat(96_000, 120)).toBe("2.1");
    // 133 beats a minute do not divide the frames; the line is at the rounded frame.
    expect(barBeat(Math.round((60 / 133) * 4 * 48_000), 133)).toBe("2.1");
  });
  test("timecode and length", () => {
    expect(timecode(0)).toBe("00:00:00:00");
    expect(timecode(48_000 * 3_725 + 1_600)).toBe("01:02:05:01");
    expect(length(92 * 48_000)).toBe("1:32");
    expect(length(3_727 * 44_100, 44_100)).toBe("1:02:07");
  });
  test("ticks are bar lines, a power of two apart, and not more than asked for", () => {
    const ticks = barTicks(0, 48_000 * 60, 120, 8);
    expect(ticks.map(({ bar }) => bar)).toEqual([1, 5, 9, 13, 17, 21, 25, 29]);
    expect(ticks[1]?.frames).toBe(4 * 96_000);
  });
});

describe("takes", () => {
  test("stems of one roll are one take, newest first; a stem ends where its own rate says", () => {
    const takes = takesOf([stem("t1", "Guitar", 0, 1), stem("t2", "Drums", 48_000, 9), stem("t1", "Bass", 24_000, 2)]);
    expect(takes.map(({ takeId, stems }) => [takeId, stems.map(({ name }) => name)])).toEqual([
      ["t2", ["Drums"]],
      ["t1", ["Bass", "Guitar"]],
    ]);
    expect(takes[1]).toMatchObject({ from: 0, to: 72_000, startedAtMs: 1 });
    expect(endOf(stem("t", "n", 5, 0))).toBe(48_005);
    expect(takesOf([{ ...stem("t", "n", 5, 0), preRollFrames: 100 }])[0]).toMatchObject({ from: 105, to: 48_005 });
  });
  test("of an input's takes over each other the newest is heard; another place, person or input stays", () => {
    const older = stem("t1", "Guitar", 0, 1);
    const newer = stem("t2", "Guitar", 10_000, 2);
    const elsewhere = stem("t3", "Guitar", 480_000, 0);
    const other = stem("t1", "Guitar", 0, 1, "mem_b");
    const heard = heardAtFirst([older, newer, elsewhere, other]);
    expect([...heard]).toEqual(expect.arrayContaining([newer, elsewhere, other]));
    expect(heard.has(older)).toBe(false);
  });
  test("the span has room, and is never nothing", () => {
    expect(spanOf([])).toEqual({ from: 0, to: 384_000 });
    const { from, to } = spanOf([{ from: 4_800_000, to: 9_600_000 }]);
    expect([from, to]).toEqual([4_704_000, 9_696_000]);
  });
});

describe("peaks", () => {
  test("columns hold the extremes of what they cover, over all channels, and nothing of their neighbours", () => {
    const mono = new Int8Array([-1, 1, -5, 2, -3, 9, -2, 4]);
    expect(columnsOf(mono, 1, 2)).toEqual({ lows: new Int8Array([-5, -3]), highs: new Int8Array([2, 9]) });
    const stereo = new Int8Array([-1, 1, -9, 3, 0, 7, -2, 2]);
    expect(columnsOf(stereo, 2, 1)).toEqual({ lows: new Int8Array([-9]), highs: new Int8Array([7]) });
    expect([...columnsOf(mono, 1, 4, 0.25, 0.75).highs]).toEqual([2, 2, 9, 9]);
    // A single bin over many columns is repeated.
    expect([...columnsOf(new Int8Array([-4, 4]), 1, 3).lows]).toEqual([-4, -4, -4]);
  });
  test("the outline goes out along the highs and back along the lows", () => {
    expect(outline({ lows: new Int8Array([-10, 0]), highs: new Int8Array([20, 0]) })).toBe(
      "M0 128V108h1V127h1V129h-1V138h-1z",
    );
  });
});
