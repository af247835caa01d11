import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { StudioSound } from "../../companion/engine/studio/studio-sound.node.ts";
import { end, Jack } from "../../dev/demo/jack.ts";
import { percentile } from "../../dev/percentile.ts";
import { relayCredentials, startRelay } from "../../dev/turn.ts";
import { MemberId } from "../../protocol/ids.ts";
import { idleStatus, type Member } from "../../protocol/room.ts";
import type { Row } from "../row.ts";

const SETTLE_MS = 12_000;
const MEASURE_MS = 10_000;
const ADA = MemberId.parse("mem_00000000000000000000000000");
const BEN = MemberId.parse("mem_00000000000000000000000001");
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
  const ends = new Map<MemberId, StudioSound>();
  const names = new Map([
    [ADA, "Ada"],
    [BEN, "Ben"],
  ]);
  const members: Member[] = [...names].map(([memberId, displayName]) => {
    return { memberId, displayName, role: "participant", connected: true, status: idleStatus };
  });
  try {
    for (const self of names.keys()) {
      mkdirSync(join(folder, self));
      const sound = new StudioSound({
        source: { kind: "jack", connect: false },
        inputSinceMs: null,
        traces: false,
        folder: join(folder, self),
        links: true,
        role: () => "participant",
        onBlock: () => undefined,
        signal: (to, signal) => ends.get(to)?.handleSignal(self, signal),
        nowMs: machineNowMs,
        barMs: () => 2_000,
        onLatency: () => undefined,
        emit: () => undefined,
      });
      ends.set(self, sound);
      // One after the other: the first is JACK's SessionLinked, the second another one.
      await sound.open();
    }
    for (const [self, sound] of ends) {
      sound.iceServers = [relayCredentials(secret, relay)];
      sound.buffer = "tight";
      sound.enter(self);
      sound.setMembers(members);
    }
    return await measureLoop(jack, "SessionLinked:in_1", await jack.until(":Ada L"));
  } finally {
    // One after the other: two clients that give their ports back at once have been seen to wait for each other in jackd.
    for (const sound of ends.values()) await sound.close();
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
