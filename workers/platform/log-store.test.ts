import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { holds } from "../../migrations/schema.ts";
import { LOG_RETENTION_MS } from "../../protocol/retention.ts";
import { createApp } from "../app.ts";
import { runJobs } from "../cron/jobs.ts";
import { db } from "../testing/tables.ts";
import { CallBudget } from "./call-budget.ts";
import { systemDeps } from "./deps.ts";
import { log, takeLog } from "./log.ts";
import { keepLog, sweepLogs } from "./log-store.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const startMs = Date.parse("2027-05-01T00:00:00Z");
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs, sleep: async () => undefined });
const keys = async () => (await env.RECORDINGS.list({ prefix: "logs/" })).objects.map(({ key }) => key);
const lines = async () => {
  const objects = await Promise.all((await keys()).map((key) => env.RECORDINGS.get(key)));
  const text = (await Promise.all(objects.map((object) => object?.text() ?? ""))).join("");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Record<string, unknown> => JSON.parse(line));
};

test("E5: what breaks in a request is kept as an event, without a word of the person's and without their address", async () => {
  const mark = "zq-a-word-of-the-persons";
  const broken = {
    ...env,
    DB: {
      prepare: () => {
        throw new TypeError(`Cannot bind ${mark}`);
      },
    } as unknown as D1Database,
  };
  const answer = await createApp(at(startMs)).request(
    `https://sessionlinked.test/api/v1/sessions/ses_${"0".repeat(26)}?of=${mark}`,
    { headers: { Authorization: `Bearer ${mark}${mark}`, "CF-Connecting-IP": "203.0.113.77", "User-Agent": mark } },
    broken,
  );
  expect(answer.status).toBe(500);
  const kept = await lines();
  expect(kept.map(({ event }) => event)).toContain("internal-error");
  expect(kept.find(({ event }) => event === "internal-error")).toMatchObject({
    atMs: startMs,
    requestId: answer.headers.get("X-Request-Id"),
    route: "/api/v1/sessions/:sessionId",
    error: "TypeError",
  });
  const text = JSON.stringify(kept);
  for (const word of [mark, "203.0.113.77"]) expect(text).not.toContain(word);
});

test("E5, E6: a log goes at thirty days and not a millisecond before, after missed runs in bounded pages", async () => {
  for (const key of await keys()) await env.RECORDINGS.delete(key);
  takeLog();
  log({ event: "turn-unavailable" });
  await keepLog(env, at(startMs));
  expect(await keys()).toHaveLength(1);
  const endMs = startMs + LOG_RETENTION_MS;
  expect(await sweepLogs(env, at(endMs - 1), new CallBudget(20))).toMatchObject({ done: 0, finished: true });
  expect(await keys()).toHaveLength(1);
  // As the job of cron, whatever else is due; what that run says is a new log.
  await runJobs(env, at(endMs));
  expect((await keys()).filter((key) => key.startsWith(`logs/${startMs}`))).toEqual([]);
});

test("E5, X5: while the store does not answer, the log waits, bounded, and nobody waits for it", async () => {
  for (const key of await keys()) await env.RECORDINGS.delete(key);
  takeLog();
  const away = { ...env, RECORDINGS: { put: () => Promise.reject(new Error("away")) } as unknown as R2Bucket };
  for (let times = 0; times < 2_000; times++) log({ event: "turn-unavailable" });
  await keepLog(away, at(startMs));
  expect(await keys()).toEqual([]);
  await keepLog(env, at(startMs + 1));
  const kept = await lines();
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.length).toBeLessThan(2_000);
});

test("E5, E6: days that are held, more than a page of them, keep nobody else's from going, each in its turn; out of calls, the rest waits", async () => {
  const heldMs = startMs + 10;
  const logs = (atMs: number, count: number) =>
    Array.from({ length: count }, (_, at) => `logs/${atMs}-${String(at).padStart(8, "0")}`);
  let stored = [...logs(heldMs, 1_000), ...logs(heldMs + 1, 3)];
  let listings = 0;
  const RECORDINGS = {
    async list({ startAfter = "", limit = 1_000 }: R2ListOptions) {
      listings++;
      return {
        objects: stored
          .filter((key) => key > startAfter)
          .slice(0, limit)
          .map((key) => ({ key })),
        truncated: false,
      };
    },
    async delete(keys: string[]) {
      stored = stored.filter((key) => !keys.includes(key));
    },
  } as unknown as R2Bucket;
  await db.insert(holds).values({
    id: "hld_page",
    reason: "Complaint 12 of the authority.",
    owner: "Ona",
    logsFromMs: heldMs,
    logsToMs: heldMs + 1,
    createdAtMs: startMs,
    reviewAtMs: startMs + 1,
  });
  const sweep = (calls: number) =>
    sweepLogs({ ...env, RECORDINGS }, at(heldMs + 1 + LOG_RETENTION_MS), new CallBudget(calls));
  // A page is a listing and a deletion: with one call left nothing begins.
  expect(await sweep(1)).toEqual({ done: 0, rowsRead: 0, finished: false });
  expect(listings).toBe(0);
  expect(await sweep(20)).toEqual({ done: 3, rowsRead: 0, finished: true });
  expect(listings).toBe(2);
  expect(stored).toEqual(logs(heldMs, 1_000));
  await db.delete(holds);
});

test("E5: two logs of one moment are two", async () => {
  for (const key of await keys()) await env.RECORDINGS.delete(key);
  takeLog();
  for (let times = 0; times < 2; times++) {
    log({ event: "turn-unavailable" });
    await keepLog(env, at(startMs));
  }
  expect(await keys()).toHaveLength(2);
});
