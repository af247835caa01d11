import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { sessionMembers, sessions } from "../../migrations/schema.ts";
import { newId } from "../../protocol/ids.ts";
import { systemDeps } from "../platform/deps.ts";
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
