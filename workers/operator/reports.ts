import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { reports } from "../../migrations/schema.ts";
import type { DecideReport, DeleteReported } from "../../protocol/decisions.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
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
