import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { DAY_MS } from "../../protocol/retention.ts";
import { newsWording, waitlistWording } from "../../site/i18n/consent.ts";
import { createAccount } from "../accounts/store.ts";
import { createApp } from "../app.ts";
import { runJobs } from "../cron/jobs.ts";
import { queueNews, queuePolicyChange } from "../mail/broadcasts.ts";
import { sendDueMail } from "../mail/outbox.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openSealed } from "../platform/personal-keys.ts";
import { opened } from "../testing/addresses.ts";

const origin = "https://sessionlinked.test";
const LAUNCH = "2027-03-01";
const launchAtMs = Date.parse(`${LAUNCH}T00:00:00Z`);
let nowMs = launchAtMs - 30 * DAY_MS;
const deps = { ...systemDeps, now: () => nowMs };
const app = createApp(deps);
let sent: { to: string; subject: string; text: string; headers: Record<string, string> }[] = [];
const EMAIL = { send: async (mail: (typeof sent)[number]) => void sent.push(mail) };
const here = { ...env, EMAIL, LAUNCH_DATE: LAUNCH } as unknown as Env;

const post = (path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) =>
  app.request(
    `${origin}${path}`,
    { method: "POST", body, headers: { "CF-Connecting-IP": "203.0.113.7", "User-Agent": "Test browser", ...headers } },
    here,
  );
const joinByApi = (email: string, more: object = { consent: true }) =>
  post("/api/v1/waitlist", JSON.stringify({ email, ...more }), { "Content-Type": "application/json" });
const count = async (table: string) => await env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<number>("n");
const mails = async () => {
  await sendDueMail(here, deps, 1_000);
  return sent.splice(0);
};
const linkIn = (text: string | undefined, path: string) =>
  new RegExp(`https://[^\\s]*${path}\\?token=([\\w-]+)`).exec(text ?? "")?.[1] ?? "no link";
const confirmed = async (email: string) => {
  await joinByApi(email);
  const [mail] = await mails();
  const token = linkIn(mail?.text, "/waitlist/confirm");
  expect((await post("/waitlist/confirm", new URLSearchParams({ token }))).status).toBe(303);
  return mail;
};

