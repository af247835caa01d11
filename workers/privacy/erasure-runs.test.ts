import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { accountErasures, accounts, sessionMembers, sessionSeats, sessions } from "../../migrations/schema.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { CallBudget, metered } from "../platform/call-budget.ts";
import { type Deps, systemDeps } from "../platform/deps.ts";
import { accountRow } from "../testing/rows.ts";
import { plenty } from "../testing/studio.ts";
import { db, fill } from "../testing/tables.ts";
import { continueErasures, isUpToDate, startErasure } from "./account-erasure.ts";
import { logErasure } from "./erasure-log.ts";
import { STEP_CALLS_MAX } from "./erasure-steps.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const startMs = Date.parse("2027-05-01T00:00:00Z");
const room = {
  applyDecision: async () => ({ ok: true, value: undefined }),
  forgetMember: async () => ({ doneSeq: 0, headSeq: 0, blanked: 0 }),
} as unknown as Awaited<ReturnType<Deps["reachRoom"]>>;
const deps: Deps = { ...systemDeps, now: () => startMs, sleep: async () => undefined, reachRoom: async () => room };
const accountId = (of: number) => `acc_${String(of).padStart(3, "0")}`;
const erasureId = (of: number) => `era_${String(of).padStart(3, "0")}`;
const sessionId = (of: number) => `ses_${String(of).padStart(26, "0")}` as SessionId;
const memberId = (of: number) => `mem_${String(of).padStart(26, "0")}` as MemberId;

async function begun(of: number, step: string): Promise<void> {
  await db.insert(accounts).values(accountRow(accountId(of)));
  await db.insert(accountErasures).values({
    id: erasureId(of),
    accountId: accountId(of),
    cause: "operator",
    step,
    confirmedAtMs: startMs,
    dueAtMs: startMs + ERASURE_DEADLINE_MS,
    nextTryAtMs: of,
  });
}
const erasures = () => db.select().from(accountErasures).orderBy(accountErasures.id);
const known = () => db.$count(accountErasures);
const logged = (of: number, whose = of) =>
  logErasure(env, deps, { erasureId: erasureId(of), accountId: accountId(whose), confirmedAtMs: startMs - 100 + of });
