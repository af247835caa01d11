import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { percentile } from "../dev/percentile.ts";
import { Simulation } from "../dev/transport-simulation.ts";
import { LANE_PACKET_FRAMES, TIMELINE_RATE_HZ } from "../protocol/limits.ts";
import type { TransportCommand } from "../protocol/room.ts";
import type { Row } from "./row.ts";

/** Simulated minutes of random commands. */
const MINUTES = 30;
const LINE = { oneWayMs: 65, jitterMs: 20, loss: 0.01, ppm: 50 };
/** The lanes go over the same lines, and tell of clocks (P78); the commands come by the room. */
const LANES = { oneWayMs: LINE.oneWayMs, jitterMs: LINE.jitterMs, loss: LINE.loss, isSilent: true };

/** The companions' own transport code in simulated time: how far apart the same bytes leave, and whether all leave all of them. */
function spread(companions: number): Row[] {
  const world = new Simulation({ seed: companions, companions, ...LINE, lanes: LANES });
  world.advance(30_000);
  const endsAtMs = world.nowMs + MINUTES * 60_000;
  while (world.nowMs < endsAtMs) {
    const roll = world.random();
    const command: TransportCommand =
      roll < 0.3
        ? { command: "play" }
        : roll < 0.55
          ? { command: "stop" }
          : roll < 0.65
            ? { command: "record" }
            : roll < 0.75
              ? { command: "tempo", bpm: 60 + Math.round(world.random() * 120) }
              : { command: "locate", positionFrames: Math.round(world.random() * 3_600 * TIMELINE_RATE_HZ) };
    world.companions[Math.floor(world.random() * companions)]?.post(command);
    world.advance(500 + world.random() * 3_500);
  }
  world.advance(5_000);
  const [first, ...others] = world.companions.map(({ daw }) => daw.leaves);
  if (first === undefined) throw new Error("There is no companion.");
  const told = (leaves: typeof first) => leaves.map(({ bytes }) => bytes).join(" ");
  const different = others.filter((leaves) => told(leaves) !== told(first)).length;
  const alike = [first, ...others.filter((leaves) => told(leaves) === told(first))];
  const spreadsMs = first.map((_, at) => {
    const times = alike.map((leaves) => leaves[at]?.atMs ?? Number.NaN);
    return Math.max(...times) - Math.min(...times);
  });
  const under = `${companions} companions, 150 ms, 20 ms jitter, 1 % loss, ± 50 ppm, ${MINUTES} min`;
  const row = (name: string, value: number, unit: string, goal: string, ok: boolean): Row => ({
    bench: "transport",
    name: `${name}: ${under}`,
    value,
    unit,
    beside: {},
    ratio: null,
    goal,
    ok,
  });
  return [
    ...(
      [
        [0.5, 0.3],
        [0.95, 1],
        [0.99, 2],
      ] as const
    ).map(([share, limit]) => {
      const value = percentile(spreadsMs, share);
      return row(`spread of bytes leaving p${share * 100}`, value, "ms", `≤ ${limit} ms`, value <= limit);
    }),
    row("companions whose bytes differ from the first's", different, "", "none", different === 0),
    row("messages a companion", first.length, "", "", true),
  ];
}

const CHASE_HOURS = 2;

/** Two DAWs that chase timecode for two hours, on machines whose clocks are off: how far from the session, and the largest jump. */
function chase(): Row[] {
  const world = new Simulation({ seed: 2, companions: 2, ...LINE, ppm: 100, language: "mtc" });
  world.advance(30_000);
  world.companions[0]?.post({ command: "play" });
  world.advance(CHASE_HOURS * 3_600_000);
  const lists = world.companions.map(({ daw }) => daw.chasedMs);
  const off = lists.flat().map(Math.abs);
  const jumps = lists.flatMap((list) => list.slice(1).map((value, at) => Math.abs(value - (list[at] ?? value))));
  const under = `2 DAWs that chase, 150 ms, ± 100 ppm, ${CHASE_HOURS} h`;
  const row = (name: string, value: number, limit: number): Row => ({
    bench: "transport",
    name: `${name}: ${under}`,
    value,
    unit: "ms",
    beside: {},
    ratio: null,
    goal: `≤ ${limit} ms`,
    ok: value <= limit,
  });
  return [
    row("distance from the session p95", percentile(off, 0.95), 3),
    row(
      "largest jump from place to place",
      jumps.reduce((most, jump) => Math.max(most, jump), 0),
      1,
    ),
  ];
}

