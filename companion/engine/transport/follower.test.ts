import { describe, expect, test } from "vitest";
import type { TransportCommand } from "../../../protocol/room.ts";
import { type Execution, Follower } from "./follower.std.ts";

/** Session time that moves only when the test says so. */
class FakeClock {
  nowMs = 0;
  readonly #alarms: { atMs: number; wake: () => void }[] = [];
  nowSessionMs = () => this.nowMs;
  scheduleAtSession = (atMs: number, wake: () => void) => {
    const alarm = { atMs, wake };
    this.#alarms.push(alarm);
    if (atMs <= this.nowMs) this.advanceTo(this.nowMs);
    return () => {
      const at = this.#alarms.indexOf(alarm);
      if (at >= 0) this.#alarms.splice(at, 1);
    };
  };
  advanceTo(atMs: number) {
    for (;;) {
      const due = this.#alarms.findIndex((alarm) => alarm.atMs <= atMs);
      if (due < 0) break;
      const [alarm] = this.#alarms.splice(due, 1);
      this.nowMs = Math.max(this.nowMs, alarm?.atMs ?? 0);
      alarm?.wake();
    }
    this.nowMs = Math.max(this.nowMs, atMs);
  }
}

function studio() {
  const clock = new FakeClock();
  const done: (Execution & { atMs: number })[] = [];
  const follower = new Follower(clock, (execution) => done.push({ ...execution, atMs: clock.nowMs }));
  let seq = 0;
  const hear = (transport: TransportCommand, effectiveAtMs: number) =>
    follower.follow(++seq, { transport, effectiveAtMs });
  return { clock, done, follower, hear };
}

describe("following the transport", () => {
  test("P19: each command is carried out at its instant, in order", () => {
    const { clock, done, follower, hear } = studio();
    hear({ command: "locate", positionFrames: 48_000 }, 100);
    hear({ command: "play" }, 100);
    hear({ command: "stop" }, 1_100);
    clock.advanceTo(99);
    expect(done).toEqual([]);
    clock.advanceTo(600);
    expect(done.map(({ event, atMs }) => [event.transport.command, atMs])).toEqual([
      ["locate", 100],
      ["play", 100],
    ]);
    expect(follower.positionFrames).toBe(48_000 + 24_000);
    clock.advanceTo(5_000);
    expect(follower.state).toMatchObject({ motion: "stopped", positionFrames: 96_000 });
    expect(done.every(({ onTime }) => onTime)).toBe(true);
  });

  test("P19: what was missed is not replayed; the state is taken up where it is now", () => {
    const { clock, done, follower, hear } = studio();
    clock.advanceTo(10_000);
    follower.follow(7, { transport: { command: "locate", positionFrames: 0 }, effectiveAtMs: 1_000 });
    follower.follow(8, { transport: { command: "play" }, effectiveAtMs: 2_000 });
    expect(done.at(-1)).toMatchObject({ onTime: false, after: { motion: "playing" } });
    expect(follower.positionFrames).toBe(8_000 * 48);
    hear({ command: "stop" }, 1);
    expect(follower.state.motion).toBe("playing");
  });

  test("P6: a line of the log that comes twice is carried out once", () => {
    const { clock, done, follower } = studio();
    for (let at = 0; at < 3; at++) follower.follow(4, { transport: { command: "play" }, effectiveAtMs: 50 });
    clock.advanceTo(100);
    expect(done).toHaveLength(1);
  });
});
