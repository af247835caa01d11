import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addClick } from "../../../audio/click.ts";
import type { FrameRange } from "../../../audio/frame-range.ts";
import { FILL_FRAMES, Mixer } from "../../../audio/mixer.ts";
import { decode } from "../../../audio/pcm.ts";
import { AHEAD_FRAMES, missing, plan, upcoming } from "../../../audio/prefetch.ts";
import { marginOf, resample } from "../../../audio/resample.ts";

describe("PCM", () => {
  test("24-bit samples have their sign, stereo is taken apart, half a frame is left out", () => {
    const bytes = new Uint8Array([0xff, 0xff, 0x7f, 0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0xff, 9]);
    const [left, right] = decode(bytes, { sampleRateHz: 48_000, channels: 2, encoding: "pcm24" });
    expect([...(left ?? [])]).toEqual([Math.fround((2 ** 23 - 1) / 2 ** 23), 2 ** -23]);
    expect([...(right ?? [])]).toEqual([-1, -(2 ** -23)]);
  });
  test("float samples are taken as they are, past full scale too", () => {
    const bytes = new Uint8Array(Float32Array.of(0.25, -1.5).buffer);
    const [mono] = decode(bytes, { sampleRateHz: 96_000, channels: 1, encoding: "float32" });
    expect([...(mono ?? [])]).toEqual([0.25, -1.5]);
  });
});

describe("resampling", () => {
  test("step 1 copies bit for bit, with silence around the input", () => {
    expect([...resample(Float32Array.of(1, 2, 3), 10, 8, 1, 7)]).toEqual([0, 0, 1, 2, 3, 0, 0]);
    expect(marginOf(1)).toBe(0);
  });
  test("a sine of 96 kHz is the same sine at 48 kHz, and pieces join without a seam", () => {
    const step = 2;
    const input = Float32Array.from({ length: 20_000 }, (_, n) => Math.sin(n * 0.05));
    const whole = resample(input, 0, 1_000 * step, step, 8_000);
    for (let n = 0; n < whole.length; n++)
      expect(Math.abs((whole[n] ?? 0) - Math.sin((n + 1_000) * step * 0.05))).toBeLessThan(1e-4);
    const margin = marginOf(step);
    const from = 4_000 * step - margin;
    const piece = resample(input.subarray(from, 5_000 * step + margin), from, 4_000 * step, step, 1_000);
    expect(piece).toEqual(whole.subarray(3_000, 4_000));
  });
  test("what the lower rate cannot hold does not fold down", () => {
    const input = Float32Array.from({ length: 20_000 }, (_, n) => Math.sin(n * Math.PI * 0.75));
    const output = resample(input, 0, 2_000, 2, 8_000);
    expect(Math.max(...output.map(Math.abs))).toBeLessThan(1e-3);
  });
  test("a clock 50 ppm off is followed to a fraction of a sample over a minute", () => {
    const step = 1 / (1 + 50e-6);
    const at = 60 * 48_000;
    const from = Math.floor(at * step) - 200;
    const input = Float32Array.from({ length: 400 }, (_, n) => Math.sin((from + n) * 0.1));
    const [sample = 0] = resample(input, from, at * step, step, 1);
    expect(Math.abs(sample - Math.sin(at * step * 0.1))).toBeLessThan(1e-4);
  });
});

describe("the plan", () => {
  test("it looks ahead, and round the loop, and never at the same thing twice", () => {
    expect(upcoming({ position: 5, loop: null })).toEqual([{ from: 5, to: 5 + AHEAD_FRAMES }]);
    const loop = { from: 1_000, to: 49_000 };
    expect(upcoming({ position: 40_000, loop })).toEqual([
      { from: 40_000, to: 49_000 },
      { from: 1_000, to: 40_000 },
    ]);
    expect(upcoming({ position: 50_000, loop })[0]?.from).toBe(50_000);
  });
  test("gaps are what nobody holds", () => {
    const held = [
      { from: 60, to: 80 },
      { from: 0, to: 20 },
    ];
    expect(missing({ from: 10, to: 100 }, held)).toEqual([
      { from: 20, to: 60 },
      { from: 80, to: 100 },
    ]);
  });
  test("whatever is asked, pieces lie in what comes and in the stem, apart from what is held, and muted stems cost nothing", () => {
    const frames = fc.integer({ min: 0, max: 2_000_000 });
    const range = fc
      .tuple(frames, fc.integer({ min: 1, max: 500_000 }))
      .map(([from, size]) => ({ from, to: from + size }));
    fc.assert(
      fc.property(
        frames,
        fc.option(range),
        fc.array(fc.tuple(range, fc.boolean()), { maxLength: 5 }),
        (position, loop, list) => {
          const stems = list.map(([one, isHeard], id) => ({ ...one, id, isHeard, held: [] as FrameRange[] }));
          // Carried out until nothing is left to fetch: each round must make way.
          for (let round = 0; round < 60; round++) {
            const { fetch } = plan({ position, loop, stems });
            const next = fetch[0];
            if (next === undefined) break;
            for (const { id, from, to } of fetch) {
              const stem = stems[id];
              expect(stem?.isHeard).toBe(true);
              expect(to).toBeGreaterThan(from);
              expect(from).toBeGreaterThanOrEqual(stem?.from ?? 0);
              expect(to).toBeLessThanOrEqual(stem?.to ?? 0);
              expect(missing({ from, to }, stem?.held ?? [])).toEqual([{ from, to }]);
            }
            for (const { id, from, to } of fetch) stems[id]?.held.push({ from, to });
          }
          const after = plan({ position, loop, stems });
          expect(after).toEqual({ fetch: [], drop: [] });
          for (const { held } of stems) {
            const total = held.reduce((sum, { from, to }) => sum + to - from, 0);
            expect(total).toBeLessThanOrEqual(AHEAD_FRAMES);
          }
        },
      ),
    );
  });
  test("what is behind is let go; a short loop is kept whole", () => {
    const held = [
      { from: 0, to: 96_000 },
      { from: 96_000, to: 192_000 },
    ];
    const stems = [{ id: 0, from: 0, to: 1_000_000, isHeard: true, held }];
    expect(plan({ position: 100_000, loop: null, stems }).drop).toEqual([{ id: 0, from: 0, to: 96_000 }]);
    expect(plan({ position: 100_000, loop: { from: 0, to: 192_000 }, stems }).drop).toEqual([]);
  });
});