/** The room is on the other side of the world, and the two players are neighbours. */
const FAR_ROOM = { oneWayMs: 120, jitterMs: 0, loss: 0, ppm: 50 };
const NEAR = { oneWayMs: 15, jitterMs: 0, loss: 0 };
const PRESSES = 200;
const PORT_TIMEOUT_MS = 120_000;

/** How long after a press the bytes leave that start or stop the other player's DAW. */
function leadsMs(lanes: typeof NEAR | undefined): { starts: number[]; stops: number[] } {
  const world = new Simulation({ seed: 9, companions: 2, ...FAR_ROOM, ...(lanes === undefined ? {} : { lanes }) });
  world.advance(30_000);
  const [presser, other] = world.companions;
  if (presser === undefined || other === undefined) throw new Error("There is no companion.");
  presser.post({ command: "locate", positionFrames: 48_000 });
  world.advance(5_000);
  const leads: { starts: number[]; stops: number[] } = { starts: [], stops: [] };
  for (let press = 0; press < PRESSES; press++) {
    const { length } = other.daw.leaves;
    const pressedAtMs = world.nowMs;
    const command = press % 2 === 0 ? "play" : "stop";
    presser.post({ command });
    world.advance(2_000 + world.random() * 1_000);
    const leadMs = (other.daw.leaves[length]?.atMs ?? Number.POSITIVE_INFINITY) - pressedAtMs;
    leads[command === "play" ? "starts" : "stops"].push(leadMs);
  }
  return leads;
}

function lead(): Row[] {
  const [ahead, alone] = [leadsMs(NEAR), leadsMs(undefined)];
  const goalMs = NEAR.oneWayMs + (2 * LANE_PACKET_FRAMES * 1000) / TIMELINE_RATE_HZ;
  const under = `2 players ${NEAR.oneWayMs} ms apart, the room ${2 * FAR_ROOM.oneWayMs} ms away and back`;
  return (["starts", "stops"] as const).map((what) => {
    const [value, aloneMs] = [percentile(ahead[what], 0.95), percentile(alone[what], 0.95)];
    return {
      bench: "transport",
      name: `press here to bytes there p95, ${what}: ${under}`,
      value,
      unit: "ms",
      beside: { "by the room alone": aloneMs },
      ratio: value / aloneMs,
      goal: `≤ ${goalMs.toFixed(1)} ms, and a ms of session time`,
      ok: value <= goalMs + 1,
    };
  });
}

/** Ticks at a real JACK port, while every core is busy. */
function portJitter(): Row[] {
  const program = fileURLToPath(new URL("./transport/port-jitter.ts", import.meta.url));
  const run = spawnSync(process.execPath, [program], { encoding: "utf8", timeout: PORT_TIMEOUT_MS });
  const last = run.stdout?.trim().split("\n").at(-1) ?? "";
  if (run.status !== 0) {
    console.error("transport: there is no JACK here, so what a port does to ticks was not measured.");
    return [];
  }
  const found = z.record(z.string(), z.array(z.number())).parse(JSON.parse(last));
  return Object.entries(found).map(([name, apartMs]) => {
    const value = percentile(apartMs.map(Math.abs), 0.95);
    return {
      bench: "transport",
      name: `${name}, jitter at a JACK port p95: twice as many busy loops as cores`,
      value,
      unit: "ms",
      beside: { p99: percentile(apartMs.map(Math.abs), 0.99) },
      ratio: null,
      goal: "≤ 0.15 ms",
      ok: value <= 0.15,
    };
  });
}

export async function run(): Promise<Row[]> {
  return [...[6, 32].flatMap(spread), ...chase(), ...lead(), ...portJitter()];
}
