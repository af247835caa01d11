import { and, desc, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { policyNotices } from "../../migrations/schema.ts";
import { queuePolicyChange } from "../mail/broadcasts.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { type PolicyVersion, policyVersions } from "./policy-versions.ts";

/** Accounts written to in one run: each is a statement, and the outbox sends fewer besides. */
const PACE = 60;
const PROOFS_SHOWN_MAX = 50;

/**
 * Promise G5: a material change of the policy is mailed to everybody who had an account before it counted; whoever came later read it then. One row a version says how far
 * this has come, how many are written to, when the last was queued, and how many mails the mail service took (`workers/mail/policy-proof.ts`): the proof. Killed anywhere it goes on from the last account, and a mail's
 * id keeps whoever was written to from hearing it twice.
 */
export async function tellPolicyChange(env: Env, deps: Deps, versions: readonly PolicyVersion[] = policyVersions) {
  const version = versions.findLast((one) => one.isMaterial);
  if (version?.change == null) return { done: 0, rowsRead: 0, finished: true };
  const db = drizzle(env.DB);
  await db.insert(policyNotices).values({ version: version.version, startedAtMs: deps.now() }).onConflictDoNothing();
  const row = await db
    .select()
    .from(policyNotices)
    .where(and(eq(policyNotices.version, version.version), isNull(policyNotices.finishedAtMs)))
    .get();
  if (row === undefined) return { done: 0, rowsRead: 1, finished: true };
  const beside = version.version === 1 ? "" : `?beside=${version.version - 1}`;
  const link = `${env.PUBLIC_ORIGIN}/privacy/versions/${version.version}${beside}`;
  const { en, de } = version.change;
  const values = {
    en: { text: en, fromAtMs: version.fromAtMs, link },
    de: { text: de, fromAtMs: version.fromAtMs, link },
  };
  const { done, after } = await queuePolicyChange(env, deps, version, values, row.lastAccountId, PACE);
  await env.DB.prepare(
    `UPDATE policy_notices SET last_account_id = ?3, told = told + ?4, finished_at_ms = ?5
     WHERE version = ?1 AND last_account_id = ?2 AND finished_at_ms IS NULL`,
  )
    .bind(version.version, row.lastAccountId, after ?? "", done, after === null ? deps.now() : null)
    .run();
  return { done, rowsRead: done, finished: after === null };
}

/** The proof of each version that was mailed, newest first. What is neither sent nor refused waits, or went with its account. */
export const policyProofs = (env: Env) =>
  drizzle(env.DB)
    .select({
      version: policyNotices.version,
      startedAtMs: policyNotices.startedAtMs,
      finishedAtMs: policyNotices.finishedAtMs,
      told: policyNotices.told,
      sent: policyNotices.sent,
      refused: policyNotices.refused,
    })
    .from(policyNotices)
    .orderBy(desc(policyNotices.version))
    .limit(PROOFS_SHOWN_MAX);
