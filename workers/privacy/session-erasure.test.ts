import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import {
  accounts,
  holds,
  invites,
  recordings,
  roomCalls,
  sessionErasures,
  sessionGuests,
  sessionMembers,
  sessionSeats,
  sessions,
} from "../../migrations/schema.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { CallBudget } from "../platform/call-budget.ts";
import { type Deps, systemDeps } from "../platform/deps.ts";
import { isGivenUp } from "../recordings/deletion.ts";
import { accountRow, recordingRow, SEALED } from "../testing/rows.ts";
import { plenty } from "../testing/studio.ts";
import { db, fill } from "../testing/tables.ts";
import {
  closeSession,
  continueErasure,
  dueErasures,
  findErasure,
  findOwnErasure,
  postponeErasure,
  requestErasure,
} from "./session-erasure.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const startMs = Date.parse("2027-05-01T00:00:00Z");
const TURN_MS = 10_000;
const sessionId = (of: number) => `ses_${String(of).padStart(26, "0")}` as SessionId;
const memberId = (of: number) => `mem_${String(of).padStart(26, "0")}` as MemberId;
const people = ["acc_host", "acc_player", "acc_stranger"] as const;

let ended: string[] = [];
let aborted: string[] = [];
/** What happens while an upload is given up. */
let meanwhile: () => Promise<unknown> = async () => undefined;
const room = { end: async () => undefined } as unknown as Awaited<ReturnType<Deps["reachRoom"]>>;
const at = (nowMs: number, isAway = false): Deps => ({
  ...systemDeps,
  now: () => nowMs,
  sleep: async () => undefined,
  reachRoom: async (_, id) => {
    if (isAway) throw new Error("away");
    ended.push(id);
    return room;
  },
});
/** The store, which gives an upload up unless it is called "held". */
const bindings = {
  ...env,
  RECORDINGS: new Proxy(env.RECORDINGS, {
    get: (bucket, name) => {
      const resume = (key: string, uploadId: string) => ({
        abort: async () => {
          aborted.push(key);
          await meanwhile();
          if (uploadId === "held") throw new Error("abortMultipartUpload: We encountered an internal error. (10001)");
        },
      });
      const value: unknown = name === "resumeMultipartUpload" ? resume : Reflect.get(bucket, name);
      return typeof value === "function" ? value.bind(bucket) : value;
    },
  }),
};
const heldRow = {
  id: "rec_0003" as const,
  sessionId: sessionId(1),
  accountId: people[0],
  uploadId: "held",
  createdAtMs: startMs,
};
const carryOn = (of: number, nowMs: number, isAway = false, budget = plenty()) =>
  continueErasure(bindings, at(nowMs, isAway), sessionId(of), budget);

/** A session of the host's with a player in it, and what hangs on one. */
async function session(of: number): Promise<void> {
  await db.insert(sessions).values({ id: sessionId(of), name: SEALED, recordingPermitted: true, createdAtMs: 0 });
  await db.insert(sessionMembers).values(
    (["host", "participant"] as const).map((role, n) => ({
      sessionId: sessionId(of),
      accountId: people[n] ?? "",
      memberId: memberId(2 * of + n),
      role,
      joinedAtMs: 0,
    })),
  );
  await db.insert(invites).values({
    id: `inv_${of}`,
    sessionId: sessionId(of),
    codeHash: `code ${of}`,
    role: "participant",
    usesLeft: 1,
    createdAtMs: 0,
    expiresAtMs: startMs + 1e9,
  });
  await db.insert(sessionGuests).values({
    memberId: memberId(100 + of),
    sessionId: sessionId(of),
    tokenHash: `token ${of}`,
    displayName: SEALED,
    role: "participant",
    inviteId: `inv_${of}`,
    joinedAtMs: startMs - 1_000,
    expiresAtMs: startMs + 1e9,
  });
  await db.insert(roomCalls).values({
    eventId: `call ${of}`,
    sessionId: sessionId(of),
    fromMemberId: memberId(2 * of),
    body: "{}",
    createdAtMs: 0,
  });
}
const take = (id: string, of: number, more: Partial<typeof recordings.$inferInsert> = {}) =>
  db.insert(recordings).values({
    ...recordingRow({ id, sessionId: sessionId(of), accountId: people[0], createdAtMs: startMs }),
    expiresAtMs: startMs + 1e9,
    ...more,
  });
