import { env } from "cloudflare:workers";
import { eq, min } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { accounts, holds, recordings, sessions, storageUse } from "../../migrations/schema.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { CallBudget, metered } from "../platform/call-budget.ts";
import { systemDeps } from "../platform/deps.ts";
import { accountRow, recordingRow } from "../testing/rows.ts";
import { plenty } from "../testing/studio.ts";
import { db, fill } from "../testing/tables.ts";
import {
  deleteRecording,
  deleteRecordings,
  isGivenUp,
  markDeleted,
  markDeletedOfAccount,
  sweepRecordings,
} from "./deletion.ts";
import { selectDeletable } from "./store.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const HOUR_MS = 3_600_000;
const startMs = Date.parse("2027-05-01T00:00:00Z");
const sessionId = `ses_${"0".repeat(26)}` as SessionId;
const [ada, ben] = ["acc_ada", "acc_ben"];
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs, sleep: async () => undefined });

/** Rows that the database says it has read, for all that it was asked. */
let rowsRead = 0;
const told = <Answer extends D1Result | D1Result[]>(answer: Answer): Answer => {
  for (const { meta } of [answer].flat()) rowsRead += meta.rows_read;
  return answer;
};
const noting = (statement: D1PreparedStatement): D1PreparedStatement =>
  new Proxy(statement, {
    get: (_, name) => {
      if (name === "bind") return (...values: unknown[]) => noting(statement.bind(...values));
      const value: unknown = Reflect.get(statement, name);
      if (typeof value !== "function") return value;
      const isTold = name === "all" || name === "run";
      return async (...args: unknown[]) => {
        const answer = await value.apply(statement, args);
        return isTold ? told(answer) : answer;
      };
    },
  });
/** What the store was asked to delete, and what it does besides when it is. */
let deleted: string[] = [];
let meanwhile: () => Promise<unknown> = async () => undefined;
/** The store, which gives an upload up unless it is called "held". */
const bindings = {
  ...env,
  DB: new Proxy(env.DB, {
    get: (database, name) => {
      if (name === "prepare") return (sql: string) => noting(database.prepare(sql));
      const value: unknown = Reflect.get(database, name);
      return typeof value === "function" ? value.bind(database) : value;
    },
  }),
  RECORDINGS: new Proxy(env.RECORDINGS, {
    get: (bucket, name) => {
      const own: Record<string, unknown> = {
        delete: async (keys: string[]) => {
          deleted.push(...keys);
          await meanwhile();
        },
        resumeMultipartUpload: (_: string, uploadId: string) => ({
          abort: async () => {
            if (uploadId === "held") throw new Error("abortMultipartUpload: We encountered an internal error. (10001)");
          },
        }),
      };
      const value: unknown = own[String(name)] ?? Reflect.get(bucket, name);
      return typeof value === "function" ? value.bind(bucket) : value;
    },
  }),
};
const keysOf = (id: string) => [`recordings/${sessionId}/${id}.wav`, `recordings/${sessionId}/${id}.peaks`];

type Row = Partial<typeof recordings.$inferInsert>;
const row = (id: string, expiresAtMs: number | null, more: Row = {}) => ({
  ...recordingRow({ id, sessionId, accountId: ada, createdAtMs: startMs }),
  expiresAtMs,
  ...more,
});
const left = async () =>
  (await db.select().from(recordings).orderBy(recordings.id)).map(({ id, state, expiresAtMs }) => [
    id,
    state,
    expiresAtMs,
  ]);
const sweep = (nowMs = startMs, batches = 5, budget = plenty()) =>
  sweepRecordings(bindings, at(nowMs), batches, budget);
const hold = (id: string, accountId: string) =>
  db
    .insert(holds)
    .values({ id, accountId, reason: "Complaint 12.", owner: "Ona", createdAtMs: startMs, reviewAtMs: startMs });

beforeEach(async () => {
  for (const table of [recordings, sessions, holds, storageUse, accounts]) await db.delete(table);
  await db.insert(accounts).values([accountRow(ada), accountRow(ben)]);
  await db.insert(sessions).values({ id: sessionId, name: "", recordingPermitted: true, createdAtMs: 0 });
  deleted = [];
  rowsRead = 0;
  meanwhile = async () => undefined;
});

