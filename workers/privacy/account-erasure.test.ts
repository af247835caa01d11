import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import {
  accountErasures,
  accounts,
  deliveries,
  erasureReceipts,
  exports,
  holds,
  recordings,
  sessionErasures,
  sessionMembers,
  sessionSeats,
  sessions,
  signInEvents,
  signIns,
} from "../../migrations/schema.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { CallBudget } from "../platform/call-budget.ts";
import { type Deps, systemDeps } from "../platform/deps.ts";
import { nextTryAtMs } from "../platform/next-try.ts";
import { accountRow, recordingRow, SEALED } from "../testing/rows.ts";
import { plenty } from "../testing/studio.ts";
import { db, fill } from "../testing/tables.ts";
import { continueErasures, findAccountErasure, startErasure } from "./account-erasure.ts";
import { STEP_CALLS_MAX, steps } from "./erasure-steps.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const HOUR_MS = 3_600_000;
const startMs = Date.parse("2027-05-01T00:00:00Z");
const [FIRST = "", LAST = ""] = [Object.keys(steps)[0], Object.keys(steps).at(-1)];

/** A room with so many lines of the person, which it looks through fifty at a time, and what it was asked. */
function roomWith(lines: number) {
  const asked: number[] = [];
  const room = {
    end: async () => undefined,
    applyDecision: async () => ({ ok: true, value: undefined }),
    forgetMember: async (_: string, afterSeq: number) => {
      asked.push(afterSeq);
      const doneSeq = Math.min(lines, afterSeq + 50);
      return { doneSeq, headSeq: lines, blanked: doneSeq - afterSeq };
    },
  } as unknown as Awaited<ReturnType<Deps["reachRoom"]>>;
  return { room, asked };
}
const away: Deps["reachRoom"] = () => Promise.reject(new Error("away"));
const at = (nowMs: number, reachRoom: Deps["reachRoom"] = away): Deps => ({
  ...systemDeps,
  now: () => nowMs,
  sleep: async () => undefined,
  reachRoom,
});
const accountId = (of: number) => `acc_${String(of).padStart(3, "0")}`;
const erasureId = (of: number) => `era_${String(of).padStart(3, "0")}`;
const sessionId = (of: number) => `ses_${String(of).padStart(26, "0")}` as SessionId;
const memberId = (of: number) => `mem_${String(of).padStart(26, "0")}` as MemberId;

/** An account whose erasure has come to a step. */
async function begun(of: number, row: Partial<typeof accountErasures.$inferInsert> = {}): Promise<void> {
  await db.insert(accounts).values(accountRow(accountId(of)));
  const times = { confirmedAtMs: startMs, dueAtMs: startMs + ERASURE_DEADLINE_MS };
  const values = {
    id: erasureId(of),
    accountId: accountId(of),
    cause: "operator" as const,
    step: LAST,
    ...times,
    ...row,
  };
  await db.insert(accountErasures).values(values);
  await db.insert(erasureReceipts).values({ erasureId: erasureId(of) });
}
const erasure = (of: number) =>
  db
    .select()
    .from(accountErasures)
    .where(eq(accountErasures.id, erasureId(of)))
    .get();
const countsOf = async (of: number): Promise<Record<string, number>> =>
  JSON.parse(
    (
      await db
        .select()
        .from(erasureReceipts)
        .where(eq(erasureReceipts.erasureId, erasureId(of)))
        .get()
    )?.counts ?? "{}",
  );
const finishedAt = async () =>
  (
    await db
      .select({ id: accountErasures.id, at: accountErasures.finishedAtMs })
      .from(accountErasures)
      .orderBy(accountErasures.id)
  ).map(({ at: ms }) => ms);
/** Members of so many sessions that somebody else takes part in. */
async function shared(of: number, many: number): Promise<void> {
  await db.insert(accounts).values(accountRow("acc_other"));
  await fill(sessions, many, (n) => ({
    id: sessionId(n),
    name: "" as const,
    recordingPermitted: true,
    createdAtMs: 0,
  }));
  await fill(sessionMembers, many, (n) => ({
    sessionId: sessionId(n),
    accountId: accountId(of),
    memberId: memberId(n),
    role: "host" as const,
    joinedAtMs: 0,
  }));
  await fill(sessionMembers, many, (n) => ({
    sessionId: sessionId(n),
    accountId: "acc_other",
    memberId: memberId(n + many),
    role: "participant" as const,
    joinedAtMs: 1,
  }));
}

beforeEach(async () => {
  for (const table of [sessions, recordings, accountErasures, holds, deliveries, accounts]) await db.delete(table);
});

