import type { SessionId } from "../../protocol/ids.ts";
import { sendDueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { continueErasures } from "../privacy/account-erasure.ts";
import { continueExports } from "../privacy/export.ts";
import { continueErasure } from "../privacy/session-erasure.ts";
import { sweepTable, sweptTables } from "../privacy/sweep.ts";
import { sweepRecordings } from "../recordings/deletion.ts";
import { noticeEndings } from "../recordings/notices.ts";
import { sweepOrphans } from "../recordings/orphans.ts";
import { deliverLeft } from "../rooms/room-outbox.ts";
import { tellLaunch } from "../waitlist/launch.ts";

interface Outcome {
  done: number;
  rowsRead: number;
  /** Whether everything that was due is done; otherwise the next run goes on. */
  finished: boolean;
}
type Job = (env: Env, deps: Deps) => Promise<Outcome>;

/** What one run does at most of each; far below what a Worker may do in one invocation (docs/SCALE.md has the arithmetic). */
const ROOM_CALLS = 100;
const ERASURES = 30;
const RECORDING_BATCHES = 10;
const ORPHAN_PAGES = 5;
const ROWS = 5_000;
const MAILS = 100;

/** Everything that happens by the clock. Each job is bounded, finds its work by an index, and may be killed anywhere and run again. */
export const jobs: Record<string, Job> = {
  async "room-calls"(env, deps) {
    const done = await deliverLeft(env, deps, ROOM_CALLS);
    return { done, rowsRead: 0, finished: done < ROOM_CALLS };
  },

  exports: (env, deps) => continueExports(env, deps),
  "account-erasures": (env, deps) => continueErasures(env, deps),

  async "session-erasures"(env, deps) {
    const { results, meta } = await env.DB.prepare(
      "SELECT session_id AS sessionId FROM session_erasures WHERE finished_at_ms IS NULL ORDER BY requested_at_ms LIMIT ?",
    )
      .bind(ERASURES)
      .all<{ sessionId: SessionId }>();
    let done = 0;
    for (const { sessionId } of results) if (await continueErasure(env, deps, sessionId)) done++;
    return { done, rowsRead: meta.rows_read, finished: done === results.length };
  },

  // Before the sweep: who was not told because runs were missed is told while there is something left to fetch.
  notices: (env, deps) => noticeEndings(env, deps),
  recordings: (env, deps) => sweepRecordings(env, deps, RECORDING_BATCHES),
  orphans: (env, deps) => sweepOrphans(env, deps, ORPHAN_PAGES),

  // What the rules of the inventory say is over. Before the launch is told: nobody is written to whose time is over.
  ...Object.fromEntries(
    sweptTables.map((table): [string, Job] => [
      `retention:${table}`,
      (env, deps) => sweepTable(env, deps, table, ROWS),
    ]),
  ),
  "waitlist-launch": (env, deps) => tellLaunch(env, deps, MAILS),
  mail: (env, deps) => sendDueMail(env, deps, MAILS),
};

/** One run of cron. A job that breaks is logged and does not keep the others from their work. */
export async function runJobs(env: Env, deps: Deps): Promise<void> {
  for (const [sweep, job] of Object.entries(jobs)) {
    try {
      const outcome = await job(env, deps);
      if (outcome.done > 0 || !outcome.finished) log({ event: "cron", sweep, ...outcome });
    } catch (error) {
      log({ event: "cron-broke", sweep, ...describeThrown(error) });
    }
  }
}
