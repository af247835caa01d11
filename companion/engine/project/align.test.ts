import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { clockCurve, clockLine } from "../../../audio/clock-line.ts";
import { decode } from "../../../audio/pcm.ts";
import { DriftResampler } from "../../../audio/resample.ts";
import { readWavHeader } from "../../../audio/wav-reader.ts";
import { plainInfo, wavFile, wavHeader } from "../../../audio/wav-writer.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { writeAligned } from "./align.node.ts";
import { reaperProject } from "./reaper.std.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-align-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
const SECONDS = 120;

/** A stem whose device runs `ppm` fast: it hears a tick every second of session time, so its ticks lie further apart in its frames. */
function stem(ppm: number, path: string): Recording {
  const frames = Math.round(SECONDS * 48_000 * (1 + ppm / 1e6));
  const data = Buffer.alloc(frames * 3);
  for (let second = 1; second < SECONDS; second++) {
    const at = second * 48_000 * (1 + ppm / 1e6);
    for (let n = -40; n <= 40; n++) {
      const frame = Math.round(at) + n;
      data.writeIntLE(Math.round(2 ** 22 * Math.exp(-(((frame - at) / 12) ** 2))), frame * 3, 3);
    }
  }
  writeFileSync(path, Buffer.concat([wavHeader(plainInfo(format), data.length), data]));
  const clock = Array.from({ length: SECONDS / 5 }, (_, at) => ({
    frame: at * 240_000,
    // Each point is wrong by up to its error, as session time is.
    atMs: 1e6 + (at * 5_000) / (1 + ppm / 1e6) + 0.4 * Math.sin(at * 7),
    errorMs: 0.5,
  }));
  return {
    recordingId: "rec_00000000000000000000000000",
    sessionId: "ses_00000000000000000000000000",
    takeId: "00000000-0000-4000-8000-000000000000",
    memberId: "mem_00000000000000000000000000",
    name: "ticks",
    format,
    timelineFrames: 96_000,
    startedAtMs: 1e6,
    bpm: 120,
    state: "complete",
    partBytes: 5 * 2 ** 20,
    sizeBytes: null,
    frames,
    sha256: null,
    clock,
    createdAtMs: 0,
    completedAtMs: 0,
    expiresAtMs: null,
    hasPeaks: false,
  };
}

/** Milliseconds between where the tick of a second is and where it belongs; its middle is found as its centre of mass. */
function offBy(wav: Buffer, second: number): number {
  const expected = 96_000 + second * 48_000;
  const data = wav.indexOf("data", 12, "latin1") + 8;
  let sum = 0;
  let moment = 0;
  for (let frame = expected - 480; frame <= expected + 480; frame++) {
    const value = Math.abs(wav.readIntLE(data + frame * 3, 3));
    sum += value;
    moment += value * (frame - expected);
  }
  return moment / sum / 48;
}