test("E1: what has reached its end goes with its object and its waveform, to the millisecond; the rest stays as it was", async () => {
  await db
    .insert(recordings)
    .values([row("rec_a", startMs), row("rec_b", startMs + 1), row("rec_c", null), row("rec_d", 1)]);
  expect(await sweep()).toEqual({ done: 2, rowsRead: expect.any(Number), finished: true });
  expect(await left()).toEqual([
    ["rec_b", "complete", startMs + 1],
    ["rec_c", "complete", null],
  ]);
  expect(deleted.toSorted()).toEqual([...keysOf("rec_a"), ...keysOf("rec_d")].sort());
  deleted = [];
  expect(await sweep()).toEqual({ done: 0, rowsRead: expect.any(Number), finished: true });
  expect(deleted).toEqual([]);
  // One alone, at one instant: it is no stretch.
  expect(await sweep(startMs + 1)).toMatchObject({ done: 1, finished: true });
});

test("E6, X30: no more than five hundred at once, whole instants of them, whatever has piled up; two or three rows are read for each", async () => {
  await fill(recordings, 1_200, (n) => row(`rec_${n}`, startMs - 1_200 + Math.floor(n / 2)));
  const first = await sweep(startMs, 1);
  // The last instant of the five hundred may have more in the table: it waits for its turn.
  expect(first).toMatchObject({ done: 498, finished: false });
  expect(first.rowsRead).toBeGreaterThanOrEqual(2 * 498);
  expect(first.rowsRead).toBeLessThanOrEqual(3 * 500 + 10);
  const [oldest] = await db.select({ at: min(recordings.expiresAtMs) }).from(recordings);
  expect(oldest?.at).toBe(startMs - 1_200 + 249);
  const second = await sweep(startMs, 5);
  expect(second).toMatchObject({ done: 702, finished: true });
  expect(second.rowsRead).toBeGreaterThanOrEqual(2 * 702);
  expect(await left()).toEqual([]);
  // All at one instant.
  await fill(recordings, 501, (n) => row(`rec_${n}`, startMs));
  expect(await sweep(startMs, 1)).toMatchObject({ done: 500, finished: false });
  expect(await sweep(startMs, 1)).toMatchObject({ done: 1, finished: true });
  // One, and after it more of one instant than go at once: of these none goes whose object has not.
  await fill(recordings, 601, (n) => row(`rec_${n}`, n === 0 ? startMs - 1 : startMs));
  deleted = [];
  expect(await sweep(startMs, 1)).toMatchObject({ done: 1, finished: false });
  expect([deleted, (await left()).length]).toEqual([keysOf("rec_0"), 600]);
  expect(await sweep(startMs, 5)).toMatchObject({ done: 600, finished: true });
  // Exactly as many as go at once, each at a time of its own.
  await fill(recordings, 500, (n) => row(`rec_${n}`, startMs - n));
  expect(await sweep(startMs, 1)).toMatchObject({ done: 499, finished: false });
});

test("E6: a run says how many rows were read for it, whatever has become of each", async () => {
  const sweepAndCompare = async () => {
    rowsRead = 0;
    const swept = await sweep();
    expect(swept.rowsRead).toBe(rowsRead);
    return swept.done;
  };
  // Nothing is due; a stretch with one that was withdrawn; one alone; uploads that are not given up.
  expect(await sweepAndCompare()).toBe(0);
  await fill(recordings, 30, (n) => row(`rec_${n}`, startMs - n, { state: n === 7 ? "deleting" : "complete" }));
  expect(await sweepAndCompare()).toBe(30);
  expect(rowsRead).toBeGreaterThan(60);
  await db.insert(recordings).values(row("rec_a", startMs));
  expect(await sweepAndCompare()).toBe(1);
  await fill(recordings, 2, (n) => row(`rec_${n}`, startMs - n, { uploadId: "held", createdAtMs: startMs }));
  expect(await sweepAndCompare()).toBe(0);
});

