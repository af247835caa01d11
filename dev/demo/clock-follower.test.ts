import { expect, test } from "vitest";
import { initialMap } from "../../protocol/timeline.ts";
import { clockWordOf, placesOfClock } from "./clock-follower.ts";

/** What `jack_mclk_dump --newline` 0.4.3 said of our own clock at 120 bpm from the tenth second on. */
const said = `POS (0x0050)   21.0[beats]    6|1|0 [BBT@4/4]                  @ 88153
EVENT (0xfb) continue                                          @ 88153
CLK cur:      ??[BPM] flt:      ??[BPM]  dt:   ??[sm]          @ 88153
CLK cur:  122.95[BPM] flt:  122.95[BPM]  dt:  976[sm]    6|1|0 @ 89129
CLK cur:  122.45[BPM] flt:  122.94[BPM]  dt:  980[sm]    6|1|1 @ 94021
EVENT (0xfc) stop                                              @ 216354`;

test("C4: what a program that follows our clock says of itself is read as places and tempi, each at its byte", () => {
  const words = said.split("\n").flatMap((line) => clockWordOf(line) ?? []);
  expect(words.map(({ type }) => type)).toEqual(["roll", "clock", "clock", "clock"]);
  const heard = [0xf8, 0xf2, 0xfb, 0xf8, 0xf8, 0xf8, 0xfc].map((status, at) => ({
    ...{ frame: 1_000 + at, localMs: 10 * at, jackMs: 0 },
    bytes: Uint8Array.of(status),
  }));
  // A sixteenth in whose midst it begins to tell is no place; a clock before the roll belongs to another.
  expect(placesOfClock(words, heard, () => initialMap)).toEqual([
    { frame: 1_005, localMs: 50, positionFrames: 486_000, bpm: 122.94 },
  ]);
});
