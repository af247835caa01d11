import { expect, test } from "vitest";
import { initialTimeline } from "../../../protocol/transport.ts";
import { mmcCue, mmcDriver } from "../midi/mmc.std.ts";
import { StudioTransport } from "./studio-transport.std.ts";

/** A machine whose timers of one instant run in the order in which they were set, as those of Node do. */
class Timers {
  nowMs = 0;
  #timers: { atMs: number; call: () => void }[] = [];

  scheduleAt = (atMs: number, call: () => void) => {
    const timer = { atMs, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  advanceTo(atMs: number): void {
    for (;;) {
      const [next] = this.#timers.toSorted((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > atMs) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.call();
    }
    this.nowMs = atMs;
  }
}

test("P17: a DAW is told to record before the take begins, though a take's start may hold up all timers", () => {
  const timers = new Timers();
  const done: string[] = [];
  const transport = new StudioTransport({
    nowMs: () => timers.nowMs,
    scheduleAt: timers.scheduleAt,
    daws: [
      {
        port: {
          name: "the DAW",
          sendAt: (bytes) => done.push(Buffer.from(bytes).toString("hex")),
          onBytes: () => undefined,
          onPresence: () => undefined,
          close: async () => undefined,
        },
        driver: mmcDriver(),
        cue: mmcCue,
      },
    ],
    mayCommand: () => true,
    post: () => "nobody's",
    peers: null,
    emit: () => undefined,
    onExecuted: ({ after }) => done.push(after.motion),
  });
  for (let ping = 0; ping < 8; ping++) {
    timers.advanceTo(ping * 50);
    transport.addSample({ sentLocalMs: timers.nowMs - 1, receivedLocalMs: timers.nowMs, roomTimeMs: timers.nowMs });
  }
  transport.enter(initialTimeline, 0);
  timers.advanceTo(1_000);
  done.length = 0;
  transport.follow({
    seq: 1,
    eventId: "00000000-0000-4000-8000-000000000000",
    atMs: 1_000,
    effectiveAtMs: 1_200,
    body: { kind: "transport", transport: { command: "record" } },
  });
  timers.advanceTo(1_500);
  const playAndRecordStrobe = "f07f7f060306f7";
  expect(done.filter((one) => one === playAndRecordStrobe || one === "recording")).toEqual([
    playAndRecordStrobe,
    "recording",
  ]);
});