test("E5: of whom an investigation holds nothing goes; others' in between does", async () => {
  await fill(recordings, 6, (n) => row(`rec_${n}`, startMs - 10 + n, { accountId: n % 2 === 0 ? ada : ben }));
  await hold("hld_1", ben);
  await db
    .insert(holds)
    .values({ id: "hld_2", logsFromMs: 0, logsToMs: 1, reason: "r", owner: "Ona", createdAtMs: 0, reviewAtMs: 0 });
  expect(await sweep()).toMatchObject({ done: 3, finished: true });
  expect((await left()).map(([id]) => id)).toEqual(["rec_1", "rec_3", "rec_5"]);
  await db.update(recordings).set({ state: "deleting" });
  const due = await selectDeletable(env.DB, eq(recordings.accountId, ben));
  expect(await deleteRecordings(bindings, at(startMs), ben, due as never)).toBe(0);
  expect(await left()).toHaveLength(3);
  await db.update(holds).set({ releasedAtMs: startMs });
  expect(await sweep()).toMatchObject({ done: 3, finished: true });
});

test("E6, X20: what was withdrawn or extended while the store was at work stays until its own objects have gone", async () => {
  await db
    .insert(recordings)
    .values([row("rec_a", startMs - 9), row("rec_b", startMs - 8, { state: "deleting" }), row("rec_c", startMs - 5)]);
  meanwhile = () => db.insert(recordings).values(row("rec_new", startMs - 7, { state: "deleting" }));
  expect(await sweep(startMs, 1)).toMatchObject({ done: 3, finished: true });
  expect(await left()).toEqual([["rec_new", "deleting", startMs - 7]]);
  meanwhile = async () => undefined;
  expect(await sweep()).toMatchObject({ done: 1, finished: true });
  // A row outside the stretch is nobody's business either.
  await db.insert(recordings).values([row("rec_a", startMs - 9), row("rec_b", startMs - 8), row("rec_z", startMs - 1)]);
  meanwhile = () =>
    db
      .update(recordings)
      .set({ expiresAtMs: startMs + HOUR_MS })
      .where(eq(recordings.id, "rec_z"));
  await sweep(startMs, 1);
  expect(await left()).toEqual([["rec_z", "complete", startMs + HOUR_MS]]);
  meanwhile = () => db.update(recordings).set({ expiresAtMs: startMs + 9 * HOUR_MS });
  await sweep(startMs + HOUR_MS, 1);
  expect(await left()).toEqual([["rec_z", "complete", startMs + 9 * HOUR_MS]]);
});

test("X4, E6: an upload that is not given up is out of sight, waits an hour and keeps nobody; after eight days it has gone by itself", async () => {
  const day = 24 * HOUR_MS;
  await db
    .insert(recordings)
    .values([
      row("rec_a", startMs - 2, { state: "uploading", uploadId: "held" }),
      row("rec_b", startMs - 1, { state: "uploading", uploadId: "open" }),
      row("rec_c", startMs, { state: "uploading", uploadId: "held", createdAtMs: startMs - 8 * day - 1 }),
      row("rec_d", startMs, { state: "uploading", uploadId: "held", createdAtMs: startMs - 8 * day }),
    ]);
  // All that was due has been looked at: nothing of it has waited.
  expect(await sweep()).toEqual({ done: 2, rowsRead: expect.any(Number), finished: false });
  expect(await left()).toEqual([
    ["rec_a", "deleting", startMs + HOUR_MS],
    ["rec_d", "deleting", startMs + HOUR_MS],
  ]);
  expect(deleted.toSorted()).toEqual([...keysOf("rec_b"), ...keysOf("rec_c")].sort());
  expect(await sweep(startMs + HOUR_MS - 1)).toMatchObject({ done: 0, finished: true });
  expect(await sweep(startMs + HOUR_MS)).toMatchObject({ done: 1, finished: false });
  expect(await left()).toEqual([["rec_a", "deleting", startMs + 2 * HOUR_MS]]);
  // Extended while the store was asked: it is not put off.
  meanwhile = () => db.update(recordings).set({ expiresAtMs: startMs + 99 * HOUR_MS, state: "complete" });
  await db.insert(recordings).values(row("rec_e", startMs, { uploadId: "open" }));
  await sweep(startMs + 2 * HOUR_MS, 1);
  expect(await left()).toEqual([
    ["rec_a", "complete", startMs + 99 * HOUR_MS],
    ["rec_e", "complete", startMs + 99 * HOUR_MS],
  ]);
});