describe("alignment", () => {
  test("C7, P88: eight channels of one stem are brought to session time as each of them alone would be", async () => {
    const frames = 30_000;
    const clock = [0, 15_000, 29_000].map((frame) => ({ frame, atMs: 1e6 + frame / 48.006, errorMs: 0.1 }));
    const ticks = stem(0, join(folder, "ticks.wav"));
    const sampleOf = (frame: number, channel: number) => Math.round(2 ** 22 * Math.sin(frame * (0.01 + channel / 50)));
    const align = async (channels: number[]) => {
      const wide = { ...format, channels: channels.length };
      const samples = Int32Array.from({ length: frames * channels.length }, (_, at) =>
        sampleOf(Math.floor(at / channels.length), channels[at % channels.length] ?? 0),
      );
      const [original, path] = ["", " aligned"].map((end) => join(folder, `${channels.join()}${end}.wav`)) as [
        string,
        string,
      ];
      writeFileSync(original, wavFile(wide, samples));
      const { driftPpm } = await writeAligned(original, { ...ticks, format: wide, frames, clock }, path);
      expect(Math.abs(driftPpm)).toBeGreaterThan(50);
      const bytes = readFileSync(path);
      return decode(bytes.subarray(readWavHeader(bytes)?.dataAtBytes), wide);
    };
    const all = await align([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(all).toHaveLength(8);
    const bytesOf = (samples = new Float32Array()) => Buffer.from(samples.buffer);
    for (const channel of [0, 3, 7])
      expect(bytesOf(all[channel]).equals(bytesOf((await align([channel]))[0]))).toBe(true);
  });

  test("C7: a stem that lies a day from bar one is as long as its sound, and says where it belongs", async () => {
    const [original, path] = [join(folder, "far.wav"), join(folder, "far aligned.wav")];
    const far = { ...stem(0, original), timelineFrames: 24 * 3_600 * 48_000 };
    const { startFrames, paddingFrames, frames } = await writeAligned(original, far, path);
    expect([startFrames, paddingFrames]).toEqual([24 * 3_600 * 48_000, 0]);
    expect(statSync(path).size).toBeLessThan(frames * 3 + 4_096);
    // Broadcast Wave (EBU Tech 3285): the time reference stands behind three texts, a date and a time.
    const header = readFileSync(path).subarray(0, 4_096);
    const bext = header.indexOf("bext", 12, "latin1") + 8;
    expect(Number(header.readBigUInt64LE(bext + 338))).toBe(startFrames);
    const item = { name: "far", file: "far.wav", channels: 1 as const, sampleRateHz: 48_000, lengthSeconds: 1 };
    const text = reaperProject([{ ...item, startSeconds: 86_400, paddingSeconds: 0 }], initialMap);
    expect(text).toContain("POSITION 86400.000000000");
    expect(text).toContain("SOFFS 0.000000000");
  });

  test.each([-50, 0, 50, 120])(
    "C7: a stem of a device %i ppm off lies in place at its start, middle and end",
    async (ppm) => {
      const [original, aligned] = [join(folder, `${ppm}.wav`), join(folder, `${ppm} aligned.wav`)];
      const recording = stem(ppm, original);
      const { driftPpm } = await writeAligned(original, recording, aligned);
      expect(Math.abs(driftPpm + ppm)).toBeLessThan(3);
      const wav = readFileSync(aligned);
      for (const second of [1, SECONDS / 2, SECONDS - 1]) expect(Math.abs(offBy(wav, second))).toBeLessThan(1);
      expect(execFileSync("sndfile-info", [aligned], { encoding: "utf8" })).not.toMatch(/error/i);
    },
  );

  test.each([
    [1_000, 105],
    [10_000, 95],
    [18_000, 80],
  ])(
    "a tone of %i Hz comes out where it belongs, with an error %i dB below it, in whatever chunks it goes in",
    (hz, decibels) => {
      const ratio = 1 + 73e-6;
      const resampler = new DriftResampler(1, (frame) => frame / ratio);
      const tone = (frame: number) => Math.sin((2 * Math.PI * hz * frame) / 48_000);
      const out: number[] = [];
      for (let frame = 0, size = 1; frame < 60_000; frame += size, size = (size * 7) % 1_009) {
        out.push(...resampler.push(Float64Array.from({ length: size }, (_, n) => tone(frame + n))));
      }
      out.push(...resampler.finish());
      let error = 0;
      for (let n = 1_000; n < 59_000; n++) error = Math.max(error, Math.abs((out[n] ?? 9) - tone(n / ratio)));
      expect(-20 * Math.log10(error)).toBeGreaterThan(decibels);
    },
  );

  test("a map of one point, of none, or of a clock that cannot be, moves nothing", () => {
    expect(clockLine([], 48_000, 7)).toEqual({ startMs: 7, ratio: 1 });
    expect(clockLine([{ frame: 0, atMs: 1, errorMs: 0 }], 48_000, 7).ratio).toBe(1);
    const wild = [0, 1, 2].map((at) => ({ frame: at * 48_000, atMs: at * 900, errorMs: 0.1 }));
    expect(clockLine(wild, 48_000, 7).ratio).toBe(1);
  });

  test("a clock that bends while it warms up is followed to a third of a millisecond over an hour; one line would be three times as far off", () => {
    // 40 ppm fast, and 4 ppm more at first, half of which is gone after ten minutes.
    const [warmMs, hourMs] = [600_000 / Math.LN2, 3_600_000];
    const sessionMs = (stemMs: number) =>
      1e9 + stemMs - stemMs * 40e-6 - 4e-6 * warmMs * (1 - Math.exp(-stemMs / warmMs));
    const points = Array.from({ length: 720 }, (_, at) => {
      const stemMs = at * 5_000;
      return {
        frame: stemMs * 48,
        atMs: sessionMs(stemMs) + 0.3 * Math.sin(at * 7),
        errorMs: 6 + 0.3 * Math.sin(at * 5),
      };
    });
    const off = (curve: { startMs: number }, stemFrameAt: (frame: number) => number) => {
      let worst = 0;
      for (let frame = 0; frame < hourMs * 48; frame += 480_000) {
        const atMs = sessionMs(stemFrameAt(frame) / 48);
        worst = Math.max(worst, Math.abs(atMs - curve.startMs - frame / 48));
      }
      return worst;
    };
    const curve = clockCurve(points, 48_000, 0);
    const line = clockLine(points, 48_000, 0);
    expect(Math.abs(curve.startMs - 1e9)).toBeLessThan(0.35);
    expect(off(curve, curve.stemFrameAt)).toBeLessThan(0.35);
    expect(off(line, (frame) => frame / line.ratio)).toBeGreaterThan(0.7);
  });

  test("one clock that was set in mid take, or one bound that lies, costs no more than least squares do", () => {
    const points = Array.from({ length: 60 }, (_, at) => ({ frame: at * 240_000, atMs: at * 5_000.1, errorMs: 5 }));
    expect(clockLine(points, 48_000, 0).ratio).toBeCloseTo(1 + 20e-6, 9);
    const lying = points.map((point, at) => (at === 30 ? { ...point, atMs: point.atMs + 40 } : point));
    expect(Math.abs(clockLine(lying, 48_000, 0).ratio - 1 - 20e-6)).toBeLessThan(3e-6);
    const set = points.map((point, at) => (at < 30 ? point : { ...point, atMs: point.atMs + 12 }));
    expect(Math.abs(clockLine(set, 48_000, 0).startMs)).toBeLessThan(12);
  });

  test("a project names every stem at its place, whatever it is called", () => {
    const text = reaperProject(
      [
        {
          name: 'The "loud" one',
          file: "aligned/a b.wav",
          channels: 2,
          sampleRateHz: 48_000,
          startSeconds: 2,
          paddingSeconds: 2,
          lengthSeconds: 10.5,
        },
      ],
      { ...initialMap, tempo: [{ positionFrames: 0, bpm: 96 }] },
    );
    expect(text).toContain(`NAME 'The "loud" one'`);
    expect(text).toContain('FILE "aligned/a b.wav"');
    expect(text).toContain("POSITION 2.000000000");
    expect(text.split("<").length).toBe(text.split("\n").filter((line) => line.trim() === ">").length + 1);
    writeFileSync(join(folder, "x.rpp"), text);
    expect(readFileSync(join(folder, "x.rpp"), "utf8")).toContain("TEMPO 96 4 4");
  });

  test("C4: a Reaper project holds each tempo and signature from its place on, and the markers", () => {
    const text = reaperProject([], {
      ...initialMap,
      tempo: [
        { positionFrames: 0, bpm: 96 },
        { positionFrames: 240_000, bpm: 120.5 },
      ],
      signatures: [
        { positionFrames: 0, beats: 4, unit: 4 },
        { positionFrames: 480_000, beats: 6, unit: 8 },
      ],
      markers: [{ markerId: "00000000-0000-4000-8000-000000000000", positionFrames: 48_000, name: "Chorus" }],
    });
    expect(text.split("\n").filter((line) => /TEMPO |PT |MARKER/.test(line))).toEqual([
      "  TEMPO 96 4 4",
      '  MARKER 1 1 "Chorus" 0',
      "    PT 0.000000000000 96 1 262148",
      "    PT 5.000000000000 120.5 1",
      "    PT 10.000000000000 120.5 1 524294",
    ]);
  });
});
