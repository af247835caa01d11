import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { mailPreferences, signInEvents } from "../../migrations/schema.ts";
import type { PrivacyRequest } from "../../protocol/privacy.ts";
import { DAY_MS, REQUEST_RETENTION_MS } from "../../protocol/retention.ts";
import { holdingName } from "../../site/i18n/holdings.ts";
import { createApp } from "../app.ts";
import { runJobs } from "../cron/jobs.ts";
import { queueNews } from "../mail/broadcasts.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openSealed } from "../platform/personal-keys.ts";
import { operatorToken } from "../testing/operator.ts";
import { person } from "../testing/person.ts";
import { SEALED } from "../testing/rows.ts";
import { db } from "../testing/tables.ts";
import { monthsLater } from "./calendar-month.ts";
import { sources } from "./export-sources.ts";
import { heldAbout } from "./held.ts";
import { listRequests } from "./requests.ts";

const EMAIL = { send: async () => undefined } as unknown as Env["EMAIL"];
const here: Env = { ...env, EMAIL };
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
const startMs = Date.now();

const operate = async (nowMs: number, method: string, path: string, body?: unknown) =>
  createApp(at(nowMs)).request(
    `https://sessionlinked.test/api/v1/operator${path}`,
    {
      method,
      headers: {
        Authorization: `Bearer ${await operatorToken(at(nowMs))}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    env,
  );

describe("G3: a request and its clock", () => {
  test.each([
    ["2027-01-31T10:00:00Z", 1, "2027-02-28T10:00:00Z"],
    ["2028-01-31T10:00:00Z", 1, "2028-02-29T10:00:00Z"],
    ["2027-12-15T00:00:00Z", 1, "2028-01-15T00:00:00Z"],
    ["2027-11-30T23:59:59Z", 3, "2028-02-29T23:59:59Z"],
    ["2027-03-28T00:30:00Z", 1, "2027-04-28T00:30:00Z"],
  ])("G3: from %s, %d calendar months are %s", (from, months, to) => {
    expect(monthsLater(Date.parse(from), months)).toBe(Date.parse(to));
  });

  test("G3: due in a month, reminded of a week before, extended once with a reason, answered; the person sees each", async () => {
    const ada = await person("Ada");
    const asked = await ada.call("POST", "/api/v1/account/requests", { kind: "objection", details: "No counting." });
    expect(asked.status).toBe(201);
    const { requestId, dueAtMs, receivedAtMs } = await asked.json<PrivacyRequest>();
    expect(dueAtMs).toBe(monthsLater(receivedAtMs, 1));
    expect((await ada.call("GET", "/api/v1/account/requests")).status).toBe(200);
    // Her sign-in does not last as long as the request.
    const mine = async () => (await listRequests(env, systemDeps, ada.accountId))[0];
    const reminders = async () =>
      (await env.DB.prepare("SELECT COUNT(*) AS n FROM mail_outbox WHERE id LIKE 'due-%'").first<number>("n")) ?? 0;
    await runJobs(here, at(dueAtMs - 7 * DAY_MS - 1));
    expect(await reminders()).toBe(0);
    await runJobs(here, at(dueAtMs - 7 * DAY_MS));
    await runJobs(here, at(dueAtMs - 6 * DAY_MS));
    expect(await reminders()).toBe(1);

    const extend = { do: "extend", reason: "Many asked at once." };
    expect((await operate(dueAtMs - DAY_MS, "POST", `/requests/${requestId}`, extend)).status).toBe(204);
    expect(await mine()).toMatchObject({ extensionReason: extend.reason, dueAtMs: monthsLater(receivedAtMs, 3) });
    expect((await operate(dueAtMs, "POST", `/requests/${requestId}`, extend)).status).toBe(409);
    const answer = { do: "answer", answer: "Nothing counts you." };
    expect((await operate(dueAtMs, "POST", `/requests/${requestId}`, answer)).status).toBe(204);
    expect(await mine()).toMatchObject({ answer: answer.answer, closedAtMs: dueAtMs });
    expect((await operate(dueAtMs, "POST", `/requests/${requestId}`, answer)).status).toBe(404);
    await runJobs(here, at(dueAtMs + REQUEST_RETENTION_MS - 1));
    expect(await mine()).toBeDefined();
    await runJobs(here, at(dueAtMs + REQUEST_RETENTION_MS));
    expect(await mine()).toBeUndefined();
  });

  test("V4: contact details of somebody else: no answer before a check of who asks, and both are recorded", async () => {
    const ada = await person("Ada");
    const body = { kind: "collaborator-copy", details: "Ben keeps my take." };
    const { requestId } = await (await ada.call("POST", "/api/v1/account/requests", body)).json<PrivacyRequest>();
    const answer = { do: "answer", answer: "Here is how to reach them." };
    expect((await operate(startMs, "POST", `/requests/${requestId}`, answer)).status).toBe(409);
    const check = { do: "check-identity", how: "Video call with a passport" };
    expect((await operate(startMs, "POST", `/requests/${requestId}`, check)).status).toBe(204);
    expect((await operate(startMs, "POST", `/requests/${requestId}`, answer)).status).toBe(204);
    const row = await env.DB.prepare("SELECT identity_check AS how, answer FROM privacy_requests WHERE id = ?")
      .bind(requestId)
      .first<{ how: string; answer: string }>();
    const read = (text = "") => openSealed(env, systemDeps, "request", text);
    expect([await read(row?.how), await read(row?.answer)]).toEqual([check.how, answer.answer]);
  });

  test("G3: one that came by mail is entered with the day it came, for an address that has an account, and is unchecked", async () => {
    const ada = await person("Ada");
    const entry = { kind: "access", details: "By letter", email: ada.email, receivedAtMs: startMs - 5 * DAY_MS };
    expect((await operate(startMs, "POST", "/requests", { ...entry, email: "no@example.org" })).status).toBe(404);
    expect((await operate(startMs, "POST", "/requests", { ...entry, receivedAtMs: startMs + DAY_MS })).status).toBe(
      422,
    );
    expect((await operate(startMs, "POST", "/requests", entry)).status).toBe(201);
    const open = await (await operate(startMs, "GET", "/requests")).json<{ items: PrivacyRequest[] }>();
    const found = open.items.find(({ details }) => details === entry.details);
    expect(found).toMatchObject({ dueAtMs: monthsLater(entry.receivedAtMs, 1), identityCheckedAtMs: null });
  });
});

describe("G2: restriction", () => {
  test("G2: off the Hub at once, no news, not published again before it is lifted; what there is stays", async () => {
    const ada = await person("Restricted Ada");
    const { profileId } = await ada.publish({ bio: "Stays" });
    await db
      .insert(mailPreferences)
      .values({ accountId: ada.accountId, language: "en", newsConsentAtMs: 1, newsConsentWording: "w" });
    const visible = async () => (await ada.call("GET", `/api/v1/hub/profiles/${profileId}`)).status;
    const news = async (id: string) => {
      const text = { title: "t", text: "t", link: "https://sessionlinked.test/" };
      await queueNews(env, at(startMs), id, { en: text, de: text });
      return await env.DB.prepare("SELECT 1 FROM mail_outbox WHERE account_id = ? AND id LIKE 'news-' || ? || '-%'")
        .bind(ada.accountId, id)
        .first();
    };
    expect(await visible()).toBe(200);
    expect(await news("before")).not.toBeNull();
    expect((await ada.call("PUT", "/api/v1/account/restriction")).status).toBe(204);
    expect(await visible()).toBe(404);
    expect(await news("during")).toBeNull();
    expect((await ada.call("PUT", "/api/v1/profile/publication")).status).toBe(409);
    expect(await (await ada.call("GET", "/api/v1/profile")).json()).toMatchObject({ bio: "Stays" });
    expect((await ada.call("DELETE", "/api/v1/account/restriction")).status).toBe(204);
    // Lifting it publishes nothing: that is the person's own step.
    expect(await visible()).toBe(404);
    expect((await ada.call("PUT", "/api/v1/profile/publication")).status).toBe(200);
    expect(await news("after")).not.toBeNull();
  });
});

describe("G1: what is held", () => {
  test("G1: table by table, how much there is of whoever asks, what for and until when, and nothing of what there is not", async () => {
    const ada = await person("Held Ada");
    await person("Somebody else");
    await db.insert(signInEvents).values(
      [1, 2, 3].map((at) => ({
        id: `evt_held${at}`,
        accountId: ada.accountId,
        method: "password" as const,
        label: SEALED,
        atMs: at,
      })),
    );
    const held = await heldAbout(env.DB, ada.accountId);
    const counts = new Map(held.map(({ name, count }) => [name, count]));
    expect([counts.get("accounts"), counts.get("signIns"), counts.get("profiles")]).toEqual([1, 1, undefined]);
    // Those that were put there, and the sign-in itself.
    expect(counts.get("signInEvents")).toBe(4);
    expect([...counts.values()]).not.toContain(0);
    for (const { purpose, until } of held) expect([purpose.en, purpose.de, until.en, until.de]).not.toContain("");
  });

  test("G1: everything that a person is shown of what is held, and that their copy holds, has a name that people read", () => {
    const nameless = sources.filter(({ key }) =>
      (["en", "de"] as const).some((language) => holdingName(language, key) === key),
    );
    expect(nameless.map(({ key }) => key)).toEqual([]);
  });
});
