import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { Unavailable, withRetries } from "./database.ts";
import { systemDeps } from "./deps.ts";

const HICCUP = "D1_ERROR: Network connection lost.";

/** A database of which so many calls in a row fail, before they are made. */
function failing(times: number, message = HICCUP) {
  const asked = { calls: 0, waits: [] as number[] };
  const fail = () => {
    if (++asked.calls <= times) throw new Error(message);
  };
  const watch = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get: (target, name) => {
        if (name === "bind") return (...values: unknown[]) => watch(target.bind(...values));
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return async (...args: unknown[]) => {
          fail();
          return value.apply(target, args);
        };
      },
    });
  const db = {
    prepare: (sql: string) => watch(env.DB.prepare(sql)),
    batch: async () => {
      fail();
      return [];
    },
  } as unknown as D1Database;
  const deps = { ...systemDeps, sleep: async (ms: number) => void asked.waits.push(ms) };
  return { db: withRetries(db, deps), plain: db, deps, asked };
}

describe("a hiccup of D1", () => {
  test("a read is asked again, later each time, and answers", async () => {
    const { db, asked } = failing(2);
    expect(await db.prepare("SELECT ?1 AS n").bind(7).first("n")).toBe(7);
    expect(asked.calls).toBe(3);
    expect(asked.waits).toHaveLength(2);
    expect(asked.waits[1]).toBeGreaterThan(asked.waits[0] ?? 0);
  });

  test("X10: a write is not, because it may have been done; nor is a batch that holds one", async () => {
    const write = failing(1);
    await expect(write.db.prepare("DELETE FROM invites WHERE id = 'x'").run()).rejects.toBeInstanceOf(Unavailable);
    expect(write.asked.calls).toBe(1);
    const batch = failing(1);
    const { db } = batch;
    const mixed = [db.prepare("SELECT 1"), db.prepare("DELETE FROM invites")];
    await expect(db.batch(mixed)).rejects.toBeInstanceOf(Unavailable);
    const reads = failing(1);
    await reads.db.batch([reads.db.prepare("SELECT 1"), reads.db.prepare("SELECT 2")]);
    expect([batch.asked.calls, reads.asked.calls]).toEqual([1, 2]);
  });

  test("a statement's own fault stays one, and is asked once", async () => {
    const { db, asked } = failing(9, "D1_ERROR: no such table: x: SQLITE_ERROR");
    await expect(db.prepare("SELECT 1").first()).rejects.toThrow("SQLITE_ERROR");
    expect(asked.calls).toBe(1);
  });

  test("a hiccup that lasts is 503 with a time to come back, on every route that asks it, and tells nothing of D1", async () => {
    const { plain, deps } = failing(1_000);
    const app = createApp(deps);
    for (const path of ["/api/v1/hub/profiles", "/api/v1/account", "/sitemap.xml"]) {
      const headers = { Authorization: "Bearer token-token-token-token" };
      const response = await app.request(`https://sessionlinked.test${path}`, { headers }, { ...env, DB: plain });
      expect(response.status, path).toBe(503);
      expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await response.text()).not.toMatch(/D1_|Network connection/);
    }
  });
});
