import { describe, expect, test } from "vitest";
import { TIMELINE_RATE_HZ, TRANSPORT_POST_LIFETIME_MS } from "../../protocol/limits.ts";
import { initialTimeline, positionAt } from "../../protocol/transport.ts";
import { PendingCommands } from "./pending-commands.std.ts";

const BAR_FRAMES = 2 * TIMELINE_RATE_HZ;

describe("what the next press goes on from", () => {
  test("C4: three steps within one way to the room are three bars, and a switch pressed twice is off again", () => {
    const pending = new PendingCommands();
    for (const step of [1, 2, 3]) {
      const { transport } = pending.appliedTo(initialTimeline, 1_000 + step);
      const positionFrames = positionAt(transport, 1_000 + step) + BAR_FRAMES;
      pending.add(`step-${step}`, { command: "locate", positionFrames }, 1_000 + step);
    }
    expect(pending.appliedTo(initialTimeline, 1_004).transport.positionFrames).toBe(3 * BAR_FRAMES);
    pending.add("loop", { command: "loop", range: { startFrames: 0, endFrames: BAR_FRAMES } }, 1_005);
    expect(pending.appliedTo(initialTimeline, 1_006).transport.loop).toBeDefined();
    pending.add("play", { command: "play" }, 1_007);
    expect(pending.appliedTo(initialTimeline, 1_008).transport.motion).toBe("playing");
  });

  test("C4: what the room answered, or will not take any more, is not gone on from", () => {
    const pending = new PendingCommands();
    pending.add("refused", { command: "play" }, 0);
    pending.answer("refused");
    expect(pending.appliedTo(initialTimeline, 1)).toBe(initialTimeline);
    pending.add("lost", { command: "locate", positionFrames: BAR_FRAMES }, 10);
    expect(pending.appliedTo(initialTimeline, 10 + TRANSPORT_POST_LIFETIME_MS).transport.positionFrames).toBe(
      BAR_FRAMES,
    );
    expect(pending.appliedTo(initialTimeline, 11 + TRANSPORT_POST_LIFETIME_MS)).toBe(initialTimeline);
  });
});
