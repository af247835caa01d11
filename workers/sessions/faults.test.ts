import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { Role } from "../../protocol/roles.ts";
import { consume } from "../auth/rate-limits.ts";
import { accountOf, Studio, seedPeople } from "../testing/studio.ts";

let studio: Studio;

beforeEach(async () => {
  for (const table of ["sessions", "accounts", "rate_limits"]) await env.DB.prepare(`DELETE FROM ${table}`).run();
  await seedPeople(["ada", "ben", "eve"]);
  studio = new Studio();
  await studio.meet();
});

const invite = async (role: Role = "participant", uses = 10): Promise<string> => {
  studio.nowMs += 1_000;
  const path = `/sessions/${studio.sessionId}/invites`;
  const made = await studio.ask("ada", "POST", path, { body: { role, uses } });
  return (await made.json<{ code: string }>()).code;
};
const accept = async (who: string, code: string) => {
  studio.nowMs += 1_000;
  return (await studio.ask(who, "POST", "/invites/accept", { body: { code } })).status;
};
const members = async () => {
  const session = await studio.ask("ada", "GET", `/sessions/${studio.sessionId}`);
  return (await session.json<{ members: { memberId: string; displayName: string; role: Role }[] }>()).members;
};
const pathOf = async (who: string) => {
  const member = (await members()).find(({ displayName }) => displayName === who);
  return `/sessions/${studio.sessionId}/members/${member?.memberId}`;
};

test("X37, X18, C1: whoever was removed does not come back by an invite from before, nor by another that they had; by a new one they do", async () => {
  const [old, another] = [await invite(), await invite("observer")];
  expect(await accept("ben", old)).toBe(200);
  expect((await studio.ask("ada", "DELETE", await pathOf("ben"))).status).toBe(204);
  expect(await accept("ben", old)).toBe(404);
  expect(await accept("ben", another)).toBe(404);
  expect(await accept("eve", old)).toBe(200);
  expect(await accept("ben", await invite("observer"))).toBe(200);
  expect((await members()).map(({ role }) => role)).toEqual(["host", "participant", "observer"]);
});

test("X37, X18, C1: whoever was made an observer does not leave and come back as what the invite says", async () => {
  const old = await invite("participant");
  expect(await accept("ben", old)).toBe(200);
  await studio.ask("ada", "PATCH", await pathOf("ben"), { body: { role: "observer" } });
  expect(await accept("ben", old)).toBe(200);
  expect((await members()).at(-1)).toMatchObject({ displayName: "ben", role: "observer" });
  expect((await studio.ask("ben", "DELETE", await pathOf("ben"))).status).toBe(204);
  expect(await accept("ben", old)).toBe(404);
  expect(await members()).toHaveLength(1);
});

/** Uses up all but so many of an account's tries. */
const leave = async (bucket: "ticket" | "session" | "session-end", who: string, tries: number) => {
  for (let at = 0; at < 60 - tries; at++) await consume(env, studio.deps, [bucket, accountOf(who)]);
};

test("X27: an account's tickets run out, nobody else's do, and they come back", async () => {
  await accept("ben", await invite());
  const ask = async (who: string) => (await studio.ask(who, "POST", `/sessions/${studio.sessionId}/tickets`)).status;
  await leave("ticket", "ben", 1);
  expect([await ask("ben"), await ask("ben"), await ask("ada")]).toEqual([201, 429, 201]);
  studio.nowMs += 5_000;
  expect(await ask("ben")).toBe(201);
});

test("X30, E2: a session in which nothing was shared is over at once; begun and deleted again and again, an account runs out", async () => {
  const begin = async () => await studio.ask("eve", "POST", "/sessions", { body: { name: "again" } });
  const made = await begin();
  const { sessionId } = await made.json<{ sessionId: string }>();
  const end = async () => await studio.ask("eve", "DELETE", `/sessions/${sessionId}`);
  const ended = await end();
  expect(ended.status).toBe(200);
  expect(await ended.json()).toMatchObject({ finishedAtMs: studio.nowMs });
  await leave("session", "eve", 2);
  await leave("session-end", "eve", 2);
  expect([(await begin()).status, (await begin()).status]).toEqual([201, 429]);
  expect([(await end()).status, (await end()).status]).toEqual([200, 429]);
  expect((await studio.ask("ada", "DELETE", `/sessions/${studio.sessionId}`)).status).toBe(200);
});
