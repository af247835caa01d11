import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { accounts, signIns } from "../../migrations/schema.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { sha256Hex } from "../platform/hash.ts";
import { eraseKey } from "../platform/personal-keys.ts";
import { named } from "../testing/addresses.ts";
import { accountRow, SEALED } from "../testing/rows.ts";
import { db } from "../testing/tables.ts";

const people = ["ada", "ben", "eve"] as const;
const app = createApp({ ...systemDeps, now: () => 1_000 });
const accountOf = (who: string) => `acc_${who.padEnd(26, "0")}`;
const tokenOf = (who: string) => `token-of-${who}-`.repeat(3);

const ask = (who: string | null, method: string, path: string, body?: unknown) =>
  app.request(
    `/api/v1${path}`,
    {
      method,
      headers: {
        ...(who === null ? {} : { Authorization: `Bearer ${tokenOf(who)}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    env,
  );

beforeAll(async () => {
  for (const who of people) {
    await db.batch([
      db
        .insert(accounts)
        .values({ ...accountRow(accountOf(who)), ...(await named(accountOf(who), who)), createdAtMs: 0 }),
      db.insert(signIns).values({
        id: `sin_${who}`,
        accountId: accountOf(who),
        tokenHash: await sha256Hex(tokenOf(who)),
        label: SEALED,
        createdAtMs: 0,
        expiresAtMs: 10_000_000,
      }),
    ]);
  }
});

describe("sessions", () => {
  test("C1, X18: created, joined by invite code, read by members only, deleted by the host only", async () => {
    const created = await ask("ada", "POST", "/sessions", { name: "Night" });
    expect(created.status).toBe(201);
    const session = await created.json<{ sessionId: string; role: string }>();
    expect(session.role).toBe("host");
    const path = `/sessions/${session.sessionId}`;

    expect((await ask(null, "GET", path)).status).toBe(401);
    expect((await ask("ben", "GET", path)).status).toBe(404);

    const invite = await ask("ada", "POST", `${path}/invites`, {});
    expect(invite.status).toBe(201);
    const { code } = await invite.json<{ code: string }>();
    expect((await ask("ben", "POST", "/invites/accept", { code })).status).toBe(200);
    expect((await ask("eve", "POST", "/invites/accept", { code })).status).toBe(404);

    const seen = await (await ask("ben", "GET", path)).text();
    expect(seen).toContain('"displayName":"ada"');
    // V1, V2: neither address nor account reaches a collaborator.
    expect(seen).not.toContain("@example.org");
    expect(seen).not.toContain("acc_");

    expect((await ask("ben", "DELETE", path)).status).toBe(403);
    expect([200, 202]).toContain((await ask("ada", "DELETE", path)).status);
    expect((await ask("ben", "GET", path)).status).toBeGreaterThanOrEqual(404);
  });

  test("E2, E3: its name lies under a key of its own that ends with it, an invite's label under that of who wrote it", async () => {
    const { sessionId } = await (await ask("ada", "POST", "/sessions", { name: "Night" })).json<{
      sessionId: string;
    }>();
    const path = `/sessions/${sessionId}`;
    await ask("ada", "POST", `${path}/invites`, { label: "For Ben" });
    await ask("ada", "POST", `${path}/invites`, {});
    const stored = await env.DB.prepare(
      "SELECT name AS text FROM sessions WHERE id = ?1 UNION ALL SELECT label FROM invites WHERE session_id = ?1 AND label <> ''",
    )
      .bind(sessionId)
      .all<{ text: string }>();
    expect(stored.results.map(({ text }) => text.split(":")[0])).toEqual([sessionId, accountOf("ada")]);
    const labels = async () =>
      (await (await ask("ada", "GET", `${path}/invites`)).json<{ items: { label: string }[] }>()).items
        .map(({ label }) => label)
        .sort();
    expect(await labels()).toEqual(["", "For Ben"]);
    await eraseKey(env, systemDeps, accountOf("ada"));
    expect(await labels()).toEqual(["", ""]);
    const listed = async () =>
      (await (await ask("ada", "GET", "/sessions")).json<{ items: { name: string }[] }>()).items.map(
        ({ name }) => name,
      );
    expect(await listed()).toContain("Night");
    expect([200, 202]).toContain((await ask("ada", "DELETE", path)).status);
    expect(await env.RECORDINGS.head(`keys/${sessionId}`)).toBeNull();
    expect(await listed()).not.toContain("Night");
    // One of an id that was deleted is refused, and leaves no key behind.
    expect((await ask("ada", "POST", "/sessions", { sessionId, name: "Night" })).status).toBe(409);
    expect(await env.RECORDINGS.head(`keys/${sessionId}`)).toBeNull();
  });

  test("a name that is not one is refused with its field", async () => {
    const refused = await ask("ada", "POST", "/sessions", { name: "" });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: "validation-failed" });
  });
});