test("E3, E6: a run takes ten that are due, in their order, and each ends with its row, its name and its receipt", async () => {
  for (let of = 0; of < 12; of++) await begun(of, { nextTryAtMs: startMs - of });
  const nowMs = startMs + HOUR_MS;
  expect(await continueErasures(env, at(nowMs), plenty())).toMatchObject({ done: 10, finished: false });
  expect(await finishedAt()).toEqual([null, null, ...Array.from({ length: 10 }, () => nowMs)]);
  expect(await continueErasures(env, at(nowMs + 1), plenty())).toEqual({
    done: 2,
    rowsRead: expect.any(Number),
    finished: true,
  });
  expect(await db.$count(accounts)).toBe(0);
  expect(await erasure(0)).toMatchObject({ accountId: null, step: "", finishedAtMs: nowMs + 1 });
  const receipts = await db.select().from(erasureReceipts).orderBy(erasureReceipts.erasureId);
  expect(receipts.map(({ finishedAtMs }) => finishedAtMs)).toEqual(await finishedAt());
  expect(receipts.map(({ counts }) => JSON.parse(counts))).toEqual(receipts.map(() => ({ accounts: 1 })));
  expect(await continueErasures(env, at(nowMs + 2), plenty())).toMatchObject({ done: 0, finished: true });
});

test("E3, X30: one that does not get through waits for its time, the others go, and how long it has waited is said", async () => {
  await begun(1, { step: "rooms", confirmedAtMs: startMs - 8 * HOUR_MS, nextTryAtMs: 1 });
  await begun(2, { step: "rooms", confirmedAtMs: startMs - 40 * HOUR_MS, nextTryAtMs: 2 });
  await begun(3, { step: "rooms", confirmedAtMs: startMs - 4 * HOUR_MS, nextTryAtMs: 3 });
  await begun(4, { nextTryAtMs: 4 });
  await begun(5, { nextTryAtMs: startMs + 1 });
  await fill(sessions, 3, (n) => ({ id: sessionId(n), name: "" as const, recordingPermitted: true, createdAtMs: 0 }));
  await fill(sessionSeats, 3, (n) => ({ memberId: memberId(n), sessionId: sessionId(n), accountId: accountId(n + 1) }));
  expect(await continueErasures(env, at(startMs), plenty())).toMatchObject({
    done: 1,
    finished: false,
    oldestDueAtMs: startMs - 40 * HOUR_MS,
  });
  const next = async () => (await Promise.all([1, 2, 3, 4, 5].map(erasure))).map((row) => row?.nextTryAtMs);
  const waits = [8, 40, 4].map((hours) => nextTryAtMs(startMs, startMs - hours * HOUR_MS));
  expect(await next()).toEqual([...waits, 4, startMs + 1]);
  expect(await finishedAt()).toEqual([null, null, null, startMs, null]);
  // To the millisecond in its turn, and nobody before theirs.
  expect(await continueErasures(env, at(startMs + 1), plenty())).toMatchObject({ done: 1, finished: true });
  expect(await next()).toEqual([...waits, 4, startMs + 1]);
  const { room } = roomWith(0);
  const later = at(startMs + 6 * HOUR_MS, async () => room);
  expect(await continueErasures(env, later, plenty())).toMatchObject({ done: 3, finished: true });
});

test("E5: whoever is held is taken through the first step and no further, until the hold is released; one on logs holds nobody", async () => {
  for (const [of, step] of [FIRST, LAST, LAST, LAST].entries()) await begun(of, { step });
  const hold = { reason: "Complaint 12.", owner: "Ona", createdAtMs: startMs, reviewAtMs: startMs + HOUR_MS };
  await db.insert(holds).values([
    { ...hold, id: "hld_0", accountId: accountId(0) },
    { ...hold, id: "hld_1", accountId: accountId(1) },
    { ...hold, id: "hld_2", accountId: accountId(2), releasedAtMs: startMs },
    { ...hold, id: "hld_logs", logsFromMs: 0, logsToMs: 1 },
  ]);
  expect(await continueErasures(env, at(startMs), plenty())).toMatchObject({ done: 2, finished: false });
  expect(await finishedAt()).toEqual([null, null, startMs, startMs]);
  expect((await erasure(0))?.step).toBe("key");
  expect(await findAccountErasure(env.DB, erasureId(0))).toMatchObject({
    stepsDone: 1,
    heldUntilReviewAtMs: startMs + HOUR_MS,
  });
  // Who is held at a later step waits for the release, and holds up nothing.
  expect(await continueErasures(env, at(startMs + HOUR_MS), plenty())).toEqual({
    done: 0,
    rowsRead: expect.any(Number),
    finished: true,
  });
});

