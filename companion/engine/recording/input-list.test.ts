import { describe, expect, test } from "vitest";
import { inputsNeeded, readInputs, readLane } from "./input-list.std.ts";

describe("inputs of an interface, as a person writes them", () => {
  test("C6: any of 18 inputs, alone, as a pair or as a row, can be armed and sent", () => {
    expect(readInputs("Guitar:1, Keys:17+18,Drums:3-10")).toEqual([
      { name: "Guitar", channels: [0] },
      { name: "Keys", channels: [16, 17] },
      { name: "Drums", channels: [2, 3, 4, 5, 6, 7, 8, 9] },
    ]);
    expect(readLane("3+4")).toEqual({ inputs: [2, 3], pans: [-1, 1] });
    expect(readLane("1-8")).toEqual({ inputs: [0, 1, 2, 3, 4, 5, 6, 7], pans: Array(8).fill(0) });
    expect(readLane("18, 1L30,2R100,5+6")).toEqual({ inputs: [17, 0, 1, 4, 5], pans: [0, -0.3, 1, -1, 1] });
    expect(inputsNeeded(readInputs("Guitar:1"), readLane("17+18"))).toBe(18);
    expect(inputsNeeded(readInputs("Guitar:1"), readLane("1"))).toBe(2);
  });

  test.each([
    "Guitar",
    "Guitar:",
    "Guitar:0",
    "Guitar:33",
    "Drums:1-9",
    "Drums:1-100000000",
    "Drums:4-2",
    "Pair:1+1",
    ":1",
    "a/b:1",
  ])("%s is no input, which is said with what would be one", (text) => {
    expect(() => readInputs(text)).toThrow(/is not an input\. Write a name and one to 8 of the device's inputs/);
  });

  test.each(["", "0", "1-9", "1,1", "1+2+3", "1L101", "1X30", "3+4L30", "33"])("%s is no lane", (text) => {
    expect(() => readLane(text)).toThrow(/is no part of a lane|is no lane/);
  });
});
