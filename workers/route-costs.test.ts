import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createApp } from "./app.ts";
import { costsOf } from "./http/costs.ts";
import type { Env } from "./platform/env.ts";

const app = createApp();
const costs = costsOf(app);
const routes = new Set(
  app.routes
    .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
    .map(({ method, path }) => `${method} ${path}`),
);
const origin = "https://sessionlinked.test";

/** The limiter as it is when a network has used up its minute: what was asked of it, and for whom. */
function refusing() {
  const asked: string[] = [];
  const limit = (name: string): RateLimit => ({
    limit: async ({ key }) => {
      asked.push(`${name} ${key}`);
      return { success: false };
    },
  });
  let statements = 0;
  const DB = new Proxy(env.DB, {
    get: (db, name) => {
      if (name === "prepare" || name === "batch") statements++;
      const value: unknown = Reflect.get(db, name);
      return typeof value === "function" ? value.bind(db) : value;
    },
  });
  const names = [
    "LIMIT_READS",
    "LIMIT_SEARCHES",
    "LIMIT_WRITES",
    "LIMIT_PARTS",
    "LIMIT_ANONYMOUS_WRITES",
    "LIMIT_ANONYMOUS_WRITES_WIDE",
  ];
  const bindings = { ...env, DB, ...Object.fromEntries(names.map((name) => [name, limit(name)])) } as Env;
  return { bindings, asked, statements: () => statements };
}

describe("what a route costs", () => {
  test("X27: every route's row says it", () => {
    expect([...routes].filter((route) => !costs.has(route))).toEqual([]);
    expect(routes.size).toBeGreaterThan(150);
  });

  test("X27: a network that has used up its minute is refused before the database is asked, on every route", async () => {
    for (const route of routes) {
      const { bindings, statements } = refusing();
      const [method = "", path = ""] = route.split(" ");
      const address = path.replace(/:name\{.*/, "sitemap-0.xml").replaceAll(/:\w+/g, "x");
      const headers = {
        "CF-Connecting-IP": "2001:db8::1",
        Cookie: "__Host-session=anything-at-all-anything",
        Accept: "text/html",
      };
      const response = await app.request(origin + address, { method, headers }, bindings);
      await response.text();
      if (costs.get(route)?.cost === "free") continue;
      expect(response.status, route).toBe(429);
      expect(response.headers.get("Retry-After"), route).toBe("60");
      expect(statements(), route).toBe(0);
    }
  });

  test("X27: what anybody may write is counted by network and by the wider one round it; one address of a /64 is all of it", async () => {
    const { bindings, asked } = refusing();
    for (const address of ["2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:0db8:0001:3::1"])
      await app.request(
        `${origin}/api/v1/sign-in/passkey/start`,
        { method: "POST", headers: { "CF-Connecting-IP": address } },
        bindings,
      );
    expect(new Set(asked.filter((key) => !key.includes("WIDE"))).size).toBe(2);
    expect(new Set(asked.filter((key) => key.includes("WIDE"))).size).toBe(1);
  });

  test("X27: a flood of sign-in starts leaves no more rows than its minute allows", async () => {
    const before = await env.DB.prepare("SELECT count(*) AS n FROM challenges").first<number>("n");
    let tries = 0;
    const LIMIT_ANONYMOUS_WRITES: RateLimit = { limit: async () => ({ success: ++tries <= 10 }) };
    const init = { method: "POST", headers: { "CF-Connecting-IP": "192.0.2.77" } };
    const statuses: number[] = [];
    for (let at = 0; at < 50; at++)
      statuses.push(
        (await app.request(`${origin}/api/v1/sign-in/passkey/start`, init, { ...env, LIMIT_ANONYMOUS_WRITES })).status,
      );
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
    const after = await env.DB.prepare("SELECT count(*) AS n FROM challenges").first<number>("n");
    expect((after ?? 0) - (before ?? 0)).toBeLessThanOrEqual(10);
  });

  test("a limiter that fails keeps nobody out", async () => {
    const LIMIT_READS: RateLimit = { limit: () => Promise.reject(new Error("away")) };
    expect((await app.request(`${origin}/hub/x`, {}, { ...env, LIMIT_READS })).status).toBe(404);
  });

  test("X15: a body larger than its route takes is refused unread, whatever the route", async () => {
    for (const route of routes) {
      const [method = "", path = ""] = route.split(" ");
      const { cost, bodyMaxBytes } = costs.get(route) ?? { cost: "free", bodyMaxBytes: null };
      if (method === "GET" || bodyMaxBytes === null || cost === "free") continue;
      const body = new Uint8Array(bodyMaxBytes + 1);
      const response = await app.request(origin + path.replaceAll(/:\w+/g, "x"), { method, body }, env);
      expect(response.status, route).toBe(413);
    }
  });
});

describe("addresses that no link of ours has", () => {
  const hostile = [
    "..%2Faccount",
    "%2e%2e%2faccount",
    "..%5caccount",
    "%00",
    "a%00b",
    "%0d%0aSet-Cookie:x",
    "%1b",
    "%7f",
    "%c2%85",
    "%ff",
    "%",
    "%zz",
  ];

  test("are refused on every route, as never a bug", async () => {
    for (const route of routes) {
      const [method = "", path = ""] = route.split(" ");
      if (!path.includes(":") || path.includes("{")) continue;
      for (const id of hostile) {
        const address = path.replaceAll(/:\w+/g, () => id);
        const response = await app.request(origin + address, { method, headers: { Accept: "text/html" } }, env);
        expect(response.status, `${method} ${address}`).toBeGreaterThanOrEqual(400);
        expect(response.status, `${method} ${address}`).toBeLessThan(500);
        await response.text();
      }
    }
  });

  test("an id that climbs does not make a form another request", async () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" };
    for (const id of ["..", ".", "", "../../sessions/x", "..%2F..", "\u0000"]) {
      const body = new URLSearchParams({ id }).toString();
      for (const path of ["/account/passkeys/remove", "/account/sign-ins/end"]) {
        const response = await app.request(origin + path, { method: "POST", headers, body }, env);
        expect(response.status, `${path} ${id}`).toBeLessThan(500);
        expect(response.headers.get("Location") ?? "", id).not.toContain("outcome=");
      }
    }
  });
});

