import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ANNOUNCED_PAST_MAX_MS,
  REST_FRAMES,
  TIMELINE_MAX_FRAMES,
  TRANSPORT_LEAD_MAX_MS,
  TRANSPORT_LEAD_MIN_MS,
} from "./limits.ts";
import { type TransportCommand, TransportState } from "./room.ts";
import { initialMap, TimelineMap } from "./timeline.ts";
import {
  announcedAt,
  applyTimeline,
  effectiveAt,
  initialTimeline,
  initialTransport,
  isCapturingAt,
  nextTurnAt,
  positionAt,
  type Timeline,
  transportOf,
  turnsAt,
} from "./transport.ts";

const at = (effectiveAtMs: number, transport: TransportCommand) => ({ transport, effectiveAtMs });
const go = (timeline: Timeline, ...events: ReturnType<typeof at>[]) =>
  events.reduce((before, event) => applyTimeline(before, event), timeline);
const run = (...events: ReturnType<typeof at>[]) => go(initialTimeline, ...events).transport;
const applyTransport = (transport: TransportState, event: ReturnType<typeof at>) =>
  applyTimeline({ transport, map: initialMap }, event).transport;
const range = (startFrames: number, endFrames: number) => ({ startFrames, endFrames });

const command: fc.Arbitrary<TransportCommand> = fc.oneof(
  fc.constantFrom("play" as const, "stop" as const, "record" as const).map((command) => ({ command })),
  fc
    .integer({ min: 0, max: TIMELINE_MAX_FRAMES })
    .map((positionFrames) => ({ command: "locate" as const, positionFrames })),
  fc.double({ min: 20, max: 400, noNaN: true }).map((bpm) => ({ command: "tempo" as const, bpm })),
  fc
    .tuple(fc.integer({ min: 0, max: TIMELINE_MAX_FRAMES }), fc.double({ min: 20, max: 400, noNaN: true }))
    .map(([positionFrames, bpm]) => ({ command: "tempo" as const, bpm, positionFrames })),
  fc
    .tuple(fc.integer({ min: 1, max: 32 }), fc.constantFrom(4 as const, 8 as const))
    .map(([beats, unit]) => ({ command: "signature" as const, beats, unit })),
  fc.integer({ min: 0, max: 8 }).map((bars) => ({ command: "count-in" as const, bars })),
  fc
    .tuple(
      fc.constantFrom("loop" as const, "punch" as const),
      fc.nat(1_000_000),
      fc.integer({ min: 4_800, max: 960_000 }),
    )
    .map(([command, startFrames, length]) => ({ command, range: range(startFrames, startFrames + length) })),
  fc.constantFrom("loop" as const, "punch" as const).map((command) => ({ command, range: null })),
);

