import fc from "fast-check";
import { expect, test } from "vitest";
import type { DawMessage } from "../../companion/engine/midi/driver.std.ts";
import { Simulation } from "../../dev/transport-simulation.ts";
import { runs } from "../runs.ts";

const settled = (seed: number, companions: number, echo = { lateMs: 800, loss: 0.2 }) => {
  const world = new Simulation({ seed, companions, oneWayMs: 15, jitterMs: 10, loss: 0, ppm: 50, echo });
  world.advance(5_000);
  return world;
};

test("C4: two to 32 DAWs that echo everything, up to 800 ms late and with losses: every press is exactly one line of the log", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 32 }), (seed, companions) => {
      const world = settled(seed, companions);
      let presses = 0;
      for (let step = 0; step < 40; step++) {
        world.advance(450 + world.random() * 1_500);
        const { daw, transport } =
          world.companions[Math.floor(world.random() * companions)] ?? world.companions[0] ?? expect.fail();
        const message: DawMessage =
          world.random() < 0.3
            ? { type: "locate", positionFrames: Math.round(world.positionFrames + 480_000 + world.random() * 1e7) }
            : { type: daw.state.motion === "stopped" ? "play" : "stop" };
        const agrees =
          message.type !== "locate" && (message.type === "stop") === (world.timeline.transport.motion === "stopped");
        // People who undo each other five times in a row look like a loop of cables: that is muted, and said.
        if (agrees || daw.wasTold(message.type) || transport.daws[0]?.muted) continue;
        daw.press(message);
        presses++;
        world.advance(1);
      }
      world.advance(5_000);
      expect(world.log).toHaveLength(presses);
      expect(world.warnings.filter((code) => code !== "daw-muted")).toEqual([]);
      const motions = new Set(world.companions.map(({ daw }) => daw.state.motion));
      expect([...motions]).toEqual([world.timeline.transport.motion]);
    }),
    { numRuns: runs(25) },
  );
});

test("P42: the DAW that was pressed hears nothing of it, and the others are beside it", () => {
  const world = settled(3, 5);
  const [presser, ...others] = world.companions;
  const before = presser?.daw.leaves.length;
  presser?.daw.press({ type: "play" });
  world.advance(3_000);
  expect(presser?.daw.leaves.length).toBe(before);
  const at = ({ daw }: (typeof others)[number]) => daw.state.positionFrames + (world.nowMs - daw.state.atMs) * 48;
  for (const other of others) expect(Math.abs(at(other) - at(presser ?? other)) / 48).toBeLessThan(2);
});

test("P43, X35: a DAW whose companion comes late is located once and rolls within a second, where the others are", () => {
  const world = settled(4, 3);
  world.companions[0]?.post({ command: "locate", positionFrames: 480_000 });
  world.companions[0]?.post({ command: "record" });
  world.advance(60_000);
  const late = world.join();
  world.advance(1_000);
  expect(late.daw.leaves.map(({ bytes }) => bytes.slice(8, 10))).toEqual(["44", "03"]);
  expect(late.daw.state.motion).toBe("playing");
  const placeMs = late.daw.state.positionFrames / 48 + world.nowMs - late.daw.state.atMs - world.positionFrames / 48;
  expect(Math.abs(placeMs)).toBeLessThan(3);
});
