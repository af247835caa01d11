import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { TOTP } from "otpauth";
import { beforeEach, describe, expect, test } from "vitest";
import { passkeys, waitlist } from "../../migrations/schema.ts";
import { AccountDetail } from "../../protocol/accounts.ts";
import { Problem } from "../../protocol/errors.ts";
import { createApp } from "../app.ts";
import { runJobs } from "../cron/jobs.ts";
import { systemDeps } from "../platform/deps.ts";
import { sealed } from "../testing/addresses.ts";
import { Browser, lastMail, tokenIn } from "../testing/browser.ts";
import { SEALED } from "../testing/rows.ts";

const DAY_MS = 24 * 3_600_000;
let nowMs = 1_800_000_000_000;
const deps = { ...systemDeps, now: () => nowMs };
const app = createApp(deps);
const password = "correct horse battery staple";
const codeOf = async (response: Response) => Problem.parse(await response.json()).code;
const count = async (table: string) =>
  (await env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<{ n: number }>())?.n;

/** Mails stay in the outbox here, so that their links can be read. */
const keepMail = () => env.DB.prepare("DELETE FROM mail_outbox").run();

beforeEach(async () => {
  nowMs += 10 * DAY_MS;
  for (const table of ["mail_outbox", "accounts", "challenges", "device_codes", "rate_limits", "waitlist"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

const confirmed = (browser: Browser, email: string, more: Record<string, unknown> = {}) =>
  browser.openAccount(email, password, more);

const detailOf = async (browser: Browser) => AccountDetail.parse(await (await browser.ask("GET", "/account")).json());

describe("sign-up", () => {
  test("A1, A2, X28: name and address, then a record set by the browser that answers the mail; the password is in nothing that was sent", async () => {
    const stranger = new Browser(app);
    expect((await stranger.signUp("ada@example.org")).status).toBe(202);
    expect(await count("accounts")).toBe(0);
    expect(stranger.cookie).toBeNull();
    const mail = await lastMail("ada@example.org");
    expect(mail?.template).toBe("sign-up");
    const token = tokenIn(mail?.link);
    const owner = new Browser(app, "203.0.113.7");
    expect((await owner.confirmSignUp(token, password)).status).toBe(204);
    expect(await detailOf(owner)).toMatchObject({
      email: "ada@example.org",
      displayName: "Ada Lovelace",
      tier: "free",
      signInHistory: [{ method: "sign-up", label: "Firefox on Linux" }],
    });
    expect(owner.sent.join("\n")).not.toContain(password);
    // The link counts once, and whoever typed the address in has nothing of it.
    expect(await codeOf(await stranger.confirmSignUp(token, "a password of a stranger"))).toBe("link-invalid");
    expect((await new Browser(app).signIn("ada@example.org", "a password of a stranger")).status).toBe(401);
  });

  test("A5: who says they are younger is refused, and nothing is stored", async () => {
    const response = await new Browser(app).signUp("kid@example.org", { isSixteen: false });
    expect(response.status).toBe(422);
    expect(await lastMail("kid@example.org")).toBeNull();
    const { results } = await env.DB.prepare("SELECT data FROM challenges").all<{ data: string }>();
    expect(JSON.stringify(results)).not.toContain("kid@");
  });

  test("X19: a known address gets the same answer, and only its mail says so", async () => {
    await confirmed(new Browser(app), "ada@example.org");
    await keepMail();
    const known = await new Browser(app).signUp("ADA@Example.org");
    const unknown = await new Browser(app).signUp("new@example.org");
    expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()]);
    expect((await lastMail("ada@example.org"))?.template).toBe("sign-up-known");
    expect(await count("accounts")).toBe(1);
  });

  test("of two sign-ups for one address the first to be confirmed has it", async () => {
    const [first, second] = [new Browser(app), new Browser(app)];
    await first.signUp("ada@example.org", { displayName: "First" });
    const one = await lastMail("ada@example.org");
    nowMs += 1;
    await second.signUp("ada@example.org", { displayName: "Second" });
    const two = await lastMail("ada@example.org");
    const answers = await Promise.all([
      first.confirmSignUp(tokenIn(one?.link), password),
      second.confirmSignUp(tokenIn(two?.link), "another long password"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await count("accounts")).toBe(1);
    expect(await count("passwords")).toBe(1);
  });

  test("B3, B4: whoever was on the waiting list moves over; news only with its own consent, stored with its words", async () => {
    await drizzle(env.DB)
      .insert(waitlist)
      .values({
        id: "wai_1",
        ...(await sealed("wai_1", "ada@example.org")),
        ipAddress: "",
        userAgent: "",
        language: "en",
        consentWording: "words",
        consentedAtMs: 0,
        confirmedAtMs: 0,
        confirmHash: "h1",
      });
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    expect(await count("waitlist")).toBe(0);
    expect((await detailOf(browser)).wantsNews).toBe(false);
    await browser.ask("PATCH", "/account", { wantsNews: true });
    const row = await env.DB.prepare("SELECT news_consent_wording AS words FROM mail_preferences").first<{
      words: string;
    }>();
    expect(row?.words).toContain("at any time");
    await browser.ask("PATCH", "/account", { wantsNews: false });
    expect((await detailOf(browser)).wantsNews).toBe(false);
    expect(JSON.stringify(await env.DB.prepare("SELECT * FROM consent_withdrawals").all())).not.toContain("ada@");
  });

  test("links expire after a day, to the millisecond", async () => {
    const browser = new Browser(app);
    await browser.signUp("ada@example.org");
    const token = tokenIn((await lastMail("ada@example.org"))?.link);
    nowMs += DAY_MS;
    expect(await codeOf(await browser.confirmSignUp(token, password))).toBe("link-invalid");
    expect(await codeOf(await browser.ask("POST", "/sign-up/passkey/start", { token }))).toBe("link-invalid");
  });

  test("a record that cannot be read is refused before it locks somebody out", async () => {
    const browser = new Browser(app);
    await browser.signUp("ada@example.org");
    const token = tokenIn((await lastMail("ada@example.org"))?.link);
    const { step } = await browser.register(password);
    const registrationRecord = "A".repeat(256);
    const response = await browser.ask("POST", "/sign-up/password", { token, step, registrationRecord });
    expect(await codeOf(response)).toBe("bad-request");
    // The link is still good for another try.
    expect((await browser.confirmSignUp(token, password)).status).toBe(204);
  });
});

describe("sign-in", () => {
  test("A2: right, wrong and unknown; a message that was overheard does not count again", async () => {
    await confirmed(new Browser(app), "ada@example.org");
    const browser = new Browser(app);
    expect((await browser.signIn("ada@example.org", password)).status).toBe(200);
    const overheard = JSON.parse(browser.sent.at(-1)?.slice("POST /sign-in/password ".length) ?? "{}");
    expect(await codeOf(await new Browser(app).ask("POST", "/sign-in/password", overheard))).toBe("step-expired");
    const wrong = await new Browser(app).signIn("ada@example.org", "wrong password, long");
    const unknown = await new Browser(app).signIn("nobody@example.org", password);
    expect(wrong.status).toBe(401);
    const shape = async (response: Response) => ({ ...(await response.json<object>()), requestId: "" });
    expect(await shape(wrong)).toEqual(await shape(unknown));
  });

  test("X19: the first answer for an unknown address has the shape of a known one", async () => {
    await confirmed(new Browser(app), "ada@example.org");
    const lengths = new Set<number>();
    for (const email of ["ada@example.org", "nobody@example.org", "x@example.org"]) {
      const browser = new Browser(app);
      const startLoginRequest = JSON.parse(await startLogin(email)).startLoginRequest;
      const response = await browser.ask("POST", "/sign-in/password/start", { email, startLoginRequest });
      lengths.add((await response.text()).length);
    }
    expect(lengths.size).toBe(1);
  });

  test("a second factor by time: each code once, recovery codes once, a slip can be mended", async () => {
    const owner = new Browser(app);
    await confirmed(owner, "ada@example.org");
    const { secret } = await (await owner.ask("POST", "/account/second-factor/start")).json<{ secret: string }>();
    const totp = new TOTP({ secret });
    const now = () => totp.generate({ timestamp: nowMs });
    expect(await codeOf(await owner.ask("POST", "/account/second-factor", { code: "000000" }))).toBe("wrong-code");
    const confirm = await owner.ask("POST", "/account/second-factor", { code: now() });
    const { codes } = await confirm.json<{ codes: string[] }>();
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);

    const enter = async (code: string) => {
      const browser = new Browser(app, "198.51.100.9");
      const first = await (await browser.signIn("ada@example.org", password)).json<{ secondFactorStep: string }>();
      expect(browser.cookie).toBeNull();
      const response = await browser.ask("POST", "/sign-in/second-factor", { step: first.secondFactorStep, code });
      return { browser, answer: await response.json<{ secondFactorStep?: string }>() };
    };
    // The code that confirmed it has been used.
    expect((await enter(now())).browser.cookie).toBeNull();
    nowMs += 30_000;
    const slip = await enter("000000");
    expect(slip.browser.cookie).toBeNull();
    const mended = await slip.browser.ask("POST", "/sign-in/second-factor", {
      step: slip.answer.secondFactorStep,
      code: now(),
    });
    expect(mended.status).toBe(200);
    expect(slip.browser.cookie).not.toBeNull();
    nowMs += 10 * 60_000;
    expect((await enter(codes[0] ?? "")).browser.cookie).not.toBeNull();
    expect((await enter(codes[0] ?? "")).browser.cookie).toBeNull();
    expect((await detailOf(owner)).recoveryCodesLeft).toBe(9);
  });

  test("an attacker is slowed at one account; the family behind the same address is not", async () => {
    await confirmed(new Browser(app), "ada@example.org");
    await confirmed(new Browser(app), "ben@example.org", { displayName: "Ben" });
    let limited = 0;
    for (let tries = 0; tries < 20; tries++)
      if ((await new Browser(app).signIn("ada@example.org", `guess number ${tries}`)).status === 429) limited++;
    expect(limited).toBeGreaterThanOrEqual(10);
    expect((await new Browser(app).signIn("ben@example.org", password)).status).toBe(200);
    // Ada herself, from home, is not locked out by it.
    expect((await new Browser(app, "203.0.113.7").signIn("ada@example.org", password)).status).toBe(200);
    nowMs += 60_000;
    expect((await new Browser(app).signIn("ada@example.org", password)).status).toBe(200);
  });

  test("tokens: one cookie for this host, exchanged daily, the one before it good for a minute, idle for thirty days ends it", async () => {
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    const first = browser.cookie;
    const asTab = async (cookie: string | null) => {
      const tab = new Browser(app);
      tab.cookie = cookie;
      return (await tab.ask("GET", "/account")).status;
    };
    nowMs += DAY_MS;
    const response = await browser.ask("GET", "/account");
    expect(response.headers.get("Set-Cookie")).toMatch(
      /^__Host-session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(browser.cookie).not.toBe(first);
    expect(await asTab(first)).toBe(200);
    nowMs += 61_000;
    expect(await asTab(first)).toBe(401);
    nowMs += 30 * DAY_MS - 61_000;
    expect(await asTab(browser.cookie)).toBe(401);
    const stored = JSON.stringify(await env.DB.prepare("SELECT * FROM sign_ins").all());
    expect(stored).not.toContain(first ?? "-");
  });

  test("a sign-in that is used every week is over after a year, to the millisecond", async () => {
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    const openedAtMs = nowMs;
    for (let week = 1; week <= 52; week++) {
      nowMs = openedAtMs + week * 7 * DAY_MS;
      expect([week, (await browser.ask("GET", "/account")).status]).toEqual([week, 200]);
    }
    nowMs = openedAtMs + 365 * DAY_MS - 1;
    expect((await browser.ask("GET", "/account")).status).toBe(200);
    nowMs += 1;
    expect((await browser.ask("GET", "/account")).status).toBe(401);
  });

  test("another site's page can neither sign anybody in nor change anything", async () => {
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
    expect((await browser.ask("PATCH", "/account", { displayName: "Evil" }, foreign)).status).toBe(401);
    const olderBrowser = { "Sec-Fetch-Site": "", Origin: "https://evil.example" };
    expect((await browser.ask("DELETE", "/account/sign-ins", undefined, olderBrowser)).status).toBe(401);
    expect((await detailOf(browser)).displayName).toBe("Ada Lovelace");
  });

  test("signing out ends this device; the list shows and ends the others", async () => {
    const [here, there] = [new Browser(app), new Browser(app)];
    await confirmed(here, "ada@example.org");
    await there.signIn("ada@example.org", password);
    const { signIns } = await detailOf(here);
    expect(signIns.map(({ label, isThis }) => [label, isThis])).toEqual(
      expect.arrayContaining([
        ["Firefox on Linux", true],
        ["Firefox on Linux", false],
      ]),
    );
    const other = signIns.find(({ isThis }) => !isThis);
    expect((await here.ask("DELETE", `/account/sign-ins/${other?.id}`)).status).toBe(204);
    expect((await there.ask("GET", "/account")).status).toBe(401);
    await there.signIn("ada@example.org", password);
    expect((await here.ask("DELETE", "/account/sign-ins")).status).toBe(204);
    expect((await there.ask("GET", "/account")).status).toBe(401);
    expect((await here.ask("POST", "/sign-out")).status).toBe(204);
    expect(here.cookie).toBeNull();
    expect(await count("sign_ins")).toBe(0);
  });
});

describe("reset and change", () => {
  test("X19: a reset answers alike for every address; its link sets a new password once and signs every device out", async () => {
    const owner = new Browser(app);
    await confirmed(owner, "ada@example.org");
    const answers = [];
    for (const email of ["ada@example.org", "nobody@example.org"]) {
      const response = await new Browser(app).ask("POST", "/reset", { email });
      answers.push([response.status, await response.text()]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(await lastMail("nobody@example.org")).toBeNull();
    const token = tokenIn((await lastMail("ada@example.org"))?.link);
    const browser = new Browser(app);
    const next = "a new and longer password";
    expect((await browser.ask("POST", "/reset/finish", { token, ...(await browser.register(next)) })).status).toBe(204);
    expect((await owner.ask("GET", "/account")).status).toBe(401);
    expect((await browser.signIn("ada@example.org", password)).status).toBe(401);
    expect((await browser.signIn("ada@example.org", next)).status).toBe(200);
    const again = await browser.ask("POST", "/reset/finish", { token, ...(await browser.register(next)) });
    expect(await codeOf(again)).toBe("link-invalid");
  });

  test("a reset's link is good for an hour, and a made-up one for nothing", async () => {
    await confirmed(new Browser(app), "ada@example.org");
    const browser = new Browser(app);
    await browser.ask("POST", "/reset", { email: "ada@example.org" });
    const token = tokenIn((await lastMail("ada@example.org"))?.link);
    nowMs += 3_600_000;
    for (const tried of [token, "A".repeat(43)]) {
      const response = await browser.ask("POST", "/reset/finish", {
        token: tried,
        ...(await browser.register("x y z")),
      });
      expect(await codeOf(response)).toBe("link-invalid");
    }
  });

  test("a change of password wants a fresh sign-in and signs the other devices out", async () => {
    const [here, there] = [new Browser(app), new Browser(app)];
    await confirmed(here, "ada@example.org");
    await there.signIn("ada@example.org", password);
    nowMs += 16 * 60_000;
    const stale = await here.ask("POST", "/account/password", await here.register("the next password"));
    expect(await codeOf(stale)).toBe("sign-in-again");
    await here.signIn("ada@example.org", password);
    expect((await here.ask("POST", "/account/password", await here.register("the next password"))).status).toBe(204);
    expect((await there.ask("GET", "/account")).status).toBe(401);
    expect((await here.ask("GET", "/account")).status).toBe(200);
    expect((await there.signIn("ada@example.org", "the next password")).status).toBe(200);
  });

  test("A6: the address is changed by a link at the new one, and the old one is told", async () => {
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    await confirmed(new Browser(app), "ben@example.org", { displayName: "Ben" });
    expect((await browser.ask("POST", "/account/email", { email: "ben@example.org" })).status).toBe(202);
    expect((await lastMail("ben@example.org"))?.template).not.toBe("new-address");
    expect((await browser.ask("POST", "/account/email", { email: "ada@new.example" })).status).toBe(202);
    const token = tokenIn((await lastMail("ada@new.example"))?.link);
    expect((await detailOf(browser)).email).toBe("ada@example.org");
    expect((await new Browser(app).ask("POST", "/account/email/confirm", { token })).status).toBe(204);
    expect((await detailOf(browser)).email).toBe("ada@new.example");
    expect((await lastMail("ada@example.org"))?.template).toBe("address-changed");
    expect((await new Browser(app).signIn("ada@new.example", password)).status).toBe(200);
  });

  test("A6: name and language are corrected by their owner", async () => {
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    const patched = await browser.ask("PATCH", "/account", { displayName: "Ada L.", language: "de" });
    expect(await patched.json()).toMatchObject({ displayName: "Ada L.", language: "de" });
    expect((await browser.ask("PATCH", "/account", { displayName: "\u0000" })).status).toBe(422);
  });

  test("the last way in stays", async () => {
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    const account = await env.DB.prepare("SELECT id FROM accounts").first<{ id: string }>();
    const row = { accountId: account?.id ?? "", publicKey: "key", counter: 0, transports: "[]", label: SEALED };
    const add = (id: string) =>
      drizzle(env.DB)
        .insert(passkeys)
        .values({ ...row, id, createdAtMs: 0 });
    await add("one");
    await env.DB.prepare("DELETE FROM passwords").run();
    expect(await codeOf(await browser.ask("DELETE", "/account/passkeys/one"))).toBe("last-way-in");
    await add("two");
    const both = await Promise.all(["one", "two"].map((id) => browser.ask("DELETE", `/account/passkeys/${id}`)));
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await codeOf(await browser.ask("DELETE", "/account/passkeys/three"))).toBe("not-found");
  });
});

describe("what waits is swept", () => {
  test("E6: steps, device codes, tries and sign-ins go when their time is over, however late the run", async () => {
    const browser = new Browser(app);
    await confirmed(browser, "ada@example.org");
    await browser.register("never finished");
    await browser.ask("POST", "/device", { label: "Studio" });
    nowMs += 31 * DAY_MS;
    await runJobs({ ...env, EMAIL: { send: async () => undefined } } as unknown as Parameters<typeof runJobs>[0], deps);
    for (const table of ["challenges", "device_codes", "rate_limits", "sign_ins"]) expect(await count(table)).toBe(0);
    expect(await count("accounts")).toBe(1);
  });
});

async function startLogin(email: string): Promise<string> {
  const probe = new Browser(createApp({ ...deps, random: deps.random }));
  await probe.signIn(email, "any password at all");
  const line = probe.sent.find((sent) => sent.startsWith("POST /sign-in/password/start")) ?? "";
  return line.slice(line.indexOf("{"));
}
