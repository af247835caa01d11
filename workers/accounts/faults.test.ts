import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { TOTP } from "otpauth";
import { beforeEach, describe, expect, test } from "vitest";
import { passkeys } from "../../migrations/schema.ts";
import { AccountDetail, DeviceStarted } from "../../protocol/accounts.ts";
import { Problem } from "../../protocol/errors.ts";
import { createApp } from "../app.ts";
import { requireAccount } from "../auth/guard.ts";
import { systemDeps } from "../platform/deps.ts";
import { addressIndex } from "../platform/personal-keys.ts";
import { opened as openedAddress } from "../testing/addresses.ts";
import { Browser, lastMail, tokenIn } from "../testing/browser.ts";
import { SEALED } from "../testing/rows.ts";
import { decideDevice } from "./oauth.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
let nowMs = 1_800_000_000_000;
const app = createApp({ ...systemDeps, now: () => nowMs });
app.post("/test/device/:code", requireAccount, async (c) =>
  c.json(await decideDevice(c, c.var.account, c.req.param("code"), true)),
);
const password = "correct horse battery staple";
const email = "ada@example.org";
const home = "203.0.113.7";
const elsewhere = "198.51.100.1";
const codeOf = async (response: Response) => Problem.parse(await response.json()).code;
const count = (table: string) => env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<number>("n");
const mailsTo = async (address: string) =>
  env.DB.prepare("SELECT COUNT(*) AS n FROM mail_outbox WHERE address_index = ?")
    .bind(await addressIndex(env, address))
    .first<number>("n");
const onlyAddress = async () =>
  openedAddress((await env.DB.prepare("SELECT email FROM accounts").first("email")) ?? "");

