import { describe, expect, test } from "vitest";
import type { TransportCommand, TransportState } from "../../../protocol/room.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { initialTransport } from "../../../protocol/transport.ts";
import { FakeClock } from "./fake-clock.std.ts";
import { type Execution, Follower } from "./follower.std.ts";

function studio() {
  const clock = new FakeClock();
  const done: (Execution & { calledAtMs: number })[] = [];
  const planned: { after: TransportState; atMs: number; knownAtMs: number }[] = [];
  const follower = new Follower(clock, {
    onPlanned: (after, atMs) => planned.push({ after, atMs, knownAtMs: clock.nowMs }),
    onExecuted: (execution) => done.push({ ...execution, calledAtMs: clock.nowMs }),
  });
  let seq = 0;
  const hear = (transport: TransportCommand, effectiveAtMs: number) =>
    follower.follow(++seq, { transport, effectiveAtMs });
  return { clock, done, planned, follower, hear };
}

describe("following the transport", () => {
  test("P19: each command is carried out at its instant, in order, and known before it", () => {
    const { clock, done, planned, follower, hear } = studio();
    hear({ command: "locate", positionFrames: 48_000 }, 100);
    hear({ command: "play" }, 100);
    hear({ command: "stop" }, 1_100);
    expect(planned.map(({ atMs, knownAtMs }) => [atMs, knownAtMs])).toEqual([
      [100, 0],
      [100, 0],
      [1_100, 0],
    ]);
    clock.advanceTo(99);
    expect(done).toEqual([]);
    clock.advanceTo(600);
    expect(done.map(({ command, calledAtMs }) => [command, calledAtMs])).toEqual([
      ["locate", 100],
      ["play", 100],
    ]);
    expect(follower.positionFrames).toBe(48_000 + 24_000);
    clock.advanceTo(5_000);
    expect(follower.state).toMatchObject({ motion: "stopped", positionFrames: 96_000 });
    expect(done.every(({ onTime }) => onTime)).toBe(true);
  });

  test("P19: what was missed is not replayed; a burst of it is one step, to where the playhead is now", () => {
    const { clock, done, planned, follower, hear } = studio();
    clock.advanceTo(10_000);
    hear({ command: "locate", positionFrames: 0 }, 1_000);
    hear({ command: "play" }, 2_000);
    hear({ command: "stop" }, 3_000);
    hear({ command: "play" }, 9_000);
    clock.advanceTo(10_050);
    expect(done).toHaveLength(1);
    expect(planned).toHaveLength(1);
    expect(done[0]).toMatchObject({ onTime: false, before: { motion: "stopped" }, after: { motion: "playing" } });
    expect(follower.positionFrames).toBe((1_000 + 1_050) * 48);
  });

  test("P19: a command in time that comes in one burst with late ones is planned last, so that the DAW hears of it", () => {
    const { clock, planned, hear } = studio();
    clock.advanceTo(10_000);
    hear({ command: "play" }, 9_000);
    hear({ command: "locate", positionFrames: 96_000 }, 10_200);
    clock.advanceTo(10_100);
    expect(planned.at(-1)).toMatchObject({ atMs: 10_200, after: { motion: "playing", positionFrames: 96_000 } });
  });

  test("P6: a line of the log that comes twice is carried out once", () => {
    const { clock, done, follower } = studio();
    for (let at = 0; at < 3; at++) follower.follow(4, { transport: { command: "play" }, effectiveAtMs: 50 });
    clock.advanceTo(100);
    expect(done).toHaveLength(1);
  });

  test("P43, X35: who enters takes up the state as one step; a recording that is two days old is only heard", () => {
    const { clock, done, follower } = studio();
    const twoDays = 2 * 24 * 3_600_000;
    clock.advanceTo(twoDays);
    follower.takeUp(
      { transport: { motion: "recording", positionFrames: 4_800, atMs: 0, bpm: 96 }, map: initialMap },
      1_000,
    );
    clock.advanceTo(twoDays + 100);
    expect(done).toHaveLength(1);
    expect(done[0]).toMatchObject({ onTime: false, after: { motion: "playing", bpm: 96 } });
    // The lines up to the head are part of it; the next one moves on.
    follower.follow(1_000, { transport: { command: "stop" }, effectiveAtMs: 5 });
    follower.follow(1_001, { transport: { command: "stop" }, effectiveAtMs: twoDays + 300 });
    clock.advanceTo(twoDays + 400);
    expect(done.map(({ after }) => after.motion)).toEqual(["playing", "stopped"]);
  });

  test("P43: a recording that has just begun is joined, and one that goes on is not left by a lost link", () => {
    const { clock, done, follower, hear } = studio();
    clock.advanceTo(5_000);
    follower.takeUp(
      { transport: { motion: "recording", positionFrames: 0, atMs: 4_000, bpm: 120 }, map: initialMap },
      0,
    );
    clock.advanceTo(5_100);
    expect(done.map(({ after }) => after.motion)).toEqual(["recording"]);
    clock.advanceTo(60_000);
    follower.takeUp(
      { transport: { motion: "recording", positionFrames: 0, atMs: 4_000, bpm: 120 }, map: initialMap },
      0,
    );
    hear({ command: "tempo", bpm: 97 }, 60_200);
    clock.advanceTo(61_000);
    expect(done.map(({ after }) => [after.motion, after.bpm])).toEqual([
      ["recording", 120],
      ["recording", 97],
    ]);
  });

  test("P43, X36: whoever pressed record here is recorded though this machine was busy since; somebody else's press is heard by then", () => {
    for (const [isOwn, lateMs, motion] of [
      [true, 9_000, "recording"],
      [false, 9_000, "playing"],
      [true, 31_000, "playing"],
    ] as const) {
      const { clock, done, follower } = studio();
      clock.advanceTo(1_000 + lateMs);
      follower.follow(1, { transport: { command: "record" }, effectiveAtMs: 1_000 }, "evt", isOwn);
      clock.advanceTo(1_100 + lateMs);
      expect(done.map(({ after, onTime }) => [after.motion, onTime])).toEqual([[motion, false]]);
      expect(follower.positionFrames).toBe((lateMs + 100) * 48);
    }
  });

  test("P43: a command that is on its way when the link comes back waits for its instant", () => {
    const { clock, done, follower } = studio();
    clock.advanceTo(1_000);
    follower.takeUp(
      { transport: { motion: "playing", positionFrames: 480, atMs: 1_080, bpm: 120 }, map: initialMap },
      3,
    );
    clock.advanceTo(1_079);
    expect(done).toEqual([]);
    clock.advanceTo(1_080);
    expect(done).toHaveLength(1);
    expect(done[0]).toMatchObject({ onTime: true, calledAtMs: 1_080 });
  });

  test("P37, X24: an instant is computed anew when session time is known better, or the machine has slept", () => {
    const { clock, done, follower, hear } = studio();
    hear({ command: "play" }, 500);
    clock.advanceTo(100);
    for (let sample = 0; sample < 20; sample++) follower.reschedule();
    clock.nowMs = 620;
    follower.reschedule();
    clock.advanceTo(620);
    expect(done.map(({ command, calledAtMs }) => [command, calledAtMs])).toEqual([["play", 620]]);
  });

  test("P77: what is announced is carried out before the log has it, and once", () => {
    const { clock, done, follower } = studio();
    follower.takeUp({ transport: initialTransport, map: initialMap }, 0, 0);
    expect(follower.foresee("one", { transport: { command: "play" }, effectiveAtMs: 30 }, 0)).toBe(true);
    // Announced twice, and while one is foreseen nothing else is.
    expect(follower.foresee("one", { transport: { command: "play" }, effectiveAtMs: 30 }, 0)).toBe(false);
    expect(follower.announcesAfterMs).toBeNull();
    clock.advanceTo(240);
    follower.follow(1, { transport: { command: "play" }, effectiveAtMs: 30 }, "one");
    clock.advanceTo(9_000);
    expect(done.map(({ command, calledAtMs, foreseen }) => [command, calledAtMs, foreseen])).toEqual([
      ["play", 30, "one"],
    ]);
    expect(follower.positionFrames).toBe((9_000 - 30) * 48);
    expect(follower.announcesAfterMs).toBe(30);
    expect(follower.foresee("old", { transport: { command: "stop" }, effectiveAtMs: 9_010 }, 0)).toBe(false);
  });

  test("P77, P70: where the log has another line first, everybody goes the log's way", () => {
    const { clock, done, follower } = studio();
    follower.takeUp({ transport: initialTransport, map: initialMap }, 0, 0);
    follower.foresee("ada's", { transport: { command: "play" }, effectiveAtMs: 30 }, 0);
    clock.advanceTo(100);
    expect(follower.state.motion).toBe("playing");
    follower.follow(1, { transport: { command: "locate", positionFrames: 96_000 }, effectiveAtMs: 200 }, "ben's");
    follower.follow(2, { transport: { command: "play" }, effectiveAtMs: 210 }, "ada's");
    clock.advanceTo(1_210);
    expect(done.map(({ after }) => after.motion)).toEqual(["playing", "stopped", "playing"]);
    expect(follower.positionFrames).toBe(96_000 + 48_000);
  });

  test("P77, P42: at another instant of the same line nobody is interrupted who rolls already", () => {
    for (const [heardAtMs, effectiveAtMs] of [
      [20, 150],
      [100, 250],
      [20, 25],
    ] as const) {
      const { clock, done, planned, follower } = studio();
      follower.takeUp({ transport: initialTransport, map: initialMap }, 0, 0);
      const transport: TransportCommand = { command: "play", since: { positionFrames: 480, atMs: 10 } };
      follower.foresee("ada's", { transport, effectiveAtMs: 30 }, 0);
      clock.advanceTo(heardAtMs);
      expect(follower.follow(1, { transport, effectiveAtMs }, "ada's")).toBe(true);
      clock.advanceTo(1_000);
      expect(done.map(({ after, calledAtMs, seq }) => [after.motion, calledAtMs, seq])).toEqual([
        ["playing", 30, heardAtMs < 30 ? 1 : undefined],
      ]);
      expect(planned).toHaveLength(1);
      expect(follower.positionFrames).toBe(480 + 990 * 48);
      expect(follower.announcesAfterMs).toBe(effectiveAtMs);
    }
  });

  test("P77: what is refused, or never comes, is taken back; what has not been carried out yet never is", () => {
    const { clock, done, follower } = studio();
    follower.takeUp({ transport: initialTransport, map: initialMap }, 0, 0);
    follower.foresee("refused", { transport: { command: "play" }, effectiveAtMs: 30 }, 0);
    follower.unforesee("refused");
    clock.advanceTo(1_000);
    expect(done).toEqual([]);
    follower.foresee("lost", { transport: { command: "play" }, effectiveAtMs: 1_030 }, 0);
    clock.advanceTo(3_000);
    expect(follower.state.motion).toBe("playing");
    clock.advanceTo(4_100);
    expect(follower.state).toMatchObject({ motion: "stopped", positionFrames: 0 });
    expect(done).toHaveLength(2);
  });

  test("P77, P24: no announcement ends a take: what never comes to the log would have cost the rest of it", () => {
    const { clock, follower } = studio();
    follower.takeUp({ transport: initialTransport, map: initialMap }, 0, 0);
    follower.follow(1, { transport: { command: "record" }, effectiveAtMs: 100 }, "take");
    clock.advanceTo(5_000);
    expect(follower.announcesAfterMs).toBeNull();
    for (const transport of [
      { command: "stop" },
      { command: "play" },
      { command: "locate", positionFrames: 0 },
    ] as const)
      expect(follower.foresee("lost", { transport, effectiveAtMs: 5_020 }, 100)).toBe(false);
    clock.advanceTo(9_000);
    expect(follower.state.motion).toBe("recording");
  });
});