test("X30: an erasure begins only with calls enough for its largest step, and says what is left", async () => {
  await begun(1);
  expect(await continueErasures(env, at(startMs), new CallBudget(STEP_CALLS_MAX + 4))).toMatchObject({
    done: 0,
    finished: false,
  });
  expect(await finishedAt()).toEqual([null]);
  expect(await continueErasures(env, at(startMs), new CallBudget(STEP_CALLS_MAX + 5))).toMatchObject({
    done: 1,
    finished: true,
  });
});

test("E3: an erasure is begun once, with its time, its entry in the log and every door closed, and found by its id", async () => {
  const ada = accountId(1);
  await db.insert(accounts).values([accountRow(ada), accountRow(accountId(2))]);
  await db.insert(signIns).values(
    [1, 2].map((of) => ({
      id: `sin_${of}`,
      accountId: accountId(of),
      tokenHash: `hash ${of}`,
      label: SEALED,
      createdAtMs: startMs,
      expiresAtMs: startMs + 1e9,
    })),
  );
  const logged = async () => (await env.RECORDINGS.list({ prefix: "erasure-log/" })).objects.length;
  const before = await logged();
  const id = await startErasure(env, at(startMs), ada, "operator");
  expect(await startErasure(env, at(startMs + 1), ada, "person")).toBe(id);
  expect((await logged()) - before).toBe(1);
  expect(await db.select().from(accountErasures)).toEqual([
    {
      id,
      accountId: ada,
      cause: "operator",
      confirmedAtMs: startMs,
      dueAtMs: startMs + ERASURE_DEADLINE_MS,
      step: FIRST,
      nextTryAtMs: 0,
      finishedAtMs: null,
    },
  ]);
  expect(await db.select({ accountId: signIns.accountId }).from(signIns)).toEqual([{ accountId: accountId(2) }]);
  const found = {
    erasureId: id,
    confirmedAtMs: startMs,
    dueAtMs: startMs + ERASURE_DEADLINE_MS,
    finishedAtMs: null,
    stepsDone: 0,
    steps: Object.keys(steps).length,
    heldUntilReviewAtMs: null,
    counts: { signIns: 1 },
  };
  expect(await findAccountErasure(env.DB, id)).toEqual(found);
  expect(await findAccountErasure(env.DB, "era_none")).toBeNull();
  // A receipt that nobody can read is begun anew.
  await db.update(erasureReceipts).set({ counts: "{" });
  expect(await findAccountErasure(env.DB, id)).toEqual({ ...found, counts: null });
  for (let run = 1; run <= 3; run++) await continueErasures(env, at(startMs + run), plenty());
  expect(await findAccountErasure(env.DB, id)).toMatchObject({
    finishedAtMs: startMs + 1,
    stepsDone: Object.keys(steps).length,
    counts: { accounts: 1 },
  });
  await db.delete(erasureReceipts);
  expect((await findAccountErasure(env.DB, id))?.counts).toBeNull();
});

test("E3: of ever so many sessions each is left in its turn, and each room looked through to its end, but for one that goes anyway", async () => {
  const many = 11;
  await begun(1, { step: "sessions" });
  await shared(1, many);
  await db.insert(sessions).values({ id: sessionId(99), name: "", recordingPermitted: true, createdAtMs: 0 });
  await db.insert(sessionSeats).values({ memberId: memberId(99), sessionId: sessionId(99), accountId: accountId(1) });
  await db.insert(sessionErasures).values({ sessionId: sessionId(99), requestedAtMs: startMs, dueAtMs: startMs });
  const { room, asked } = roomWith(120);
  const reached: string[] = [];
  const reachRoom: Deps["reachRoom"] = async (_, id) => {
    reached.push(id);
    return room;
  };
  expect(await continueErasures(env, at(startMs, reachRoom), plenty())).toMatchObject({ done: 1, finished: true });
  expect(asked).toEqual(Array.from({ length: many }, () => [0, 50, 100]).flat());
  expect(reached).not.toContain(sessionId(99));
  expect(
    await db.select({ role: sessionMembers.role, accountId: sessionMembers.accountId }).from(sessionMembers),
  ).toEqual(Array.from({ length: many }, () => ({ role: "host", accountId: "acc_other" })));
  expect(await countsOf(1)).toMatchObject({ rooms: many + 1, roomLines: many * 120, accounts: 1 });
});

