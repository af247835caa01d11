import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { DAY_MS } from "../../protocol/retention.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { allRows } from "../platform/rows.ts";
import type { AppContext, AppEnv } from "./router.ts";

/**
 * Analytics (H4): how often each route was answered on a day, and how that ended. A route is the code's own name for it, with no id in it, and
 * nothing else of a request is looked at. Whoever objected, whose data is restricted, or whose browser says so (Global Privacy Control) is
 * not counted. An isolate adds its counts up and writes them once a minute, so a count says nothing of when; what it had not written when it
 * ends is lost, and that is well enough for a total. Counts that stay under `SMALL` go when their day is over, and nobody reads a day before.
 */
const WRITTEN_EVERY_MS = 60_000;
/** A count below this could be one person's. */
const SMALL = 10;
const SHOWN_DAYS = 28;

type Ending = "ok" | "refused" | "failed";
const endingOf = (status: number): Ending => (status < 400 ? "ok" : status < 500 ? "refused" : "failed");

/** GPC, W3C: a browser's "do not" for everybody who asks by it. */
const saysNo = (c: AppContext) => c.req.header("Sec-GPC") === "1";

const dayOf = (nowMs: number) => Math.floor(nowMs / DAY_MS) * DAY_MS;

async function write(env: Env, nowMs: number, counts: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...counts].map(([key, count]) => {
    const [ending = "", feature = ""] = key.split(" / ");
    return { ending, feature, count };
  });
  await env.DB.prepare(
    `INSERT INTO usage_counts (day_ms, feature, ending, count)
     SELECT ?1, value ->> 'feature', value ->> 'ending', value ->> 'count' FROM json_each(?2) WHERE 1
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  )
    .bind(dayOf(nowMs), JSON.stringify(rows))
    .run();
}

/** Counts each request by its route, unless its person would rather not be counted. */
export function withUsageCounted() {
  let counts = new Map<string, number>();
  let sinceMs: number | null = null;
  return createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const { routePath, method } = c.req;
    if (c.get("isUncounted") === true || saysNo(c) || routePath.includes("*")) return;
    const key = `${endingOf(c.res.status)} / ${method === "HEAD" ? "GET" : method} ${routePath}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const nowMs = c.var.deps.now();
    sinceMs ??= nowMs;
    if (Math.abs(nowMs - sinceMs) < WRITTEN_EVERY_MS) return;
    const written = counts;
    counts = new Map();
    sinceMs = nowMs;
    await write(c.env, nowMs, written).catch((error: unknown) =>
      log({ event: "store-unavailable", call: "usage", ...describeThrown(error) }),
    );
  });
}

/** The job of cron: small counts of days that are over are deleted, so that no total that is kept could be one person's. */
export async function dropSmallCounts(env: Env, deps: Deps, limit: number) {
  const { meta } = await env.DB.prepare(
    `DELETE FROM usage_counts WHERE rowid IN (SELECT rowid FROM usage_counts WHERE count < ${SMALL} AND day_ms < ?1 LIMIT ?2)`,
  )
    .bind(dayOf(deps.now()), limit)
    .run();
  return { done: meta.changes, rowsRead: meta.rows_read, finished: meta.changes < limit };
}

const Shown = z.object({ feature: z.string(), ok: z.int(), refused: z.int(), failed: z.int() });
export type UsageShown = z.infer<typeof Shown>;

const sum = (ending: Ending) => `sum(CASE ending WHEN '${ending}' THEN count ELSE 0 END) AS ${ending}`;

/** The last four weeks of whole days, route by route, the most used first; what is small is not in it, swept or not. */
export async function usageShown(db: D1Database, nowMs: number, atMost: number): Promise<UsageShown[]> {
  const { results } = await allRows(
    Shown,
    db
      .prepare(
        `SELECT feature, ${sum("ok")}, ${sum("refused")}, ${sum("failed")} FROM usage_counts
         WHERE day_ms >= ?1 AND day_ms < ?2 AND count >= ${SMALL} GROUP BY feature ORDER BY sum(count) DESC LIMIT ?3`,
      )
      .bind(dayOf(nowMs) - SHOWN_DAYS * DAY_MS, dayOf(nowMs), atMost),
  );
  return results;
}

const Day = Shown.omit({ feature: true }).extend({ dayMs: z.int() });

/** The same days one by one, the oldest first, with those on which there was nothing. */
export async function usageByDay(db: D1Database, nowMs: number): Promise<Omit<UsageShown, "feature">[]> {
  const fromMs = dayOf(nowMs) - SHOWN_DAYS * DAY_MS;
  const { results } = await allRows(
    Day,
    db
      .prepare(
        `SELECT day_ms AS dayMs, ${sum("ok")}, ${sum("refused")}, ${sum("failed")} FROM usage_counts
         WHERE day_ms >= ?1 AND day_ms < ?2 AND count >= ${SMALL} GROUP BY day_ms`,
      )
      .bind(fromMs, dayOf(nowMs)),
  );
  const days = new Map(results.map(({ dayMs, ...counts }) => [dayMs, counts]));
  const none = { ok: 0, refused: 0, failed: 0 };
  return Array.from({ length: SHOWN_DAYS }, (_, at) => days.get(fromMs + at * DAY_MS) ?? none);
}