beforeEach(async () => {
  sent = [];
  nowMs = launchAtMs - 30 * DAY_MS;
  for (const table of ["waitlist", "consent_withdrawals", "mail_outbox", "rate_limits", "accounts"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

const password = { userIdentifier: "identifier", record: "record", setupVersion: 1 };

describe("joining", () => {
  test("B1: the row holds address, network address, browser, time and words of the consent; it counts when the mail is answered", async () => {
    expect((await joinByApi("Ada@Example.org", { consent: true, language: "de" })).status).toBe(202);
    const row = () => env.DB.prepare("SELECT * FROM waitlist").first<Record<string, unknown>>();
    expect(await opened(String((await row())?.email))).toBe("ada@example.org");
    const proof = await row();
    expect(await openSealed(env, deps, "network", String(proof?.ip_address))).toBe("203.0.113.7");
    expect(await openSealed(env, deps, "browser", String(proof?.user_agent))).toBe("Test browser");
    expect(proof).toMatchObject({
      language: "de",
      consent_wording: waitlistWording.de,
      consented_at_ms: nowMs,
      confirmed_at_ms: null,
    });
    const [mail] = await mails();
    const token = linkIn(mail?.text, "/waitlist/confirm");
    expect((await app.request(`${origin}/waitlist/confirm?token=${token}`, {}, here)).status).toBe(200);
    expect(await row()).toMatchObject({ confirmed_at_ms: null });
    for (let again = 0; again < 2; again++)
      expect((await post("/waitlist/confirm", new URLSearchParams({ token }))).status).toBe(303);
    expect(await row()).toMatchObject({ confirmed_at_ms: nowMs });
    expect((await post("/waitlist/confirm", new URLSearchParams({ token: `${token}x` }))).status).toBe(410);
  });

  test("B1: without consent, without an address, or with what is none, nothing is kept", async () => {
    const bad = [{}, { consent: false }, { consent: "yes" }, { consent: true, language: "xx" }];
    for (const more of bad) expect((await joinByApi("ada@example.org", more)).status).toBe(422);
    for (const email of ["", "ada", "ada@", `${"x".repeat(250)}@example.org`, "a\0@example.org", "<b>@example.org"])
      expect((await joinByApi(email)).status, email).toBe(422);
    const form = await post("/waitlist?lang=en", new URLSearchParams({ email: "<b>ada" }));
    expect(form.status).toBe(422);
    const html = await form.text();
    expect(html).toContain('value="&lt;b&gt;ada"');
    expect(html).toContain("Without your consent");
    expect([await count("waitlist"), await count("mail_outbox")]).toEqual([0, 0]);
  });

  test("X19: known, confirmed, with an account: the same answer; a mail only where there is something to confirm", async () => {
    await confirmed("known@example.org");
    await createAccount(
      env,
      deps,
      {
        person: { email: "member@example.org", displayName: "Mo", language: "en", isSixteen: true, wantsNews: false },
        newsWording: null,
      },
      { password },
    );
    const answers = new Set<string>();
    for (const email of ["known@example.org", "member@example.org", "new@example.org"]) {
      const response = await joinByApi(email);
      answers.add(`${response.status} ${await response.text()}`);
    }
    expect([...answers]).toEqual(["202 "]);
    expect((await mails()).map(({ to }) => to)).toEqual(["new@example.org"]);
    expect(await count("waitlist")).toBe(2);
  });

  test("the form works without a script, bounds its tries, and cannot be sent from another site", async () => {
    const body = () => new URLSearchParams({ email: "ada@example.org", consent: "yes" });
    expect((await post("/waitlist", body())).headers.get("Location")).toContain("done=mailed");
    expect(await count("waitlist")).toBe(1);
    expect((await post("/waitlist", body(), { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    let last = 303;
    for (let at = 0; at < 12 && last === 303; at++) last = (await post("/waitlist", body())).status;
    expect(last).toBe(429);
    expect((await mails()).length).toBeLessThanOrEqual(3);
  });

  test("B3: who opens an account moves over", async () => {
    await confirmed("ada@example.org");
    const person = {
      email: "ada@example.org",
      displayName: "Ada",
      language: "en" as const,
      isSixteen: true as const,
      wantsNews: false,
    };
    expect(await createAccount(env, deps, { person, newsWording: null }, { password })).not.toBeNull();
    expect(await count("waitlist")).toBe(0);
  });
});

describe("leaving", () => {
  test("B2: one click from any mail, by the mail program itself (RFC 8058); what is left names nobody", async () => {
    const mail = await confirmed("ada@example.org");
    expect(mail?.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
    const url = /^<(.*)>$/.exec(mail?.headers["List-Unsubscribe"] ?? "")?.[1] ?? "";
    const path = url.slice(new URL(url).origin.length);
    expect(mail?.text).toContain(url);
    const look = await app.request(`${origin}${path}`, {}, here);
    expect(await look.text()).toContain('method="post"');
    expect(await count("waitlist")).toBe(1);
    const headers = { "Sec-Fetch-Site": "cross-site", Origin: "https://mail.example" };
    for (let again = 0; again < 2; again++)
      expect((await post(path, new URLSearchParams({ "List-Unsubscribe": "One-Click" }), headers)).status).toBe(200);
    expect(await count("waitlist")).toBe(0);
    const left = await env.DB.prepare("SELECT * FROM consent_withdrawals").all();
    expect(left.results).toHaveLength(1);
    expect(left.results[0]).toMatchObject({ purpose: "waitlist", consented_at_ms: nowMs, withdrawn_at_ms: nowMs });
    for (const table of ["waitlist", "consent_withdrawals", "mail_outbox", "rate_limits"]) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      expect(JSON.stringify(results), table).not.toMatch(/ada|203\.0/);
    }
    for (const token of ["", "x", "A".repeat(120)])
      expect((await post(`/unsubscribe?token=${token}`, "")).status).toBe(410);
  });

  test("B2: the link in the first mail still ends it after a second request for the same address", async () => {
    await joinByApi("ada@example.org");
    const [first] = await mails();
    nowMs += DAY_MS;
    await confirmed("ada@example.org");
    await post(`/unsubscribe?token=${linkIn(first?.text, "/unsubscribe")}`, "");
    expect(await count("waitlist")).toBe(0);
  });
});

describe("the end", () => {
  test("B3: cron takes the list away on day 90 after the launch and not on day 89; the launch date is configuration", async () => {
    await confirmed("ada@example.org");
    nowMs = launchAtMs + 89 * DAY_MS;
    await runJobs(here, deps);
    nowMs = launchAtMs + 90 * DAY_MS - 1;
    await runJobs(here, deps);
    expect(await count("waitlist")).toBe(1);
    nowMs = launchAtMs + 90 * DAY_MS;
    await runJobs({ ...here, LAUNCH_DATE: "" }, deps);
    expect(await count("waitlist")).toBe(1);
    await runJobs(here, deps);
    expect(await count("waitlist")).toBe(0);
  });

  test("B3: who never confirms is forgotten after a week, to the millisecond", async () => {
    await joinByApi("ada@example.org");
    const [mail] = await mails();
    nowMs += 7 * DAY_MS - 1;
    await runJobs(here, deps);
    expect(await count("waitlist")).toBe(1);
    nowMs += 1;
    const token = linkIn(mail?.text, "/waitlist/confirm");
    expect((await post("/waitlist/confirm", new URLSearchParams({ token }))).status).toBe(410);
    await runJobs(here, deps);
    expect(await count("waitlist")).toBe(0);
  });

  test("B1: the launch is told once to each who confirmed, from its day on, and every mail has its way out", async () => {
    await confirmed("ada@example.org");
    await confirmed("ben@example.org");
    nowMs = launchAtMs - DAY_MS;
    await joinByApi("late@example.org");
    await mails();
    await runJobs(here, deps);
    expect(sent).toEqual([]);
    nowMs = launchAtMs;
    await Promise.all([runJobs(here, deps), runJobs(here, deps)]);
    for (; nowMs < launchAtMs + 60 * DAY_MS; nowMs += 20 * DAY_MS) await runJobs(here, deps);
    expect(sent.map(({ to }) => to).sort()).toEqual(["ada@example.org", "ben@example.org"]);
    for (const mail of sent) expect(mail.headers["List-Unsubscribe"]).toContain("/unsubscribe?token=");
  });
});

describe("news", () => {
  test("B4: news reaches who asked for it and nobody else; a change of the policy reaches everyone; one click ends news", async () => {
    for (const [name, wantsNews] of [
      ["yes", true],
      ["no", false],
      ["other", true],
    ] as const)
      await createAccount(
        env,
        deps,
        {
          person: { email: `${name}@example.org`, displayName: name, language: "en", isSixteen: true, wantsNews },
          newsWording: newsWording.en,
        },
        { password },
      );
    const news = { title: "Takes", text: "Now with notes.", link: `${origin}/help` };
    const write = async (id: string) => {
      let after: string | null = "";
      while (after !== null) ({ after } = await queueNews(here, deps, id, { en: news, de: news }, after, 1));
      return (await mails()).sort((a, b) => a.to.localeCompare(b.to));
    };
    const first = await write("one");
    expect(first.map(({ to }) => to)).toEqual(["other@example.org", "yes@example.org"]);
    expect(await write("one")).toEqual([]);
    const change = { text: "We keep less.", fromAtMs: nowMs, link: `${origin}/privacy` };
    await queuePolicyChange(here, deps, { version: 2, fromAtMs: nowMs + 1 }, { en: change, de: change });
    expect(await mails()).toHaveLength(3);
    await post(`/unsubscribe?token=${linkIn(first[1]?.text, "/unsubscribe")}`, "");
    expect((await write("two")).map(({ to }) => to)).toEqual(["other@example.org"]);
    await queuePolicyChange(here, deps, { version: 3, fromAtMs: nowMs + 1 }, { en: change, de: change });
    expect(await mails()).toHaveLength(3);
    expect(await count("consent_withdrawals")).toBe(1);
  });
});
