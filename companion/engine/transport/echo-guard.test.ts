import { expect, test } from "vitest";
import { EchoGuard } from "./echo-guard.std.ts";

test("C4: what a DAW says because it was told so is an echo; a person's press in the same moment is not", () => {
  const guard = new EchoGuard();
  guard.expect({ type: "play" }, 0, 1_000);
  expect(guard.isEcho({ type: "stop" }, 1_100)).toBe(false);
  expect(guard.isEcho({ type: "play" }, 1_800)).toBe(true);
  // One sending, one echo; and none that comes after its time.
  expect(guard.isEcho({ type: "play" }, 1_810)).toBe(false);
  guard.expect({ type: "play" }, 0, 1_000);
  expect(guard.isEcho({ type: "play" }, 2_001)).toBe(false);
});

test("C4: a stop brings the place at which the DAW came to rest, and it is no other press, near where it should be", () => {
  const guard = new EchoGuard();
  guard.accompany({ type: "stop" }, 480_000, 0);
  expect(guard.isEcho({ type: "locate", positionFrames: 482_000 }, 30)).toBe(true);
  expect(guard.isEcho({ type: "locate", positionFrames: 482_100 }, 40)).toBe(true);
  // Once, in the same breath, it may be anywhere: nobody knew where it was.
  expect([50, 60].map((atMs) => guard.isEcho({ type: "locate", positionFrames: 0 }, atMs))).toEqual([true, false]);
  guard.accompany({ type: "stop" }, 480_000, 1_000);
  expect(guard.isEcho({ type: "locate", positionFrames: 0 }, 1_200)).toBe(false);
  guard.expect({ type: "record" }, 0, 100);
  expect([guard.isEcho({ type: "play" }, 110), guard.isEcho({ type: "record" }, 111)]).toEqual([true, true]);
});

test("C4: a port whose last five presses others undid within two seconds each is muted, and said once", () => {
  const guard = new EchoGuard();
  const told: boolean[] = [];
  for (let press = 0; press < 7; press++) {
    guard.press({ type: press % 2 === 0 ? "play" : "stop" }, press * 1_000);
    told.push(guard.reverse(press * 1_000 + 300));
  }
  expect(told).toEqual([false, false, false, false, true, false, false]);
  expect(guard.muted).toBe(true);
  guard.unmute();
  expect(guard.muted).toBe(false);
  for (let press = 0; press < 20; press++) {
    guard.press({ type: "play" }, 100_000 + press * 5_000);
    if (press % 3 !== 0) guard.reverse(100_000 + press * 5_000 + 100);
  }
  expect(guard.muted).toBe(false);
});
