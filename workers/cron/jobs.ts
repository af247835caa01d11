import { dropSmallCounts } from "../http/usage.ts";
import { endMailKeys, sendDueMail } from "../mail/outbox.ts";
import { CallBudget, metered } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { keepLog, sweepLogs } from "../platform/log-store.ts";
import { nextTryAtMs } from "../platform/next-try.ts";
import { continueErasures } from "../privacy/account-erasure.ts";
import { continueBreaches } from "../privacy/breaches.ts";
import { continueExports } from "../privacy/export.ts";
import { remindOfHolds } from "../privacy/holds.ts";
import { tellPolicyChange } from "../privacy/policy-change.ts";
import { remindOfRequests } from "../privacy/requests.ts";
import { recordRun } from "../privacy/run-chain.ts";
import { continueErasure, dueErasures, postponeErasure } from "../privacy/session-erasure.ts";
import { sweepTable, sweptTables } from "../privacy/sweep.ts";
import { sweepRecordings } from "../recordings/deletion.ts";
import { noticeEndings } from "../recordings/notices.ts";
import { deliverLeft } from "../rooms/room-outbox.ts";
import { tellLaunch } from "../waitlist/launch.ts";
import { sweepOrphans } from "./orphans.ts";

interface Outcome {
  done: number;
  rowsRead: number;
  /** Whether everything that was due is done; otherwise the next run goes on. */
  finished: boolean;
  /** When the oldest work that is left was due. */
  oldestDueAtMs?: number;
}

interface Job {
  /** Calls that one run of it may make, at most. */
  calls: number;
  /** Calls without which it does not begin: those that ask as they go need a few, and all others all that they may make. */
  needs?: number;
  /** Left work that was due longer ago than this is told to a person. */
  lateAfterMs?: number;
  run(env: Env, deps: Deps, budget: CallBudget): Promise<Outcome>;
}

/** Calls of one invocation, all jobs together: D1 ends it at 1,000 queries, and other calls count as well. */
export const INVOCATION_CALLS_MAX = 900;
/** Every so often cron comes; wrangler.toml says the same. */
const INTERVAL_MS = 5 * 60 * 1000;

/** What one run does at most of each; docs/SCALE.md has the arithmetic. */
const ROOM_CALLS = 60;
const ERASURES = 30;
const RECORDING_BATCHES = 10;
const ORPHAN_PAGES = 5;
const ROWS = 5_000;
const MAILS = 60;

const HOUR_MS = 60 * 60 * 1000;
/** One erasure that is alone with its session: the room, an empty store, no rows, the end. */
const ERASURE_CALLS = 12;

const eraseSessions: Job = {
  calls: 300,
  needs: 20,
  lateAfterMs: 24 * HOUR_MS,
  async run(env, deps, budget) {
    const { results, meta } = await dueErasures(env.DB, deps.now(), ERASURES);
    let done = 0;
    let left: number | undefined;
    for (const { sessionId, requestedAtMs } of results) {
      // One that is large leaves something for the others.
      if (!budget.allows(ERASURE_CALLS)) break;
      const share = new CallBudget(Math.min(budget.left, eraseSessions.calls / 4));
      const bound = metered(env, deps, share);
      if (await continueErasure(bound.env, bound.deps, sessionId, share)) done++;
      else {
        left = Math.min(left ?? requestedAtMs, requestedAtMs);
        await postponeErasure(env.DB, sessionId, nextTryAtMs(deps.now(), requestedAtMs));
      }
    }
    const oldest = left === undefined ? {} : { oldestDueAtMs: left };
    return { done, rowsRead: meta.rows_read, finished: done === results.length && done < ERASURES, ...oldest };
  },
};

