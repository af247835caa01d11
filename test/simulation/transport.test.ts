import fc from "fast-check";
import { expect, test } from "vitest";
import type { DawMessage } from "../../companion/engine/midi/driver.std.ts";
import { mmcCue } from "../../companion/engine/midi/mmc.std.ts";
import { ON_LINE_FRAMES } from "../../companion/engine/transport/transition.std.ts";
import { percentile } from "../../dev/percentile.ts";
import { Simulation } from "../../dev/transport-simulation.ts";
import type { TransportCommand } from "../../protocol/room.ts";
import { runs } from "../runs.ts";

const settled = (seed: number, companions: number, echo = { lateMs: 800, loss: 0.2 }) => {
  const world = new Simulation({ seed, companions, oneWayMs: 15, jitterMs: 10, loss: 0, ppm: 50, echo });
  world.advance(5_000);
  return world;
};

/** Where a DAW is to be: where the session is, or, standing, at the next whole frame of its timecode. */
const placeOf = ({ positionFrames, timeline }: Simulation): number =>
  timeline.transport.motion === "stopped" ? (mmcCue.placeFrom?.(positionFrames) ?? Number.NaN) : positionFrames;

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

test("P70: what two people press within a round trip, also against each other, has one order, and every DAW ends where that leads", () => {
  const commands: readonly TransportCommand[] = [
    { command: "play" },
    { command: "stop" },
    { command: "record" },
    { command: "locate", positionFrames: 4_800_000 },
    { command: "locate", positionFrames: 960_000 },
  ];
  fc.assert(
    fc.property(
      fc.integer(),
      fc.boolean(),
      fc.nat(commands.length - 1),
      fc.nat(commands.length - 1),
      fc.integer({ min: 0, max: 45 }),
      (seed, rolls, one, other, apartMs) => {
        const world = settled(seed, 4);
        const [ada, ben] = world.companions;
        if (rolls) ada?.post({ command: "play" });
        world.advance(3_000);
        const before = world.log.length;
        ada?.post(commands[one] ?? expect.fail());
        world.advance(apartMs);
        ben?.post(commands[other] ?? expect.fail());
        world.advance(4_000);
        expect(world.log).toHaveLength(before + 2);
        const { motion } = world.timeline.transport;
        for (const { daw } of world.companions) {
          expect(daw.state.motion).toBe(motion);
          const rolledMs = daw.state.motion === "stopped" ? 0 : world.nowMs - daw.state.atMs;
          expect(Math.abs(daw.state.positionFrames + rolledMs * 48 - placeOf(world)) / 48).toBeLessThan(10);
        }
        expect(world.warnings).toEqual([]);
      },
    ),
    { numRuns: runs(30) },
  );
});

test("P71: a locate while everybody rolls finds every DAW rolling on from the new place, wherever it was asked for", () => {
  const world = settled(11, 6);
  world.companions[1]?.post({ command: "play" });
  world.advance(4_000);
  for (const asker of [0, 3, 5]) {
    world.companions[asker]?.post({ command: "locate", positionFrames: (asker + 1) * 4_800_000 });
    world.advance(3_000);
    const places = world.companions.map(({ daw }) => {
      expect(daw.state.motion).toBe("playing");
      return (daw.state.positionFrames + (world.nowMs - daw.state.atMs) * 48) / 48;
    });
    expect(Math.max(...places) - Math.min(...places)).toBeLessThan(2);
    expect(Math.abs((places[0] ?? 0) - world.positionFrames / 48)).toBeLessThan(2);
  }
});

test("C4: a DAW that chases timecode on a machine whose clock is off stays with the session, without a jump", () => {
  const world = new Simulation({
    ...{ seed: 7, companions: 2, oneWayMs: 65, jitterMs: 20, loss: 0.01, ppm: 100 },
    language: "mtc",
  });
  world.advance(30_000);
  world.companions[0]?.post({ command: "play" });
  world.advance(300_000);
  for (const { daw } of world.companions) {
    expect(daw.chasedMs.length).toBeGreaterThan(3_000);
    const off = daw.chasedMs.map(Math.abs).toSorted((one, other) => one - other);
    expect(off[Math.floor(off.length * 0.95)]).toBeLessThan(3);
    for (const [at, value] of daw.chasedMs.entries())
      expect(Math.abs(value - (daw.chasedMs[at - 1] ?? value))).toBeLessThan(1);
  }
});

