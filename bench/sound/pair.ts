import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { wavFile } from "../../audio/wav-writer.ts";
import { readInput } from "../../companion/engine/capture/input-file.node.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { measureExact, measureLossy, measureNarrow, readHeard } from "../../dev/demo/measure.ts";
import { relayCredentials, startRelay } from "../../dev/turn.ts";
import { ADA, BEN, PairOfEnds } from "./ends.ts";
import { type LossyWay, openLossyWay } from "./lossy-way.ts";

export const SETTLE_MS = 5_000;
const RATE_HZ = 48_000;

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
  const ends = new PairOfEnds(folder);
  const source = { kind: "file", path: inputPath } as const;
  try {
    const [ada, ben] = await Promise.all([ends.open(ADA, source, true), ends.open(BEN, source, true)]);
    // Who plays over a way that shakes by 20 ms takes the buffer that holds it.
    const credentials = { ...relayCredentials(secret, relay), ...(lossy === undefined ? {} : { urls: [lossy.url] }) };
    ends.meet([credentials], lossy === undefined ? "balanced" : "safe");
    const fromMs = machineNowMs() + SETTLE_MS;
    await sleep(SETTLE_MS + seconds * 1000);
    const toMs = machineNowMs();
    const report = await ben.report();
    const played = { samples: await readInput(inputPath), openedAtMs: ada.device.openedAtMs };
    await ends.close();
    const wayP99Ms = (await lossy?.close()) ?? 0;
    const heard = join(folder, BEN);
    return {
      narrow: measureNarrow(played, readHeard(heard, "heard-studio"), fromMs, toMs),
      wayP99Ms,
      studio: measureExact(played, readHeard(heard, "heard-studio"), fromMs, toMs),
      media: measureLossy(played, readHeard(heard, "heard-media"), fromMs, toMs),
      lane: report?.report?.lane ?? null,
      scheduling: report?.scheduling ?? null,
    };
  } finally {
    await ends.close();
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