/** Everything that happens by the clock. Each job is bounded, finds its work by an index, and may be killed anywhere and run again. */
export const jobs: Record<string, Job> = {
  "room-calls": { calls: 130, needs: 10, run: (env, deps, budget) => deliverLeft(env, deps, ROOM_CALLS, budget) },
  "policy-change": { calls: 80, run: (env, deps) => tellPolicyChange(env, deps) },
  "request-reminders": { calls: 15, run: remindOfRequests },
  holds: { calls: 35, run: remindOfHolds },
  breaches: { calls: 300, needs: 10, run: continueBreaches },
  exports: { calls: 300, needs: 30, lateAfterMs: 24 * HOUR_MS, run: continueExports },
  "account-erasures": { calls: 400, needs: 10, lateAfterMs: 24 * HOUR_MS, run: continueErasures },
  "session-erasures": eraseSessions,
  // Before the sweep: who was not told because runs were missed is told while there is something left to fetch.
  notices: { calls: 200, needs: 20, run: noticeEndings },
  recordings: {
    calls: 200,
    needs: 20,
    lateAfterMs: HOUR_MS,
    run: (env, deps, budget) => sweepRecordings(env, deps, RECORDING_BATCHES, budget),
  },
  logs: { calls: 20, needs: 10, run: sweepLogs },
  "small-counts": { calls: 3, run: (env, deps) => dropSmallCounts(env, deps, ROWS) },
  orphans: { calls: 50, needs: 20, run: (env, deps, budget) => sweepOrphans(env, deps, ORPHAN_PAGES, budget) },

  // What the rules of the inventory say is over. Before the launch is told: nobody is written to whose time is over.
  ...Object.fromEntries(
    sweptTables.map((table): [string, Job] => [
      `retention:${table}`,
      { calls: 10, run: (env, deps) => sweepTable(env, deps, table, ROWS) },
    ]),
  ),
  "waitlist-launch": { calls: 210, run: (env, deps) => tellLaunch(env, deps, MAILS) },
  // Each mail is claimed, its key is read, it is sent, and it is ended.
  mail: { calls: 300, run: (env, deps) => sendDueMail(env, deps, MAILS) },
  "mail-keys": { calls: 10, run: endMailKeys },
};

/** Jobs that delete: what they took is in the public chain of runs. Erasures are counted there as they finish. */
const takesAway = (name: string) =>
  name.startsWith("retention:") || ["recordings", "logs", "small-counts", "orphans"].includes(name);

/** Runs one job within its calls. One that breaks is logged and does not keep the others from their work. */
export async function runJob(env: Env, deps: Deps, name: string, budget = new CallBudget(INVOCATION_CALLS_MAX)) {
  const job = jobs[name];
  if (job === undefined) throw new Error(`There is no job ${name}.`);
  const own = budget.share(job.calls);
  try {
    const bound = metered(env, deps, own);
    const { oldestDueAtMs, ...outcome } = await job.run(bound.env, bound.deps, own);
    if (outcome.done > 0 || !outcome.finished) log({ event: "cron", sweep: name, ...outcome });
    const lateMs = deps.now() - (oldestDueAtMs ?? deps.now());
    if (lateMs > (job.lateAfterMs ?? Number.POSITIVE_INFINITY)) log({ event: "work-overdue", sweep: name, lateMs });
    return outcome;
  } catch (error) {
    log({ event: "cron-broke", sweep: name, ...describeThrown(error) });
    return null;
  }
}

/**
 * One run of cron. All jobs share the invocation's calls; whoever is last in one run is further in front in the next, so that much work of
 * one kind keeps no other from its turn.
 */
export async function runJobs(env: Env, deps: Deps): Promise<void> {
  const budget = new CallBudget(INVOCATION_CALLS_MAX);
  const taken: Record<string, number> = {};
  const names = Object.keys(jobs);
  const first = Math.floor(deps.now() / INTERVAL_MS) % names.length;
  for (const name of [...names.slice(first), ...names.slice(0, first)]) {
    if (!budget.allows(jobs[name]?.needs ?? jobs[name]?.calls ?? 0)) continue;
    const outcome = await runJob(env, deps, name, budget);
    if (outcome !== null && takesAway(name)) taken[name] = outcome.done;
  }
  await recordRun(env, deps, taken);
  await keepLog(env, deps);
}