/** A binding with one of its methods made otherwise. */
const otherwise = <Target extends object>(target: Target, name: string, method: unknown): Target =>
  new Proxy(target, {
    get: (_, asked) => {
      const value: unknown = asked === name ? method : Reflect.get(target, asked);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

beforeEach(async () => {
  for (const table of [sessions, accountErasures, accounts]) await db.delete(table);
  await env.RECORDINGS.delete((await env.RECORDINGS.list()).objects.map(({ key }) => key));
});

test("E3: of two that are begun at once one is carried out, and both are told its id", async () => {
  await db.insert(accounts).values(accountRow(accountId(1)));
  let other: string | undefined;
  const put = async (...entry: Parameters<R2Bucket["put"]>) => {
    const written = await env.RECORDINGS.put(...entry);
    other ??= await startErasure(env, deps, accountId(1), "operator");
    return written;
  };
  const bindings = { ...env, RECORDINGS: otherwise(env.RECORDINGS, "put", put) };
  expect(await startErasure(bindings, deps, accountId(1), "person")).toBe(other);
  expect((await erasures()).map(({ id }) => id)).toEqual([other]);
});

test("X20: one that another run has ended meanwhile has ended, and is left as it is", async () => {
  await begun(1, "rooms");
  await begun(2, "rows");
  await db.insert(sessions).values({ id: sessionId(1), name: "", recordingPermitted: true, createdAtMs: 0 });
  await db.insert(sessionSeats).values({ memberId: memberId(1), sessionId: sessionId(1), accountId: accountId(1) });
  const ended = { accountId: null, step: "", finishedAtMs: startMs - 1 };
  const reachRoom: Deps["reachRoom"] = async () => {
    await db
      .update(accountErasures)
      .set(ended)
      .where(eq(accountErasures.id, erasureId(2)));
    return room;
  };
  expect(await continueErasures(env, { ...deps, reachRoom }, plenty())).toMatchObject({ done: 2, finished: true });
  expect((await erasures())[1]).toMatchObject({ ...ended, nextTryAtMs: 2 });
});

test("X20, X30: one whose store does not answer waits for its next try; what is broken is heard of", async () => {
  await begun(1, "key");
  const away = () => Promise.reject(new Error("delete: We encountered an internal error. (10001)"));
  const bindings = { ...env, RECORDINGS: otherwise(env.RECORDINGS, "delete", away) };
  expect(await continueErasures(bindings, deps, plenty())).toMatchObject({
    done: 0,
    finished: false,
    oldestDueAtMs: startMs,
  });
  const [left] = await erasures();
  expect(left).toMatchObject({ step: "key", finishedAtMs: null });
  expect(left?.nextTryAtMs).toBeGreaterThan(startMs);
  await db.update(accountErasures).set({ nextTryAtMs: 0 });
  const prepare = (sql: string) => {
    if (sql.startsWith("UPDATE account_erasures SET step")) throw new TypeError("A bug.");
    return env.DB.prepare(sql);
  };
  const broken = { ...env, DB: otherwise(env.DB, "prepare", prepare) };
  await expect(continueErasures(broken, deps, plenty())).rejects.toThrow("A bug.");
});

test("X30: one that is large leaves half of a run for those behind it", async () => {
  await begun(1, "sessions");
  await begun(2, "rows");
  const many = 60;
  await fill(sessions, many, (n) => ({
    id: sessionId(n),
    name: "" as const,
    recordingPermitted: true,
    createdAtMs: 0,
  }));
  const member = (of: number, n: number) => ({
    sessionId: sessionId(n),
    accountId: accountId(of),
    memberId: memberId(of * many + n),
    role: "host" as const,
    joinedAtMs: 0,
  });
  await db.insert(accounts).values(accountRow(accountId(3)));
  for (const of of [1, 3]) await fill(sessionMembers, many, (n) => member(of, n));
  const budget = new CallBudget(4 * STEP_CALLS_MAX);
  const bound = metered(env, deps, budget);
  expect(await continueErasures(bound.env, bound.deps, budget)).toMatchObject({ done: 1, finished: false });
  expect((await erasures()).map(({ finishedAtMs }) => finishedAtMs)).toEqual([null, startMs]);
  const left = await db.$count(sessionMembers, eq(sessionMembers.accountId, accountId(1)));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(many);
});

test("X21: what a database has forgotten is written down again to the last entry, with calls for five or not at all", async () => {
  for (let of = 1; of <= 12; of++) await logged(of);
  expect(await continueErasures(env, deps, new CallBudget(80))).toMatchObject({ done: 0, finished: false });
  expect(await known()).toBe(0);
  await continueErasures(env, deps, plenty());
  expect(await known()).toBe(12);
});

test("X21: entries of one account of which one is carried out keep nobody waiting", async () => {
  for (let of = 1; of <= 6; of++) await logged(of, 1);
  const budget = new CallBudget(2_000);
  const bound = metered(env, deps, budget);
  expect(await continueErasures(bound.env, bound.deps, budget)).toMatchObject({ done: 1, finished: true });
  expect((await erasures()).map(({ id }) => id)).toEqual([erasureId(1)]);
});

test("X21: nobody is served before the last one is written down, and what a request can do of it is done at once", async () => {
  for (let of = 1; of <= 40; of++) await logged(of);
  expect(await isUpToDate(env, deps)).toBe(false);
  expect(await known()).toBeGreaterThan(0);
  expect(await known()).toBeLessThan(40);
  await env.RECORDINGS.delete((await env.RECORDINGS.list()).objects.map(({ key }) => key));
  await db.delete(accountErasures);
  await db.insert(accounts).values(accountRow(accountId(1)));
  await logged(1);
  expect(await isUpToDate(env, deps)).toBe(true);
  const [one] = await erasures();
  expect([one?.id, one?.step === "profile"]).toEqual([erasureId(1), false]);
});
