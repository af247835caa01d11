import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EXPIRY_NOTICES_MS } from "../../protocol/retention.ts";
import { CallBudget } from "../platform/call-budget.ts";
import { systemDeps } from "../platform/deps.ts";
import { INVOCATION_CALLS_MAX, jobs, runJob, runJobs } from "./jobs.ts";

const NOW_MS = 2_000_000_000_000;
const HOUR_MS = 3_600_000;
let nowMs = NOW_MS;
const deps = { ...systemDeps, now: () => nowMs, sleep: async () => undefined };
/** So many people: each job has more to do than its calls of one run, and the runs of the second test stay few. */
const PEOPLE = 130;
const DELETED_SESSIONS = 70;
const numbers = (count: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})`;

const bindings = { ...env, EMAIL: { ...env.EMAIL, send: async () => ({ messageId: "sent" }) } };
const run = (sql: string) => env.DB.prepare(sql).run();
const count = (sql: string) => env.DB.prepare(sql).first<number>("n");

/** What a job that broke has logged. */
const broke: string[] = [];
afterAll(() => vi.restoreAllMocks());

/** More of everything than one run can do, uploads that R2 answers nothing about included: people, each with a recording about to end, abandoned uploads, and sessions that are deleted. */
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation((line: unknown) => {
    if (String(line).includes("cron-broke")) broke.push(String(line));
  });
  const columns =
    "id, session_id, member_id, account_id, take_id, name, state, sample_rate_hz, channels, encoding, timeline_frames, started_at_ms, bpm, part_bytes, upload_id, created_at_ms, expires_at_ms";
  const recording = (id: string, state: string, uploadId: string, expiresAtMs: number) =>
    `${numbers(PEOPLE)} INSERT INTO recordings (${columns}) SELECT '${id}' || i, 'ses_' || i, 'mem_' || i, 'acc_' || i, 't', 'n', '${state}', 48000, 1,
       'pcm24', 0, 0, 120, 5242880, ${uploadId}, ${NOW_MS - 9 * 24 * HOUR_MS}, ${expiresAtMs} FROM n`;
  for (const sql of [
    `${numbers(PEOPLE)} INSERT INTO accounts (id, email, display_name, tier, created_at_ms) SELECT 'acc_' || i, i || '@example.org', 'A', 'free', 0 FROM n`,
    `${numbers(PEOPLE)} INSERT INTO sessions (id, name, recording_permitted, created_at_ms) SELECT 'ses_' || i, 'S', 1, 0 FROM n`,
    recording("rec_soon_", "complete", "NULL", NOW_MS + EXPIRY_NOTICES_MS[1] - HOUR_MS),
    recording("rec_open_", "uploading", "'gone' || i", NOW_MS - HOUR_MS),
    `${numbers(PEOPLE)} INSERT INTO room_calls (event_id, session_id, from_member_id, body, created_at_ms) SELECT 'not a call ' || i, 'ses_' || i, 'mem_' || i, '{}', 0 FROM n`,
    `${numbers(DELETED_SESSIONS)} INSERT INTO session_erasures (session_id, requested_at_ms, due_at_ms, next_try_at_ms)
       SELECT 'ses_' || i, ${NOW_MS - HOUR_MS}, ${NOW_MS}, i FROM n`,
  ])
    await run(sql);
});

/** What the runs have to get done. */
const todo = {
  erasures: "SELECT COUNT(*) AS n FROM session_erasures WHERE finished_at_ms IS NULL",
  recordings: "SELECT COUNT(*) AS n FROM recordings WHERE id LIKE 'rec_open_%'",
  roomCalls: "SELECT COUNT(*) AS n FROM room_calls",
} as const;

test("X30: every job with more to do than one run can: none makes more calls than its own, all together stay within one invocation", async () => {
  const spent: Record<string, number> = {};
  for (const [name, job] of Object.entries(jobs)) {
    const budget = new CallBudget(INVOCATION_CALLS_MAX);
    const outcome = await runJob(bindings, deps, name, budget);
    expect([name, outcome === null, broke]).toEqual([name, false, []]);
    expect([name, budget.spent <= job.calls]).toEqual([name, true]);
    spent[name] = budget.spent;
  }
  for (const name of ["notices", "recordings", "session-erasures"]) expect(spent[name]).toBeGreaterThan(50);
  // What no longer parses holds up nothing.
  expect(await count("SELECT COUNT(*) AS n FROM room_calls")).toBeLessThan(PEOPLE);
  // One run was not enough for any of them.
  for (const left of Object.values(todo)) expect(await count(left)).toBeGreaterThan(0);
});

test("X30, E6: run after run it all gets done", async () => {
  const left = async () => Promise.all(Object.values(todo).map(count));
  for (let runs = 0; runs < 40 && (await left()).some((rows) => rows !== 0); runs++) {
    await runJobs(bindings, deps);
    nowMs += 5 * 60_000;
  }
  expect(await left()).toEqual([0, 0, 0]);
});