test("X30: with calls for a part of it, that part goes, and it is said how long the rest has waited", async () => {
  await fill(recordings, 12, (n) => row(`rec_${n}`, startMs - 100 + n, { uploadId: "open", state: "uploading" }));
  expect(await sweep(startMs, 5, new CallBudget(7))).toEqual({ done: 0, rowsRead: 0, finished: false });
  const budget = new CallBudget(14);
  const bound = metered(bindings, at(startMs), budget);
  const swept = await sweepRecordings(bound.env, bound.deps, 5, budget);
  expect(swept).toMatchObject({ finished: false, oldestDueAtMs: startMs - 100 });
  expect(swept.done).toBeGreaterThan(0);
  expect(swept.done).toBeLessThan(12);
  expect(await left()).toHaveLength(12 - swept.done);
  expect(budget.left).toBeGreaterThanOrEqual(0);
  expect(deleted).toHaveLength(2 * swept.done);
});

test("C7, E1: what is marked for deletion is due at once, and sooner if it was due already; nobody else's is", async () => {
  await db
    .insert(recordings)
    .values([row("rec_a", startMs + 9), row("rec_b", startMs - 9), row("rec_c", null), row("rec_d", startMs + 9)]);
  for (const id of ["rec_a", "rec_b", "rec_c"]) await markDeleted(env.DB, id, startMs);
  expect(await left()).toEqual([
    ["rec_a", "deleting", startMs],
    ["rec_b", "deleting", startMs - 9],
    ["rec_c", "deleting", startMs],
    ["rec_d", "complete", startMs + 9],
  ]);
});

test("E3: all of an account is marked, and what waited for its next try is due again; another's stays", async () => {
  await db
    .insert(recordings)
    .values([
      row("rec_a", startMs + 9),
      row("rec_b", startMs + HOUR_MS, { state: "deleting" }),
      row("rec_c", startMs - 9, { state: "deleting" }),
      row("rec_d", startMs + 9, { accountId: ben }),
      row("rec_e", startMs + HOUR_MS, { accountId: ben, state: "deleting" }),
    ]);
  // Due already: it is not written anew.
  await db.insert(recordings).values(row("rec_c1", startMs, { state: "deleting" }));
  const { meta } = await markDeletedOfAccount(env.DB, ada, startMs).run();
  expect(meta.changes).toBe(2);
  expect(await left()).toEqual([
    ["rec_a", "deleting", startMs],
    ["rec_b", "deleting", startMs],
    ["rec_c", "deleting", startMs - 9],
    ["rec_c1", "deleting", startMs],
    ["rec_d", "complete", startMs + 9],
    ["rec_e", "deleting", startMs + HOUR_MS],
  ]);
});

test("C7: one that is taken back goes with its objects, and its owner's storage is counted anew", async () => {
  await db.insert(storageUse).values({ accountId: ada, heldBytes: 70 });
  await db.insert(recordings).values([row("rec_a", startMs, { state: "deleting" }), row("rec_b", startMs + 9)]);
  await db.update(storageUse).set({ heldBytes: 99 });
  const [one] = await selectDeletable(env.DB, eq(recordings.id, "rec_a"));
  await deleteRecording(bindings, at(startMs), one as never);
  expect((await left()).map(([id]) => id)).toEqual(["rec_b"]);
  expect(deleted.toSorted()).toEqual(keysOf("rec_a").sort());
  expect((await db.select().from(storageUse))[0]?.heldBytes).toBe(0);
  // An upload that is held stays; what is counted is what has gone.
  await db.insert(recordings).values(row("rec_c", startMs, { state: "deleting", uploadId: "held" }));
  const due = await selectDeletable(env.DB, eq(recordings.id, "rec_c"));
  expect(await deleteRecordings(bindings, at(startMs), ada, due as never)).toBe(0);
  expect(await isGivenUp(bindings, at(startMs), due[0] as never, "held")).toBe(false);
  expect(await isGivenUp(bindings, at(startMs), due[0] as never, "open")).toBe(true);
  // With calls for none, none is asked for.
  expect(await deleteRecordings(bindings, at(startMs), ada, due as never, new CallBudget(7))).toBe(0);
  expect(await left()).toHaveLength(2);
});