beforeEach(async () => {
  nowMs += 10 * DAY_MS;
  for (const table of ["mail_outbox", "accounts", "challenges", "device_codes", "rate_limits"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

async function opened(network = home): Promise<Browser> {
  const owner = new Browser(app, network);
  await owner.openAccount(email, password);
  return owner;
}
const detailOf = async (browser: Browser) => AccountDetail.parse(await (await browser.ask("GET", "/account")).json());

describe("X27: nobody is locked out by a stranger", () => {
  test("110 starts from one place, then one every 15 seconds for an hour: the owner comes in, from home and from anywhere", async () => {
    await opened();
    const guess = (network: string) => new Browser(app, network).signIn(email, "a guess of a stranger");
    for (let tries = 0; tries < 110; tries++) await guess(elsewhere);
    for (let tries = 0; tries < 240; tries++) {
      nowMs += 15_000;
      await guess(elsewhere);
    }
    expect((await guess(elsewhere)).status).toBe(429);
    expect((await new Browser(app, "192.0.2.200").signIn(email, password)).status).toBe(200);
    expect((await new Browser(app, home).signIn(email, password)).status).toBe(200);
  });

  test("when so many networks guess that the account's own bucket is empty, its owner comes in where they were before, and by a reset anywhere", async () => {
    const owner = await opened();
    for (let from = 0; from < 16; from++)
      for (let tries = 0; tries < 8; tries++)
        await new Browser(app, `192.0.2.${from}`).signIn(email, "a guess of a stranger");
    expect((await new Browser(app, "198.51.100.77").signIn(email, password)).status).toBe(429);
    expect((await new Browser(app, home).signIn(email, password)).status).toBe(200);
    // The browser that is signed in already, on a train.
    const train = new Browser(app, "198.51.100.78");
    train.cookie = owner.cookie;
    expect((await train.signIn(email, password)).status).toBe(200);
    const hotel = new Browser(app, "198.51.100.79");
    await hotel.ask("POST", "/reset", { email });
    const token = tokenIn((await lastMail(email))?.link);
    const next = "a new and longer password";
    expect((await hotel.ask("POST", "/reset/finish", { token, ...(await hotel.register(next)) })).status).toBe(204);
    expect((await hotel.signIn(email, next)).status).toBe(200);
  });

  test("a refused try takes nothing, writes no row, and a right proof gives back what it took", async () => {
    await opened();
    for (let tries = 0; tries < 8; tries++) await new Browser(app, elsewhere).signIn(email, "a guess of a stranger");
    const rows = await count("rate_limits");
    const refused = await new Browser(app, elsewhere).signIn(email, "a guess of a stranger");
    const waitSeconds = Number(refused.headers.get("Retry-After"));
    for (let tries = 0; tries < 20; tries++) await new Browser(app, elsewhere).signIn(email, "one more");
    expect(await count("rate_limits")).toBe(rows);
    nowMs += waitSeconds * 1000;
    expect((await new Browser(app, elsewhere).signIn(email, "a guess of a stranger")).status).toBe(401);
    for (let times = 0; times < 20; times++)
      expect((await new Browser(app, home).signIn(email, password)).status).toBe(200);
  });

  test("second factor and recovery codes: who knows the password and guesses codes keeps the owner out of neither", async () => {
    const owner = await opened();
    const { secret } = await (await owner.ask("POST", "/account/second-factor/start")).json<{ secret: string }>();
    const code = () => new TOTP({ secret }).generate({ timestamp: nowMs });
    // As an authenticator shows it.
    const shown = code().replace(/^(...)/, "$1 ");
    const { codes } = await (await owner.ask("POST", "/account/second-factor", { code: shown })).json<{
      codes: string[];
    }>();
    const step = async (browser: Browser) =>
      (await (await browser.signIn(email, password)).json<{ secondFactorStep: string }>()).secondFactorStep;
    nowMs += MINUTE_MS;
    let refused = 0;
    for (let from = 0; from < 6; from++) {
      const thief = new Browser(app, `198.51.100.${from}`);
      let waiting = await step(thief);
      for (let tries = 0; tries < 6; tries++) {
        const response = await thief.ask("POST", "/sign-in/second-factor", { step: waiting, code: "000 000" });
        if (response.status === 429) refused++;
        else waiting = (await response.json<{ secondFactorStep: string }>()).secondFactorStep;
      }
    }
    expect(refused).toBeGreaterThan(0);
    const atHome = new Browser(app, home);
    const withCode = { step: await step(atHome), code: code() };
    expect((await atHome.ask("POST", "/sign-in/second-factor", withCode)).status).toBe(200);
    expect(atHome.cookie).not.toBeNull();
    const abroad = new Browser(app, "192.0.2.99");
    const typed = (codes[0] ?? "").toUpperCase().replaceAll("-", "–");
    const withRecovery = { step: await step(abroad), code: typed };
    expect((await abroad.ask("POST", "/sign-in/second-factor", withRecovery)).status).toBe(200);
    expect(abroad.cookie).not.toBeNull();
  });

  test("a refused code does not use its step up", async () => {
    const owner = await opened();
    const { secret } = await (await owner.ask("POST", "/account/second-factor/start")).json<{ secret: string }>();
    const code = () => new TOTP({ secret }).generate({ timestamp: nowMs });
    await owner.ask("POST", "/account/second-factor", { code: code() });
    nowMs += MINUTE_MS;
    const clumsy = new Browser(app, home);
    let waiting = (await (await clumsy.signIn(email, password)).json<{ secondFactorStep: string }>()).secondFactorStep;
    let status = 200;
    for (let tries = 0; tries < 10 && status === 200; tries++) {
      const response = await clumsy.ask("POST", "/sign-in/second-factor", { step: waiting, code: "000000" });
      status = response.status;
      if (status === 200) waiting = (await response.json<{ secondFactorStep: string }>()).secondFactorStep;
    }
    expect(status).toBe(429);
    nowMs += MINUTE_MS;
    const answer = await clumsy.ask("POST", "/sign-in/second-factor", { step: waiting, code: code() });
    expect([answer.status, clumsy.cookie === null]).toEqual([200, false]);
  });

  test("three resets by a stranger, then one every nine minutes for a day: the owner's own mail goes", async () => {
    await opened();
    const stranger = new Browser(app, elsewhere);
    for (let tries = 0; tries < 3; tries++) await stranger.ask("POST", "/reset", { email });
    for (let tries = 0; tries < 160; tries++) {
      nowMs += 9 * MINUTE_MS;
      await stranger.ask("POST", "/reset", { email });
    }
    for (const network of [home, "192.0.2.200"]) {
      const before = (await mailsTo(email)) ?? 0;
      expect((await new Browser(app, network).ask("POST", "/reset", { email })).status).toBe(202);
      expect(await mailsTo(email)).toBe(before + 1);
      expect((await lastMail(email))?.template).toBe("reset");
    }
  });

  test("resets asked for from so many places that the address's own bucket is empty: the link that went last still works", async () => {
    await opened();
    for (let from = 0; from < 12; from++) await new Browser(app, `198.51.100.${from}`).ask("POST", "/reset", { email });
    const abroad = new Browser(app, "192.0.2.200");
    const before = await mailsTo(email);
    expect((await abroad.ask("POST", "/reset", { email })).status).toBe(202);
    // No ninth mail at once, but eight lie there, and the next goes within a quarter of an hour.
    expect(await mailsTo(email)).toBe(before);
    const token = tokenIn((await lastMail(email))?.link);
    const next = "a new and longer password";
    expect((await abroad.ask("POST", "/reset/finish", { token, ...(await abroad.register(next)) })).status).toBe(204);
    expect((await abroad.signIn(email, next)).status).toBe(200);
    nowMs += 15 * MINUTE_MS;
    await new Browser(app, "192.0.2.201").ask("POST", "/reset", { email });
    expect((await lastMail(email))?.template).toBe("reset");
  });

  test("sign-ups for an address use up nothing of its resets; whoever asks too often is told, known address or not", async () => {
    await opened();
    for (let from = 0; from < 20; from++) await new Browser(app, `198.51.100.${from}`).signUp(email);
    await new Browser(app, "192.0.2.200").ask("POST", "/reset", { email });
    expect((await lastMail(email))?.template).toBe("reset");
    for (const address of [email, "nobody@example.org"]) {
      const statuses = [];
      for (let tries = 0; tries < 5; tries++)
        statuses.push((await new Browser(app, "192.0.2.201").ask("POST", "/reset", { email: address })).status);
      expect(statuses).toEqual([202, 202, 202, 429, 429]);
    }
  });

  test("a device that asks at the interval it was told is never refused, ten minutes long", async () => {
    const owner = await opened();
    const started = DeviceStarted.parse(await (await owner.ask("POST", "/device", { label: "Rack" })).json());
    const grant = "urn:ietf:params:oauth:grant-type:device_code";
    for (let seconds = 0; seconds + started.interval < started.expires_in; seconds += started.interval) {
      nowMs += started.interval * 1000;
      const response = await app.request(
        "/api/v1/token",
        {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded", "CF-Connecting-IP": home },
          body: new URLSearchParams({ grant_type: grant, device_code: started.device_code }).toString(),
        },
        env,
      );
      expect([seconds, (await response.json<{ error: string }>()).error]).toEqual([seconds, "authorization_pending"]);
    }
  });
});

describe("X28: a grant is no proof, and opens the studio alone", () => {
  const tokenFor = async (owner: Browser) => {
    const started = DeviceStarted.parse(await (await owner.ask("POST", "/device", { label: "Rack" })).json());
    await app.request(
      `/test/device/${started.user_code}`,
      { method: "POST", headers: { Cookie: `__Host-session=${owner.cookie}`, "Sec-Fetch-Site": "same-origin" } },
      env,
    );
    return started.device_code;
  };
  const exchange = async (code: string) => {
    const response = await app.request(
      "/api/v1/token",
      {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded", "CF-Connecting-IP": home },
        body: new URLSearchParams({
          grant_type: "urn:ietf:params:oauth:grant-type:device_code",
          device_code: code,
        }).toString(),
      },
      env,
    );
    return response.json<{ access_token?: string; error?: string }>();
  };

  test("a companion's token reads sessions and nothing of the account, and changes nothing there", async () => {
    const owner = await opened();
    const { access_token: token } = await exchange(await tokenFor(owner));
    const ask = (method: string, path: string) =>
      app.request(`/api/v1${path}`, { method, headers: { Authorization: `Bearer ${token}` } }, env);
    expect((await ask("GET", "/sessions")).status).toBe(200);
    for (const [method, path] of [
      ["GET", "/account"],
      ["POST", "/account/passkeys/start"],
      ["POST", "/account/second-factor/start"],
      ["DELETE", "/account/second-factor"],
      ["DELETE", "/account/sign-ins"],
      ["GET", "/profile"],
      ["GET", "/blocks"],
      ["GET", "/sessionsx"],
    ] as const) {
      const response = await ask(method, path);
      if (path === "/sessionsx") expect(response.status).toBe(404);
      else expect([path, response.status, await codeOf(response)]).toEqual([path, 403, "scope-insufficient"]);
    }
    for (const path of ["/account", "/companion/authorize", "/device"]) {
      const page = await app.request(path, { headers: { Authorization: `Bearer ${token}` } }, env);
      expect([path, page.status === 200 && (await page.text()).includes(email)]).toEqual([path, false]);
    }
  });

  test("an approved code that no device has fetched is void after a reset, a change of password and signing out everywhere", async () => {
    for (const change of ["reset", "password", "everywhere"] as const) {
      await env.DB.prepare("DELETE FROM accounts").run();
      const owner = await opened();
      const code = await tokenFor(owner);
      if (change === "reset") {
        await owner.ask("POST", "/reset", { email });
        const token = tokenIn((await lastMail(email))?.link);
        await owner.ask("POST", "/reset/finish", { token, ...(await owner.register("the next password")) });
      } else if (change === "password") {
        await owner.ask("POST", "/account/password", await owner.register("the next password"));
      } else await owner.ask("DELETE", "/account/sign-ins");
      expect([change, await exchange(code)]).toEqual([change, expect.objectContaining({ error: "expired_token" })]);
    }
  });
});

describe("X28: what waits is void after a change, and the owner can stop it", () => {
  /** A thief at a machine that was left open asks for the account's address to become theirs. */
  async function moveAsked(owner: Browser): Promise<string> {
    nowMs += 1;
    expect((await owner.ask("POST", "/account/email", { email: "thief@example.org" })).status).toBe(202);
    return tokenIn((await lastMail("thief@example.org"))?.link);
  }
  const confirmMove = (token: string) => new Browser(app, elsewhere).ask("POST", "/account/email/confirm", { token });

  test.each(["password", "everywhere", "reset", "second-factor"] as const)(
    "a move that was asked for does nothing any more after: %s",
    async (change) => {
      const owner = await opened();
      const token = await moveAsked(owner);
      if (change === "password")
        await owner.ask("POST", "/account/password", await owner.register("the next password"));
      if (change === "everywhere") await owner.ask("DELETE", "/account/sign-ins");
      if (change === "reset") {
        await owner.ask("POST", "/reset", { email });
        const reset = tokenIn((await lastMail(email))?.link);
        await owner.ask("POST", "/reset/finish", { token: reset, ...(await owner.register("the next password")) });
      }
      if (change === "second-factor") {
        const { secret } = await (await owner.ask("POST", "/account/second-factor/start")).json<{ secret: string }>();
        const code = new TOTP({ secret }).generate({ timestamp: nowMs });
        await owner.ask("POST", "/account/second-factor", { code });
      }
      nowMs += 20 * 60 * MINUTE_MS;
      expect(await codeOf(await confirmMove(token))).toBe("link-invalid");
      expect(await onlyAddress()).toBe(email);
    },
  );

  test("the address of now is told at the request, and its link stops the move and signs everybody out", async () => {
    const owner = await opened();
    const token = await moveAsked(owner);
    const told = await lastMail(email);
    expect(told).toMatchObject({ template: "address-asked", email: "thief@example.org" });
    const stopped = await new Browser(app, "192.0.2.9").ask("POST", "/account/take-back", {
      token: tokenIn(told?.takeBack),
    });
    expect(await stopped.json()).toEqual({ outcome: "taken-back" });
    expect(await codeOf(await confirmMove(token))).toBe("link-invalid");
    expect((await owner.ask("GET", "/account")).status).toBe(401);
    expect((await lastMail(email))?.template).toBe("reset");
    // The password was there before, so it stays.
    expect((await new Browser(app, home).signIn(email, password)).status).toBe(200);
  });

  test("after the move the old address takes it back for a week: what the thief added goes, whatever they change meanwhile", async () => {
    const owner = await opened();
    const thief = new Browser(app, elsewhere);
    thief.cookie = owner.cookie;
    const token = await moveAsked(thief);
    nowMs += MINUTE_MS;
    expect((await confirmMove(token)).status).toBe(204);
    const told = await lastMail(email);
    expect(told?.template).toBe("address-changed");
    await thief.ask("POST", "/account/password", await thief.register("the thief's own password"));
    const accountId = (await env.DB.prepare("SELECT id FROM accounts").first<string>("id")) ?? "";
    await drizzle(env.DB)
      .insert(passkeys)
      .values({ id: "k", accountId, publicKey: "k", counter: 0, transports: "[]", label: SEALED, createdAtMs: nowMs });
    // The thief was told as well, at the address that was theirs, and takes back what came after.
    const theirs = (await lastMail("thief@example.org"))?.takeBack;
    expect((await thief.ask("POST", "/account/take-back", { token: tokenIn(theirs) })).status).toBe(200);
    await drizzle(env.DB)
      .insert(passkeys)
      .values({ id: "l", accountId, publicKey: "k", counter: 0, transports: "[]", label: SEALED, createdAtMs: nowMs });
    nowMs += 6 * DAY_MS;
    const back = await new Browser(app, home).ask("POST", "/account/take-back", { token: tokenIn(told?.takeBack) });
    expect(await back.json()).toEqual({ outcome: "taken-back" });
    expect(await onlyAddress()).toBe(email);
    expect([await count("passkeys"), await count("passwords"), await count("sign_ins")]).toEqual([0, 0, 0]);
    expect((await thief.signIn("thief@example.org", "the thief's own password")).status).toBe(401);
    const reset = tokenIn((await lastMail(email))?.link);
    const again = new Browser(app, home);
    const set = await again.ask("POST", "/reset/finish", { token: reset, ...(await again.register("mine once more")) });
    expect(set.status).toBe(204);
    expect((await again.signIn(email, "mine once more")).status).toBe(200);
  });

  test("a week and a millisecond later it is too late, and a link counts once", async () => {
    const owner = await opened();
    await moveAsked(owner);
    const token = tokenIn((await lastMail(email))?.takeBack);
    nowMs += 7 * DAY_MS;
    expect(await codeOf(await owner.ask("POST", "/account/take-back", { token }))).toBe("link-invalid");
  });

  test("a reset that was mailed to the old address does not outlive the move", async () => {
    const owner = await opened();
    await owner.ask("POST", "/reset", { email });
    const token = tokenIn((await lastMail(email))?.link);
    await owner.ask("POST", "/account/email", { email: "ada@new.example" });
    await confirmMove(tokenIn((await lastMail("ada@new.example"))?.link));
    const late = await owner.ask("POST", "/reset/finish", { token, ...(await owner.register("a late password")) });
    expect(await codeOf(late)).toBe("link-invalid");
  });

  test("a reset that a stranger asked for is stopped by its own mail; nobody is signed out by that", async () => {
    const owner = await opened();
    await new Browser(app, elsewhere).ask("POST", "/reset", { email });
    const mail = await lastMail(email);
    const stopped = await owner.ask("POST", "/account/take-back", { token: tokenIn(mail?.takeBack) });
    expect(await stopped.json()).toEqual({ outcome: "stopped" });
    expect((await owner.ask("GET", "/account")).status).toBe(200);
    const token = tokenIn(mail?.link);
    const late = await owner.ask("POST", "/reset/finish", { token, ...(await owner.register("a late password")) });
    expect(await codeOf(late)).toBe("link-invalid");
  });

  test("each change is told with what it was, and its own address is refused as a change", async () => {
    const owner = await opened();
    expect(await codeOf(await owner.ask("POST", "/account/email", { email }))).toBe("address-unchanged");
    nowMs += 1;
    await owner.ask("POST", "/account/password", await owner.register("the next password"));
    expect(await lastMail(email)).toMatchObject({ template: "credentials-changed", what: "password" });
  });
});

describe("what a leaked copy of the database holds", () => {
  test("H6: no TOTP secret, no recovery code and nothing that a guess could be checked against without our secret", async () => {
    const owner = await opened();
    const { secret } = await (await owner.ask("POST", "/account/second-factor/start")).json<{ secret: string }>();
    const code = new TOTP({ secret }).generate({ timestamp: nowMs });
    const { codes } = await (await owner.ask("POST", "/account/second-factor", { code })).json<{ codes: string[] }>();
    const rows = JSON.stringify([
      (await env.DB.prepare("SELECT * FROM second_factors").all()).results,
      (await env.DB.prepare("SELECT * FROM recovery_codes").all()).results,
    ]);
    expect(rows).not.toContain(secret);
    for (const each of codes) {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(each.replaceAll("-", "")));
      const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      expect(rows).not.toContain(hash);
    }
  });
});

describe("invite codes", () => {
  test("H6: a leaked copy of the database lets nobody into a session", async () => {
    const owner = await opened();
    const session = await (await owner.ask("POST", "/sessions", { name: "Verse" })).json<{ sessionId: string }>();
    const made = await owner.ask("POST", `/sessions/${session.sessionId}/invites`, {});
    const code = (await made.json<{ code: string }>()).code.replace("-", "");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
    const kept = await env.DB.prepare("SELECT code_hash FROM invites").first<string>("code_hash");
    expect(kept).not.toBe(new Uint8Array(digest).toHex());
    expect(kept).not.toContain(code);
    const guest = new Browser(app);
    await guest.openAccount("ben@example.org", password, { displayName: "Ben" });
    const typed = { code: `${code.slice(0, 5).toUpperCase()}–${code.slice(5)}` };
    expect((await guest.ask("POST", "/invites/accept", typed)).status).toBe(200);
  });
});

describe("passkeys", () => {
  test("one account has one user handle at every registration, and it names nobody", async () => {
    const owner = await opened();
    const handle = async () => {
      const started = await owner.ask("POST", "/account/passkeys/start");
      return (await started.json<{ options: { user: { id: string } } }>()).options.user.id;
    };
    const first = await handle();
    expect(await handle()).toBe(first);
    expect((await detailOf(owner)).accountId).not.toContain(first);
  });

  test("a passkey is renamed by its owner alone", async () => {
    const owner = await opened();
    const { accountId } = await detailOf(owner);
    await drizzle(env.DB)
      .insert(passkeys)
      .values({ id: "key", accountId, publicKey: "k", counter: 0, transports: "[]", label: SEALED, createdAtMs: 0 });
    expect((await owner.ask("PATCH", "/account/passkeys/key", { label: "Studio laptop" })).status).toBe(204);
    expect((await detailOf(owner)).passkeys.map(({ label }) => label)).toEqual(["Studio laptop"]);
    const other = new Browser(app);
    await other.openAccount("ben@example.org", password, { displayName: "Ben" });
    expect((await other.ask("PATCH", "/account/passkeys/key", { label: "Mine" })).status).toBe(404);
    for (const label of ["", "  ", "a\u0000", "x".repeat(81)])
      expect((await owner.ask("PATCH", "/account/passkeys/key", { label })).status).toBe(422);
  });
});
