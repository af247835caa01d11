import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { accounts, mailOutbox, recordings, sessions } from "../../migrations/schema.ts";
import { newId } from "../../protocol/ids.ts";
import { DELETION_MARGIN_MS } from "../../protocol/limits.ts";
import { DOWNGRADE_GRACE_MS, RECORDING_RETENTION_MS } from "../../protocol/retention.ts";
import { runJobs } from "../cron/jobs.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sealForMail } from "../platform/personal-keys.ts";
import { sealed } from "../testing/addresses.ts";
import { accountRow, recordingRow, SEALED } from "../testing/rows.ts";
import { db } from "../testing/tables.ts";
import { changeTier } from "../wallet/plans.ts";
import { BUTTON, compose } from "./compose.ts";
import { isRefusedForGood, queueMail, sendDueMail, stranger } from "./outbox.ts";
import { type Template, templates } from "./templates.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let nowMs = 1_800_000_000_000;
const deps = { ...systemDeps, now: () => nowMs };
let sent: { to: string; subject: string; text: string; headers: Record<string, string> }[] = [];
let broken = false;
const EMAIL = {
  send: async (mail: (typeof sent)[number]) => {
    if (broken) throw new Error("The mail service is away.");
    sent.push(mail);
  },
};
const here = { ...env, EMAIL } as unknown as Env;