/** What is left of a session, table by table. */
const left = async (of: number) => ({
  members: await db.$count(sessionMembers, eq(sessionMembers.sessionId, sessionId(of))),
  invites: await db.$count(invites, eq(invites.sessionId, sessionId(of))),
  calls: await db.$count(roomCalls, eq(roomCalls.sessionId, sessionId(of))),
  guests: (
    await db
      .select()
      .from(sessionGuests)
      .where(eq(sessionGuests.sessionId, sessionId(of)))
  ).map(({ expiresAtMs }) => expiresAtMs),
  name: (
    await db
      .select()
      .from(sessions)
      .where(eq(sessions.id, sessionId(of)))
      .get()
  )?.name,
  takes: (
    await db
      .select()
      .from(recordings)
      .where(eq(recordings.sessionId, sessionId(of)))
  ).map(({ state, expiresAtMs }) => [state, expiresAtMs]),
});
const whole = {
  members: 2,
  invites: 1,
  calls: 1,
  guests: [startMs + 1e9],
  name: SEALED,
  takes: [["complete", startMs + 1e9]],
};
const erasure = (of: number) =>
  db
    .select()
    .from(sessionErasures)
    .where(eq(sessionErasures.sessionId, sessionId(of)))
    .get();
const request = (of: number, who: (typeof people)[number], nowMs = startMs) =>
  requestErasure(env.DB, sessionId(of), who, nowMs);

beforeEach(async () => {
  for (const table of [recordings, sessions, sessionErasures, holds, accounts]) await db.delete(table);
  const { objects } = await env.RECORDINGS.list();
  await env.RECORDINGS.delete(objects.map(({ key }) => key));
  await db.insert(accounts).values(people.map(accountRow));
  [ended, aborted] = [[], []];
  meanwhile = async () => undefined;
});

test("E2: the host closes a session to everybody at once, and no other with it; nobody else may, and asking again is the same", async () => {
  for (const of of [1, 2]) await session(of);
  await take("rec_1", 1);
  await take("rec_2", 2);
  expect(await request(1, "acc_player")).toBe("forbidden");
  expect(await request(1, "acc_stranger")).toBe("not-found");
  expect([await left(1), await erasure(1)]).toEqual([whole, undefined]);
  expect(await request(1, "acc_host")).toBe("requested");
  expect(await left(1)).toEqual({
    members: 0,
    invites: 0,
    calls: 0,
    guests: [startMs - 1_000],
    name: "",
    takes: [["deleting", startMs]],
  });
  expect(await left(2)).toEqual(whole);
  expect(await erasure(1)).toEqual({
    sessionId: sessionId(1),
    requestedBy: "acc_host",
    requestedAtMs: startMs,
    dueAtMs: startMs + ERASURE_DEADLINE_MS,
    recordingsDeleted: 1,
    objectsDeleted: 0,
    nextTryAtMs: startMs + TICKET_LIFETIME_MS,
    finishedAtMs: null,
  });
  expect(await request(1, "acc_host", startMs + 1)).toBe("requested");
  expect((await erasure(1))?.requestedAtMs).toBe(startMs);
  for (const who of ["acc_player", "acc_stranger"] as const) expect(await request(1, who)).toBe("not-found");
  const shown = {
    requestedAtMs: startMs,
    dueAtMs: startMs + ERASURE_DEADLINE_MS,
    finishedAtMs: null,
    objectsDeleted: 0,
    recordingsDeleted: 0,
    notice: expect.stringContaining("out of our reach"),
  };
  expect(await findOwnErasure(env.DB, sessionId(1), "acc_host")).toEqual({ ...shown, sessionId: sessionId(1) });
  expect(await findOwnErasure(env.DB, sessionId(1), "acc_player")).toBeNull();
  expect(await findErasure(env.DB, sessionId(2))).toBeNull();
  // A condition that does not hold closes nothing.
  await env.DB.batch(closeSession(env.DB, sessionId(2), null, startMs, "0"));
  expect([await left(2), await erasure(2)]).toEqual([whole, undefined]);
});

test("E2, X30: an account's deletions wait one behind the other, and nobody else's behind them", async () => {
  for (const of of [1, 2, 3, 4, 5]) await session(of);
  await env.DB.batch(closeSession(env.DB, sessionId(4), "acc_player", startMs + 1e6));
  const next = async (of: number) => (await erasure(of))?.nextTryAtMs;
  await request(1, "acc_host");
  await request(2, "acc_host");
  await request(3, "acc_host");
  const firstMs = startMs + TICKET_LIFETIME_MS;
  expect([await next(1), await next(2), await next(3)]).toEqual([firstMs, firstMs + TURN_MS, firstMs + 2 * TURN_MS]);
  // What has finished keeps nothing waiting, and neither does what is long over.
  await db.update(sessionErasures).set({ finishedAtMs: startMs });
  await request(5, "acc_host");
  expect(await next(5)).toBe(firstMs);
  await session(6);
  await request(6, "acc_host", startMs + 1e7);
  expect(await next(6)).toBe(startMs + 1e7 + TICKET_LIFETIME_MS);
});

