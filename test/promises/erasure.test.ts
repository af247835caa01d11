import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { accounts, passkeys, passwords, recordings, reports, sessions, signIns } from "../../migrations/schema.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { createApp } from "../../workers/app.ts";
import { runJobs } from "../../workers/cron/jobs.ts";
import { editProfile } from "../../workers/hub/store.ts";
import { systemDeps } from "../../workers/platform/deps.ts";
import type { Env } from "../../workers/platform/env.ts";
import { roomOf } from "../../workers/platform/jurisdiction.ts";
import { continueErasures, eraseAccount } from "../../workers/privacy/account-erasure.ts";
import { missingErasures } from "../../workers/privacy/erasure-log.ts";
import { sealedText } from "../../workers/testing/addresses.ts";
import { lastMail, tokenIn } from "../../workers/testing/browser.ts";
import { Faults } from "../../workers/testing/faults.ts";
import { TestClient } from "../../workers/testing/room-client.ts";
import { SEALED } from "../../workers/testing/rows.ts";
import { plenty } from "../../workers/testing/studio.ts";
import { db } from "../../workers/testing/tables.ts";
import { askAs, newWorld, type World } from "./world.ts";

const startMs = Date.now();
const EMAIL = { send: async () => undefined } as unknown as Env["EMAIL"];
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
const app = createApp(at(startMs));

/** Every table that there is, by the database's own list: nothing of ours says what to look at. */
async function everyRow(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const names = results.map(({ name }) => name).filter((name) => !/^hub_search|^d1_/.test(name));
  const tables = await env.DB.batch(names.map((name) => env.DB.prepare(`SELECT * FROM ${name}`)));
  return tables.map((rows, at) => `${names[at]}\n${JSON.stringify(rows.results)}`).join("\n");
}

/** Nobody is left of the worlds before, so that the next is looked at alone. */
async function nothingElse(): Promise<void> {
  await env.RECORDINGS.delete((await env.RECORDINGS.list()).objects.map(({ key }) => key));
  for (const table of [recordings, sessions, accounts]) await db.delete(table);
}

async function everyKey(): Promise<string[]> {
  const { objects } = await env.RECORDINGS.list();
  return objects.map(({ key }) => key).filter((key) => !key.startsWith("erasure-log/"));
}

const roomText = async (world: World) => JSON.stringify(await (await roomOf(env, world.sessionId)).snapshot());

/** Ada and Ben are in the room, and both have said something. */
async function talk(world: World): Promise<{ ada: TestClient; ben: TestClient }> {
  const join = (who: "ada" | "ben", role: "host" | "participant") =>
    TestClient.join(world.sessionId, role, {
      memberId: world.memberId[who],
      claims: {
        displayName: who === "ada" ? nameOf(world) : "Shown ben",
        accountId: world.accountId[who] as `acc_${string}`,
      },
    });
  const ben = await join("ben", "participant");
  const ada = await join("ada", "host");
  await ada.ask({ kind: "chat", text: "Ada's own words" });
  await ada.ask({ kind: "note", noteId: crypto.randomUUID(), text: "Ada's own note" });
  await ben.ask({ kind: "chat", text: "Ben's own words" });
  return { ada, ben };
}

async function askToErase(world: World): Promise<string> {
  const { ada } = world.accountId;
  const asked = await askAs(app, world.token.ada, "POST", "/api/v1/account/erasure");
  expect(asked.status).toBe(202);
  const mail = await lastMail(`${ada}@example.org`);
  expect(mail?.template).toBe("erase-confirm");
  return tokenIn(mail?.link);
}

const confirmed = (token: string) => askAs(app, null, "POST", "/api/v1/account/erasure/confirm", { token });

const nameOf = (world: World) => `Ada ${world.accountId.ada.slice(-8)}`;

/** The promises' world, with a name and a text of Ada's that nobody else has. */
async function ownWorld(): Promise<World> {
  const world = await newWorld(startMs);
  const { ada } = world.accountId;
  await editProfile(env, systemDeps, ada, { displayName: nameOf(world), bio: `Plays as ${nameOf(world)}.` });
  return world;
}

