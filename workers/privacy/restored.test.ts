import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { accounts } from "../../migrations/schema.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { accountRow } from "../testing/rows.ts";
import { fill } from "../testing/tables.ts";
import { logErasure } from "./erasure-log.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const LOOK_MS = 60_000;
const startMs = Date.parse("2027-05-01T00:00:00Z");

/** A platform of its own, and how it answers: the status, and how often the store was listed for it. */
function platform() {
  let nowMs = startMs;
  let listings = 0;
  let isAway = false;
  const RECORDINGS = new Proxy(env.RECORDINGS, {
    get: (bucket, name) => {
      const value: unknown = Reflect.get(bucket, name);
      if (typeof value !== "function") return value;
      if (name !== "list") return value.bind(bucket);
      return (options: R2ListOptions) => {
        listings++;
        return isAway ? Promise.reject(new Error("away")) : bucket.list(options);
      };
    },
  });
  const app = createApp({ ...systemDeps, now: () => nowMs, sleep: async () => undefined });
  return {
    ask: async (path: string) => {
      const before = listings;
      const { status } = await app.request(`https://sessionlinked.test${path}`, {}, { ...env, RECORDINGS });
      return [status, listings - before];
    },
    wait: (ms: number) => {
      nowMs += ms;
    },
    leave: () => {
      isAway = true;
    },
  };
}
const known = () => env.DB.prepare("SELECT COUNT(*) AS n FROM account_erasures").first<number>("n");

test("X21: a look at the log holds for a minute, whichever way the clock goes; what shows nothing of anybody takes none", async () => {
  const { ask, wait } = platform();
  expect(await ask("/api/v1/health")).toEqual([200, 0]);
  expect(await ask("/status")).toEqual([200, 0]);
  expect(await ask("/assets/none.js")).toEqual([404, 0]);
  expect(await ask("/imprint")).toEqual([200, 1]);
  expect(await ask("/imprint")).toEqual([200, 0]);
  wait(LOOK_MS);
  expect(await ask("/imprint")).toEqual([200, 0]);
  wait(1);
  expect(await ask("/imprint")).toEqual([200, 1]);
  wait(-LOOK_MS);
  expect(await ask("/imprint")).toEqual([200, 0]);
  wait(-1);
  expect(await ask("/imprint")).toEqual([200, 1]);
});

test("X21, X5: a look that cannot be taken holds nobody up, and the next is a minute later", async () => {
  const { ask, leave } = platform();
  leave();
  const [status, listings] = await ask("/imprint");
  expect(status).toBe(200);
  expect(listings).toBeGreaterThan(0);
  expect(await ask("/imprint")).toEqual([200, 0]);
});

test("X21: erasures that a database has forgotten are all written down again before anybody is served, some with each request, the oldest first", async () => {
  const many = 40;
  const account = (at: number) => `acc_restored${String(at).padStart(3, "0")}`;
  const erasure = (at: number) => `era_restored${String(at).padStart(3, "0")}`;
  await fill(accounts, many, (at) => accountRow(account(at)));
  for (let at = 0; at < many; at++)
    await logErasure(env, systemDeps, {
      erasureId: erasure(at),
      accountId: account(at),
      confirmedAtMs: startMs - many + at,
    });
  const { ask } = platform();
  let before = 0;
  let status: number | undefined = 503;
  for (let requests = 0; status === 503 && requests < many; requests++) {
    status = (await ask("/imprint"))[0];
    const now = (await known()) ?? 0;
    if (status !== 503) continue;
    expect(now).toBeGreaterThan(before);
    expect(now).toBeLessThan(many);
    before = now;
    // What one request does stays within a request's calls.
    const { results } = await env.DB.prepare(
      "SELECT id, cause, confirmed_at_ms AS atMs FROM account_erasures ORDER BY 1",
    ).all();
    expect(results).toEqual(
      Array.from({ length: now }, (_, at) => ({ id: erasure(at), cause: "operator", atMs: startMs - many + at })),
    );
  }
  expect(before).toBeGreaterThan(0);
  expect([status, await known()]).toEqual([200, many]);
  expect(await ask("/imprint")).toEqual([200, 0]);
});

test("X21: of one that was forgotten the first request carries on what it can", async () => {
  for (const table of ["account_erasures", "accounts"]) await env.DB.prepare(`DELETE FROM ${table}`).run();
  await env.RECORDINGS.delete((await env.RECORDINGS.list({ prefix: "erasure-log/" })).objects.map(({ key }) => key));
  await fill(accounts, 1, () => accountRow("acc_one"));
  await logErasure(env, systemDeps, { erasureId: "era_one", accountId: "acc_one", confirmedAtMs: startMs });
  const { ask } = platform();
  expect((await ask("/imprint"))[0]).toBe(200);
  const row = await env.DB.prepare("SELECT step FROM account_erasures").first<string>("step");
  expect(row).not.toBe("profile");
});
