import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { invites, recordings, sessionMembers, sessions } from "../../migrations/schema.ts";
import { MemberId, SessionId } from "../../protocol/ids.ts";
import { EXPIRY_NOTICES_MS } from "../../protocol/retention.ts";
import { jobs, runJob } from "../cron/jobs.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sealedText } from "../testing/addresses.ts";
import { recordingRow } from "../testing/rows.ts";
import { accountOf, plenty, Studio, seedPeople } from "../testing/studio.ts";
import { fill } from "../testing/tables.ts";
import { changeTier } from "../wallet/plans.ts";
import { sweepRecordings } from "./deletion.ts";

/**
 * What each list and each job reads of D1 (its own `rows_read`), with few rows about and with fifty times as many: a lost index fails
 * here. The bench does the same at 1,000 and 100,000 rows.
 */
const FEW = 100;
const MANY = 5_000;
const PAGE = 20;
const studio = new Studio();
const NOW_MS = 2_000_000_000_000;

/** Counts the rows that every statement reads on these bindings. */
function counted() {
  const count = { rowsRead: 0 };
  const originals = new WeakMap<object, D1PreparedStatement>();
  const note = <Result extends D1Result>(result: Result) => {
    count.rowsRead += result.meta.rows_read;
    return result;
  };
  const watch = (statement: D1PreparedStatement): D1PreparedStatement => {
    const watched = {
      bind: (...values: unknown[]) => watch(statement.bind(...values)),
      all: async () => note(await statement.all()),
      run: async () => note(await statement.run()),
      // An answer without names says nothing of what was read for it.
      raw: async () => {
        note(await statement.all());
        return await statement.raw();
      },
      first: async (column?: string) => {
        const [row] = note(await statement.all<Record<string, unknown>>()).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
    } as unknown as D1PreparedStatement;
    originals.set(watched, statement);
    return watched;
  };
  const DB = {
    prepare: (sql: string) => watch(env.DB.prepare(sql)),
    batch: async (statements: D1PreparedStatement[]) =>
      (await env.DB.batch(statements.map((statement) => originals.get(statement) ?? statement))).map(note),
  } as unknown as D1Database;
  return { count, bindings: { ...env, DB } as Env };
}

/** Takes of one person's. */
const fillRecordings = async (
  prefix: string,
  who: string,
  sessionId: string,
  count: number,
  expiresAtMs: (at: number) => number,
) => {
  const name = await sealedText(accountOf(who), "take", "n");
  await fill(recordings, count, (at) => ({
    ...recordingRow({ id: `${prefix}${at}`, sessionId, accountId: accountOf(who), name }),
    createdAtMs: at,
    completedAtMs: at,
    expiresAtMs: expiresAtMs(at),
  }));
};

/** One session of Ada's and Ben's with so much of everything; other people's as much besides. */
async function fillSession(count: number): Promise<void> {
  await studio.setTime(NOW_MS);
  await studio.meet();
  const { sessionId } = studio;
  const idOf = (at: number) => String(at + count * MANY).padStart(26, "0");
  const sessionOf = (at: number) => SessionId.parse(`ses_${idOf(at)}`);
  // One name for all of them: what is counted is what D1 reads.
  const name = await sealedText(sessionId, "session", "L");
  await fill(sessions, count, (at) => ({ id: sessionOf(at), name, recordingPermitted: true, createdAtMs: 0 }));
  await fill(sessionMembers, count, (at) => ({
    sessionId: sessionOf(at),
    accountId: accountOf("ada"),
    memberId: MemberId.parse(`mem_${idOf(at)}`),
    role: "host" as const,
    joinedAtMs: at,
  }));
  await fill(invites, count, (at) => ({
    id: `inv_${idOf(at)}`,
    sessionId,
    codeHash: idOf(at),
    role: "observer" as const,
    usesLeft: 1,
    createdAtMs: at,
    expiresAtMs: 9e15,
  }));
  await fillRecordings(`rec_${count}_`, "ada", sessionId, count, () => 9e15);
}

const lists = ["sessions", "recordings", "invites", "members"] as const;

async function readsOf(list: (typeof lists)[number]): Promise<number> {
  const { count, bindings } = counted();
  studio.bindings = bindings;
  const path = {
    sessions: `/sessions?limit=${PAGE}`,
    recordings: `/sessions/${studio.sessionId}/recordings?limit=${PAGE}`,
    invites: `/sessions/${studio.sessionId}/invites?limit=${PAGE}`,
    members: `/sessions/${studio.sessionId}`,
  }[list];
  const answer = await studio.ask("ada", "GET", path);
  expect(answer.status).toBe(200);
  if (list !== "members") expect((await answer.json<{ items: unknown[] }>()).items).toHaveLength(PAGE);
  studio.bindings = env;
  return count.rowsRead;
}

beforeAll(() => seedPeople(["ada", "ben"], "pro"));

test("every list reads in proportion to its page, sign-in and membership included", async () => {
  const few: Record<string, number> = {};
  await fillSession(FEW);
  for (const list of lists) few[list] = await readsOf(list);
  await fillSession(MANY);
  for (const list of lists) {
    const many = await readsOf(list);
    // Two more or less: who asks for the first time in an hour is noted.
    expect([list, many - (few[list] ?? 0) <= 2]).toEqual([list, true]);
    expect(many).toBeLessThanOrEqual(3 * (PAGE + 1) + 10);
  }
});

test("E1, E6, X22: ten days without cron, then two runs at once, again and again: nothing early, all caught up, three rows read for each", async () => {
  await env.DB.prepare("DELETE FROM recordings").run();
  // Three in each instant, so that a full batch ends within one.
  await fillRecordings(
    "rec_old_",
    "ada",
    studio.sessionId,
    3_000,
    (at) => NOW_MS - 864_000_000 + Math.floor(at / 3) * 1_000,
  );
  await fillRecordings("rec_new_", "ben", studio.sessionId, 10_000, (at) => NOW_MS + 1 + at);
  await env.RECORDINGS.put(`recordings/${studio.sessionId}/rec_old_0.wav`, "old");
  await env.RECORDINGS.put(`recordings/${studio.sessionId}/rec_new_0.wav`, "new");
  studio.nowMs = NOW_MS;
  const first = await sweepRecordings(env, studio.deps, 2, plenty());
  expect(first.finished).toBe(false);
  expect(first.rowsRead / first.done).toBeLessThan(3.02);
  for (let run = 0; run < 3; run++) {
    await Promise.all([sweepRecordings(env, studio.deps, 3, plenty()), sweepRecordings(env, studio.deps, 3, plenty())]);
  }
  expect(await studio.count("recordings")).toBe(10_000);
  expect(await studio.keys()).toEqual(["rec_new_0.wav"]);
  const idle = await sweepRecordings(env, studio.deps, 3, plenty());
  expect(idle).toMatchObject({ done: 0, finished: true });
  expect(idle.rowsRead).toBeLessThanOrEqual(1);
});

test("every job of cron that has nothing to do reads next to nothing, however much there is", async () => {
  for (const name of Object.keys(jobs)) {
    const { count, bindings } = counted();
    await runJob(bindings, { ...systemDeps, now: () => NOW_MS - 365 * 86_400_000 }, name);
    expect([name, count.rowsRead <= 10]).toEqual([name, true]);
  }
});

test("E1: notices and a change of tier read what they concern, not what others have", async () => {
  await env.DB.prepare("DELETE FROM recordings").run();
  const soon = NOW_MS + EXPIRY_NOTICES_MS[0] - 1;
  await fillRecordings("rec_soon_", "ada", studio.sessionId, 5, () => soon);
  // Hers that end much later, and another's.
  await fillRecordings("rec_late_", "ada", studio.sessionId, 2_000, (at) => soon + 864_000_000 + at);
  await fillRecordings("rec_other_", "ben", studio.sessionId, 3_000, (at) => soon + 864_000_000 + at);
  const { count, bindings } = counted();
  await runJob(bindings, { ...systemDeps, now: () => NOW_MS }, "notices");
  expect(count.rowsRead).toBeLessThan(120);
  count.rowsRead = 0;
  await changeTier(bindings, { ...systemDeps, now: () => NOW_MS }, accountOf("ada"), "studio");
  expect(count.rowsRead).toBeLessThan(4 * 2_005 + 50);
});
