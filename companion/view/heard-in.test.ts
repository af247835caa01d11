import { expect, test } from "vitest";
import { MemberId } from "../../protocol/ids.ts";
import { BACK_SAID_MS, followChannels, followHeard, type Heard } from "./heard-in.std.ts";

const ADA = MemberId.parse("mem_00000000000000000000000000");

test("P80: a person is told that somebody is heard in less, and, for a while, that they are heard whole again", () => {
  let heard: ReadonlyMap<MemberId, Heard> = new Map();
  const tell = (level: "full" | "narrow" | "mono" | "opus", nowMs: number) => {
    const before = heard;
    heard = followHeard(heard, [{ memberId: ADA, level }], nowMs);
    return [heard.get(ADA)?.heardIn, heard === before];
  };
  expect(tell("full", 0)).toEqual([undefined, true]);
  expect(tell("mono", 1_000)).toEqual(["mono", false]);
  expect(tell("opus", 2_000)).toEqual(["opus", false]);
  expect(tell("opus", 3_000)).toEqual(["opus", true]);
  expect(tell("full", 4_000)).toEqual(["back", false]);
  expect(tell("full", 4_000 + BACK_SAID_MS - 1)).toEqual(["back", true]);
  expect(tell("full", 4_000 + BACK_SAID_MS)).toEqual([undefined, false]);
  tell("narrow", 90_000);
  // Who has left is told of no more.
  expect(followHeard(heard, [], 91_000).size).toBe(0);
});

test("P88: on how many channels each of the others plays is told anew only where it is another number, or other people", () => {
  const told = (channels: number) => [{ memberId: ADA, channels }];
  const eight = followChannels(new Map(), told(8));
  expect([...eight]).toEqual([[ADA, 8]]);
  expect(followChannels(eight, told(8))).toBe(eight);
  expect([...followChannels(eight, told(1))]).toEqual([[ADA, 1]]);
  expect(followChannels(eight, []).size).toBe(0);
});
