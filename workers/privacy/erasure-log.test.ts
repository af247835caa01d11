import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { accountErasures } from "../../migrations/schema.ts";
import { ERASURE_RECEIPT_MS } from "../../protocol/retention.ts";
import { systemDeps } from "../platform/deps.ts";
import { db } from "../testing/tables.ts";
import { forgetErasures, logErasure, missingErasures } from "./erasure-log.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const startMs = Date.parse("2027-05-01T00:00:00Z");
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
const logged = async () => (await env.RECORDINGS.list({ prefix: "erasure-log/" })).objects.map(({ key }) => key);
const entry = (of: number, confirmedAtMs: number) => ({
  erasureId: `era_${of}`,
  accountId: `acc_${of}`,
  confirmedAtMs,
});

beforeEach(async () => {
  await db.delete(accountErasures);
  await env.RECORDINGS.delete(await logged());
});

test("X21: one entry alone is found missing, and is not once the database knows of it", async () => {
  expect(await missingErasures(env, systemDeps, 10, 10)).toEqual([]);
  await logErasure(env, systemDeps, entry(1, startMs));
  expect(await missingErasures(env, systemDeps, 10, 10)).toEqual([entry(1, startMs)]);
  await db.insert(accountErasures).values({
    id: "era_1",
    cause: "operator",
    confirmedAtMs: startMs,
    dueAtMs: startMs,
    step: "",
  });
  expect(await missingErasures(env, systemDeps, 10, 10)).toEqual([]);
});

test("E3, X21: an entry is kept as long as the database could be put back to before it, and not a millisecond longer; every newer one stays", async () => {
  const newer = [2, 3].map((of) => entry(of, startMs + (of - 1) * 1_000));
  for (const one of [entry(1, startMs), ...newer]) await logErasure(env, systemDeps, one);
  expect(await forgetErasures(env, at(startMs + ERASURE_RECEIPT_MS - 1))).toBe(0);
  expect(await logged()).toHaveLength(3);
  expect(await forgetErasures(env, at(startMs + ERASURE_RECEIPT_MS))).toBe(1);
  expect(await missingErasures(env, systemDeps, 10, 10)).toEqual(newer);
});
