import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newId } from "../../protocol/ids.ts";
import { systemDeps } from "../platform/deps.ts";
import { accountOf, plenty, seedPeople } from "../testing/studio.ts";
import { leaveSessions } from "./leave-sessions.ts";

const members = [
  ["ada", "host"],
  ["ben", "host"],
  ["cleo", "observer"],
  ["dan", "participant"],
  ["eve", "participant"],
] as const;

test("E3, X29: two hosts who are erased at once leave one host, whoever has taken part longest", async () => {
  await seedPeople(members.map(([who]) => who));
  const sessionId = newId("ses", systemDeps.random);
  await env.DB.batch([
    env.DB.prepare("INSERT INTO sessions (id, name, recording_permitted, created_at_ms) VALUES (?, 'S', 1, 0)").bind(
      sessionId,
    ),
    ...members.map(([who, role], at) =>
      env.DB.prepare(
        "INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) VALUES (?, ?, ?, ?, ?)",
      ).bind(sessionId, accountOf(who), newId("mem", systemDeps.random), role, at),
    ),
  ]);
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
