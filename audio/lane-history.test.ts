import { expect, test } from "vitest";
import { LaneHistory } from "./lane-history.ts";

test("C2: a stereo lane is read at any place and speed to the bit as its two sides are alone", () => {
  const stereo = new LaneHistory(2);
  const sides = [new LaneHistory(1), new LaneHistory(1)];
  const begin = stereo.end;
  const sampleOf = (frame: number, side: number) => Math.sin(frame * (side + 1) * 0.13) * 0.5;
  for (let frame = 0; frame < 2_000; frame++) {
    for (const [side, alone] of sides.entries()) {
      stereo.add(side, sampleOf(frame, side));
      alone.add(0, sampleOf(frame, side));
      alone.next();
    }
    stereo.next();
  }
  for (const step of [1, 1.000_02, 0.999_8, 44_100 / 48_000, 2]) {
    const heard = [new Float32Array(128), new Float32Array(128)];
    stereo.read(begin + 500.3, step, 128, heard);
    for (const [side, alone] of sides.entries()) {
      const wanted = new Float32Array(128);
      alone.read(begin + 500.3, step, 128, [wanted]);
      expect(heard[side]).toEqual(wanted);
    }
  }
});
