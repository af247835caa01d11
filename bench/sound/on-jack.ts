import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { end, Jack } from "../../dev/demo/jack.ts";
import { percentile } from "../../dev/percentile.ts";
import { relayCredentials, startRelay } from "../../dev/turn.ts";
import type { Row } from "../row.ts";
import { ADA, BEN, PairOfEnds } from "./ends.ts";

const SETTLE_MS = 12_000;
const MEASURE_MS = 10_000;
const MS = /([\d.]+) frames\s+([\d.]+) ms total/;

/** What jack_iodelay hears, from its port through whatever is between and back to its port, JACK's own turns included; in milliseconds. */
async function measureLoop(jack: Jack, from: string, to: string): Promise<number[]> {
  const meter = spawn("stdbuf", ["-oL", "jack_iodelay"], { stdio: ["ignore", "pipe", "ignore"] });
  const heard: number[] = [];
  createInterface({ input: meter.stdout }).on("line", (line) => {
    const [, , ms] = MS.exec(line) ?? [];
    if (ms !== undefined) heard.push(Number(ms));
  });
  try {
    await jack.until("jack_delay:in");
    jack.connect("jack_delay:out", from);
    jack.connect(to, "jack_delay:in");
    await sleep(SETTLE_MS);
    heard.length = 0;
    await sleep(MEASURE_MS);
    return heard;
  } finally {
    await end(meter);
  }
}

/** Two companions on one JACK, over a relay: what goes into one comes out at the other's ports. */
async function measureOurs(jack: Jack): Promise<number[]> {
  const secret = "bench";
  const relay = await startRelay({ secret });
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const ends = new PairOfEnds(folder);
  try {
    // One after the other: the first is JACK's SessionLinked, the second another one.
    for (const self of [ADA, BEN]) await ends.open(self, { kind: "jack", connect: false }, false);
    ends.meet([relayCredentials(secret, relay)], "tight");
    return await measureLoop(jack, "SessionLinked:in_1", await jack.until(":Ada L"));
  } finally {
    await ends.close();
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** JackTrip's two ends on the same JACK, straight to each other, in 16 bit as it is; `queue`: packets that it holds. */
async function measureJackTrip(jack: Jack, queue: number): Promise<number[]> {
  const ends: ChildProcess[] = [];
  const open = (...args: string[]) => {
    ends.push(spawn("jacktrip", [...args, "-D", "-n", "1", "-q", String(queue)], { stdio: "ignore" }));
  };
  try {
    open("-s", "--clientname", "jacktrip-b");
    await jack.until("jacktrip-b:receive_1").catch(() => undefined);
    open("-c", "127.0.0.1", "--clientname", "jacktrip-a", "-B", "4465");
    await jack.until("jacktrip-a:send_1");
    return await measureLoop(jack, "jacktrip-a:send_1", await jack.until("jacktrip-b:receive_1"));
  } finally {
    for (const one of ends) await end(one);
  }
}

/** Each on a server of its own: what one leaves behind is not the next one's. */
async function onServer<Result>(measure: (jack: Jack) => Promise<Result>): Promise<Result> {
  const jack = await Jack.start();
  try {
    return await measure(jack);
  } finally {
    await jack.stop();
  }
}

/** One way between two companions on one JACK at 128 frames, beside JackTrip there. Needs jackd, and for what stands beside it jacktrip. */
export async function onJack(): Promise<Row[]> {
  if (spawnSync("jackd", ["--version"]).error !== undefined) return [];
  const ours = await onServer(measureOurs);
  const beside: Record<string, number> = {};
  const hasJackTrip = spawnSync("jacktrip", ["--version"]).error === undefined;
  for (const queue of hasJackTrip ? [2, 4, 8] : [])
    beside[`JackTrip, queue ${queue}`] = percentile(await onServer((jack) => measureJackTrip(jack, queue)), 0.5);
  const [p50, p95] = [percentile(ours, 0.5), percentile(ours, 0.95)];
  const peer = beside["JackTrip, queue 2"] ?? Number.NaN;
  const name = "on JACK at 128 frames, from port to port through a relay";
  return [
    {
      bench: "sound",
      name: `${name}, p50`,
      value: p50,
      unit: "ms",
      beside,
      ratio: p50 / peer,
      goal: "≤ 1.1 × JackTrip, queue 2",
      ok: p50 <= 1.1 * peer,
    },
    { bench: "sound", name: `${name}, p95`, value: p95, unit: "ms", beside: {}, ratio: null, goal: "", ok: true },
  ];
}
