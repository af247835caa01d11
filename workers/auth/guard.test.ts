import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { sha256Hex } from "../platform/hash.ts";
import { requireAccount } from "./guard.ts";
import { SESSION_COOKIE } from "./session-token.ts";

const token = "token-of-ada-token-of-ada-token-of-ada";
const EXPIRES_AT_MS = 10_000;
let nowMs = 1_000;
const app = createApp({ ...systemDeps, now: () => nowMs });
app.all("/who", requireAccount, (c) => c.json(c.var.account));

const ask = (headers: Record<string, string>, method = "GET") => app.request("/who", { method, headers }, env);

beforeAll(async () => {
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO accounts (id, email, display_name, tier, created_at_ms) VALUES ('acc_1', 'a@example.org', 'Ada', 'pro', 0)",
    ),
    env.DB.prepare(
      "INSERT INTO sign_ins (id, account_id, token_hash, label, created_at_ms, expires_at_ms) VALUES ('sin_1', 'acc_1', ?, 'test', 0, ?)",
    ).bind(await sha256Hex(token), EXPIRES_AT_MS),
  ]);
});

describe("the guard", () => {
  test("a bearer token and the cookie each open it", async () => {
    nowMs = 1_000;
    const who = {
      id: "acc_1",
      displayName: "Ada",
      email: "a@example.org",
      tier: "pro",
      signInId: "sin_1",
      signedInAtMs: 0,
    };
    expect(await (await ask({ Authorization: `Bearer ${token}` })).json()).toEqual(who);
    expect(await (await ask({ Cookie: `${SESSION_COOKIE}=${token}` })).json()).toEqual(who);
  });

  test.each([
    ["nothing", {}],
    ["an unknown token", { Authorization: "Bearer another-token-another-token" }],
    ["another scheme", { Authorization: `Basic ${token}` }],
    ["an empty token", { Authorization: "Bearer " }],
    ["the hash instead of the token", { Authorization: "Bearer 0000" }],
    ["a cookie of another name", { Cookie: `session=${token}` }],
  ])("%s does not", async (_name, headers) => {
    nowMs = 1_000;
    const response = await ask(headers as Record<string, string>);
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  });

  test("a token is good until the millisecond it expires", async () => {
    nowMs = EXPIRES_AT_MS - 1;
    expect((await ask({ Authorization: `Bearer ${token}` })).status).toBe(200);
    nowMs = EXPIRES_AT_MS;
    expect((await ask({ Authorization: `Bearer ${token}` })).status).toBe(401);
  });

  test("a change by cookie needs our own origin", async () => {
    nowMs = 1_000;
    const cookie = { Cookie: `${SESSION_COOKIE}=${token}` };
    expect((await ask({ ...cookie, "Sec-Fetch-Site": "cross-site" }, "POST")).status).toBe(401);
    expect((await ask({ ...cookie, Origin: "https://evil.example" }, "POST")).status).toBe(401);
    expect((await ask({ ...cookie, "Sec-Fetch-Site": "same-origin" }, "POST")).status).toBe(200);
    expect((await ask({ Authorization: `Bearer ${token}`, Origin: "https://evil.example" }, "POST")).status).toBe(200);
  });
});
