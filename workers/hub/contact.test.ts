import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import type { z } from "zod";
import { recordings, reports, sessionMembers } from "../../migrations/schema.ts";
import type { Block, ReportedAccount } from "../../protocol/hub.ts";
import { newId, type SessionId } from "../../protocol/ids.ts";
import { REPORT_RETENTION_MS } from "../../protocol/retention.ts";
import { createApp } from "../app.ts";
import { runJob } from "../cron/jobs.ts";
import { sendDueMail } from "../mail/outbox.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sealedText } from "../testing/addresses.ts";
import { operatorToken } from "../testing/operator.ts";
import { person } from "../testing/person.ts";
import { recordingRow } from "../testing/rows.ts";
import { flac } from "../testing/sounds.ts";
import { db, fill } from "../testing/tables.ts";

const app = createApp();
const origin = "https://sessionlinked.test";
let sent: { to: string; subject: string; text: string; html: string; headers: Record<string, string> }[] = [];
const EMAIL = { send: async (mail: (typeof sent)[number]) => void sent.push(mail) };
const here = { ...env, EMAIL } as unknown as Env;
const mails = async () => {
  await sendDueMail(here, systemDeps, 1_000);
  return sent.splice(0);
};
type Person = Awaited<ReturnType<typeof person>>;

const session = async (host: Person) => {
  const response = await host.call("POST", "/api/v1/sessions", { name: "Late takes" });
  return (await response.json<{ sessionId: SessionId }>()).sessionId;
};
let operator = "";
const operate = (method: string, path: string, key: string | null = operator, using: Env = here) =>
  app.request(
    `${origin}/api/v1/operator${path}`,
    { method, headers: key === null ? {} : { Authorization: `Bearer ${key}` } },
    using,
  );
