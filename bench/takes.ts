import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../companion/engine/api/api-client.std.ts";
import { type Platform, startPlatform } from "../dev/platform.ts";
import { seedAccount } from "../dev/seed.ts";
import type { Row } from "./row.ts";
import { alignHour } from "./takes/align.ts";
import { killedRecorder } from "./takes/kill.ts";
import { listReads, lists, sweepMillion } from "./takes/reads.ts";
import { BareStore, share, workerds, writeStem } from "./takes/upload.ts";

const SMALL_BYTES = 64e6;
const RATE_BYTES = 128e6;
const LARGE_BYTES = 1e9;
const ROUNDS = 5;

/** A figure; what stands beside it, its ratio and its goal where it has them. */
const row = (name: string, value: number, unit: string, more: Partial<Row> = {}): Row => ({
  bench: "takes",
  name,
  value,
  unit,
  beside: {},
  ratio: null,
  goal: "",
  ok: true,
  ...more,
});

async function inPlace(folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const ppm of [-50, 50]) {
    const { worstMs, seconds } = await alignHour(folder, ppm);
    rows.push(
      row(`60 min at ${ppm} ppm: farthest from its place`, worstMs, "ms", { goal: "≤ 1 ms", ok: worstMs <= 1 }),
    );
    rows.push(row("… aligned in", seconds, "s", { beside: { "the take": 3600 }, ratio: seconds / 3600 }));
  }
  const lostMs = await killedRecorder(folder);
  rows.push(row("kill -9 in mid take, most lost of 5", lostMs, "ms", { goal: "≤ 1,000 ms", ok: lostMs <= 1000 }));
  return rows;
}

/**
 * Rates by turns with the floor, so that whatever else the machine does meets both: the middle of the rounds' ratios counts. Memory by
 * size.
 */
async function carried(folder: string, api: ApiClient, workerd: number): Promise<Row[]> {
  const bare = new BareStore(folder);
  await bare.open();
  try {
    const [small, middle] = [writeStem(folder, SMALL_BYTES), writeStem(folder, RATE_BYTES)];
    // The first of anything warms both up.
    await bare.put(small);
    await bare.multipart(small);
    await share(api, small, workerd);
    await share(api, small, workerd);
    const rounds: { floor: number; multipart: number; partsRate: number; wholeRate: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const floor = await bare.put(middle);
      const { rate: multipart } = await bare.multipart(middle);
      rounds.push({ floor, multipart, ...(await share(api, middle, workerd)) });
    }
    const middleOf = (of: (round: (typeof rounds)[number]) => number) =>
      rounds.map(of).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
    // R2 takes parts more slowly than one stream, here at least: what is our own cost shows beside the second.
    const beside = {
      "bare put": middleOf(({ floor }) => floor),
      "bare multipart": middleOf(({ multipart }) => multipart),
    };
    const ratio = middleOf(({ floor, partsRate }) => partsRate / floor);
    const wholeRatio = middleOf(({ floor, wholeRate }) => wholeRate / floor);
    rmSync(middle.path);

    const few = await share(api, small, workerd);
    rmSync(small.path);
    const large = writeStem(folder, LARGE_BYTES);
    const many = await share(api, large, workerd);
    const { peak: bareMemory } = await bare.multipart(large);
    rmSync(large.path);
    return [
      row(
        "upload, 128 MB: parts verified and acknowledged",
        middleOf(({ partsRate }) => partsRate),
        "MB/s",
        {
          beside,
          ratio,
          goal: "≥ 0.8 × bare put",
          ok: ratio >= 0.8,
        },
      ),
      row(
        "… and the whole read back and hashed",
        middleOf(({ wholeRate }) => wholeRate),
        "MB/s",
        {
          beside,
          ratio: wholeRatio,
        },
      ),
      row("companion's memory, 1 GB", many.grown, "MB more", {
        beside: { "64 MB": few.grown },
        goal: "as for 64 MB, + 64",
        ok: many.grown <= Math.max(0, few.grown) + 64,
      }),
      row("workerd's memory, 1 GB", many.workerd, "MB", {
        beside: { "64 MB": few.workerd, "bare multipart, 1 GB": bareMemory },
        ratio: many.workerd / bareMemory,
        goal: "as for 64 MB, + 128",
        ok: many.workerd <= few.workerd + 128,
      }),
    ];
  } finally {
    await bare.close();
  }
}

async function read(platform: Platform, accountId: string, log: string[]): Promise<Row[]> {
  const few = await listReads(platform, 1_000);
  const many = await listReads(platform, 100_000);
  const rows = lists.map((list) =>
    row(`list of ${list}, 100,000 about`, many[list], "rows read", {
      beside: { "at 1,000": few[list] },
      ratio: many[list] / Math.max(1, few[list]),
      goal: "as at 1,000",
      ok: many[list] <= few[list] * 1.1,
    }),
  );
  const { perRow, runs, worstSeconds } = await sweepMillion(platform, accountId, log);
  // Each batch reads one row beyond its end: to two places that is nothing.
  const perRowOk = Number(perRow.toFixed(2)) <= 3;
  rows.push(row("sweep of 100,000 among 1,000,000", perRow, "rows read each", { goal: "≤ 3", ok: perRowOk }));
  rows.push(
    row("… the longest of its runs, 10 batches of 500", worstSeconds, "s", {
      beside: { runs },
      goal: "≤ 30 s",
      ok: worstSeconds <= 30,
    }),
  );
  return rows;
}

/** The second journey, measured: in place after an hour, lost by a kill, carried at the line's rate, ended on time. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-takes-"));
  const log: string[] = [];
  const platform = await startPlatform({
    isCrowd: true,
    stateDir: join(folder, "state"),
    onLog: (line) => log.push(line),
  });
  const [workerd = 0] = workerds();
  try {
    const person = { displayName: "Bench", email: `${randomUUID()}@example.org`, tier: "studio" as const };
    const { token, accountId } = await seedAccount(platform, person);
    return [
      ...(await inPlace(folder)),
      ...(await carried(folder, new ApiClient(platform.origin, token), workerd)),
      ...(await read(platform, accountId, log)),
    ];
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
