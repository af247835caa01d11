import { describe, expect, test } from "vitest";
import { LaneStrip, Limiter, plainMix } from "./lane-mixer.ts";
import { DEVICE_RATES_HZ } from "./lane-players.ts";
import { highPassAt, LoudnessMeter, shelfAt } from "./loudness.ts";

const FRAMES = 128;
const block = (value: number) => [new Float32Array(FRAMES).fill(value), new Float32Array(FRAMES).fill(value)];

/** The last frame of both sides after a while, from one lane that sounds at 0.5. */
function mixed(strip: LaneStrip, isSoloed = false) {
  let out = block(0);
  for (let round = 0; round < 10; round++) {
    out = block(0);
    strip.add(block(0.5), out, FRAMES, isSoloed);
  }
  return out.map((side) => Number((side.at(-1) ?? 0).toFixed(4)));
}

describe("each listener's own mix", () => {
  test("gain, balance, mute and solo do what they say, and untouched sound is untouched", () => {
    const strip = new LaneStrip();
    expect(mixed(strip)).toEqual([0.5, 0.5]);
    strip.mix = { ...plainMix, gainDb: -6.0206 };
    expect(mixed(strip)).toEqual([0.25, 0.25]);
    strip.mix = { ...plainMix, pan: 1 };
    expect(mixed(strip)).toEqual([0, 0.5]);
    strip.mix = { ...plainMix, isMuted: true };
    expect(mixed(strip)).toEqual([0, 0]);
    strip.mix = plainMix;
    expect(mixed(strip, true)).toEqual([0, 0]);
    strip.mix = { ...plainMix, isSolo: true };
    expect(mixed(strip, true)).toEqual([0.5, 0.5]);
  });

  test("a change of the mix is no click", () => {
    const strip = new LaneStrip();
    mixed(strip);
    strip.mix = { ...plainMix, isMuted: true };
    const out = block(0);
    strip.add(block(0.5), out, FRAMES, false);
    for (let at = 1; at < FRAMES; at++)
      expect(Math.abs((out[0]?.[at] ?? 0) - (out[0]?.[at - 1] ?? 0))).toBeLessThan(0.01);
  });

  test("ITU-R BS.1770-5, tables 1 and 2: the weighting at 48 kHz is theirs, to the last digit that they print", () => {
    const near = (values: readonly number[]) => values.map((value) => Number(value.toFixed(10)));
    expect(near([...shelfAt(48_000).b, ...shelfAt(48_000).a])).toEqual(
      near([1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585]),
    );
    expect(near(highPassAt(48_000).a)).toEqual(near([-1.99004745483398, 0.99007225036621]));
  });

  test.each(DEVICE_RATES_HZ)(
    "EBU Tech 3341, case 1: a stereo tone of 1 kHz at −23 dBFS is −23 LUFS at %i Hz",
    (rateHz) => {
      const meter = new LoudnessMeter(rateHz);
      const tone = Float32Array.from(
        { length: rateHz * 4 },
        (_, frame) => 10 ** (-23 / 20) * Math.sin((2 * Math.PI * 1_000 * frame) / rateHz),
      );
      for (let frame = 0; frame < tone.length; frame += FRAMES) {
        const part = tone.subarray(frame, frame + FRAMES);
        meter.add(part, part, part.length);
      }
      expect(meter.shortTermLufs).toBeCloseTo(-23, 1);
      expect(meter.takePeak()).toBeCloseTo(10 ** (-23 / 20), 3);
      expect(meter.takePeak()).toBe(0);
    },
  );

  test("six people at full level stay below full scale, and one alone comes through untouched", () => {
    const limiter = new Limiter();
    const quiet = block(0.9);
    limiter.apply(quiet, FRAMES);
    expect(quiet).toEqual(block(0.9));
    for (let round = 0; round < 20; round++) {
      const loud = block(6);
      limiter.apply(loud, FRAMES);
      for (const side of loud) expect(Math.max(...side.map(Math.abs))).toBeLessThan(0.97);
    }
    for (let round = 0; round < 100; round++) limiter.apply(block(0.5), FRAMES);
    const again = block(0.5);
    limiter.apply(again, FRAMES);
    expect(again).toEqual(block(0.5));
  });
});