test("X38: the register for machines is made once for each of our addresses, and not sent again to whoever has it", async () => {
  const ask = (from: string, headers: Record<string, string> = {}) =>
    app.request(`${from}/privacy/register.jsonld`, { headers }, env);
  const [first, elsewhere] = [await ask(origin), await ask("https://elsewhere.test")];
  const etag = first.headers.get("ETag") ?? "";
  expect(await first.text()).toContain(origin);
  expect(await elsewhere.text()).toContain("https://elsewhere.test");
  expect(elsewhere.headers.get("ETag")).not.toBe(etag);
  const again = await ask(origin, { "If-None-Match": etag });
  expect([again.status, again.headers.get("ETag"), await again.text()]).toEqual([304, etag, ""]);
});

test("what the API answers is nobody's to keep; openapi.json is made once and not sent again to whoever has it", async () => {
  for (const path of ["/api/v1/health", "/api/v1/account", "/api/v1/nothing"])
    expect((await app.request(origin + path, {}, env)).headers.get("Cache-Control"), path).toBe("no-store");
  const first = await app.request(`${origin}/openapi.json`, {}, env);
  const etag = first.headers.get("ETag") ?? "";
  expect(first.headers.get("Cache-Control")).toBe("public, max-age=3600");
  const again = await app.request(`${origin}/openapi.json`, { headers: { "If-None-Match": `"x", W/${etag}` } }, env);
  expect([again.status, await again.text()]).toEqual([304, ""]);
});
