import { env } from "cloudflare:workers";
import { getTableColumns } from "drizzle-orm";
import { expect, test } from "vitest";
import { usageCounts } from "../../migrations/schema.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { person } from "../testing/person.ts";
import { db } from "../testing/tables.ts";
import { dropSmallCounts, usageByDay, usageShown } from "./usage.ts";

const dayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
let nowMs = dayMs + 3_600_000;
const deps = { ...systemDeps, now: () => nowMs };

/** Asks so often, then once more a minute later, so that what was counted is written. */
async function ask(times: number, path: string, headers: Record<string, string> = {}) {
  const app = createApp(deps);
  for (let time = 0; time < times; time++) await app.request(`https://sessionlinked.test${path}`, { headers }, env);
  nowMs += 60_001;
  await app.request("https://sessionlinked.test/help", {}, env);
}
const counted = async (feature: string) =>
  (
    await env.DB.prepare("SELECT ending, sum(count) AS n FROM usage_counts WHERE feature = ? GROUP BY ending")
      .bind(feature)
      .all<{ ending: string; n: number }>()
  ).results.map(({ ending, n }) => `${ending} ${n}`);

test("H4: a count has a day, a route of the code, an ending and a number, and no column for anybody", async () => {
  expect(Object.keys(getTableColumns(usageCounts)).sort()).toEqual(["count", "dayMs", "ending", "feature"]);
  await ask(3, "/api/v1/hub/profiles?q=a-word-of-mine");
  await ask(2, `/api/v1/hub/profiles/prf_${"0".repeat(26)}`);
  await ask(2, "/account/no-such-page/with-my-name");
  expect(await counted("GET /api/v1/hub/profiles")).toEqual(["ok 3"]);
  expect(await counted("GET /api/v1/hub/profiles/:profileId")).toEqual(["refused 2"]);
  const { results } = await env.DB.prepare("SELECT * FROM usage_counts").all();
  const text = JSON.stringify(results);
  for (const word of ["a-word-of-mine", "with-my-name", "prf_"]) expect(text).not.toContain(word);
});

test("H4, G2: an objection, a restriction and a browser's Global Privacy Control end the counting at once", async () => {
  const ada = await person("Counted Ada");
  const signedIn = { Authorization: `Bearer ${ada.token}` };
  const choose = (method: string, right: string) =>
    createApp(deps).request(`https://sessionlinked.test/api/v1/account/${right}`, { method, headers: signedIn }, env);
  // What made her an account may have been asked by other files before, and have written what it counted of them.
  await env.DB.prepare("DELETE FROM usage_counts").run();
  const before = async () => (await counted("GET /api/v1/account/requests")).join();
  await ask(2, "/api/v1/account/requests", signedIn);
  expect(await before()).toBe("ok 2");
  await ask(2, "/api/v1/account/requests", { ...signedIn, "Sec-GPC": "1" });
  expect(await before()).toBe("ok 2");
  for (const right of ["counting-objection", "restriction"]) {
    expect((await choose("PUT", right)).status).toBe(204);
    await ask(2, "/api/v1/account/requests", signedIn);
    expect(await before()).toBe("ok 2");
    expect((await choose("DELETE", right)).status).toBe(204);
  }
  await ask(1, "/api/v1/account/requests", signedIn);
  expect(await before()).toBe("ok 3");
  const said = await createApp(deps).request("https://sessionlinked.test/.well-known/gpc.json", {}, env);
  expect(await said.json()).toMatchObject({ gpc: true });
});

test("H4: what stays under ten goes with its day, and before that nobody is shown it", async () => {
  await env.DB.prepare("DELETE FROM usage_counts").run();
  const add = (day: number, feature: string, count: number) =>
    db.insert(usageCounts).values({ dayMs: day, feature, ending: "ok", count });
  await add(dayMs, "GET /few", 9);
  await add(dayMs, "GET /many", 10);
  const at = (ms: number) => ({ ...systemDeps, now: () => ms });
  expect(await usageShown(env.DB, dayMs + DAY_MS - 1, 9)).toEqual([]);
  expect(await dropSmallCounts(env, at(dayMs + DAY_MS - 1), 10)).toMatchObject({ done: 0 });
  const shown = [{ feature: "GET /many", ok: 10, refused: 0, failed: 0 }];
  expect(await usageShown(env.DB, dayMs + DAY_MS, 9)).toEqual(shown);
  expect(await dropSmallCounts(env, at(dayMs + DAY_MS), 10)).toMatchObject({ done: 1, finished: true });
  expect(await counted("GET /few")).toEqual([]);
  expect(await counted("GET /many")).toEqual(["ok 10"]);
});

test("H4: day by day for four whole weeks, without today and without what is small", async () => {
  await env.DB.prepare("DELETE FROM usage_counts").run();
  const add = (days: number, ending: "ok" | "refused" | "failed", count: number, feature = "GET /a") =>
    db.insert(usageCounts).values({ dayMs: dayMs + days * DAY_MS, feature, ending, count });
  await add(-29, "ok", 70);
  await add(-28, "ok", 50);
  await add(-28, "refused", 20);
  await add(-1, "ok", 30);
  await add(-1, "ok", 40, "GET /b");
  await add(-1, "failed", 11);
  await add(-1, "refused", 9);
  await add(0, "ok", 60);
  const days = await usageByDay(env.DB, dayMs + DAY_MS - 1);
  expect(days).toHaveLength(28);
  expect([days[0], days[1], days[27]]).toEqual([
    { ok: 50, refused: 20, failed: 0 },
    { ok: 0, refused: 0, failed: 0 },
    { ok: 70, refused: 0, failed: 11 },
  ]);
});