beforeEach(async () => {
  sent = [];
  broken = false;
  for (const table of ["recordings", "retention_notices", "mail_outbox", "session_members", "sessions", "accounts"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

async function owner(tier: "free" | "pro" | "studio" = "free") {
  const accountId = newId("acc", deps.random);
  const sessionId = newId("ses", deps.random);
  await db.batch([
    db.insert(accounts).values({ ...accountRow(accountId), ...(await sealed(accountId, "ada@example.org")), tier }),
    db.insert(sessions).values({ id: sessionId, name: SEALED, recordingPermitted: true, createdAtMs: 0 }),
  ]);
  const record = async (completedAtMs: number, expiresAtMs: number | null) => {
    const id = newId("rec", deps.random);
    await db.insert(recordings).values(recordingRow({ id, sessionId, accountId, completedAtMs, expiresAtMs }));
    return id;
  };
  const expiryOf = async (id: string) =>
    (
      await env.DB.prepare("SELECT expires_at_ms AS at FROM recordings WHERE id = ?")
        .bind(id)
        .first<{ at: number | null }>()
    )?.at;
  return { accountId, record, expiryOf };
}

describe("notices before the end (E1)", () => {
  test("72 and 24 hours before, once each, everything of an evening in one mail; a run twice at once tells it once", async () => {
    const { record } = await owner();
    const endMs = nowMs + 80 * HOUR_MS;
    for (let stem = 0; stem < 5; stem++) await record(0, endMs + stem * 60_000);
    await runJobs(here, deps);
    expect(sent).toEqual([]);
    nowMs = endMs - 72 * HOUR_MS + 1;
    await Promise.all([runJobs(here, deps), runJobs(here, deps)]);
    await runJobs(here, deps);
    expect(sent.map(({ subject }) => subject)).toEqual(["5 recordings of yours end soon"]);
    nowMs = endMs - 24 * HOUR_MS + 1;
    await runJobs(here, deps);
    await runJobs(here, deps);
    expect(sent).toHaveLength(2);
    nowMs = endMs - 1;
    await runJobs(here, deps);
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM recordings").first("n")).toBe(5);
    nowMs = endMs;
    await runJobs(here, deps);
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM recordings").first("n")).toBe(4);
  });

  test("X30, E1: told on Free that it ends, then on Pro, it is told again before it ends there, both times", async () => {
    const { accountId, record, expiryOf } = await owner("free");
    const completedAtMs = nowMs;
    const id = await record(completedAtMs, completedAtMs + RECORDING_RETENTION_MS.free);
    const endings = async () => {
      const { results } = await env.DB.prepare(
        "SELECT kind, first_expires_at_ms AS atMs FROM retention_notices ORDER BY created_at_ms",
      ).all<{ kind: string; atMs: number }>();
      return results.map(({ kind, atMs }) => [kind, (atMs - completedAtMs) / DAY_MS]);
    };
    for (const day of [4, 6]) {
      nowMs = completedAtMs + day * DAY_MS + 1;
      await runJobs(here, deps);
      await runJobs(here, deps);
    }
    expect(await endings()).toEqual([
      ["first", 7],
      ["last", 7],
    ]);
    await changeTier(here, deps, accountId, "pro");
    expect(await expiryOf(id)).toBe(completedAtMs + RECORDING_RETENTION_MS.pro);
    sent = [];
    await runJobs(here, deps);
    expect(sent).toEqual([]);
    for (const day of [27, 29]) {
      nowMs = completedAtMs + day * DAY_MS + 1;
      await runJobs(here, deps);
      await runJobs(here, deps);
    }
    expect(sent).toHaveLength(2);
    expect((await endings()).slice(2)).toEqual([
      ["first", 30],
      ["last", 30],
    ]);
    nowMs = completedAtMs + RECORDING_RETENTION_MS.pro;
    await runJobs(here, deps);
    expect(await expiryOf(id)).toBeUndefined();
  });

  test("E6: whoever was not told in time, because runs were missed, gets the last notice and not both", async () => {
    const { record } = await owner();
    const endMs = nowMs + 80 * HOUR_MS;
    await record(0, endMs);
    await record(0, endMs + 30 * HOUR_MS);
    nowMs = endMs - 2 * HOUR_MS;
    await runJobs(here, deps);
    await runJobs(here, deps);
    const kinds = await env.DB.prepare("SELECT kind, recording_count AS n FROM retention_notices ORDER BY kind").all();
    expect(kinds.results).toEqual([
      { kind: "first", n: 1 },
      { kind: "last", n: 1 },
    ]);
    expect(sent).toHaveLength(2);
  });

  test("a downgrade shortens nothing before its grace, says so at once, and going back undoes it", async () => {
    const { accountId, record, expiryOf } = await owner("studio");
    const downgradedAtMs = nowMs;
    const old = await record(nowMs - 300 * DAY_MS, null);
    const young = await record(nowMs - DAY_MS, null);
    await changeTier(here, deps, accountId, "free");
    expect(await expiryOf(old)).toBe(nowMs + DOWNGRADE_GRACE_MS);
    expect(await expiryOf(young)).toBe(nowMs + DOWNGRADE_GRACE_MS);
    await runJobs(here, deps);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.text).toContain("2 recordings will be deleted earlier");
    nowMs += DOWNGRADE_GRACE_MS - DELETION_MARGIN_MS - 1;
    await changeTier(here, deps, accountId, "pro");
    expect(await expiryOf(young)).toBe(downgradedAtMs - DAY_MS + RECORDING_RETENTION_MS.pro);
    await changeTier(here, deps, accountId, "studio");
    expect([await expiryOf(old), await expiryOf(young)]).toEqual([null, null]);
  });
});

describe("the outbox", () => {
  test("X30: a request's own mail goes at once, however many that are as urgent wait before it", async () => {
    const mail = async (id: string, atMs: number) =>
      queueMail(
        env,
        { ...deps, now: () => atMs },
        {
          id,
          to: await stranger(env, deps, `${id}@example.org`, "en"),
          template: "recordings-ending",
          values: { count: 1, firstAtMs: nowMs, link: "https://sessionlinked.test" },
        },
      );
    await env.DB.batch(
      await Promise.all(Array.from({ length: 40 }, (_, at) => mail(`waits-${at}`, nowMs - 60_000 + at))),
    );
    await (await mail("own", nowMs)).run();
    await sendDueMail(here, deps, 5, true);
    expect(sent.map(({ to }) => to)[0]).toBe("own@example.org");
    expect(sent).toHaveLength(5);
  });

  test("a mail that cannot go is tried again, later each time, and then goes once; its address is forgotten", async () => {
    const to = await stranger(env, deps, "ben@example.org", "de");
    const mail = {
      id: "reset-1",
      to,
      template: "reset" as const,
      values: { link: "https://example.org/reset#x", takeBack: "https://example.org/back" },
    };
    await env.DB.batch([await queueMail(env, deps, mail), await queueMail(env, deps, mail)]);
    broken = true;
    const triedAt: number[] = [];
    for (const endMs = nowMs + 10 * 60_000; nowMs < endMs; nowMs += 30_000)
      if ((await sendDueMail(here, deps, 10)).done > 0) triedAt.push(nowMs);
    expect(triedAt.length).toBe(4);
    broken = false;
    nowMs += HOUR_MS;
    await Promise.all([sendDueMail(here, deps, 10), sendDueMail(here, deps, 10)]);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.subject).toBe("Neues Passwort setzen");
    expect(sent[0]?.text).toContain("https://example.org/reset#x");
    const row = await env.DB.prepare("SELECT address, template_values AS v, account_id AS a FROM mail_outbox").first();
    expect(row).toEqual({ address: "", v: "", a: null });
  });

  const policy = { text: "It says more now.", fromAtMs: 0, link: "https://example.org/privacy" };
  const toMany = async (count: number) => {
    const before = { ...deps, now: () => nowMs - 1_000 };
    const mails = Array.from({ length: count }, async (_, at) => {
      const to = await stranger(env, deps, `many${at}@example.org`, "en");
      return await queueMail(env, before, { id: `policy-${at}`, to, template: "policy-change", values: policy });
    });
    await env.DB.batch(await Promise.all(mails));
  };
  const reset = async (id: string) => {
    const to = await stranger(env, deps, `${id}@example.org`, "en");
    const values = { link: "https://example.org/reset", takeBack: "https://example.org/back" };
    await (await queueMail(env, deps, { id, to, template: "reset", values })).run();
  };

  test("X30: what a person waits for goes before everything that is written to everybody, which goes so much in a run", async () => {
    await toMany(90);
    await reset("reset-ada");
    expect((await sendDueMail(here, deps, 5)).done).toBe(5);
    expect(sent[0]?.to).toBe("reset-ada@example.org");
    sent = [];
    const run = await sendDueMail(here, deps, 100);
    expect(run).toMatchObject({ done: 20, finished: false });
    // In whatever steps, and with whatever falls over between them, everybody is written to once.
    for (let runs = 0; runs < 10; runs++) await sendDueMail(here, deps, 100);
    expect(new Set(sent.map(({ to }) => to)).size).toBe(sent.length);
    expect(sent).toHaveLength(86);
  });

  test("X30: claiming a mail reads a handful of rows, however many have gone and however many wait", async () => {
    await toMany(300);
    await env.DB.prepare("UPDATE mail_outbox SET next_try_at_ms = NULL, ended_at_ms = ?1 WHERE id > 'policy-2'")
      .bind(nowMs)
      .run();
    await reset("reset-ada");
    const { done, rowsRead } = await sendDueMail(here, deps, 1);
    expect(done).toBe(1);
    expect(rowsRead).toBeLessThan(12);
  });

  test("X32: a mail that nobody can read ends, and those behind it go", async () => {
    for (const template of ["a-template-of-before", "constructor"])
      await db.insert(mailOutbox).values({
        id: template,
        address: (await sealed(template, "old@example.org")).email,
        language: "en",
        template,
        templateValues: "",
        createdAtMs: 0,
        nextTryAtMs: 0,
      });
    for (const [id, words] of [
      ["no-link", '{"takeBack":"https://sessionlinked.test/"}'],
      ["a-number", '{"link":7,"takeBack":"https://sessionlinked.test/"}'],
      ["no-json", "https://sessionlinked.test/"],
    ] as const)
      await db.insert(mailOutbox).values({
        ...{ id, language: "en", template: "reset", createdAtMs: 0, nextTryAtMs: 0 },
        address: await sealForMail(env, deps, "address", "holed@example.org"),
        templateValues: await sealForMail(env, deps, "letter", words),
      });
    await reset("reset-ada");
    await sendDueMail(here, deps, 10);
    expect(sent.map(({ to }) => to)).toEqual(["reset-ada@example.org"]);
    for (const id of ["no-link", "a-number", "no-json"]) {
      const row = env.DB.prepare("SELECT address, next_try_at_ms AS next FROM mail_outbox WHERE id = ?").bind(id);
      expect(await row.first(), id).toEqual({ address: "", next: null });
    }
    const kept = await env.DB.prepare(
      "SELECT address, next_try_at_ms AS next FROM mail_outbox WHERE id = 'a-template-of-before'",
    ).first();
    expect(kept).toEqual({ address: "", next: null });
  });

  test("mail that is slow is sent once, for each is claimed just before it goes; a run ends, and the next goes on", async () => {
    for (let at = 0; at < 8; at++) await reset(`reset-${at}`);
    const EMAIL = {
      send: async (mail: (typeof sent)[number]) => {
        sent.push(mail);
        nowMs += 25_000;
        // Another run, as cron's would be, while this one waits for the mail service.
        if (sent.length < 8) await sendDueMail(here, deps, 1);
      },
    };
    const slow = { ...env, EMAIL } as unknown as Env;
    for (let runs = 0; runs < 4; runs++) await sendDueMail(slow, deps, 100);
    expect(sent.map(({ to }) => to).sort()).toEqual(Array.from({ length: 8 }, (_, at) => `reset-${at}@example.org`));
  });

  test("a mail that is refused for good ends at once, and its address with it; one that is not is tried again", async () => {
    const refuse = (error: Error) => ({ ...env, EMAIL: { send: () => Promise.reject(error) } }) as unknown as Env;
    const suppressed = Object.assign(new Error("recipient is suppressed"), { code: "E_RECIPIENT_SUPPRESSED" });
    await reset("reset-ada");
    await sendDueMail(refuse(suppressed), deps, 1);
    expect(await env.DB.prepare("SELECT address, next_try_at_ms AS next FROM mail_outbox").first()).toEqual({
      address: "",
      next: null,
    });
    expect(isRefusedForGood(new Error("550 5.1.1 no such user"))).toBe(true);
    for (const passing of ["421 4.7.0 try again", "E_RATE_LIMIT_EXCEEDED", "E_INTERNAL_SERVER_ERROR"])
      expect(isRefusedForGood(new Error(passing)), passing).toBe(false);
  });

  test("every template is there in both languages, as text and as HTML, and what a person wrote stays text", () => {
    const values = {
      link: "https://example.org/?a=1&b=2",
      what: "password",
      count: 3,
      firstAtMs: nowMs,
      firstDueAtMs: nowMs,
      untilMs: nowMs,
      tier: "free",
      from: "<b>Eve</b>",
      text: "<script>alert(1)</script>",
      session: "S",
      title: "What is new",
      answer: "https://example.org/hub/answer",
      fromAtMs: nowMs,
      side: "about",
      measure: "take-withheld",
      ground: "terms",
      facts: "<script>alert(2)</script>",
      email: "new@example.org",
      takeBack: "https://example.org/account/take-back?token=x",
    };
    for (const language of ["en", "de"] as const)
      for (const name of Object.keys(templates[language]) as Template[]) {
        const content = templates[language][name](values as never);
        const { text, html } = compose(content, language);
        expect(content.subject.length, name).toBeGreaterThan(5);
        expect(text).toContain(content.reason);
        expect(html).not.toMatch(/<script|<b>|undefined/);
        expect(html).not.toMatch(/src=|<link|@import|<img/);
      }
  });

  test("a button is seen on a white page and on the black one that a dark mail program makes of it", () => {
    const lightness = (hex: string) => {
      const [red = 0, green = 0, blue = 0] = (hex.match(/[0-9a-f]{2}/g) ?? []).map((part) => {
        const value = Number.parseInt(part, 16) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (a: string, b: string) => {
      const [dark = 0, light = 0] = [lightness(a), lightness(b)].sort((one, other) => one - other);
      return (light + 0.05) / (dark + 0.05);
    };
    for (const page of ["#ffffff", "#000000", "#1e1e1e"])
      expect(contrast(BUTTON.ground, page), page).toBeGreaterThan(3);
    expect(contrast(BUTTON.ground, BUTTON.words)).toBeGreaterThan(4.5);
  });

  test("a name that is written from right to left does not turn a subject round", () => {
    const values = { from: "משה", link: "https://example.org/" };
    expect(templates.en.message(values).subject).toBe("\u2068משה\u2069 wrote to you");
    expect(templates.en.message({ ...values, from: "Ada" }).subject).toBe("Ada wrote to you");
  });
});
