import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TIMELINE_MAX_FRAMES, TRANSPORT_LEAD_MAX_MS, TRANSPORT_LEAD_MIN_MS } from "./limits.ts";
import { type TransportCommand, TransportState } from "./room.ts";
import { applyTransport, effectiveAt, initialTransport, positionAt, transportOf } from "./transport.ts";

const at = (effectiveAtMs: number, transport: TransportCommand) => ({ transport, effectiveAtMs });
const run = (...events: ReturnType<typeof at>[]) => events.reduce(applyTransport, initialTransport);

const command: fc.Arbitrary<TransportCommand> = fc.oneof(
  fc.constantFrom("play" as const, "stop" as const, "record" as const).map((command) => ({ command })),
  fc
    .integer({ min: 0, max: TIMELINE_MAX_FRAMES })
    .map((positionFrames) => ({ command: "locate" as const, positionFrames })),
  fc.double({ min: 20, max: 400, noNaN: true }).map((bpm) => ({ command: "tempo" as const, bpm })),
);

describe("transport", () => {
  test("P20: rolls 48 frames a millisecond from where it was, and stops where it is", () => {
    const playing = run(at(1_000, { command: "locate", positionFrames: 480 }), at(2_000, { command: "play" }));
    expect(positionAt(playing, 1_999)).toBe(480);
    expect(positionAt(playing, 2_500)).toBe(480 + 24_000);
    expect(applyTransport(playing, at(3_000, { command: "stop" }))).toEqual({
      motion: "stopped",
      positionFrames: 480 + 48_000,
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

  test("P20: any history gives a valid state, and a tempo moves nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.integer({ min: 0, max: 100_000_000 }))), (steps) => {
        let state = initialTransport;
        let nowMs = 1_700_000_000_000;
        for (const [transport, waitMs] of steps) {
          nowMs += waitMs;
          const before = positionAt(state, nowMs);
          state = applyTransport(state, { transport, effectiveAtMs: nowMs });
          TransportState.parse(state);
          const after = positionAt(state, nowMs);
          expect(after).toBe(transport.command === "locate" ? transport.positionFrames : before);
        }
      }),
    );
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
});