test("E2, E5: due is what is not finished, has come to its time and is of nobody who is held, the longest wait first", async () => {
  for (let of = 1; of <= 6; of++) {
    await session(of);
    await request(of, "acc_host", startMs + of);
    await db
      .update(sessionErasures)
      .set({ nextTryAtMs: startMs - of })
      .where(eq(sessionErasures.sessionId, sessionId(of)));
  }
  const set = (of: number, values: Partial<typeof sessionErasures.$inferInsert>) =>
    db
      .update(sessionErasures)
      .set(values)
      .where(eq(sessionErasures.sessionId, sessionId(of)));
  await set(1, { finishedAtMs: startMs });
  await set(2, { nextTryAtMs: startMs + 1 });
  await set(3, { nextTryAtMs: startMs });
  const due = async (limit = 10) =>
    (await dueErasures(env.DB, startMs, limit)).results.map(({ sessionId: id, requestedAtMs }) => [id, requestedAtMs]);
  const row = (of: number) => [sessionId(of), startMs + of];
  expect(await due()).toEqual([6, 5, 4, 3].map(row));
  expect(await due(2)).toEqual([6, 5].map(row));
  await postponeErasure(env.DB, sessionId(6), startMs + 1);
  await postponeErasure(env.DB, sessionId(1), 7);
  expect(await due()).toEqual([5, 4, 3].map(row));
  expect([(await erasure(5))?.nextTryAtMs, (await erasure(1))?.nextTryAtMs]).toEqual([startMs - 5, startMs - 1]);
  // A player of session 7 is held: that one waits, until it is released.
  await session(7);
  await request(7, "acc_host", startMs);
  await set(7, { nextTryAtMs: 0 });
  await db.insert(accounts).values(accountRow("acc_held"));
  await db.insert(sessionSeats).values({ memberId: "mem_held", sessionId: sessionId(7), accountId: "acc_held" });
  expect((await due())[0]).toEqual([sessionId(7), startMs]);
  const hold = { reason: "Complaint 12.", owner: "Ona", createdAtMs: startMs, reviewAtMs: startMs };
  await db.insert(holds).values({ ...hold, id: "hld_1", accountId: "acc_held" });
  expect(await due()).toEqual([5, 4, 3].map(row));
  expect(await carryOn(7, startMs + 1e9)).toBe(false);
  expect(ended).toEqual([]);
  await db.update(holds).set({ releasedAtMs: startMs });
  expect((await due())[0]).toEqual([sessionId(7), startMs]);
  expect(await carryOn(7, startMs + 1e9)).toBe(true);
});

test("E2: room, guests, key, objects and rows go, counted; what was shared is looked at once more when no ticket opens the room", async () => {
  for (const of of [1, 2]) await session(of);
  await take("rec_1", 1);
  await take("rec_2", 1, { state: "uploading", uploadId: "open" });
  await take("rec_3", 2);
  for (const key of [
    `recordings/${sessionId(1)}/rec_1.wav`,
    `recordings/${sessionId(1)}/rec_1.peaks`,
    `keys/${sessionId(1)}`,
  ])
    await env.RECORDINGS.put(key, "x");
  await env.RECORDINGS.put(`recordings/${sessionId(2)}/rec_3.wav`, "x");
  // What a guest is called lies under a key of their own.
  for (const of of [1, 2]) await env.RECORDINGS.put(`keys/${memberId(100 + of)}`, "x");
  await request(1, "acc_host");
  const keys = async () => (await env.RECORDINGS.list()).objects.map(({ key }) => key);
  // While the room does not answer nothing but the key has gone.
  expect(await carryOn(1, startMs, true)).toBe(false);
  expect(await keys()).toHaveLength(5);
  expect(await carryOn(1, startMs + TICKET_LIFETIME_MS - 1)).toBe(false);
  expect(ended).toEqual([sessionId(1)]);
  expect(await keys()).toEqual([`keys/${memberId(102)}`, `recordings/${sessionId(2)}/rec_3.wav`]);
  expect(aborted).toEqual([`recordings/${sessionId(1)}/rec_2.wav`]);
  expect(await db.select({ id: sessions.id }).from(sessions)).toEqual([{ id: sessionId(2) }]);
  expect(await db.select({ id: recordings.id }).from(recordings)).toEqual([{ id: "rec_3" }]);
  expect(await db.$count(sessionGuests)).toBe(1);
  expect(await findErasure(env.DB, sessionId(1))).toMatchObject({
    finishedAtMs: null,
    objectsDeleted: 2,
    recordingsDeleted: 2,
  });
  expect(await carryOn(1, startMs + TICKET_LIFETIME_MS)).toBe(true);
  expect((await erasure(1))?.finishedAtMs).toBe(startMs + TICKET_LIFETIME_MS);
  // What has finished is not finished anew.
  expect(await carryOn(1, startMs + 1e9)).toBe(false);
  expect((await erasure(1))?.finishedAtMs).toBe(startMs + TICKET_LIFETIME_MS);
});

