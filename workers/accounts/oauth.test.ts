import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { AccountDetail, DeviceStarted } from "../../protocol/accounts.ts";
import { createApp } from "../app.ts";
import { requireAccount } from "../auth/guard.ts";
import { systemDeps } from "../platform/deps.ts";
import { Browser } from "../testing/browser.ts";
import { checkAuthorize, decideDevice, findDevice, grantCompanion, refuseCompanion } from "./oauth.ts";

let nowMs = 1_800_000_000_000;
const deps = { ...systemDeps, now: () => nowMs };
const app = createApp(deps);
// What the pages do once the person has said yes.
app.post("/test/grant", requireAccount, async (c) => {
  const checked = checkAuthorize(c.req.query());
  return checked.ok ? c.text(await grantCompanion(c, c.var.account, checked.value)) : c.text("no", 400);
});
app.post("/test/device/:code/:answer", requireAccount, async (c) =>
  c.json(await decideDevice(c, c.var.account, c.req.param("code") ?? "", c.req.param("answer") === "yes")),
);

const person = new Browser(app);
beforeEach(async () => {
  nowMs += 3_600_000;
  for (const table of ["mail_outbox", "accounts", "challenges", "device_codes", "rate_limits"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  await person.openAccount("ada@example.org", "correct horse battery staple");
});

const redirect = "http://127.0.0.1:51234/signed-in";
const base64Url = (bytes: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const verifier = "a".repeat(50);

async function query(more: Record<string, string> = {}) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return {
    response_type: "code",
    client_id: "companion",
    redirect_uri: redirect,
    code_challenge: base64Url(digest),
    code_challenge_method: "S256",
    state: "a state of the companion",
    label: "Companion, studio PC",
    ...more,
  };
}

const here = (path: string) =>
  app.request(
    path,
    { method: "POST", headers: { Cookie: `__Host-session=${person.cookie}`, "Sec-Fetch-Site": "same-origin" } },
    env,
  );

async function grantedCode(): Promise<string> {
  const response = await here(`/test/grant?${new URLSearchParams(await query())}`);
  const url = new URL(await response.text());
  expect(url.origin + url.pathname).toBe(redirect);
  expect(url.searchParams.get("state")).toBe("a state of the companion");
  return url.searchParams.get("code") ?? "";
}

async function exchange(form: Record<string, string>) {
  const response = await app.request(
    "/api/v1/token",
    {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", "CF-Connecting-IP": "192.0.2.1" },
      body: new URLSearchParams(form).toString(),
    },
    env,
  );
  return {
    status: response.status,
    ...(await response.json<{ access_token?: string; error?: string; code?: string }>()),
  };
}

const withCode = (code: string, more: Record<string, string> = {}) =>
  exchange({ grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: redirect, ...more });

/** What a token opens: the studio, and nothing of the account. */
const statusOf = async (token: string | undefined, path: string) =>
  (await app.request(`/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } }, env)).status;
const signInsOf = async () =>
  AccountDetail.parse(await (await person.ask("GET", "/account")).json()).signIns.map(({ label, kind }) => [
    label,
    kind,
  ]);

describe("A7: a companion signs in through the system's browser (RFC 8252, RFC 7636)", () => {
  test("code and verifier become a token, once", async () => {
    const code = await grantedCode();
    const answer = await withCode(code);
    expect(answer.status).toBe(200);
    expect(await statusOf(answer.access_token, "/sessions")).toBe(200);
    expect(await signInsOf()).toContainEqual(["Companion, studio PC", "companion"]);
    expect(await withCode(code)).toMatchObject({ status: 400, error: "invalid_grant", code: "grant-invalid" });
  });

  test("X28: a code that is used twice is in two hands, so what it gave ends", async () => {
    const code = await grantedCode();
    const first = await withCode(code);
    expect(await statusOf(first.access_token, "/sessions")).toBe(200);
    expect(await withCode(code)).toMatchObject({ status: 400, error: "invalid_grant" });
    expect(await statusOf(first.access_token, "/sessions")).toBe(401);
    // One sign-in alone: the person's browser, and another code's token, stay.
    const other = await withCode(await grantedCode());
    expect(await withCode(code)).toMatchObject({ status: 400, error: "invalid_grant" });
    expect(await statusOf(other.access_token, "/sessions")).toBe(200);
    expect((await person.ask("GET", "/account")).status).toBe(200);
  });

  test.each([
    ["another verifier", { code_verifier: "b".repeat(50) }],
    ["another redirect", { redirect_uri: "http://127.0.0.1:51235/signed-in" }],
  ])("%s gets nothing, and the code is spent", async (_, more) => {
    const code = await grantedCode();
    expect(await withCode(code, more)).toMatchObject({ status: 400, error: "invalid_grant" });
    expect(await withCode(code)).toMatchObject({ status: 400, error: "invalid_grant" });
  });

  test("a code lives a minute", async () => {
    const code = await grantedCode();
    nowMs += 60_000;
    expect(await withCode(code)).toMatchObject({ error: "invalid_grant" });
  });

  test.each([
    ["an address that is not this machine", { redirect_uri: "http://127.0.0.1.evil.example:80/x" }],
    ["another scheme", { redirect_uri: "https://127.0.0.1:5000/x" }],
    ["an address with a query", { redirect_uri: "http://127.0.0.1:5000/x?y=1" }],
    ["a plain challenge", { code_challenge_method: "plain" }],
    ["another client", { client_id: "somebody" }],
    ["a short state", { state: "x" }],
    ["a label with a control character", { label: "a\u0007" }],
  ])("%s is refused before anybody is asked", async (_, more) => {
    expect(checkAuthorize(await query(more)).ok).toBe(false);
  });

  test("a no is told to the companion", async () => {
    const checked = checkAuthorize(await query({ redirect_uri: "http://127.0.0.1:51234/" }));
    expect(checked.ok && refuseCompanion(checked.value)).toBe(
      "http://127.0.0.1:51234/?error=access_denied&state=a+state+of+the+companion",
    );
  });

  test("a request that cannot be read answers in OAuth's words and ours", async () => {
    expect(await exchange({ grant_type: "password" })).toMatchObject({
      status: 400,
      error: "invalid_request",
      code: "bad-request",
    });
  });
});

describe("A7: a companion without a browser (RFC 8628)", () => {
  const start = async () => DeviceStarted.parse(await (await person.ask("POST", "/device", { label: "Rack" })).json());
  const poll = (code: string) =>
    exchange({ grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: code });

  test("waits, is told to slow down, is let in once", async () => {
    const started = await start();
    expect(started.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(await poll(started.device_code)).toMatchObject({ status: 400, error: "slow_down" });
    nowMs += 5_000;
    expect(await poll(started.device_code)).toMatchObject({ error: "authorization_pending" });
    nowMs += 5_000;
    expect(await poll(started.device_code)).toMatchObject({ error: "authorization_pending" });
    expect(await findDevice(env, deps, started.user_code.toLowerCase().replace("-", " "))).toMatchObject({
      label: "Rack",
    });
    expect(await (await here(`/test/device/${started.user_code}/yes`)).json()).toBe(true);
    expect(await (await here(`/test/device/${started.user_code}/yes`)).json()).toBe(false);
    const answer = await poll(started.device_code);
    expect(await statusOf(answer.access_token, "/sessions")).toBe(200);
    expect(await poll(started.device_code)).toMatchObject({ error: "expired_token" });
  });

  test("a no, and ten minutes, end it", async () => {
    const refused = await start();
    await here(`/test/device/${refused.user_code}/no`);
    expect(await poll(refused.device_code)).toMatchObject({ error: "access_denied" });
    const late = await start();
    nowMs += 600_000;
    expect(await findDevice(env, deps, late.user_code)).toBeNull();
    expect(await (await here(`/test/device/${late.user_code}/yes`)).json()).toBe(false);
    expect(await poll(late.device_code)).toMatchObject({ error: "expired_token" });
  });
});
