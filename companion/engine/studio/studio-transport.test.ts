import { expect, test, vi } from "vitest";
import { EventId } from "../../../protocol/ids.ts";
import { initialTimeline } from "../../../protocol/transport.ts";
import { mmcCue, mmcDriver } from "../midi/mmc.std.ts";
import { StudioTransport, type StudioTransportOptions } from "./studio-transport.std.ts";

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

/** A studio with one DAW, whose session time is the machine's; `done`: what the DAW is told, and which motions came. */
function studio(timers: Timers, more: Partial<StudioTransportOptions> = {}) {
  const done: string[] = [];
  const leads: number[] = [];
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
    onLead: (leadMs) => leads.push(leadMs),
    onExecuted: ({ after }) => done.push(after.motion),
    ...more,
  });
  for (let ping = 0; ping < 8; ping++) {
    timers.advanceTo(ping * 50);
    transport.addSample({ sentLocalMs: timers.nowMs - 1, receivedLocalMs: timers.nowMs, roomTimeMs: timers.nowMs });
  }
  transport.enter(initialTimeline, 0, 0);
  timers.advanceTo(1_000);
  done.length = 0;
  return { transport, done, leads };
}

test("P17: a DAW is told to record before the take begins, though a take's start may hold up all timers", () => {
  const timers = new Timers();
  const { transport, done } = studio(timers);
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

test("P43, X36: whoever pressed record is recorded though their machine was busy for seconds, and nobody whose press was refused", () => {
  const eventId = EventId.parse("00000000-0000-4000-8000-000000000000");
  for (const [isRefused, motion] of [
    [false, "recording"],
    [true, "playing"],
  ] as const) {
    const timers = new Timers();
    const { transport, done } = studio(timers, { post: () => eventId });
    transport.command({ command: "record" });
    if (isRefused) transport.forget(eventId);
    timers.advanceTo(7_000);
    transport.follow({
      ...{ seq: 1, eventId, atMs: 1_100, effectiveAtMs: 1_200 },
      body: { kind: "transport", transport: { command: "record" } },
    });
    timers.advanceTo(7_100);
    expect(done).toContain(motion);
  }
});

test("P77: what a player announces is carried out before the log has it, and what an observer announces is not", () => {
  const timers = new Timers();
  const { transport, done } = studio(timers);
  const eventId = EventId.parse("00000000-0000-4000-8000-000000000000");
  const play = { eventId, transport: { command: "play" }, effectiveAtMs: 1_020, afterMs: 0 } as const;
  transport.hearAnnounced(play, "observer");
  // Nobody's press lies that far ahead, or so long ago.
  transport.hearAnnounced({ ...play, effectiveAtMs: 9_000 }, "participant");
  transport.hearAnnounced({ ...play, effectiveAtMs: 400 }, "participant");
  timers.advanceTo(1_100);
  expect(done).toEqual([]);
  transport.hearAnnounced({ ...play, effectiveAtMs: 1_120 }, "participant");
  timers.advanceTo(1_200);
  expect(done).toContain("playing");
  const { length } = done;
  transport.follow({
    ...{ seq: 1, eventId, atMs: 1_240, effectiveAtMs: 1_120 },
    body: { kind: "transport", transport: { command: "play" } },
  });
  timers.advanceTo(5_000);
  expect(done).toHaveLength(length);
});

test("P77: whoever was late lately asks to be told earlier, for half a minute", () => {
  const timers = new Timers();
  const { transport, leads } = studio(timers);
  const sample = () =>
    transport.addSample({ sentLocalMs: timers.nowMs - 1, receivedLocalMs: timers.nowMs, roomTimeMs: timers.nowMs });
  sample();
  expect(leads).toEqual([]);
  const eventId = EventId.parse("00000000-0000-4000-8000-000000000000");
  transport.follow({
    ...{ seq: 1, eventId, atMs: 1_000, effectiveAtMs: 1_100 },
    body: { kind: "transport", transport: { command: "play" } },
  });
  // The program is held up for 40 ms.
  timers.nowMs = 1_140;
  timers.advanceTo(1_140);
  sample();
  expect(leads).toEqual([41]);
  timers.advanceTo(20_000);
  sample();
  expect(leads).toEqual([41]);
  timers.advanceTo(31_200);
  sample();
  expect(leads).toEqual([41, 0]);
});

test("P77, P18: whoever claims to need long holds nobody back: what the room orders as soon is not announced", () => {
  const isAnnounced = (neededMs: number) => {
    const post = vi.fn<StudioTransportOptions["post"]>(() => "posted");
    const announce = vi.fn();
    const { transport } = studio(new Timers(), { post, peers: { farthestMs: () => neededMs, announce } });
    transport.command({ command: "play" });
    expect(announce).toHaveBeenCalledTimes(post.mock.calls[0]?.[1] === undefined ? 0 : 1);
    return announce.mock.calls.length > 0;
  };
  expect([20, 110, 120, 5_000].map(isAnnounced)).toEqual([true, true, false, false]);
});
