import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { accounts, roomCalls, sessionErasures, sessionMembers, sessions } from "../../migrations/schema.ts";
import { type MemberId, newId, type SessionId } from "../../protocol/ids.ts";
import { type Deps, systemDeps } from "../platform/deps.ts";
import { SEALED } from "../testing/rows.ts";
import { accountOf, plenty, seedPeople } from "../testing/studio.ts";
import { db } from "../testing/tables.ts";
import { leaveSessions } from "./leave-sessions.ts";

const members = [
  ["ada", "host"],
  ["ben", "host"],
  ["cleo", "observer"],
  ["dan", "participant"],
  ["eve", "participant"],
] as const;

vi.spyOn(console, "log").mockImplementation(() => undefined);
/** What the rooms were told, and which of them were ended. */
let told: unknown[] = [];
let ended: string[] = [];
const deps: Deps = {
  ...systemDeps,
  reachRoom: async (_, id) =>
    ({
      end: async () => void ended.push(id),
      applyDecision: async (by: MemberId, _event: string, _number: number, body: object) => {
        told.push({ by, ...body });
        return { ok: true, value: undefined };
      },
    }) as unknown as Awaited<ReturnType<Deps["reachRoom"]>>,
};
const silent: Deps = { ...systemDeps, reachRoom: () => Promise.reject(new Error("away")) };
const memberId = (who: string, of: number) => `mem_${`${who}${of}`.padStart(26, "0")}` as MemberId;

/** A session with these in it, in the order in which they came. */
async function session(of: number, people: Record<string, "host" | "participant" | "observer">): Promise<SessionId> {
  const sessionId = `ses_${String(of).padStart(26, "0")}` as SessionId;
  await db.insert(sessions).values({ id: sessionId, name: SEALED, recordingPermitted: true, createdAtMs: 0 });
  const rows = Object.entries(people).map(([who, role], at) => ({
    sessionId,
    accountId: accountOf(who),
    memberId: memberId(who, of),
    role,
    joinedAtMs: at,
  }));
  await db.insert(sessionMembers).values(rows);
  return sessionId;
}
const rolesIn = async (sessionId: SessionId) =>
  (
    await db
      .select({ role: sessionMembers.role })
      .from(sessionMembers)
      .where(eq(sessionMembers.sessionId, sessionId))
      .orderBy(sessionMembers.joinedAtMs)
  ).map(({ role }) => role);
const waiting = async () =>
  (await db.select({ body: roomCalls.body }).from(roomCalls).orderBy(roomCalls.number)).map(({ body }) =>
    JSON.parse(body),
  );

beforeEach(async () => {
  for (const table of [sessionErasures, sessions, accounts]) await db.delete(table);
  [told, ended] = [[], []];
});

test("E3: the room is told at once who hosts it now and who has gone; where a host stays, nobody else becomes one", async () => {
  await seedPeople(["ada", "ben", "cleo"]);
  const first = await session(1, { ada: "host", ben: "participant", cleo: "participant" });
  const second = await session(2, { ada: "host", ben: "participant", cleo: "host" });
  expect(await leaveSessions(env, deps, accountOf("ada"), 10, plenty())).toBe(2);
  expect([await rolesIn(first), await rolesIn(second)]).toEqual([
    ["host", "participant"],
    ["participant", "host"],
  ]);
  const gone = (of: number) => ({ by: memberId("ada", of), kind: "remove", memberId: memberId("ada", of) });
  const heir = { by: memberId("ada", 1), kind: "role", memberId: memberId("ben", 1), role: "host" };
  expect(told).toEqual([heir, gone(1), gone(2)]);
  expect(await waiting()).toEqual([]);
});

test("E3, X20: a room that does not answer is told later: the decisions lie with the database", async () => {
  await seedPeople(["ada", "ben"]);
  const sessionId = await session(1, { ada: "host", ben: "observer" });
  await session(2, { ben: "host" });
  await leaveSessions(env, silent, accountOf("ada"), 10, plenty());
  expect(await rolesIn(sessionId)).toEqual(["host"]);
  expect(await waiting()).toEqual([
    { kind: "remove", memberId: memberId("ada", 1) },
    { kind: "role", memberId: memberId("ben", 1), role: "host" },
  ]);
});

test("E3, E2: a session in which nobody is left is deleted at once, and names nobody who asked; others' stays", async () => {
  await seedPeople(["ada", "ben"]);
  const alone = await session(1, { ada: "host" });
  const others = await session(2, { ben: "host" });
  expect(await leaveSessions(env, deps, accountOf("ada"), 10, plenty())).toBe(1);
  expect(ended).toEqual([alone]);
  expect(await db.select().from(sessionErasures)).toMatchObject([
    { sessionId: alone, requestedBy: null, finishedAtMs: expect.any(Number) },
  ]);
  expect(await db.select({ id: sessions.id }).from(sessions)).toEqual([{ id: others }]);
  expect([told, await waiting()]).toEqual([[], []]);
});

test("E3, X29: two hosts who are erased at once leave one host, whoever has taken part longest", async () => {
  await seedPeople(members.map(([who]) => who));
  const sessionId = newId("ses", systemDeps.random);
  await db.insert(sessions).values({ id: sessionId, name: SEALED, recordingPermitted: true, createdAtMs: 0 });
  await db.insert(sessionMembers).values(
    members.map(([who, role], at) => ({
      sessionId,
      accountId: accountOf(who),
      memberId: newId("mem", systemDeps.random),
      role,
      joinedAtMs: at,
    })),
  );
  const gone = await Promise.all(
    ["ada", "ben"].map((who) => leaveSessions(env, systemDeps, accountOf(who), 10, plenty())),
  );
  expect(gone).toEqual([1, 1]);
  const { results } = await env.DB.prepare(
    "SELECT account_id AS accountId, role FROM session_members WHERE session_id = ? ORDER BY joined_at_ms",
  )
    .bind(sessionId)
    .all();
  expect(results).toEqual([
    { accountId: accountOf("cleo"), role: "observer" },
    { accountId: accountOf("dan"), role: "host" },
    { accountId: accountOf("eve"), role: "participant" },
  ]);
});