/** Two players next door to each other, and a room on the other side of the world. */
const neighbours = (seed: number, companions = 2, lanes = { oneWayMs: 15, jitterMs: 0, loss: 0 }) => {
  const world = new Simulation({ seed, companions, oneWayMs: 120, jitterMs: 0, loss: 0, ppm: 50, lanes });
  world.advance(30_000);
  world.companions[0]?.post({ command: "locate", positionFrames: 480_000 });
  world.advance(5_000);
  return world;
};

test("P77, C4: between two players a press takes their own way and two blocks, however far the room is", () => {
  const world = neighbours(11);
  const [presser, other] = world.companions;
  for (const command of ["play", "stop", "play", "stop", "play", "stop", "play"] as const) {
    const { length = 0 } = other?.daw.leaves ?? [];
    const pressedAtMs = world.nowMs;
    presser?.post({ command });
    // Nobody stops at a whole frame of timecode.
    world.advance(2_000 + world.random() * 1_000);
    const leaves = other?.daw.leaves.slice(length) ?? [];
    // And as much as two ends may differ about session time.
    expect((leaves[0]?.atMs ?? 0) - pressedAtMs).toBeLessThan(15 + 5.4 + 1);
  }
  // The room has kept to it: nobody was put right.
  expect(world.log.at(-1)?.effectiveAtMs).toBeLessThan(world.log.at(-1)?.atMs ?? 0);
});

test("P77, P70: presses that cross, announcements that are lost or late: everybody ends where the log says, and rolls together", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 8 }), (seed, companions) => {
      const world = neighbours(seed, companions, { oneWayMs: 15, jitterMs: 60, loss: 0.2 });
      for (let step = 0; step < 30; step++) {
        world.advance(world.random() * 400);
        const command: TransportCommand =
          world.random() < 0.3
            ? { command: "locate", positionFrames: Math.round(world.random() * 1e7) }
            : { command: world.random() < 0.5 ? "play" : "stop" };
        world.companions[Math.floor(world.random() * companions)]?.post(command);
      }
      world.advance(8_000);
      const { motion } = world.timeline.transport;
      for (const { transport, daw } of world.companions) {
        expect(transport.state).toEqual(world.timeline.transport);
        expect(daw.state.motion).toBe(motion);
        const place = daw.state.positionFrames + (motion === "stopped" ? 0 : (world.nowMs - daw.state.atMs) * 48);
        // A jump that is shorter than a DAW's to the same place would be is left out by all of them.
        expect(Math.abs(place - placeOf(world))).toBeLessThan(ON_LINE_FRAMES + 2 * 48);
      }
      expect(world.log).toHaveLength(31);
    }),
    { numRuns: runs(25) },
  );
});

test("C4, P78: players who hear of each other's clocks over the lanes are nearer together than the room alone can bring them", () => {
  const line = { oneWayMs: 65, jitterMs: 20, loss: 0.01 };
  const apartMs = (more: { lanes?: typeof line }) => {
    const world = new Simulation({ seed: 6, companions: 6, ...line, ppm: 50, ...more });
    world.advance(60_000);
    const apart: number[] = [];
    for (let second = 0; second < 120; second++) {
      world.advance(1_000);
      const times = world.companions.map(({ transport, localMs }) => transport.sessionAt(localMs()).atMs);
      apart.push(Math.max(...times) - Math.min(...times));
      for (const { transport, localMs } of world.companions) {
        const { atMs, errorMs } = transport.sessionAt(localMs());
        expect(Math.abs(atMs - world.nowMs)).toBeLessThanOrEqual(errorMs);
      }
    }
    return percentile(apart, 0.5);
  };
  expect(apartMs({ lanes: line })).toBeLessThan(0.7 * apartMs({}));
});
