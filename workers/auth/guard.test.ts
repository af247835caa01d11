import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { beforeAll, describe, expect, test } from "vitest";
import { accounts, signIns } from "../../migrations/schema.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { sha256Hex } from "../platform/hash.ts";
import { named } from "../testing/addresses.ts";
import { accountRow, SEALED } from "../testing/rows.ts";
import { requireAccount } from "./guard.ts";
import { mayUse } from "./scopes.ts";
import { SESSION_COOKIE } from "./session-token.ts";

const token = "token-of-ada-token-of-ada-token-of-ada";
const companionToken = "token-of-a-companion-token-of-a-companion";
const EXPIRES_AT_MS = 10_000;
let nowMs = 1_000;
const app = createApp({ ...systemDeps, now: () => nowMs });
app.all("/who", requireAccount, (c) => c.json(c.var.account));

const ask = (headers: Record<string, string>, method = "GET") => app.request("/who", { method, headers }, env);

beforeAll(async () => {
  const db = drizzle(env.DB);
  await db.insert(accounts).values({
    ...accountRow("acc_1"),
    ...(await named("acc_1", "Ada")),
    tier: "pro",
  });
  const signIn = { accountId: "acc_1", label: SEALED, createdAtMs: 0, expiresAtMs: EXPIRES_AT_MS };
  await db.insert(signIns).values([
    { ...signIn, id: "sin_1", tokenHash: await sha256Hex(token), authenticatedAtMs: 700 },
    { ...signIn, id: "sin_2", tokenHash: await sha256Hex(companionToken), kind: "companion", scope: "studio" },
  ]);
});

describe("the guard", () => {
  test("a bearer token and the cookie each open it", async () => {
    nowMs = 1_000;
    const who = {
      id: "acc_1",
      sealedName: expect.stringMatching(/^acc_1:/),
      tier: "pro",
      language: null,
      signInId: "sin_1",
      scope: "account",
      authenticatedAtMs: 700,
      unread: 0,
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

  test("X28: a companion's token opens the studio and nothing that nobody has put on its list", async () => {
    nowMs = 1_000;
    const headers = { Authorization: `Bearer ${companionToken}` };
    const response = await ask(headers);
    expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([403, "scope-insufficient"]);
    for (const path of ["/api/v1/sessions", "/api/v1/sessions/ses_1/tickets", "/api/v1/recordings/rec_1/parts/1"])
      expect([path, mayUse("studio", path)]).toEqual([path, true]);
    for (const path of ["/api/v1/account", "/account", "/api/v1/sessions-of-others", "/api/v1/profile", "/device", "/"])
      expect([path, mayUse("studio", path)]).toEqual([path, false]);
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
