import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { checkChain } from "../../dev/promises/chain.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { brokenAt, FIRST_HASH, RunPage, type RunRecord } from "../../protocol/runs.ts";
import { newWorld } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { runJobs } from "../cron/jobs.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { eraseAccount } from "./account-erasure.ts";
import { recordRun } from "./run-chain.ts";

let nowMs = Date.now();
const deps = { ...systemDeps, now: () => nowMs };
const app = createApp(deps);
const here: Env = { ...env, EMAIL: { send: async () => undefined } as unknown as Env["EMAIL"] };

const chain = async (after = 0): Promise<RunRecord[]> => {
  const answer = await app.request(`https://sessionlinked.test/api/v1/runs?after=${after}`, {}, env);
  return RunPage.parse(await answer.json()).items;
};

test("E5, E6: each run that takes something away is a record in a public chain, with counts and nobody in them", async () => {
  const world = await newWorld(nowMs);
  await eraseAccount(here, deps, world.accountId.eve, "person");
  await runJobs(here, deps);
  const [first] = await chain();
  expect(first).toMatchObject({ number: 1, atMs: nowMs, previousHash: FIRST_HASH, counts: { accounts: 1 } });
  // Nothing is due: no record, until a day without one.
  await env.DB.prepare("DELETE FROM rate_limits").run();
  await recordRun(here, deps, {});
  expect(await chain()).toHaveLength(1);
  nowMs += DAY_MS;
  await recordRun(here, deps, {});
  await runJobs(here, { ...deps, now: () => nowMs + 40 * DAY_MS });
  const records = await chain();
  expect(records.length).toBeGreaterThan(2);
  expect(await brokenAt(records, FIRST_HASH, sha256Hex)).toBeNull();
  expect(await chain(1)).toEqual(records.slice(1));
  const text = JSON.stringify(records);
  for (const of of ["ada", "eve"] as const) expect(text).not.toContain(world.accountId[of]);
});

test("X22: two runs that end at once are two records, one on the other", async () => {
  const before = (await chain()).length;
  await Promise.all([recordRun(here, deps, { logs: 1 }), recordRun(here, deps, { logs: 2 })]);
  const records = await chain();
  expect(records).toHaveLength(before + 2);
  expect(await brokenAt(records, FIRST_HASH, sha256Hex)).toBeNull();
});

test("E6: whoever checks the platform's chain by its public address finds it whole, and a count that was changed in the database", async () => {
  const check = (remembered: string | null = null) =>
    checkChain("https://sessionlinked.test", remembered, async (url) => (await app.request(url, {}, env)).json());
  const records = await chain();
  const [noted] = records.slice(-2);
  expect(await check(noted?.hash)).toEqual({
    ok: true,
    records: records.length,
    headHash: records.at(-1)?.hash,
    isRemembered: true,
  });
  await env.DB.prepare("UPDATE run_records SET counts = '{\"logs\":7}' WHERE number = ?").bind(noted?.number).run();
  expect(await check()).toEqual({ ok: false, number: noted?.number, why: "hash" });
});