test("E2: where nothing was shared it is over at once; an object without a row is looked at once more", async () => {
  for (const of of [1, 2]) {
    await session(of);
    await request(of, "acc_host");
  }
  expect(await carryOn(1, startMs)).toBe(true);
  expect([(await erasure(1))?.finishedAtMs, (await erasure(2))?.finishedAtMs]).toEqual([startMs, null]);
  await env.RECORDINGS.put(`recordings/${sessionId(2)}/rec_late.wav`, "x");
  expect(await carryOn(2, startMs)).toBe(false);
  expect(await carryOn(2, startMs + TICKET_LIFETIME_MS)).toBe(true);
});

test("E2, X30: an upload that is not given up stays with its row, the others go, and the session is not over", async () => {
  await session(1);
  const many = 500;
  await fill(recordings, many, (n) => ({
    ...recordingRow({ id: `rec_${String(n).padStart(4, "0")}`, sessionId: sessionId(1), accountId: people[0] }),
    createdAtMs: startMs,
    uploadId: n === 3 ? "held" : null,
  }));
  await take("rec_9998", 1, { uploadId: "open" });
  await take("rec_9999", 1);
  await request(1, "acc_host");
  expect(await carryOn(1, startMs + TICKET_LIFETIME_MS)).toBe(false);
  expect(await db.select({ id: recordings.id }).from(recordings)).toEqual([{ id: "rec_0003" }]);
  expect(aborted.filter((key) => key.endsWith("rec_9998.wav"))).toHaveLength(1);
  // The one that is held was asked for once, as often as any call is, and not again with each page.
  const once = aborted.length;
  expect(await isGivenUp(bindings, at(startMs), heldRow, "held")).toBe(false);
  expect(once - 1).toBe(aborted.length - once);
  expect(await db.$count(sessions)).toBe(1);
  expect(await findErasure(env.DB, sessionId(1))).toMatchObject({ recordingsDeleted: many + 1, finishedAtMs: null });
});

test("E2, X30: what comes back while the rows go is looked for before the session is over, with calls for it or by the next run", async () => {
  await session(1);
  await take("rec_1", 1, { uploadId: "open" });
  await request(1, "acc_host");
  const budget = new CallBudget(100);
  meanwhile = async () => {
    budget.spend(95);
    await env.RECORDINGS.put(`recordings/${sessionId(1)}/rec_1.wav`, "x");
  };
  expect(await carryOn(1, startMs + TICKET_LIFETIME_MS, false, budget)).toBe(false);
  expect((await env.RECORDINGS.list()).objects).toHaveLength(1);
  expect([await db.$count(sessions), (await erasure(1))?.finishedAtMs]).toEqual([1, null]);
  expect(await carryOn(1, startMs + TICKET_LIFETIME_MS)).toBe(true);
  expect((await env.RECORDINGS.list()).objects).toEqual([]);
});

test("E2, X30: without calls for a step nothing of it is begun; what is broken is heard of", async () => {
  await session(1);
  await take("rec_1", 1);
  await env.RECORDINGS.put(`recordings/${sessionId(1)}/rec_1.wav`, "x");
  await request(1, "acc_host");
  expect(await carryOn(1, startMs + TICKET_LIFETIME_MS, false, new CallBudget(7))).toBe(false);
  expect((await env.RECORDINGS.list()).objects).toHaveLength(1);
  const broken = (error: Error) => ({
    ...bindings,
    RECORDINGS: { list: () => Promise.reject(error), delete: async () => undefined },
  });
  // A store that is away is asked again by the next run.
  const away = broken(new Error("list: We encountered an internal error. (10001)")) as unknown as typeof bindings;
  expect(await continueErasure(away, at(startMs), sessionId(1), plenty())).toBe(false);
  const DB = new Proxy(env.DB, {
    get: (database, name) => {
      if (name === "prepare") throw new TypeError("A bug.");
      const value: unknown = Reflect.get(database, name);
      return typeof value === "function" ? value.bind(database) : value;
    },
  });
  await expect(continueErasure({ ...bindings, DB }, at(startMs), sessionId(1), plenty())).rejects.toThrow("A bug.");
  expect(await carryOn(1, startMs + TICKET_LIFETIME_MS, false, new CallBudget(8))).toBe(true);
});
