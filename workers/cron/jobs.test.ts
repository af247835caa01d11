import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { accounts, recordings, roomCalls, sessionErasures, sessions } from "../../migrations/schema.ts";
import { SessionId } from "../../protocol/ids.ts";
import { EXPIRY_NOTICES_MS } from "../../protocol/retention.ts";
import { CallBudget } from "../platform/call-budget.ts";
import { systemDeps } from "../platform/deps.ts";
import { accountRow, recordingRow } from "../testing/rows.ts";
import { fill } from "../testing/tables.ts";
import { INVOCATION_CALLS_MAX, jobs, runJob, runJobs } from "./jobs.ts";

const NOW_MS = 2_000_000_000_000;
const HOUR_MS = 3_600_000;
let nowMs = NOW_MS;
const deps = { ...systemDeps, now: () => nowMs, sleep: async () => undefined };
/** So many people: each job has more to do than its calls of one run, and the runs of the second test stay few. */
const PEOPLE = 130;
const DELETED_SESSIONS = 70;

const sessionOf = (at: number) => SessionId.parse(`ses_${String(at).padStart(26, "0")}`);
const bindings = { ...env, EMAIL: { ...env.EMAIL, send: async () => ({ messageId: "sent" }) } };
const count = (sql: string) => env.DB.prepare(sql).first<number>("n");

/** What a job that broke has logged. */
const broke: string[] = [];
afterAll(() => vi.restoreAllMocks());

/** More of everything than one run can do, uploads that R2 answers nothing about included: people, each with a recording about to end, abandoned uploads, and sessions that are deleted. */
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation((line: unknown) => {
    if (String(line).includes("cron-broke")) broke.push(String(line));
  });
  await fill(accounts, PEOPLE, (at) => accountRow(`acc_${at}`));
  await fill(sessions, PEOPLE, (at) => ({
    id: sessionOf(at),
    name: "" as const,
    recordingPermitted: true,
    createdAtMs: 0,
  }));
  const uploaded = (id: string, at: number) => ({
    ...recordingRow({ id, sessionId: sessionOf(at), accountId: `acc_${at}` }),
    createdAtMs: NOW_MS - 9 * 24 * HOUR_MS,
  });
  const soonMs = NOW_MS + EXPIRY_NOTICES_MS[1] - HOUR_MS;
  await fill(recordings, PEOPLE, (at) => ({ ...uploaded(`rec_soon_${at}`, at), expiresAtMs: soonMs }));
  await fill(recordings, PEOPLE, (at) => ({
    ...uploaded(`rec_open_${at}`, at),
    state: "uploading" as const,
    uploadId: `gone${at}`,
    expiresAtMs: NOW_MS - HOUR_MS,
  }));
  await fill(roomCalls, PEOPLE, (at) => ({
    eventId: `not a call ${at}`,
    sessionId: sessionOf(at),
    fromMemberId: `mem_${at}`,
    body: "{}",
    createdAtMs: 0,
  }));
  await fill(sessionErasures, DELETED_SESSIONS, (at) => ({
    sessionId: sessionOf(at),
    requestedAtMs: NOW_MS - HOUR_MS,
    dueAtMs: NOW_MS,
    nextTryAtMs: at,
  }));
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
