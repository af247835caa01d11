import { randomBase32 } from "../../protocol/ids.ts";
import { LOG_RETENTION_MS } from "../../protocol/retention.ts";
import type { CallBudget } from "./call-budget.ts";
import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { log, takeLog } from "./log.ts";
import { objectStore } from "./object-store.ts";

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

/** The job of cron: deletes what has had its time, oldest first. */
export async function sweepLogs(env: Env, deps: Deps, budget: CallBudget) {
  const store = objectStore(env, deps);
  const untilMs = deps.now() - LOG_RETENTION_MS;
  let done = 0;
  while (budget.allows(PAGE_CALLS)) {
    const { objects } = await store.list(PREFIX, PAGE);
    const due = objects.map(({ key }) => key).filter((key) => momentOf(key) <= untilMs);
    await store.delete(due);
    done += due.length;
    if (due.length < PAGE) return { done, rowsRead: 0, finished: true };
  }
  return { done, rowsRead: 0, finished: false };
}
