import { z } from "zod";
import { queuePolicyChange } from "../mail/broadcasts.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { firstRow } from "../platform/rows.ts";
import { type PolicyVersion, policyVersions } from "./policy-versions.ts";

/** Accounts written to in one run: a mail has a daily quota, and the outbox paces what goes out besides. */
const PACE = 200;

const Progress = z.object({ lastAccountId: z.string() });

/**
 * Promise G5: a material change of the policy is mailed to everybody who has an account when it is told. One row a version says how far
 * this has come, how many were written to, and when the last was: the proof. Killed anywhere it goes on from the last account, and a mail's
 * id keeps whoever was written to from hearing it twice.
 */
export async function tellPolicyChange(env: Env, deps: Deps, versions: readonly PolicyVersion[] = policyVersions) {
  const version = versions.findLast((one) => one.isMaterial);
  if (version?.change == null) return { done: 0, rowsRead: 0, finished: true };
  await env.DB.prepare("INSERT INTO policy_notices (version, started_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING")
    .bind(version.version, deps.now())
    .run();
  const row = await firstRow(
    Progress,
    env.DB.prepare(
      "SELECT last_account_id AS lastAccountId FROM policy_notices WHERE version = ? AND finished_at_ms IS NULL",
    ).bind(version.version),
  );
  if (row === null) return { done: 0, rowsRead: 1, finished: true };
  const link = `${env.PUBLIC_ORIGIN}/privacy#versions`;
  const { en, de } = version.change;
  const values = {
    en: { text: en, fromAtMs: version.fromAtMs, link },
    de: { text: de, fromAtMs: version.fromAtMs, link },
  };
  const { done, after } = await queuePolicyChange(env, deps, String(version.version), values, row.lastAccountId, PACE);
  await env.DB.prepare(
    `UPDATE policy_notices SET last_account_id = ?3, told = told + ?4, finished_at_ms = ?5
     WHERE version = ?1 AND last_account_id = ?2 AND finished_at_ms IS NULL`,
  )
    .bind(version.version, row.lastAccountId, after ?? "", done, after === null ? deps.now() : null)
    .run();
  return { done, rowsRead: done, finished: after === null };
}
