import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { type Platform, startPlatform } from "../dev/platform.ts";
import { challenges } from "../migrations/schema.ts";
import { EVENTS, type Heavy, heavyPerson, http, longAgo, type Marks, OVERDUE, TAKES } from "./privacy/heavy.ts";
import { inClear } from "./privacy/in-clear.ts";
import { absoluteRows, type Row } from "./row.ts";

const PEOPLE = 2;
const RUNS_MAX = 30;
/** Several heaps take part in a fetch, each of which grows up to what its collector leaves standing: what then follows is a leak, or none. */
const WARM_FETCHES = 20;
const MEASURED_FETCHES = 20;
const heavy = `${TAKES.toLocaleString("en-GB")} takes and ${EVENTS.toLocaleString("en-GB")} events`;

const memoryOf = `memory that workerd takes on in ${MEASURED_FETCHES} fetches more after ${WARM_FETCHES}`;

const row = absoluteRows("privacy");

const ask = (platform: Platform, token: string | null, method: string, path: string, body?: unknown) =>
  http.fetch(`${platform.origin}/api/v1${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** The memory of this process's own workerd, most it ever had since the last time that this was asked, in MB. Linux only. */
function workerdPeakMb(): number {
  let peakMb = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      if (!/^Name:\s+workerd$/m.test(status) || !new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status)) continue;
      peakMb += Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1000;
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
    } catch {
      // It has ended meanwhile.
    }
  }
  return peakMb;
}

/** Asks for a copy, lets cron make it, and fetches it. */
async function exported(platform: Platform, { token }: Heavy) {
  const startedAtMs = performance.now();
  await ask(platform, token, "POST", "/account/exports");
  let ready: { exportId: string; readyAtMs: number | null } | undefined;
  for (let run = 0; run < RUNS_MAX && (ready?.readyAtMs ?? null) === null; run++) {
    await platform.runCron();
    const answer = await ask(platform, token, "GET", "/account/exports");
    [ready] = ((await answer.json()) as { items: { exportId: string; readyAtMs: number | null }[] }).items;
  }
  if (ready === undefined || ready.readyAtMs === null) throw new Error("The copy was never ready.");
  const madeMs = performance.now() - startedAtMs;
  const once = await fetched(platform, token, ready.exportId);
  const peaksMb: number[] = [];
  for (let time = 1; time < WARM_FETCHES + MEASURED_FETCHES; time++)
    peaksMb.push((await fetched(platform, token, ready.exportId)).peakMb);
  const warmMb = Math.max(once.peakMb, ...peaksMb.slice(0, WARM_FETCHES - 1));
  return {
    ...once,
    madeMs,
    firstGrownMb: Math.max(0, once.peakMb - once.firstMb),
    warmGrownMb: warmMb - once.peakMb,
    grownMb: Math.max(0, Math.max(...peaksMb.slice(WARM_FETCHES - 1)) - warmMb),
  };
}

/** Fetches an archive: when its first byte came, and workerd's memory then and at its most. */
async function fetched(platform: Platform, token: string, exportId: string) {
  workerdPeakMb();
  const askedAtMs = performance.now();
  const archive = await ask(platform, token, "GET", `/account/exports/${exportId}/archive`);
  let [firstByteMs, bytes, firstMb] = [0, 0, 0];
  for await (const piece of archive.body ?? []) {
    if (bytes === 0) {
      firstByteMs = performance.now() - askedAtMs;
      firstMb = workerdPeakMb();
    }
    bytes += piece.byteLength;
  }
  return { firstByteMs, bytes, firstMb, peakMb: workerdPeakMb() };
}

/** Confirms an erasure and lets cron carry it on until it is finished: how long that took, and in how many runs. */
async function erased(platform: Platform, { accountId }: Heavy) {
  const token = randomBytes(32).toString("base64url");
  const nowMs = Date.now();
  await drizzle(platform.db)
    .insert(challenges)
    .values({
      idHash: createHash("sha256").update(token).digest("hex"),
      kind: "erasure",
      accountId,
      data: "{}",
      createdAtMs: nowMs,
      expiresAtMs: nowMs + 3_600_000,
    });
  const startedAtMs = performance.now();
  const answer = await ask(platform, null, "POST", "/account/erasure/confirm", { token });
  if (answer.status !== 202) throw new Error(`The erasure was not begun: ${await answer.text()}`);
  const { erasureId } = (await answer.json()) as { erasureId: string };
  let runs = 0;
  const isFinished = async () => {
    const state = (await (await ask(platform, null, "GET", `/erasures/${erasureId}`)).json()) as {
      finishedAtMs: number | null;
    };
    return state.finishedAtMs !== null;
  };
  while (!(await isFinished())) {
    if (++runs > RUNS_MAX) throw new Error("The erasure never finished.");
    // What one run leaves waits for the next, minutes later.
    await platform.db.prepare("UPDATE account_erasures SET next_try_at_ms = 0").run();
    await platform.runCron();
  }
  return { tookMs: performance.now() - startedAtMs, runs };
}

/** Rows that a run of cron's sweep reads for each row that it deletes, by its own log. */
async function swept(platform: Platform, lines: string[]): Promise<number> {
  await longAgo(platform);
  lines.length = 0;
  await platform.runCron();
  const told = lines.map((line) =>
    /"done":(\d+),"rowsRead":(\d+)/.exec(line.includes("retention:signInEvents") ? line : ""),
  );
  const [done, rowsRead] = [1, 2].map((at) => told.reduce((sum, match) => sum + Number(match?.[at] ?? 0), 0));
  if (done !== OVERDUE || rowsRead === undefined) throw new Error(`The sweep deleted ${done} of ${OVERDUE}.`);
  // Each search reads one row beyond its end, which for so many is nothing.
  return Math.round((100 * rowsRead) / done) / 100;
}

/** What erasure, export and sweep cost where somebody has much, and what the disk still holds of who was erased. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const lines: string[] = [];
  const platform = await startPlatform({ isCrowd: true, stateDir: folder, onLog: (line) => lines.push(line) });
  const people: Heavy[] = [];
  const rows: Row[] = [];
  try {
    for (let at = 0; at < PEOPLE; at++) people.push(await heavyPerson(platform, at === 0));
    const [first] = people;
    if (first === undefined) throw new Error("Nobody is there.");
    const perRow = await swept(platform, lines);
    rows.push(row("rows that the sweep reads for each that expires", perRow, "rows", "≤ 3", perRow <= 3));
    const copy = await exported(platform, first);
    rows.push(
      row(`a copy of ${heavy}: first byte`, copy.firstByteMs, "ms", "≤ 2,000 ms", copy.firstByteMs <= 2_000, {
        "made in, s": copy.madeMs / 1000,
      }),
      row(memoryOf, copy.grownMb, "MB", "≤ 32 MB", copy.grownMb <= 32, {
        "of a copy of, MB": copy.bytes / 1e6,
        "while it was fetched the first time, MB": copy.firstGrownMb,
        [`and the ${WARM_FETCHES - 1} times after that, MB`]: copy.warmGrownMb,
      }),
    );
    const times: { tookMs: number; runs: number }[] = [];
    for (const person of people) times.push(await erased(platform, person));
    const worstMs = Math.max(...times.map(({ tookMs }) => tookMs));
    rows.push(
      row(`erasure of ${heavy}, slowest of ${PEOPLE}`, worstMs / 1000, "s", "≤ 10 s", worstMs <= 10_000, {
        "runs of cron": Math.max(...times.map(({ runs }) => runs)),
      }),
    );
    // The last mail goes, and with it the address.
    await platform.runCron();
    await platform.stop();
    const left = (what: keyof Marks) => {
      const stores = new Map<string, number>();
      for (const { marks } of people)
        for (const [store, count] of inClear(folder, marks[what])) stores.set(store, (stores.get(store) ?? 0) + count);
      const sum = [...stores.values()].reduce((all, count) => all + count, 0);
      // What its owner published is in the Hub's index, and so in its history: docs/DESIGN.md says why.
      const [said, goal] = what === "published" ? ["what they published", ""] : [`their ${what}`, "0"];
      const ok = sum === 0 || goal === "";
      return row(`the erased on disk in clear: ${said}`, sum, "", goal, ok, Object.fromEntries(stores));
    };
    rows.push(left("address"), left("words"), left("published"));
  } finally {
    await platform.stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}
