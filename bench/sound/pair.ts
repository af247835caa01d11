import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { wavFile } from "../../audio/wav-writer.ts";
import { readInput } from "../../companion/engine/capture/input-file.node.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { StudioSound } from "../../companion/engine/studio/studio-sound.node.ts";
import { measureExact, measureLossy, measureNarrow, readHeard } from "../../dev/demo/measure.ts";
import { relayCredentials, startRelay } from "../../dev/turn.ts";
import { MemberId } from "../../protocol/ids.ts";
import { idleStatus, type Member } from "../../protocol/room.ts";
import { type LossyWay, openLossyWay } from "./lossy-way.ts";

export const SETTLE_MS = 5_000;
const RATE_HZ = 48_000;
const ADA = MemberId.parse("mem_00000000000000000000000000");
const BEN = MemberId.parse("mem_00000000000000000000000001");

/** Noise with its energy where music has it: every moment differs, and a codec keeps most of it. */
export function music(seconds: number): Int32Array<ArrayBuffer> {
  let state = 1;
  let low = 0;
  return Int32Array.from({ length: seconds * RATE_HZ * 2 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    low += 0.1 * (state / 2 ** 31 - 1 - low);
    return Math.round(low * 2 ** 22);
  });
}

interface PairOptions {
  seconds: number;
  /** What lies between each of them and the relay; nothing where it is absent. */
  way?: LossyWay;
}

/** Two sound processes, as two companions have them, over a relay on this machine: what Ben hears of Ada, told from inside the sound. */
export async function measurePair({ seconds, way }: PairOptions) {
  const secret = "bench";
  const relay = await startRelay({ secret });
  const port = Number(/:(\d+)\?/.exec(relay.urls)?.[1]);
  const host = /turn:([\d.]+):/.exec(relay.urls)?.[1] ?? "";
  const lossy = way === undefined ? undefined : await openLossyWay({ host, port }, way);
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const inputPath = join(folder, "music.wav");
  const sound = music(seconds + SETTLE_MS / 1000 + 5);
  writeFileSync(inputPath, wavFile({ sampleRateHz: RATE_HZ, channels: 2, encoding: "pcm24" }, sound));
  const ends = new Map<MemberId, StudioSound>();
  const members: Member[] = [ADA, BEN].map((memberId) => ({
    memberId,
    displayName: memberId,
    role: "participant",
    connected: true,
    status: idleStatus,
  }));
  const open = async (self: MemberId) => {
    mkdirSync(join(folder, self));
    const sound = new StudioSound({
      source: { kind: "file", path: inputPath },
      inputSinceMs: null,
      traces: true,
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
    await sound.open();
    return sound;
  };
  try {
    const [ada, ben] = await Promise.all([open(ADA), open(BEN)]);
    const credentials = relayCredentials(secret, relay);
    for (const [self, sound] of ends) {
      sound.iceServers = [{ ...credentials, urls: [lossy?.url ?? relay.urls] }];
      // Who plays over a way that shakes by 20 ms takes the buffer that holds it.
      if (lossy !== undefined) sound.buffer = "safe";
      sound.enter(self);
      sound.setMembers(members);
    }
    const fromMs = machineNowMs() + SETTLE_MS;
    await sleep(SETTLE_MS + seconds * 1000);
    const toMs = machineNowMs();
    const report = await ben.report();
    const source = { samples: await readInput(inputPath), openedAtMs: ada.device.openedAtMs };
    await Promise.all([ada.close(), ben.close()]);
    const wayP99Ms = (await lossy?.close()) ?? 0;
    const heard = join(folder, BEN);
    return {
      narrow: measureNarrow(source, readHeard(heard, "heard-studio"), fromMs, toMs),
      wayP99Ms,
      studio: measureExact(source, readHeard(heard, "heard-studio"), fromMs, toMs),
      media: measureLossy(source, readHeard(heard, "heard-media"), fromMs, toMs),
      lane: report?.report?.lane ?? null,
      scheduling: report?.scheduling ?? null,
    };
  } finally {
    await Promise.all(Array.from(ends.values(), (sound) => sound.close()));
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
