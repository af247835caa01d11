import type { SessionId } from "../../protocol/ids.ts";
import { DELETION_RECORD_RETENTION_MS, NOTICE_RETENTION_MS, REPORT_RETENTION_MS } from "../../protocol/retention.ts";
import { forgetSentMail, sendDueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { continueErasure } from "../privacy/session-erasure.ts";
import { sweepRecordings } from "../recordings/deletion.ts";
import { noticeEndings } from "../recordings/notices.ts";
import { sweepOrphans } from "../recordings/orphans.ts";
import { makeLeftCalls } from "../rooms/room-outbox.ts";
import { endWaitlist, tellLaunch } from "../waitlist/launch.ts";

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
    const done = await makeLeftCalls(env, deps, ROOM_CALLS);
    return { done, rowsRead: 0, finished: done < ROOM_CALLS };
  },

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

  // The end before the launch: nobody is written to whose time is over.
  "waitlist-end": (env, deps) => endWaitlist(env, deps, ROWS),
  "waitlist-launch": (env, deps) => tellLaunch(env, deps, MAILS),

  "closed-reports": (env, deps) => deleteOld(env, "reports", "closed_at_ms", deps.now() - REPORT_RETENTION_MS),
  "old-session-erasures": (env, deps) =>
    deleteOld(env, "session_erasures", "finished_at_ms", deps.now() - DELETION_RECORD_RETENTION_MS),
  "old-notices": (env, deps) =>
    deleteOld(env, "retention_notices", "first_expires_at_ms", deps.now() - NOTICE_RETENTION_MS),
  mail: (env, deps) => sendDueMail(env, deps, MAILS),
  "sent-mail": (env, deps) => forgetSentMail(env, deps, ROWS),
  "expired-invites": (env, deps) => deleteExpired(env, "invites", deps.now()),
  "expired-sign-ins": (env, deps) => deleteExpired(env, "sign_ins", deps.now()),
  "expired-steps": (env, deps) => deleteExpired(env, "challenges", deps.now()),
  "expired-device-codes": (env, deps) => deleteExpired(env, "device_codes", deps.now()),
  "expired-tries": (env, deps) => deleteExpired(env, "rate_limits", deps.now()),
};

type Expiring = "invites" | "sign_ins" | "challenges" | "device_codes" | "rate_limits";
const deleteExpired = (env: Env, table: Expiring, nowMs: number) => deleteOld(env, table, "expires_at_ms", nowMs);

/** Rows whose time in `column` has come, by that column's index, oldest first. */
async function deleteOld(env: Env, table: string, column: string, untilMs: number): Promise<Outcome> {
  const { meta } = await env.DB.prepare(
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${column} <= ?1 ORDER BY ${column} LIMIT ?2)`,
  )
    .bind(untilMs, ROWS)
    .run();
  return { done: meta.changes, rowsRead: meta.rows_read, finished: meta.changes < ROWS };
}

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
