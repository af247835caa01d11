import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { beforeEach, describe, expect, test } from "vitest";
import { passkeys } from "../../migrations/schema.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { openName } from "../platform/personal-keys.ts";
import { sealedText } from "../testing/addresses.ts";
import { Browser, lastMail, tokenIn } from "../testing/browser.ts";
import { safeNext } from "./next.ts";

const origin = "https://sessionlinked.test";
let nowMs = 1_800_000_000_000;
const app = createApp({ ...systemDeps, now: () => nowMs });
let cookie: string;

beforeEach(async () => {
  for (const table of ["challenges", "rate_limits", "mail_outbox", "accounts"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  const browser = new Browser(app);
  await browser.openAccount("ada@example.org", "a password of some length");
  cookie = `__Host-session=${browser.cookie}`;
});

const get = (path: string, headers: Record<string, string> = {}) =>
  app.request(`${origin}${path}`, { headers: { Accept: "text/html", Cookie: cookie, ...headers } }, env);
const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  app.request(
    `${origin}${path}`,
    {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: {
        Accept: "text/html",
        "Content-Type": "application/x-www-form-urlencoded",
        Cookie: cookie,
        Origin: origin,
        "Sec-Fetch-Site": "same-origin",
        ...headers,
      },
    },
    env,
  );
const nameNow = async () => {
  const row = await env.DB.prepare("SELECT display_name AS name FROM accounts").first<{ name: string }>();
  return await openName(env, systemDeps, row?.name ?? "");
};

describe("the account's pages", () => {
  test("A2: no field for a password has a name, so a form without its script sends nothing of it", async () => {
    await new Browser(app).signUp("ben@example.org");
    const link = new URL((await lastMail("ben@example.org"))?.link ?? "");
    const pages = await Promise.all([
      get(link.pathname + link.search, { Cookie: "" }),
      get("/sign-in", { Cookie: "" }),
      get("/account"),
    ]);
    for (const page of pages) {
      const inputs = [...(await page.text()).matchAll(/<input[^>]*type="password"[^>]*>/g)].map(([tag]) => tag);
      expect(inputs.length).toBeGreaterThan(0);
      for (const input of inputs) expect(input).not.toMatch(/\sname=/);
    }
  });

  test("A6: a plain form corrects the name; what does not fit changes nothing and says so", async () => {
    const saved = await send("/account/details", { displayName: "Augusta King", language: "de" });
    expect([saved.status, saved.headers.get("Location")]).toEqual([303, "/account?at=you&done=saved#you"]);
    expect(await nameNow()).toBe("Augusta King");
    for (const displayName of ["", "x", "a\u0000b", "Аda", "admin", "n".repeat(41)]) {
      const refused = await send("/account/details", { displayName, language: "en" });
      expect(refused.status).toBe(422);
    }
    expect(await nameNow()).toBe("Augusta King");
    const page = await (await send("/account/details?lang=en", { displayName: "x", language: "en" })).text();
    expect(page).toMatch(/value="x"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*value="x"/);
    expect(page).toContain("A name has at least 2 characters");
  });

  test("the account's language is the site's from the press on that saves it; an address that asks for another gets it", async () => {
    const english = { "Accept-Language": "en" };
    const saved = await send("/account/details?lang=en", { displayName: "Ada Lovelace", language: "de" }, english);
    expect(saved.headers.get("Location")).toBe("/account?at=you&done=saved#you");
    for (const path of ["/account?at=you&done=saved", "/help", "/sign-in?again=1"])
      expect(await (await get(path, english)).text()).toContain('<html lang="de"');
    expect(await (await get("/account?lang=en", english)).text()).toContain('<html lang="en');
    expect(await (await get("/help", { ...english, Cookie: "" })).text()).toContain('<html lang="en');
  });

  test("a password manager finds where a password is changed, and a stranger is asked to sign in there", async () => {
    const found = await get("/.well-known/change-password");
    expect([found.status, found.headers.get("Location")]).toEqual([303, "/account#credentials"]);
  });

  test("the only passkey is not offered to be removed", async () => {
    const account = await env.DB.prepare("SELECT id FROM accounts").first<{ id: string }>();
    const row = { accountId: account?.id ?? "", publicKey: "k", counter: 0, transports: "[]", createdAtMs: nowMs };
    await drizzle(env.DB)
      .insert(passkeys)
      .values({ ...row, id: "key", label: await sealedText(row.accountId, "device", "Laptop") });
    expect(await (await get("/account?lang=en")).text()).toContain("Remove the passkey Laptop");
    await env.DB.prepare("DELETE FROM passwords").run();
    const page = await (await get("/account?lang=en")).text();
    expect(page).not.toContain("Remove the passkey Laptop");
    expect(page).toContain("Your only way to sign in.");
    expect(page).toContain("the companion too");
  });

  test("a sign-in that is renewed on the way reaches the browser, also when the form did not fit", async () => {
    for (const [displayName, outcome] of [
      ["", null],
      ["Augusta King", "/account?at=you&done=saved#you"],
    ] as const) {
      nowMs += 25 * 3_600_000;
      const response = await send("/account/details", { displayName, language: "en" });
      expect(response.headers.get("Location")).toBe(outcome);
      const renewed = /__Host-session=[\w-]{43}/.exec(response.headers.get("Set-Cookie") ?? "")?.[0];
      expect(renewed).toBeDefined();
      nowMs += 120_000;
      expect((await get("/account")).status).toBe(303);
      cookie = renewed ?? "";
      expect((await get("/account")).status).toBe(200);
    }
  });

  test("another site's form changes nothing, whatever it leaves out", async () => {
    const foreign = [
      { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
      { Origin: "null", "Sec-Fetch-Site": "same-site" },
      { Origin: "https://evil.example", "Sec-Fetch-Site": "" },
    ];
    const forms: [string, Record<string, string>][] = [
      ["/account/details", { displayName: "Mallory", language: "en" }],
      ["/account/sign-ins/end-others", {}],
      ["/account/sign-out", {}],
      ["/account/email", { email: "mallory@example.org" }],
    ];
    for (const headers of foreign)
      for (const [path, fields] of forms) {
        const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
        const request = new Request(`${origin}${path}`, {
          method: "POST",
          body: new URLSearchParams(fields).toString(),
          headers: { "Content-Type": "application/x-www-form-urlencoded", Cookie: cookie, ...present },
        });
        const response = await app.fetch(request, env);
        expect([path, response.status < 500, response.headers.get("Set-Cookie")]).toEqual([path, true, null]);
      }
    expect(await nameNow()).toBe("Ada Lovelace");
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM sign_ins").first("n")).toBe(1);
    expect(await lastMail("mallory@example.org")).toBeNull();
  });

  test("a mailed link is looked at without being used, and used once", async () => {
    const browser = new Browser(app);
    await browser.signUp("ben@example.org");
    const token = tokenIn((await lastMail("ben@example.org"))?.link);
    for (let look = 0; look < 3; look++) {
      const page = await get(`/sign-up/confirm?token=${token}`, { Cookie: "" });
      expect(await page.text()).toContain(`data-token="${token}"`);
    }
    expect((await browser.confirmSignUp(token, "another long password")).status).toBe(204);
    for (const bad of ["", "x", token, "a".repeat(43), "a".repeat(5_000), "\u0000"]) {
      const page = await get(`/sign-up/confirm?lang=en&token=${encodeURIComponent(bad)}`, { Cookie: "" });
      expect([page.status, (await page.text()).includes("was never ours")]).toEqual([200, true]);
    }
    // Whoever is in by it hears that all is well.
    const again = await get(`/sign-up/confirm?lang=en&token=${token}`, { Cookie: `__Host-session=${browser.cookie}` });
    expect(await again.text()).toContain("all is well: you are signed in");
  });

  test("A5: a sign-up goes without a script too; what does not fit is said at its field, and what was typed stays", async () => {
    const sent = await send("/sign-up", { displayName: "Ben", email: "ben@example.org", age: "older" }, { Cookie: "" });
    expect([sent.status, sent.headers.get("Location")]).toEqual([303, "/sign-up?done=mailed"]);
    expect((await lastMail("ben@example.org"))?.template).toBe("sign-up");
    for (const [fields, said] of [
      [{ displayName: "x", email: "eve@example.org", age: "older" }, "A name has at least 2 characters"],
      [{ displayName: "Eve", email: "nowhere", age: "older" }, "This does not look like an e-mail address."],
      [{ displayName: "Eve", email: "eve@example.org" }, "Please say how old you are."],
      [{ displayName: "Eve", email: "eve@example.org", age: "younger" }, "Nothing of what you typed is kept."],
    ] as [Record<string, string>, string][]) {
      const refused = await send("/sign-up?lang=en", fields, { Cookie: "" });
      const page = await refused.text();
      expect([refused.status, page.includes(said)]).toEqual([422, true]);
      expect(page).toContain(`value="${fields.displayName}"`);
      expect(await lastMail("eve@example.org")).toBeNull();
    }
  });

  test("whoever signs up on the way to an invitation arrives at it, and nobody is led off this site", async () => {
    const invite = "/invite/k7m2p-9xq4d";
    expect(await (await get(`/sign-up?next=${invite}`, { Cookie: "" })).text()).toContain(`data-next="${invite}"`);
    expect(await (await get(`/sign-in?next=${invite}`, { Cookie: "" })).text()).toContain(
      `/sign-up?next=${encodeURIComponent(invite)}`,
    );
    const browser = new Browser(app);
    await browser.signUp("ben@example.org", { next: invite });
    const link = new URL((await lastMail("ben@example.org"))?.link ?? "");
    const page = await get(link.pathname + link.search, { Cookie: "" });
    expect(await page.text()).toContain(`data-next="${invite}"`);
    const lured = await browser.signUp("eve@example.org", { next: "//evil.example/x" });
    expect(lured.status).toBe(422);
    const elsewhere = await get("/sign-up?next=https%3A%2F%2Fevil.example", { Cookie: "" });
    expect(await elsewhere.text()).not.toMatch(/data-next|href="https:\/\/evil/);
  });

  test("X19: asking for a new password shows the same page for every address", async () => {
    const known = await send("/reset", { email: "ada@example.org" }, { Cookie: "" });
    const unknown = await send("/reset", { email: "nobody@example.org" }, { Cookie: "" });
    expect([known.status, known.headers.get("Location")]).toEqual([303, "/reset?done=mailed"]);
    expect([unknown.status, unknown.headers.get("Location")]).toEqual([303, "/reset?done=mailed"]);
    const wrong = await send("/reset", { email: "not an address" }, { Cookie: "" });
    expect([wrong.status, (await wrong.text()).includes('aria-invalid="true"')]).toEqual([422, true]);
  });

  test("X18: who is not signed in is asked to, and comes back to where they were", async () => {
    const account = await get("/account", { Cookie: "" });
    expect([account.status, account.headers.get("Location")]).toEqual([303, "/sign-in?next=%2Faccount"]);
    const device = await get("/device?code=WDJB-MJHT", { Cookie: "__Host-session=stolen" });
    expect(device.headers.get("Location")).toBe(`/sign-in?next=${encodeURIComponent("/device?code=WDJB-MJHT")}`);
    const signIn = await (await get("/sign-in?next=/device%3Fcode%3DWDJB", { Cookie: "" })).text();
    expect(signIn).toContain('data-next="/device?code=WDJB"');
  });

  test("a change of language keeps the link that was mailed", async () => {
    const page = await (await get("/reset/finish?token=abc&lang=en")).text();
    expect(page).toContain('href="/reset/finish?token=abc&amp;lang=de"');
  });
});

describe("X28: a program is let in", () => {
  const ask = {
    response_type: "code",
    client_id: "companion",
    redirect_uri: "http://127.0.0.1:51234/signed-in",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    state: "a state of the companion",
    label: "Studio PC",
  };
  const again = /^\/sign-in\?again=1&next=/;

  test("by somebody who has just proved who they are; a five-hour-old cookie is asked once more, and may still say no", async () => {
    const device = await new Browser(app).ask("POST", "/device", { label: "Rack" });
    const { user_code: code } = await device.json<{ user_code: string }>();
    const allowed = await send("/companion/authorize", { ...ask, decision: "allow" });
    expect(allowed.headers.get("Location")).toMatch(/^http:\/\/127\.0\.0\.1:51234\/signed-in\?code=/);
    nowMs += 15 * 60_000 + 1;
    const grants = () => env.DB.prepare("SELECT COUNT(*) AS n FROM challenges WHERE kind = 'companion'").first("n");
    const before = await grants();
    for (const response of [
      await send("/companion/authorize", { ...ask, decision: "allow" }),
      await get(`/companion/authorize?${new URLSearchParams(ask)}`),
    ])
      expect(response.headers.get("Location")).toMatch(again);
    expect(await grants()).toBe(before);
    const waiting = await new Browser(app).ask("POST", "/device", { label: "Rack" });
    const { user_code: fresh } = await waiting.json<{ user_code: string }>();
    expect((await send("/device", { code: fresh, decision: "allow" })).headers.get("Location")).toMatch(again);
    const state = await env.DB.prepare("SELECT state FROM device_codes WHERE user_code = ?")
      .bind(fresh.replace("-", ""))
      .first("state");
    expect(state).toBe("waiting");
    expect((await send("/device", { code: fresh, decision: "deny" })).status).toBe(200);
    const denied = await send("/companion/authorize", { ...ask, decision: "deny" });
    expect(denied.headers.get("Location")).toContain("error=access_denied");
    expect(code).not.toBe(fresh);
  });
});

describe("where signing in leads", () => {
  test.each([
    ["/account#devices", "/account#devices"],
    ["/companion/authorize?state=a%20b&x=1", "/companion/authorize?state=a%20b&x=1"],
    ["/", "/"],
  ])("%s is a place of ours", (asked, expected) => expect(safeNext(asked, origin)).toBe(expected));

  test.each([
    undefined,
    "",
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\\\\evil.example",
    "/%0d%0aSet-Cookie:x\r\n",
    "javascript:alert(1)",
    "/./\\/evil.example",
    "/..//evil.example",
    "/long" + "a".repeat(2_000),
    "/ä",
  ])("%# is not", (asked) => expect(safeNext(asked, origin)).toBe("/account"));
});

describe("a limit", () => {
  test("says how long it lasts, and is past when it said", async () => {
    const browser = new Browser(app, "192.0.2.77");
    let refused = await browser.signIn("ada@example.org", "a wrong password");
    for (let tries = 0; refused.status !== 429 && tries < 20; tries++)
      refused = await browser.signIn("ada@example.org", "a wrong password");
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get("Retry-After"));
    expect(seconds).toBeGreaterThanOrEqual(30);
    nowMs += (seconds - 1) * 1000;
    const early = await browser.signIn("ada@example.org", "a wrong password");
    expect(early.status).toBe(429);
    nowMs += Number(early.headers.get("Retry-After")) * 1000;
    expect((await browser.signIn("ada@example.org", "a password of some length")).status).toBe(200);
  });
});

describe("bad input", () => {
  const forms = [
    "/account/details",
    "/account/email",
    "/account/email/confirm",
    "/account/passkeys/remove",
    "/account/sign-ins/end",
    "/companion/authorize",
    "/device",
    "/reset",
    "/sign-up",
    "/account/take-back",
  ];
  const odd = [
    "",
    "\u0000",
    "../..",
    "%2e%2e%2f",
    "<script>alert(1)</script>",
    "'; DROP TABLE accounts; --",
    "🥁".repeat(300),
    "\ud800",
    "__proto__",
    "[object Object]",
  ];

  test("X23: no form of ours breaks, whatever is in it, and nothing of it comes back as markup", async () => {
    for (const path of forms)
      for (const value of odd) {
        const fields = {
          id: value,
          code: value,
          token: value,
          email: value,
          displayName: value,
          decision: value,
          state: value,
        };
        const response = await send(path, fields);
        const html = await response.text();
        expect([path, value, response.status < 500]).toEqual([path, value, true]);
        expect(html).not.toContain("<script>alert");
      }
  });

  test("X23: nor does a body that is no form", async () => {
    const bodies: [string, BodyInit][] = [
      ["application/json", '{"email":"ada@example.org"}'],
      ["application/x-www-form-urlencoded", new Uint8Array([0xff, 0xfe, 0x3d, 0x80, 0x26])],
      ["multipart/form-data; boundary=x", "--x\r\n"],
      ["", "email=ada@example.org"],
    ];
    for (const path of forms)
      for (const [type, body] of bodies) {
        const response = await app.request(
          `${origin}${path}`,
          { method: "POST", body, headers: { "Content-Type": type, Cookie: cookie, "Sec-Fetch-Site": "same-origin" } },
          env,
        );
        expect([path, type, response.status < 500]).toEqual([path, type, true]);
      }
    expect(await lastMail("ada@example.org")).toMatchObject({ template: "sign-up" });
  });

  test("X23: nor does an address with odd questions", async () => {
    for (const path of [
      "/sign-in",
      "/sign-up/confirm",
      "/account/take-back",
      "/reset/finish",
      "/account/email",
      "/companion/authorize",
      "/device",
      "/account",
    ])
      for (const value of odd) {
        const query = new URLSearchParams({
          token: value,
          next: value,
          code: value,
          outcome: value,
          problem: value,
          lang: value,
        });
        const response = await get(`${path}?${query}`);
        const html = await response.text();
        expect([path, value, response.status < 500]).toEqual([path, value, true]);
        expect(html).not.toContain("<script>alert");
      }
  });
});