describe("transport", () => {
  test("P42: the session rolls on the line of the DAW that was pressed, and stops where it stands; not where that lies far off", () => {
    const play = (positionFrames: number, atMs: number) =>
      run(at(1_000, { command: "play", since: { positionFrames, atMs } }));
    expect(positionAt(play(480, 880), 1_000)).toBe(480 + 120 * 48);
    expect(positionAt(play(480, -1_001), 1_000)).toBe(0);
    const stop = (positionFrames: number) =>
      applyTransport(run(at(0, { command: "play" })), at(5_000, { command: "stop", positionFrames }));
    expect([stop(236_000).positionFrames, stop(0).positionFrames]).toEqual([235_200, 240_000]);
  });

  test("P20: a stop rests at a whole frame of timecode, where any DAW can stand, and not behind where the roll began", () => {
    const stopped = (fromFrames: number, rolledMs: number, loop?: { startFrames: number; endFrames: number }) =>
      run(
        at(0, { command: "locate", positionFrames: fromFrames }),
        at(0, { command: "loop", range: loop ?? null }),
        at(1_000, { command: "play" }),
        at(1_000 + rolledMs, { command: "stop" }),
      ).positionFrames;
    expect(stopped(1_000, 999)).toBe(48_000);
    expect(stopped(1_000, 1)).toBe(1_000);
    expect(stopped(1_000, 20)).toBe(1_600);
    // A loop has turned it to a place before.
    expect(stopped(48_500, 500, range(1_000, 50_000))).toBe(22_400);
    // It waits for its count-in, and has not rolled.
    const counted = at(0, { command: "count-in", bars: 1 });
    const located = at(0, { command: "locate", positionFrames: 1_000 });
    expect(run(counted, located, at(0, { command: "record" }), at(900, { command: "stop" })).positionFrames).toBe(
      1_000,
    );
  });

  test("P20: rolls 48 frames a millisecond from where it was, and stops where it is", () => {
    const playing = run(at(1_000, { command: "locate", positionFrames: 480 }), at(2_000, { command: "play" }));
    expect(positionAt(playing, 1_999)).toBe(480);
    expect(positionAt(playing, 2_500)).toBe(480 + 24_000);
    expect(applyTransport(playing, at(3_000, { command: "stop" }))).toEqual({
      motion: "stopped",
      positionFrames: 48_000,
      atMs: 3_000,
      bpm: 120,
    });
  });

  test("P21: record starts or joins the roll without a jump; play ends the take and rolls on", () => {
    const recording = run(at(1_000, { command: "play" }), at(2_000, { command: "record" }));
    expect(recording).toMatchObject({ motion: "recording", positionFrames: 48_000, atMs: 2_000 });
    const out = applyTransport(recording, at(3_000, { command: "play" }));
    expect(out).toMatchObject({ motion: "playing", positionFrames: 96_000 });
  });

  test("P22: locate keeps playing from the new place, and ends a take", () => {
    const located = run(at(0, { command: "play" }), at(500, { command: "locate", positionFrames: 7 }));
    expect(located).toMatchObject({ motion: "playing", positionFrames: 7, atMs: 500 });
    const taken = run(at(0, { command: "record" }), at(500, { command: "locate", positionFrames: 7 }));
    expect(taken.motion).toBe("playing");
  });

  test("P23: a command that changes nothing leaves the state as it was", () => {
    const playing = run(at(1_000, { command: "play" }));
    expect(applyTransport(playing, at(9_000, { command: "play" }))).toBe(playing);
    expect(applyTransport(initialTransport, at(9_000, { command: "stop" }))).toBe(initialTransport);
  });

  test("P20, P50: any history gives a valid timeline, and nothing but a locate, a stop's rest or a loop that turns moves the playhead", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.integer({ min: 0, max: 100_000 }))), (steps) => {
        let timeline = initialTimeline;
        let nowMs = 1_700_000_000_000;
        for (const [transport, waitMs] of steps) {
          nowMs += waitMs;
          const before = positionAt(timeline.transport, nowMs);
          timeline = applyTimeline(timeline, { transport, effectiveAtMs: nowMs });
          TransportState.parse(timeline.transport);
          TimelineMap.parse(timeline.map);
          const after = positionAt(timeline.transport, nowMs);
          // A loop that is set behind the playhead does not call it back, and the end of the timeline holds it.
          if (transport.command === "stop") {
            expect(after).toBeGreaterThan(before - REST_FRAMES);
            expect(after).toBeLessThanOrEqual(before);
          } else expect(after).toBe(transport.command === "locate" ? transport.positionFrames : before);
        }
      }),
    );
  });

  test("P51: a loop turns without a frame of error, ten thousand times", () => {
    // 1.7 s and a third of a millisecond: no turn begins on a whole one.
    const loop = range(48_000, 48_000 + 81_616);
    const looping = run(at(0, { command: "loop", range: loop }), at(0, { command: "play" }));
    expect(positionAt(looping, 2_000)).toBe(96_000);
    for (const turn of [1, 2, 9_999, 10_000]) {
      const endsAtMs = (48_000 + turn * 81_616) / 48;
      expect(nextTurnAt(looping, endsAtMs - 0.5)).toBeCloseTo(endsAtMs, 6);
      expect(turnsAt(looping, Math.ceil(endsAtMs) - 1)).toBe(turn - 1);
      expect(turnsAt(looping, Math.ceil(endsAtMs))).toBe(turn);
      expect(positionAt(looping, Math.ceil(endsAtMs))).toBe(
        48_000 + Math.round(Math.ceil(endsAtMs) * 48 - endsAtMs * 48),
      );
    }
  });

  test("P51: a playhead beyond a loop goes on; one before it rolls into it; without a loop it rolls out", () => {
    const loop = at(1_000, { command: "loop", range: range(96_000, 144_000) });
    const before = run(at(0, { command: "play" }), loop);
    expect(positionAt(before, 3_500)).toBe(96_000 + 24_000);
    const beyond = run(at(0, { command: "locate", positionFrames: 144_000 }), at(0, { command: "play" }), loop);
    expect(positionAt(beyond, 2_000)).toBe(144_000 + 96_000);
    const out = applyTransport(before, at(3_500, { command: "loop", range: null }));
    expect(out).not.toHaveProperty("loop");
    expect(positionAt(out, 5_500)).toBe(120_000 + 96_000);
  });

  test("P52: inside a punch range takes are recorded, before and after it the playhead only rolls", () => {
    const punched = run(at(0, { command: "punch", range: range(48_000, 96_000) }), at(0, { command: "record" }));
    expect([0, 999, 1_000, 1_999, 2_000].map((atMs) => isCapturingAt(punched, atMs))).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    const everywhere = applyTransport(punched, at(500, { command: "punch", range: null }));
    expect(isCapturingAt(everywhere, 999)).toBe(true);
    expect(isCapturingAt(run(at(0, { command: "play" })), 5)).toBe(false);
  });

  test("P53: a take from a standstill begins after its count-in; a roll that is joined has none", () => {
    const counted = go(
      initialTimeline,
      at(0, { command: "signature", beats: 6, unit: 8 }),
      at(0, { command: "tempo", bpm: 90 }),
      at(0, { command: "count-in", bars: 2 }),
    );
    // Two bars of six eighths at 90 quarters a minute: 4 s.
    const { transport } = go(counted, at(1_000, { command: "record" }));
    expect(transport).toMatchObject({ motion: "recording", positionFrames: 0, atMs: 5_000 });
    expect(positionAt(transport, 4_999)).toBe(0);
    expect([isCapturingAt(transport, 4_999), isCapturingAt(transport, 5_000)]).toEqual([false, true]);
    const stopped = go(counted, at(1_000, { command: "record" }), at(2_000, { command: "stop" })).transport;
    expect(stopped).toMatchObject({ motion: "stopped", positionFrames: 0, atMs: 2_000 });
    const located = go(
      counted,
      at(1_000, { command: "record" }),
      at(2_000, { command: "locate", positionFrames: 480 }),
    );
    expect(located.transport).toMatchObject({ motion: "playing", positionFrames: 480, atMs: 5_000 });
    const joined = go(counted, at(1_000, { command: "play" }), at(2_000, { command: "record" })).transport;
    expect(joined).toMatchObject({ motion: "recording", positionFrames: 48_000, atMs: 2_000 });
  });

  test("P50: the tempo of the state is that of its place", () => {
    const events = [at(0, { command: "tempo", bpm: 60, positionFrames: 96_000 })];
    expect(run(...events).bpm).toBe(120);
    expect(run(...events, at(5, { command: "locate", positionFrames: 96_000 })).bpm).toBe(60);
    expect(run(...events, at(5, { command: "play" }), at(3_005, { command: "stop" })).bpm).toBe(60);
  });

  test("P18: takes effect within the lead's bounds, and never before the command ahead of it", () => {
    expect(effectiveAt(5_000, 0, 0)).toBe(5_000 + TRANSPORT_LEAD_MIN_MS);
    expect(effectiveAt(5_000, 30.2, 0)).toBe(5_000 + TRANSPORT_LEAD_MIN_MS + 31);
    expect(effectiveAt(5_000, 60_000, 0)).toBe(5_000 + TRANSPORT_LEAD_MAX_MS);
    expect(effectiveAt(5_000, 0, 5_900)).toBe(5_900);
  });

  test("P17: only transport events move the transport", () => {
    const line = { seq: 1, eventId: "00000000-0000-4000-8000-000000000000", atMs: 5 };
    expect(transportOf({ ...line, body: { kind: "chat", text: "play" } })).toBeUndefined();
    expect(
      transportOf({ ...line, effectiveAtMs: 125, body: { kind: "transport", transport: { command: "play" } } }),
    ).toEqual({ transport: { command: "play" }, effectiveAtMs: 125 });
  });

  test("P77: what was announced holds where nothing went ahead of it, not far back, and never later than it would be otherwise", () => {
    const given = { atMs: 10_000, regularMs: 10_245, previousMs: 9_000 };
    const play = { command: "play" } as const;
    const when = (effectiveAtMs: number, afterMs = 9_000, command: TransportCommand = play, at = given) =>
      announcedAt({ effectiveAtMs, afterMs }, command, at);
    expect(announcedAt(undefined, play, given)).toBe(10_245);
    expect(when(9_900)).toBe(9_900);
    expect(when(10_100)).toBe(10_100);
    expect(when(10_246)).toBe(10_245);
    expect(when(10_000 - ANNOUNCED_PAST_MAX_MS)).toBe(9_500);
    expect(when(9_499.9)).toBe(10_245);
    expect(when(9_900, 8_999)).toBe(10_245);
    expect(when(9_900, 9_950, play, { ...given, previousMs: 9_950 })).toBe(10_245);
    // A recording has the room's word first, and what has a place on the map its order.
    expect(when(9_900, 9_000, { command: "record" })).toBe(10_245);
    expect(when(9_900, 9_000, { command: "tempo", bpm: 90 })).toBe(10_245);
  });
});