async function mustBeGone(world: World): Promise<void> {
  const rows = await everyRow();
  const { ada } = world.accountId;
  expect([ada, `${ada}@example.org`, nameOf(world)].filter((mark) => rows.includes(mark))).toEqual([]);
  const keys = await everyKey();
  // The key of the person is among them: what was sealed under it opens nowhere, the history of the tables included.
  expect(keys.filter((key) => key.includes(world.recordingId) || key.includes(ada))).toEqual([]);
  expect(await roomText(world)).not.toMatch(/Ada's own|Ada [a-z0-9]{8}/);
}

describe("E3: an account and everything of it", () => {
  test("E3, A5: asked for, confirmed by mail, and gone from every table, the store and the rooms at once", async () => {
    const world = await ownWorld();
    const { ada, ben } = await talk(world);
    const token = await askToErase(world);
    // Nothing has happened yet: the cooling-off lies before the confirmation.
    expect((await askAs(app, world.token.ada, "GET", "/api/v1/account")).status).toBe(200);
    const answer = await confirmed(token);
    expect(answer.status).toBe(202);
    const { erasureId } = await answer.json<{ erasureId: string }>();
    await ada.closed;
    await mustBeGoneButMail(world);
    // What belongs to others stays: Ben's words, the session, and one of those who took part hosts it now.
    expect(await roomText(world)).toContain("Ben's own words");
    const roleOf = async (who: "ben" | "pat") => {
      const session = await askAs(app, world.token[who], "GET", `/api/v1/sessions/${world.sessionId}`);
      return (await session.json<{ role: string }>()).role;
    };
    expect([await roleOf("ben"), await roleOf("pat")].sort()).toEqual(["host", "participant"]);
    // Nobody signs in with what Ada had.
    expect((await askAs(app, world.token.ada, "GET", "/api/v1/account")).status).toBe(401);

    const receipt = await (await askAs(app, null, "GET", `/api/v1/erasures/${erasureId}`)).json<{
      finishedAtMs: number | null;
      receipt: { table: string; count: number; how: string; fields: string[] }[];
    }>();
    expect(receipt.finishedAtMs).toBe(startMs);
    const lineOf = (table: string) => receipt.receipt.find((line) => line.table === table);
    expect(lineOf("accounts")).toMatchObject({ count: 1, how: "deleted" });
    expect(lineOf("recordings")).toMatchObject({ count: 2, how: "deleted" });
    expect(lineOf("roomLines")).toMatchObject({ count: 2, how: "emptied" });
    expect(lineOf("signIns")?.fields).toContain("label");
    ben.leave();

    // The numbers go after 30 days, the record of a time and a random id after a year, and not a millisecond before.
    const here: Env = { ...env, EMAIL };
    const count = (table: string) => env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<number>("n");
    await runJobs(here, at(startMs + 30 * DAY_MS - 1));
    await mustBeGone(world);
    expect(await count("erasure_receipts")).toBe(1);
    await runJobs(here, at(startMs + 30 * DAY_MS));
    expect(await count("erasure_receipts")).toBe(0);
    expect((await env.RECORDINGS.list({ prefix: "erasure-log/" })).objects).toEqual([]);
    await runJobs(here, at(startMs + 365 * DAY_MS - 1));
    expect(await count("account_erasures")).toBe(1);
    await runJobs(here, at(startMs + 365 * DAY_MS));
    expect(await count("account_erasures")).toBe(0);
    expect(await everyRow()).not.toContain(erasureId);
  });

  async function mustBeGoneButMail(world: World): Promise<void> {
    // The last mail, which says that it is done, carries the address until it is sent.
    await env.DB.prepare("DELETE FROM mail_outbox WHERE template = 'erased'").run();
    await mustBeGone(world);
  }

  test("E3: a forged link, one that was used, and a second confirmation at once: one erasure, nothing half done", async () => {
    const world = await ownWorld();
    const token = await askToErase(world);
    expect((await confirmed("x".repeat(43))).status).toBe(410);
    const answers = await Promise.all([confirmed(token), confirmed(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 410]);
    expect((await confirmed(token)).status).toBe(410);
    await mustBeGoneButMail(world);
    // Two that begin it in different ways at once carry the same one on.
    const other = await ownWorld();
    await Promise.all([
      eraseAccount(env, at(startMs), other.accountId.ada, "person"),
      eraseAccount(env, at(startMs), other.accountId.ada, "person"),
    ]);
    await continueErasures(env, at(startMs), plenty());
    await mustBeGoneButMail(other);
  });

  test("E3: doors and key close before whatever may not answer; the key ends once more at last, if somebody has written meanwhile", async () => {
    const world = await ownWorld();
    const { ada } = world.accountId;
    const keyOfAda = () => env.RECORDINGS.head(`keys/${ada}`);
    expect(await keyOfAda()).not.toBeNull();
    const away = { ...at(startMs), reachRoom: () => Promise.reject(new Error("away")) };
    expect(await eraseAccount(env, away, ada, "person")).toBe(false);
    expect(await keyOfAda()).toBeNull();
    expect((await askAs(app, world.token.ada, "GET", "/api/v1/account")).status).toBe(401);
    for (const table of [signIns, passwords, passkeys])
      expect(await db.$count(table, eq(table.accountId, ada))).toBe(0);
    expect(await db.$count(accounts, eq(accounts.id, ada))).toBe(1);
    await sealedText(ada, "request", "Are you still there?");
    expect(await keyOfAda()).not.toBeNull();
    for (let run = 1; run < 4; run++) await continueErasures(env, at(startMs + run * 3_600_000), plenty());
    expect(await db.$count(accounts, eq(accounts.id, ada))).toBe(0);
    expect(await keyOfAda()).toBeNull();
    await mustBeGoneButMail(world);
  });

  test("E3: what stays of others loses the name, and the receipt says of which field", async () => {
    const world = await ownWorld();
    const { ben } = world.accountId;
    expect(await eraseAccount(env, at(startMs), ben, "person")).toBe(true);
    const [report] = await db.select().from(reports).where(eq(reports.id, world.reportId));
    expect(report).toMatchObject({ accountId: world.accountId.ada, reporterAccountId: null });
    const counts = await env.DB.prepare(
      "SELECT counts FROM erasure_receipts ORDER BY rowid DESC LIMIT 1",
    ).first<string>("counts");
    expect(JSON.parse(counts ?? "{}")).toMatchObject({ reports_reporterAccountId: 1 });
  });

  test("E3: an old sign-in cannot ask for it", async () => {
    const world = await ownWorld();
    const later = createApp(at(startMs + 16 * 60_000));
    expect((await askAs(later, world.token.ada, "POST", "/api/v1/account/erasure")).status).toBe(403);
  });

  test("X20: killed after each of its calls, it finishes on the next run", async () => {
    let call = 0;
    for (let wasKilled = true; wasKilled; ) {
      await nothingElse();
      const world = await ownWorld();
      const faults = new Faults({ at: ++call, moment: "after", fault: "kill" });
      const deps = { ...at(startMs), reachRoom: faults.reachRoom, sleep: async () => undefined };
      await eraseAccount(faults.bindings, deps, world.accountId.ada, "person").catch(() => false);
      wasKilled = faults.isDead;
      for (let run = 0; run < 3; run++) await continueErasures(env, at(startMs + run * 3_600_000), plenty());
      const begun =
        (await env.DB.prepare("SELECT 1 FROM accounts WHERE id = ?").bind(world.accountId.ada).first()) === null;
      // Killed before anything was written down but the entry in the log, nothing was begun, and the person is told so.
      if (!begun) expect(call, `${faults.failed}`).toBe(1);
      else await mustBeGoneButMail(world);
    }
    expect(call).toBeGreaterThan(15);
  });

  test("X21: a database put back from before an erasure is told of it before anybody is served", async () => {
    const world = await ownWorld();
    const before = await db.select().from(accounts).where(eq(accounts.id, world.accountId.ada));
    expect(await eraseAccount(env, at(startMs), world.accountId.ada, "person")).toBe(true);
    // Put back: the account is there again with a way in, and the record of its erasure is not.
    await env.DB.prepare("DELETE FROM account_erasures").run();
    await db.insert(accounts).values(before);
    await db.insert(signIns).values({
      id: "old",
      accountId: world.accountId.ada,
      tokenHash: "hash",
      label: SEALED,
      createdAtMs: startMs,
      expiresAtMs: startMs + 1e9,
    });
    const restored = createApp(at(startMs + 1));
    // Of the many that this file has erased, each request writes some down again, and nobody is served before the last.
    const known = () => env.DB.prepare("SELECT COUNT(*) AS n FROM account_erasures").first<number>("n");
    const logged = (await env.RECORDINGS.list({ prefix: "erasure-log/" })).objects.length;
    let status = 503;
    for (let requests = 0; requests < logged && status === 503; requests++) {
      status = (await askAs(restored, world.token.ben, "GET", "/api/v1/account")).status;
      if (status === 503) expect(await known()).toBeGreaterThan(requests);
    }
    expect(status).toBe(200);
    // Of two that were begun at once each has an entry, and one is carried out.
    for (const { accountId } of await missingErasures(env, systemDeps, logged, logged))
      expect(
        await env.DB.prepare("SELECT id FROM account_erasures WHERE account_id = ?").bind(accountId).first("id"),
      ).not.toBeNull();
    // Nobody gets into them any more; what is theirs goes with the runs of cron.
    for (let run = 0; run < 12; run++) await continueErasures(env, at(startMs + run * 3_600_000), plenty());
    await mustBeGoneButMail(world);
  });
});
