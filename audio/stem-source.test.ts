import { afterEach, describe, expect, test, vi } from "vitest";
import type { ClockPoint, StemFormat } from "../protocol/recordings.ts";
import { frameBytesOf } from "./pcm.ts";
import { type StemData, StemSource } from "./stem-source.ts";
import { plainInfo, wavHeader } from "./wav-writer.ts";

interface Served {
  format: StemFormat;
  frames: number;
  clock?: ClockPoint[];
  /** The one frame that is not silent. */
  click: number;
  /** What the header says, where it lies. */
  claimed?: StemFormat;
  ranges?: boolean;
}

/** A server that makes the bytes of a stem as they are asked for: nothing of it exists as a whole. */
function serve({ format, frames, clock = [], click, claimed = format, ranges = true }: Served) {
  const frameBytes = frameBytesOf(format);
  const header = wavHeader(plainInfo(claimed), frames * frameBytes);
  const total = header.length + frames * frameBytes;
  const asked: [number, number][] = [];
  vi.stubGlobal("fetch", async (url: string, { headers }: { headers: Record<string, string> }) => {
    if (!url.endsWith("/file")) return Response.json({ clock, transportAtStart: null });
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.Range ?? "") ?? [];
    const [from, to] = [Number(first), Math.min(total, Number(last) + 1)];
    asked.push([from, to]);
    const bytes = new Uint8Array(to - from);
    if (from < header.length) bytes.set(header.subarray(from, to));
    const at = header.length + click * frameBytes - from;
    if (at >= 0 && at + frameBytes <= bytes.length) {
      if (format.encoding === "float32") new DataView(bytes.buffer).setFloat32(at, 0.5, true);
      else bytes[at + 2] = 0x40;
    }
    return new Response(bytes, { status: ranges ? 206 : 200 });
  });
  const data: StemData = {
    id: "rec_1",
    name: "Guitar, Ada",
    format,
    from: 1_000,
    preRollFrames: 0,
    frames,
    startedAtMs: 0,
    hasPeaks: false,
    isHeard: true,
  };
  return { source: new StemSource(data), asked, total };
}
afterEach(() => void vi.unstubAllGlobals());

const never = new AbortController().signal;
const peakOf = (samples: Float32Array | undefined) => {
  const found = { at: -1, value: 0 };
  samples?.forEach((value, at) => {
    if (Math.abs(value) > Math.abs(found.value)) Object.assign(found, { at, value });
  });
  return found;
};

describe("a stem's sound by the range", () => {
  test("past 4 GiB: RF64's sizes are read, and a second of it costs a second's bytes", async () => {
    const format = { sampleRateHz: 48_000, channels: 2, encoding: "pcm24" } as const;
    const { source, asked, total } = serve({ format, frames: 900_000_000, click: 800_000_123 });
    expect(total).toBeGreaterThan(2 ** 32);
    const [left, right] = await source.load({ from: 800_001_000, to: 800_049_000 }, never);
    // The stem begins at the timeline's frame 1,000.
    expect(peakOf(left)).toEqual({ at: 123, value: 0.5 });
    expect(peakOf(right).value).toBe(0);
    expect(asked.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(4_096 + 48_000 * 6);
  });

  test("C7: a device 100 ppm off at 96 kHz is laid on session time, wherever one jumps to", async () => {
    const ppm = 100e-6;
    const format = { sampleRateHz: 96_000, channels: 1, encoding: "float32" } as const;
    const frames = 3_600 * 96_000;
    const clock = Array.from({ length: 361 }, (_, at) => {
      const seconds = at * 10;
      return { frame: seconds * 96_000, atMs: seconds * 1000 * (1 + ppm), errorMs: 0.1 };
    });
    for (const seconds of [3_000, 1_200, 3_599]) {
      const { source } = serve({ format, frames, clock, click: seconds * 96_000 });
      const expected = 1_000 + Math.round(seconds * 48_000 * (1 + ppm));
      const [mono] = await source.load({ from: expected - 5_000, to: expected + 5_000 }, never);
      expect(peakOf(mono).at).toBe(5_000);
      // Without the map it would be found this much earlier.
      expect(expected - 1_000 - seconds * 48_000).toBeGreaterThan(5_000);
    }
  });

  test("before the stem and after it there is silence, not an error", async () => {
    const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
    const { source } = serve({ format, frames: 4_000, click: 0 });
    const [mono] = await source.load({ from: 900, to: 6_000 }, never);
    expect(mono?.length).toBe(5_100);
    expect(peakOf(mono)).toEqual({ at: 100, value: 0.5 });
  });

  test("C7: a stem of eight inputs is heard in stereo: each in the middle, 3 dB down on both sides", async () => {
    const format = { sampleRateHz: 48_000, channels: 8, encoding: "float32" } as const;
    const { source } = serve({ format, frames: 4_000, click: 500 });
    const heard = await source.load({ from: 1_000, to: 3_000 }, never);
    expect(heard).toHaveLength(2);
    for (const side of heard) {
      expect(peakOf(side).at).toBe(500);
      expect(peakOf(side).value).toBeCloseTo(0.5 * Math.SQRT1_2, 6);
    }
    expect(await source.load({ from: 9_000, to: 9_100 }, never)).toHaveLength(2);
  });

  test("a header that lies, and a server that would send everything, are refused", async () => {
    const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
    const lying = serve({ format, frames: 4_000, click: 0, claimed: { ...format, channels: 2 } });
    await expect(lying.source.load({ from: 1_000, to: 2_000 }, never)).rejects.toMatchObject({ failure: "unreadable" });
    const whole = serve({ format, frames: 4_000, click: 0, ranges: false });
    await expect(whole.source.load({ from: 1_000, to: 2_000 }, never)).rejects.toMatchObject({ failure: "unreadable" });
  });
});