test("X30: a room that another run has looked through meanwhile is counted by that run alone, and on nobody else's receipt", async () => {
  await begun(1, { step: "rooms" });
  await begun(2, { step: "rooms", nextTryAtMs: startMs + HOUR_MS });
  for (const of of [1, 2]) {
    await db.insert(sessions).values({ id: sessionId(of), name: "", recordingPermitted: true, createdAtMs: 0 });
    await db.insert(sessionSeats).values({ memberId: memberId(of), sessionId: sessionId(of), accountId: accountId(1) });
  }
  const reachRoom: Deps["reachRoom"] = async (_, id) => {
    // The other run is through with the first of them before this one.
    if (id === sessionId(1)) await db.delete(sessionSeats).where(eq(sessionSeats.memberId, memberId(1)));
    return roomWith(20).room;
  };
  await continueErasures(env, at(startMs, reachRoom), plenty());
  expect(await countsOf(1)).toMatchObject({ rooms: 1, roomLines: 20 });
  expect(await countsOf(2)).toEqual({});
});

test("E3, E6: more rows of one kind than go at once go at last, and the receipt has them all", async () => {
  await begun(1, { step: "copies" });
  await begun(2, { step: "copies" });
  await fill(signInEvents, 10_003, (n) => ({
    id: `evt_${n}`,
    accountId: accountId(n < 10_001 ? 1 : 2),
    method: "password" as const,
    label: SEALED,
    atMs: startMs,
  }));
  await fill(deliveries, 10_003, (n) => ({
    recordingId: `rec_${n}`,
    receiverMemberId: "mem",
    sessionId: sessionId(1),
    name: SEALED,
    sha256: "",
    ownerAccountId: accountId(n < 10_001 ? 1 : 2),
    deliveredAtMs: startMs,
  }));
  await db.insert(exports).values(
    [1, 2].map((n) => ({
      id: `exp_${n}`,
      accountId: accountId(1),
      requestedAtMs: startMs,
      place: "{}",
      expiresAtMs: startMs + 1e9,
    })),
  );
  for (const n of [1, 2]) await env.RECORDINGS.put(`exports/exp_${n}/000000`, "a piece");
  expect(await continueErasures(env, at(startMs), plenty())).toMatchObject({ done: 2, finished: true });
  expect(await countsOf(1)).toEqual({ copies: 10_001, signInEvents: 10_001, accounts: 1 });
  expect(await countsOf(2)).toEqual({ copies: 2, signInEvents: 2, accounts: 1 });
  expect((await env.RECORDINGS.list({ prefix: "exports/" })).objects).toEqual([]);
  expect(await db.$count(deliveries, eq(deliveries.wishedAtMs, startMs))).toBe(10_003);
});

test("E3: recordings go with their objects, counted; one whose upload the store will not give up waits", async () => {
  await begun(1, { step: "recordings" });
  await begun(2, { step: "recordings" });
  await db.insert(sessions).values({ id: sessionId(1), name: "", recordingPermitted: true, createdAtMs: 0 });
  const one = (id: string, of: number, uploadId: string | null) =>
    recordingRow({ id, sessionId: sessionId(1), accountId: accountId(of), createdAtMs: startMs, uploadId });
  await db.insert(recordings).values([one("rec_a", 1, null), one("rec_b", 1, null), one("rec_c", 2, "held")]);
  for (const id of ["rec_a", "rec_b"]) await env.RECORDINGS.put(`recordings/${sessionId(1)}/${id}.wav`, "sound");
  const abort = () => Promise.reject(new Error("abortMultipartUpload: We encountered an internal error. (10001)"));
  const RECORDINGS = new Proxy(env.RECORDINGS, {
    get: (bucket, name) => {
      const value: unknown = name === "resumeMultipartUpload" ? () => ({ abort }) : Reflect.get(bucket, name);
      return typeof value === "function" ? value.bind(bucket) : value;
    },
  });
  expect(await continueErasures({ ...env, RECORDINGS }, at(startMs), plenty())).toMatchObject({
    done: 1,
    finished: false,
    oldestDueAtMs: startMs,
  });
  expect(await finishedAt()).toEqual([startMs, null]);
  expect(await countsOf(1)).toEqual({ recordings: 2, accounts: 1 });
  expect((await env.RECORDINGS.list({ prefix: "recordings/" })).objects).toEqual([]);
  const left = await db.select({ id: recordings.id, state: recordings.state }).from(recordings);
  expect(left).toEqual([{ id: "rec_c", state: "deleting" }]);
});
