import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { reports } from "../../migrations/schema.ts";
import type { DecideReport, DeleteReported } from "../../protocol/decisions.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { firstRow } from "../platform/rows.ts";
import { eraseAccount } from "../privacy/account-erasure.ts";
import { decideReport, tellOfDeletion } from "../privacy/decisions.ts";
import { noteAction } from "./guard.ts";
import type { Operator } from "./sign-in.ts";

type Outcome = Result<void, "not-found" | "unavailable">;

async function accountOf(db: D1Database, reportId: string): Promise<string | null> {
  const { id, accountId } = reports;
  const report = await drizzle(db).select({ accountId }).from(reports).where(eq(id, reportId)).get();
  return report?.accountId ?? null;
}

/** Closes a report, and all others about the same account that came up to `throughMs`; nothing else happens. */
export async function closeReport(
  env: Env,
  deps: Deps,
  operator: Operator,
  reportId: string,
  throughMs: number,
): Promise<Outcome> {
  const about = await accountOf(env.DB, reportId);
  if (about === null) return refused("not-found");
  await env.DB.prepare(
    `UPDATE reports SET closed_at_ms = ifnull(closed_at_ms, ?2) WHERE id = ?1
       OR (closed_at_ms IS NULL AND created_at_ms <= ?3 AND account_id = ?4)`,
  )
    .bind(reportId, deps.now(), throughMs, about)
    .run();
  await noteAction(env.DB, deps, operator, "reports.close", [about]);
  return done;
}

export const ReportedTake = z.object({
  id: z.string(),
  sessionId: z.string(),
  accountId: z.string(),
  sha256: z.string(),
  sizeBytes: z.int(),
});
export type ReportedTake = z.infer<typeof ReportedTake>;
/** Pieces of one hearing: a player asks for many, and they are noted once. */
const HEARING_MS = 10 * 60 * 1000;

/** The take that an open report or appeal is about, for the operator to hear before deciding; it is noted for whose take it is. `null`: nothing to hear. */
export async function hearReported(
  env: Env,
  deps: Deps,
  operator: Operator,
  reportOrAppealId: string,
): Promise<ReportedTake | null> {
  const take = await firstRow(
    ReportedTake,
    env.DB.prepare(
      `SELECT r.id, r.session_id AS sessionId, r.account_id AS accountId, r.sha256, r.size_bytes AS sizeBytes
       FROM recordings r WHERE r.state = 'complete' AND r.id IN (
         SELECT recording_id FROM reports WHERE id = ?1 AND closed_at_ms IS NULL
         UNION ALL SELECT d.recording_id FROM appeals a JOIN decisions d ON d.id = a.decision_id
           WHERE a.id = ?1 AND a.answered_at_ms IS NULL)`,
    ).bind(reportOrAppealId),
  );
  if (take !== null) await noteAction(env.DB, deps, operator, "reports.hear-take", [take.accountId], HEARING_MS);
  return take;
}

/** Decides a report with its reasons, which go to both sides. */
export async function decide(
  env: Env,
  deps: Deps,
  operator: Operator,
  reportId: string,
  throughMs: number,
  decision: DecideReport,
): Promise<Result<void, "not-found" | "no-take">> {
  const outcome = await decideReport(env, deps, reportId, throughMs, decision);
  if (!outcome.ok) return outcome;
  await noteAction(env.DB, deps, operator, `reports.decide-${decision.measure}`, [outcome.value.accountId]);
  return done;
}

/** Deletes the account that a report is about, with everything of it (A5), and says why to it and to who reported. Repeat while it is `unavailable`. */
export async function deleteReported(
  env: Env,
  deps: Deps,
  operator: Operator,
  reportId: string,
  why: DeleteReported,
): Promise<Outcome> {
  const about = await accountOf(env.DB, reportId);
  if (about === null) return refused("not-found");
  await noteAction(env.DB, deps, operator, "reports.delete-account", [about]);
  await tellOfDeletion(env, deps, reportId, about, why);
  return (await eraseAccount(env, deps, about, "operator")) ? done : refused("unavailable");
}
