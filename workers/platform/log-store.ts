import { and, isNotNull, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { holds } from "../../migrations/schema.ts";
import { randomBase32 } from "../../protocol/ids.ts";
import { HOLDS_MAX } from "../../protocol/limits.ts";
import { LOG_RETENTION_MS } from "../../protocol/retention.ts";
import type { CallBudget } from "./call-budget.ts";
import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { log, takeLog } from "./log.ts";
import { objectStore } from "./object-store.ts";
import { readAll } from "./rows.ts";

/**
 * The service's log (E5): what a request or a run of cron had to say lies as one small object in the bucket, in the EU, under the moment at
 * which it was written. The keys are in the order of time, so what has had its thirty days is found by one listing. The platform's own log
 * would keep whole addresses of requests, and for other lengths; it is switched off.
 */
const PREFIX = "logs/";
const MOMENT_CHARS = 13;
const logObjectKey = (atMs: number, random: string) => `logs/${String(atMs).padStart(MOMENT_CHARS, "0")}-${random}`;
const momentOf = (key: string) => Number(key.slice(PREFIX.length, PREFIX.length + MOMENT_CHARS));

/** Objects that one page of the sweep looks at, and the calls it takes. */
const PAGE = 1_000;
const PAGE_CALLS = 2;

/** Keeps what waits. One try: the log of a store that does not answer waits for the next request, and holds up nobody. */
export async function keepLog(env: Env, deps: Deps): Promise<void> {
  const entries = takeLog();
  if (entries.length === 0) return;
  const atMs = deps.now();
  const key = logObjectKey(atMs, randomBase32(8, deps.random));
  const lines = entries.map((entry) => `${JSON.stringify({ atMs, ...entry })}\n`).join("");
  try {
    await env.RECORDINGS.put(key, lines);
  } catch {
    for (const entry of entries) log(entry);
  }
}

const Range = z.object({ fromMs: z.number(), toMs: z.number() });

/** The stretches of time whose log an investigation keeps (workers/privacy/holds.ts). */
async function heldRanges(db: D1Database): Promise<z.infer<typeof Range>[]> {
  const { logsFromMs: fromMs, logsToMs: toMs, releasedAtMs } = holds;
  const kept = and(isNull(releasedAtMs), isNotNull(fromMs));
  return readAll(Range, await drizzle(db).select({ fromMs, toMs }).from(holds).where(kept).limit(HOLDS_MAX));
}

/** The job of cron: deletes what has had its time, oldest first. */
export async function sweepLogs(env: Env, deps: Deps, budget: CallBudget) {
  const store = objectStore(env, deps);
  const untilMs = deps.now() - LOG_RETENTION_MS;
  const held = await heldRanges(env.DB);
  const isHeld = (atMs: number) => held.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  let done = 0;
  let after: string | undefined;
  while (budget.allows(PAGE_CALLS)) {
    const { objects } = await store.list(PREFIX, PAGE, after);
    const due = objects.map(({ key }) => key).filter((key) => momentOf(key) <= untilMs);
    const gone = due.filter((key) => !isHeld(momentOf(key)));
    await store.delete(gone);
    done += gone.length;
    if (due.length < PAGE) return { done, rowsRead: 0, finished: true };
    after = due.at(-1);
  }
  return { done, rowsRead: 0, finished: false };
}