/** Deletes the account that a report is about, for a reason. */
const deleteFor = (reportId: string | undefined, facts: string) =>
  app.request(
    `${origin}/api/v1/operator/reports/${reportId}/delete-account`,
    {
      method: "POST",
      headers: { Authorization: `Bearer ${operator}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ground: "terms", facts }),
    },
    here,
  );

beforeEach(async () => {
  sent = [];
  operator = await operatorToken(systemDeps);
  for (const table of [
    "recordings",
    "sessions",
    "profiles",
    "hub_search",
    "hub_spellings",
    "mail_outbox",
    "rate_limits",
    "accounts",
  ])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

describe("inviting somebody on the Hub", () => {
  test("A4: a private profile cannot be written to, invited, blocked or reported: it is not there", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const { profileId } = await ben.put({ instruments: ["Bass"] });
    const base = `/api/v1/hub/profiles/${profileId}`;
    expect((await ada.call("POST", `${base}/messages`, { text: "Hi" })).status).toBe(404);
    expect((await ada.call("POST", `${base}/invites`, { sessionId: await session(ada) })).status).toBe(404);
    expect((await ada.call("POST", `${base}/reports`, { reason: "spam" })).status).toBe(404);
    expect((await ada.call("POST", "/api/v1/blocks", { profileId })).status).toBe(404);
    expect(await mails()).toEqual([]);
  });

  test("an invite carries a code that works once; only who may invite does; the inviter never sees the code", async () => {
    const [ada, ben, eve] = [await person("Ada"), await person("Ben"), await person("Eve")];
    const { profileId } = await ben.publish();
    const sessionId = await session(ada);
    const path = `/api/v1/hub/profiles/${profileId}/invites`;
    expect((await eve.call("POST", path, { sessionId })).status).toBe(404);
    const response = await ada.call("POST", path, { sessionId });
    expect([response.status, await response.text()]).toEqual([202, ""]);
    const [mail] = await mails();
    expect(mail?.to).toBe(ben.email);
    expect(mail?.text).toContain("Late takes");
    const code = /\/invite\/([0-9a-z-]+)/.exec(mail?.text ?? "")?.[1];
    expect((await ben.call("POST", "/api/v1/invites/accept", { code })).status).toBe(200);
    expect((await eve.call("POST", "/api/v1/invites/accept", { code })).status).toBe(404);
    expect(
      (await ben.call("POST", `/api/v1/hub/profiles/${(await eve.publish()).profileId}/invites`, { sessionId })).status,
    ).toBe(403);
  });

  test("V2: who is blocked invites nobody and is not told; the link of an invitation's mail answers or blocks", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const { profileId } = await ben.publish();
    const path = `/api/v1/hub/profiles/${profileId}/invites`;
    const invite = { sessionId: await session(ada) };
    const shape = async (response: Response) =>
      `${response.status} ${await response.text()} ${[...response.headers.keys()].sort()}`;
    const before = await shape(await ada.call("POST", path, invite));
    const [mail] = await mails();
    const token = /hub\/answer\?token=([\w-]+)/.exec(mail?.text ?? "")?.[1];
    expect((await ben.call("POST", "/api/v1/hub/answers", { answer: token, text: "Gladly." })).status).toBe(202);
    expect((await mails()).map(({ to, subject }) => [to, subject])).toEqual([[ada.email, "Ben wrote to you"]]);
    // The link belongs to whom it was sent.
    for (const [who, answer] of [
      [ada, token],
      [ben, `${token?.slice(0, -2)}AA`],
    ] as const)
      expect((await who.call("POST", "/api/v1/hub/answers", { answer, text: "x" })).status).toBe(410);
    const made = await ben.call("POST", "/api/v1/blocks", { answer: token });
    expect(made.status).toBe(201);
    const { blockId, ...rest } = await made.json<z.infer<typeof Block>>();
    expect(Object.keys(rest).sort()).toEqual(["createdAtMs", "displayName"]);
    expect(await shape(await ada.call("POST", path, invite))).toBe(before);
    expect(await mails()).toEqual([]);
    expect((await ada.call("DELETE", `/api/v1/blocks/${blockId}`)).status).toBe(404);
    expect((await ben.call("DELETE", `/api/v1/blocks/${blockId}`)).status).toBe(204);
    await ada.call("POST", path, invite);
    expect(await mails()).toHaveLength(1);
  });
});

describe("reports and the operator", () => {
  test("A5: anybody may report, without an account; the operator sees it, age first, and deletes the account with everything", async () => {
    const [kid, ada, ben] = [await person("Markus Markstein"), await person("Ada"), await person("Ben")];
    const { profileId } = await kid.publish({ bio: "Markbio", instruments: ["Markinstrument"] });
    await kid.call("PUT", "/api/v1/profile/sample", flac);
    const alone = await session(kid);
    const shared = await session(kid);
    await db.insert(sessionMembers).values({
      sessionId: shared,
      accountId: ada.accountId,
      memberId: newId("mem", systemDeps.random),
      role: "participant",
      joinedAtMs: 1,
    });
    await db.insert(recordings).values({
      ...recordingRow({ id: "rec_mark", sessionId: shared, accountId: kid.accountId }),
      name: await sealedText(kid.accountId, "take", "Marktake"),
      completedAtMs: 0,
    });
    await env.RECORDINGS.put(`recordings/${shared}/rec_mark.wav`, "sound");
    await ada.call("POST", "/api/v1/blocks", { profileId });
    const report = (reason: string, details = "") =>
      app.request(
        `${origin}/api/v1/hub/profiles/${profileId}/reports`,
        { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ reason, details }) },
        here,
      );
    expect((await ben.call("POST", `/api/v1/hub/profiles/${profileId}/reports`, { reason: "spam" })).status).toBe(202);
    expect((await report("underage", "Said on stage that he is 14.")).status).toBe(202);
    expect((await report("nonsense")).status).toBe(422);
    expect((await report("other", "x".repeat(1_001))).status).toBe(422);

    const { items } = await (await operate("GET", "/reports")).json<{ items: z.infer<typeof ReportedAccount>[] }>();
    expect(items).toHaveLength(1);
    const [{ shown, ...about }] = items as [z.infer<typeof ReportedAccount>];
    expect(shown.map(({ reason }) => reason)).toEqual(["underage", "spam"]);
    expect(about).toMatchObject({ accountId: kid.accountId, displayName: "Markus Markstein", profileId, reports: 2 });
    const facts = "A recording of the evening shows that he is 14.";
    expect((await deleteFor(shown[0]?.reportId, "")).status).toBe(422);
    const deleted = await deleteFor(shown[0]?.reportId, facts);
    expect([deleted.status, await deleted.text()]).toEqual([204, ""]);

    const { results: tables } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
      name: string;
    }>();
    for (const { name } of tables.filter((table) => !/^(_cf|sqlite|d1)_/.test(table.name))) {
      const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
      expect(JSON.stringify(results), name).not.toMatch(
        new RegExp(`${kid.accountId}|[Mm]ark(us|stein|bio|instr|take)`),
      );
    }
    const kept = (await env.RECORDINGS.list()).objects.map(({ key }) => key);
    // The shared session goes on, and so does the key of its name.
    const left = (key: string) => key.includes(profileId) || (key.includes(shared) && key !== `keys/${shared}`);
    expect(kept.filter(left)).toEqual([]);
    expect((await kid.call("GET", "/api/v1/profile")).status).toBe(401);
    expect((await ada.call("GET", `/api/v1/sessions/${alone}`)).status).toBe(404);
    const alive = await (await ada.call("GET", `/api/v1/sessions/${shared}`)).json<{
      role: string;
      members: unknown[];
    }>();
    expect([alive.role, alive.members.length]).toEqual(["host", 1]);
    expect((await deleteFor(shown[0]?.reportId, facts)).status).toBe(404);
    // Why it was is told to whom it is about, and to who reported with an account.
    const told = await env.DB.prepare("SELECT COUNT(*) AS n FROM mail_outbox WHERE template = 'account-deleted'").first(
      "n",
    );
    expect(told).toBe(2);
  });

  test("X27: a hundred false reports are one line, below what more people report, and are closed by one press; they end by themselves", async () => {
    await env.DB.prepare("DELETE FROM reports").run();
    const [ada, ben, eve, kid] = [await person("Ada"), await person("Ben"), await person("Eve"), await person("Kid")];
    type Reason = (typeof reports.$inferInsert)["reason"];
    const report = (id: string, by: string | null, about: string, reason: Reason, atMs: number) => ({
      id: `rep_${id.padStart(26, "0")}`,
      reporterAccountId: by,
      accountId: about,
      reason,
      details: "" as const,
      createdAtMs: atMs,
    });
    const nowMs = Date.now();
    const at = nowMs - 1_000;
    await fill(reports, 100, (n) => report(`a${n}`, null, ada.accountId, "spam", at - 200 + n));
    await db
      .insert(reports)
      .values([
        report("b1", ada.accountId, ben.accountId, "abuse", at),
        report("b2", eve.accountId, ben.accountId, "abuse", at + 1),
        report("k", null, kid.accountId, "underage", at + 2),
      ]);
    const { profileId } = await ben.publish();
    for (let times = 0; times < 3; times++)
      await kid.call("POST", `/api/v1/hub/profiles/${profileId}/reports`, { reason: "abuse", details: "the same" });
    const list = async () =>
      (await (await operate("GET", "/reports")).json<{ items: z.infer<typeof ReportedAccount>[] }>()).items;
    const lines = await list();
    expect(lines.map(({ displayName, reports, reporters }) => [displayName, reports, reporters])).toEqual([
      ["Kid", 1, 1],
      ["Ben", 3, 3],
      ["Ada", 100, 1],
    ]);
    expect(lines[2]?.shown).toHaveLength(5);
    const { newestAtMs = 0, shown = [] } = lines[2] ?? {};
    await db.insert(reports).values(report("late", null, ada.accountId, "underage", nowMs));
    await operate("POST", `/reports/${shown[0]?.reportId}/close?throughMs=${newestAtMs}`);
    const left = await list();
    expect(left.map(({ displayName, reports }) => [displayName, reports])).toEqual([
      ["Kid", 1],
      ["Ada", 1],
      ["Ben", 3],
    ]);
    const year = { ...systemDeps, now: () => nowMs + REPORT_RETENTION_MS + 3_600_000 };
    await runJob(here, year, "retention:reports");
    expect(await env.DB.prepare("SELECT COUNT(*) FROM reports").first("COUNT(*)")).toBe(0);
  });

  test("a member of a session may be reported by who is in it, and by nobody else", async () => {
    const [ada, eve] = [await person("Ada"), await person("Eve")];
    const sessionId = await session(ada);
    const { memberId } = await (await ada.call("GET", `/api/v1/sessions/${sessionId}`)).json<{ memberId: string }>();
    const path = `/api/v1/sessions/${sessionId}/members/${memberId}/reports`;
    expect((await eve.call("POST", path, { reason: "underage" })).status).toBe(404);
    expect((await ada.call("POST", path, { reason: "underage" })).status).toBe(202);
  });

  test("without an operator's sign-in there is nothing there; a deployment with a short key has none", async () => {
    for (const key of [null, "", "x", `${operator}x`, operator.slice(1), env.OPERATOR_KEY ?? ""])
      expect((await operate("GET", "/reports", key)).status).toBe(404);
    const { OPERATOR_KEY: _, ...keyless } = here;
    expect((await operate("GET", "/reports", operator, keyless as Env)).status).toBe(404);
    expect((await operate("GET", "/reports", operator, { ...here, OPERATOR_KEY: "short" })).status).toBe(404);
    expect((await operate("GET", "/reports")).status).toBe(200);
  });

  test("A5: whoever reports with an account has it in writing that it is here, once for the same words; nothing says about whom", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben Benson")];
    const { profileId } = await ben.publish();
    const report = (details: string) =>
      ada.call("POST", `/api/v1/hub/profiles/${profileId}/reports`, { reason: "abuse", details });
    await report("Rude on stage.");
    await report("Rude on stage.");
    const told = await mails();
    expect(told.map(({ to }) => to)).toEqual([ada.email]);
    expect(told[0]?.text).toContain("/account/decisions");
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`Benson|Rude|${profileId}|${ben.accountId}`));
    await report("And backstage.");
    expect(await mails()).toHaveLength(1);
  });

  test("reports from one place are bounded", async () => {
    const { profileId } = await (await person("Ada")).publish();
    let [status, times] = [202, 0];
    while (status === 202 && times++ < 20)
      status = (
        await app.request(
          `${origin}/api/v1/hub/profiles/${profileId}/reports`,
          { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ reason: "spam" }) },
          here,
        )
      ).status;
    expect([status, times]).toEqual([429, 11]);
  });
});
