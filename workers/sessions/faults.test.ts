import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { Role } from "../../protocol/roles.ts";
import { Studio, seedPeople } from "../testing/studio.ts";

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

test("X18, C1: whoever was removed does not come back by an invite from before, nor by another that they had; by a new one they do", async () => {
  const [old, another] = [await invite(), await invite("observer")];
  expect(await accept("ben", old)).toBe(200);
  expect((await studio.ask("ada", "DELETE", await pathOf("ben"))).status).toBe(204);
  expect(await accept("ben", old)).toBe(404);
  expect(await accept("ben", another)).toBe(404);
  expect(await accept("eve", old)).toBe(200);
  expect(await accept("ben", await invite("observer"))).toBe(200);
  expect((await members()).map(({ role }) => role)).toEqual(["host", "participant", "observer"]);
});

test("X18, C1: whoever was made an observer does not leave and come back as what the invite says", async () => {
  const old = await invite("participant");
  expect(await accept("ben", old)).toBe(200);
  await studio.ask("ada", "PATCH", await pathOf("ben"), { body: { role: "observer" } });
  expect(await accept("ben", old)).toBe(200);
  expect((await members()).at(-1)).toMatchObject({ displayName: "ben", role: "observer" });
  expect((await studio.ask("ben", "DELETE", await pathOf("ben"))).status).toBe(204);
  expect(await accept("ben", old)).toBe(404);
  expect(await members()).toHaveLength(1);
});

test("X27: an account's tickets run out, nobody else's do, and they come back", async () => {
  await accept("ben", await invite());
  const ask = async (who: string) => (await studio.ask(who, "POST", `/sessions/${studio.sessionId}/tickets`)).status;
  const answers: number[] = [];
  for (let at = 0; at < 65; at++) answers.push(await ask("ben"));
  expect(answers.filter((status) => status === 201)).toHaveLength(60);
  expect(answers.at(-1)).toBe(429);
  expect(await ask("ada")).toBe(201);
  studio.nowMs += 5_000;
  expect(await ask("ben")).toBe(201);
});