/** A stem whose every sample says where it lies. */
const mark = (frame: number) => ((frame * 7919) % 4096) / 8192;
const chunk = (id: number, from: number, to: number) => ({
  type: "chunk" as const,
  id,
  at: from,
  channels: [Float32Array.from({ length: to - from }, (_, n) => mark(from + n))],
});
const block = (mixer: Mixer, frames = 128) => {
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  mixer.process(left, right);
  return { left, right };
};

describe("the mixer", () => {
  test("two stems are added at their places, to the sample, over the seams of their chunks", () => {
    const mixer = new Mixer();
    mixer.tell({ type: "stem", id: 0, from: 0, to: 1_000, gain: 1, pan: 0 });
    mixer.tell({ type: "stem", id: 1, from: 50, to: 1_000, gain: 0.5, pan: 0 });
    mixer.tell(chunk(0, 0, 77));
    mixer.tell(chunk(0, 77, 1_000));
    mixer.tell(chunk(1, 50, 1_000));
    mixer.tell({ type: "play" });
    const { left, right } = block(mixer);
    for (let frame = 0; frame < 128; frame++) {
      expect(left[frame]).toBeCloseTo(mark(frame) + (frame < 50 ? 0 : mark(frame) / 2), 6);
      expect(right[frame]).toBe(left[frame]);
    }
  });
  test("where one stem has no sound yet none goes on, and all go on together when it has", () => {
    const mixer = new Mixer();
    mixer.tell({ type: "stem", id: 0, from: 0, to: 100_000, gain: 1, pan: 0 });
    mixer.tell({ type: "stem", id: 1, from: 0, to: 100_000, gain: 1, pan: 0 });
    mixer.tell(chunk(0, 0, 100_000));
    mixer.tell(chunk(1, 0, 48_050));
    mixer.tell({ type: "play" });
    block(mixer, 48_000);
    block(mixer);
    expect(mixer.report).toMatchObject({ position: 48_050, state: "waiting" });
    expect(block(mixer).left.every((sample) => sample === 0)).toBe(true);
    mixer.tell(chunk(1, 48_050, 100_000));
    expect(block(mixer).left[0]).toBeCloseTo(2 * mark(48_050), 6);
    expect(mixer.report).toMatchObject({ position: 48_178, state: "playing" });
    // A muted stem holds nobody up.
    mixer.tell({ type: "drop", id: 1, at: 48_050 });
    mixer.tell({ type: "gain", id: 1, gain: 0, pan: 0 });
    block(mixer);
    expect(mixer.report.position).toBe(48_306);
  });
  test("after a wait it goes on only when a second is there, or all that is left", () => {
    const mixer = new Mixer();
    mixer.tell({ type: "stem", id: 0, from: 0, to: 200_000, gain: 1, pan: 0 });
    mixer.tell(chunk(0, 0, FILL_FRAMES - 1));
    mixer.tell({ type: "play" });
    block(mixer);
    expect(mixer.report).toMatchObject({ position: 0, state: "waiting" });
    mixer.tell(chunk(0, FILL_FRAMES - 1, FILL_FRAMES));
    block(mixer);
    expect(mixer.report).toMatchObject({ position: 128, state: "playing" });
    mixer.tell({ type: "seek", position: 199_900, generation: 1 });
    mixer.tell(chunk(0, 199_900, 200_000));
    block(mixer);
    expect(mixer.report).toMatchObject({ position: 200_000, state: "ended" });
  });
  test("pan takes from the other side and leaves the middle as it was; the peaks of both sides are told once", () => {
    const mixer = new Mixer();
    mixer.tell({ type: "stem", id: 0, from: 0, to: 1_000, gain: 1, pan: -0.75 });
    mixer.tell(chunk(0, 0, 1_000));
    mixer.tell({ type: "play" });
    const { left, right } = block(mixer);
    for (let frame = 0; frame < 128; frame++) {
      expect(left[frame]).toBeCloseTo(mark(frame), 6);
      expect(right[frame]).toBeCloseTo(mark(frame) / 4, 6);
    }
    const loudest = Math.max(...left.map(Math.abs));
    expect(mixer.takePeaks()).toEqual([loudest, loudest / 4]);
    expect(mixer.takePeaks()).toEqual([0, 0]);
  });
  test("the click is on the beat to the frame, from wherever it is heard, and a bar's first is another tone", () => {
    // 120 bpm: a beat has 24,000 frames.
    const from = (position: number, frames: number) => {
      const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
      addClick(left, right, 0, frames, position, 120);
      expect(right).toEqual(left);
      return left;
    };
    const whole = from(0, 120_000);
    const sounding = Array.from({ length: 5 }, (_, beat) => {
      const tick = whole.subarray(beat * 24_000, beat * 24_000 + 960);
      expect(whole.subarray(beat * 24_000 + 960, (beat + 1) * 24_000).every((sample) => sample === 0)).toBe(true);
      return tick.filter((sample, at) => at > 0 && sample >= 0 && (tick[at - 1] ?? 0) < 0).length;
    });
    expect(sounding).toEqual([32, 20, 20, 20, 32].map((hz) => expect.closeTo(hz, -0.5)));
    expect(from(24_100, 500)).toEqual(whole.slice(24_100, 24_600));
    expect(from(23_990, 128)).toEqual(whole.slice(23_990, 24_118));
  });
  test("at half speed a tone is an octave lower, without a seam, and the playhead moves half as far", () => {
    const mixer = new Mixer();
    const tone = Float32Array.from({ length: 100_000 }, (_, n) => Math.sin(n * 0.2));
    mixer.tell({ type: "stem", id: 0, from: 0, to: 100_000, gain: 1, pan: 0 });
    mixer.tell({ type: "chunk", id: 0, at: 0, channels: [tone] });
    mixer.tell({ type: "speed", isHalf: true });
    mixer.tell({ type: "play" });
    const heard = Float32Array.from(Array.from({ length: 40 }, () => [...block(mixer).left]).flat());
    expect(mixer.report.position).toBe(40 * 64);
    // The kernel's own delay: 32 frames of the tape.
    for (let n = 200; n < heard.length; n++) expect(heard[n]).toBeCloseTo(Math.sin((n / 2 - 32) * 0.2), 4);
    mixer.tell({ type: "speed", isHalf: false });
    expect(block(mixer).left[5]).toBeCloseTo(Math.sin((40 * 64 + 5) * 0.2), 6);
  });
  test("a loop goes round on its very frame, in the middle of a block; the end is said", () => {
    const mixer = new Mixer();
    mixer.tell({ type: "stem", id: 0, from: 0, to: 1_000, gain: 1, pan: 0 });
    mixer.tell(chunk(0, 0, 1_000));
    mixer.tell({ type: "loop", loop: { from: 10, to: 110 } });
    mixer.tell({ type: "seek", position: 60, generation: 3 });
    mixer.tell({ type: "play" });
    const { left } = block(mixer);
    for (let at = 0; at < 50; at++) expect(left[at]).toBeCloseTo(mark(60 + at), 6);
    for (let at = 50; at < 128; at++) expect(left[at]).toBeCloseTo(mark(10 + at - 50), 6);
    expect(mixer.report).toMatchObject({ position: 88, generation: 3 });
    mixer.tell({ type: "loop", loop: null });
    mixer.tell({ type: "seek", position: 990, generation: 4 });
    block(mixer);
    expect(mixer.report).toMatchObject({ position: 1_000, state: "ended" });
  });
  test("muting is a ramp of ten milliseconds, not a step", () => {
    const mixer = new Mixer();
    mixer.tell({ type: "stem", id: 0, from: 0, to: 10_000, gain: 1, pan: 0 });
    mixer.tell({ type: "chunk", id: 0, at: 0, channels: [new Float32Array(10_000).fill(1)] });
    mixer.tell({ type: "play" });
    block(mixer);
    mixer.tell({ type: "gain", id: 0, gain: 0, pan: 0 });
    const { left } = block(mixer, 600);
    expect(left[0]).toBe(1);
    expect(left[240]).toBeCloseTo(0.5, 5);
    expect(left[480]).toBeCloseTo(0, 5);
    for (let at = 1; at < 600; at++) expect(Math.abs((left[at] ?? 0) - (left[at - 1] ?? 0))).toBeLessThan(1 / 479);
  });
});
