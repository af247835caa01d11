import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { accountErasures, erasureReceipts } from "../../migrations/schema.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { CallBudget, metered, withRequestBudget } from "../platform/call-budget.ts";
import { isUnavailable } from "../platform/database.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { heldUntilReview } from "../platform/held.ts";
import { nextTryAtMs } from "../platform/next-try.ts";
import { allRows, jsonColumn } from "../platform/rows.ts";
import { forgetErasures, type Logged, logErasure, missingErasures, newErasureId } from "./erasure-log.ts";
import { closeDoors, STEP_CALLS_MAX, steps } from "./erasure-steps.ts";

/**
 * The life of an account's erasure (E3, A5). It is confirmed by a link in a mail; then it is logged beside the database, and one batch writes
 * its clock and closes every way in. From then on it goes through `steps`, each bounded and harmless to repeat, in the request that
 * confirmed it as far as that gets, and cron does the rest, however often either is killed (fault X20). The account's row goes in the batch that
 * ends it: what is left is a random id and two times.
 */
const names = Object.keys(steps);
const FIRST = names[0] ?? "";

/** Who decided on it. */
type Cause = "person" | "operator";

export interface Erasure {
  erasureId: string;
  confirmedAtMs: number;
  dueAtMs: number;
  finishedAtMs: number | null;
  /** How many of the steps are done, and of how many. */
  stepsDone: number;
  steps: number;
  /** When the investigation that keeps the rest is looked at again. */
  heldUntilReviewAtMs: number | null;
  /** Rows that went or were emptied, by table; `null` once the receipt has been forgotten. */
  counts: Record<string, number> | null;
}

const Counts = jsonColumn(z.record(z.string(), z.int()));

export async function findAccountErasure(db: D1Database, erasureId: string): Promise<Erasure | null> {
  const { id, accountId, confirmedAtMs, dueAtMs, finishedAtMs, step: at } = accountErasures;
  const row = await drizzle(db)
    .select({ accountId, confirmedAtMs, dueAtMs, finishedAtMs, step: at, counts: erasureReceipts.counts })
    .from(accountErasures)
    .leftJoin(erasureReceipts, eq(erasureReceipts.erasureId, id))
    .where(eq(id, erasureId))
    .get();
  if (row === undefined) return null;
  const { accountId: whose, step, counts, ...times } = row;
  const heldUntilReviewAtMs = whose === null ? null : await heldUntilReview(db, whose);
  const stepsDone = row.finishedAtMs === null ? Math.max(0, names.indexOf(step)) : names.length;
  const read = Counts.safeParse(counts);
  return { erasureId, ...times, stepsDone, steps: names.length, heldUntilReviewAtMs, counts: read.data ?? null };
}

/** The erasure of an account that has begun; `null`: none has. */
async function erasureOf(db: D1Database, accountId: string): Promise<string | null> {
  const { id, accountId: whose } = accountErasures;
  return (await drizzle(db).select({ id }).from(accountErasures).where(eq(whose, accountId)).get())?.id ?? null;
}

/** Begins an erasure, or finds the one that has begun. Returns its id. */
export async function startErasure(env: Env, deps: Deps, accountId: string, cause: Cause): Promise<string> {
  const known = await erasureOf(env.DB, accountId);
  if (known !== null) return known;
  const logged = { erasureId: newErasureId(deps), accountId, confirmedAtMs: deps.now() };
  await logErasure(env, deps, logged);
  await record(env.DB, logged, cause);
  // Of two at once one was written: both carry that one on.
  return (await erasureOf(env.DB, accountId)) ?? logged.erasureId;
}

/** `false`: it is written down already, or another of the same account is being carried out. */
async function record(db: D1Database, logged: Logged, cause: Cause): Promise<boolean> {
  const { erasureId, accountId, confirmedAtMs } = logged;
  const [written] = await db.batch([
    db
      .prepare(
        `INSERT INTO account_erasures (id, account_id, confirmed_at_ms, due_at_ms, step, cause)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM account_erasures WHERE account_id = ?2 OR id = ?1)`,
      )
      .bind(erasureId, accountId, confirmedAtMs, confirmedAtMs + ERASURE_DEADLINE_MS, FIRST, cause),
    db.prepare("INSERT INTO erasure_receipts (erasure_id) SELECT ?1 WHERE changes() > 0").bind(erasureId),
    ...closeDoors(db, { erasureId, accountId }),
  ]);
  return written?.meta.changes === 1;
}

/** Carries an erasure on as far as the budget allows, in bounded pieces of work. `true` when it has finished. */
async function continueAccountErasure(env: Env, deps: Deps, erasureId: string, budget: CallBudget): Promise<boolean> {
  const row = await drizzle(env.DB).select().from(accountErasures).where(eq(accountErasures.id, erasureId)).get();
  if (row === undefined || row.accountId === null) return true;
  const work = { erasureId, accountId: row.accountId };
  const isHeld = (await heldUntilReview(env.DB, row.accountId)) !== null;
  let name = row.step;
  try {
    while (budget.allows(STEP_CALLS_MAX)) {
      // Nobody sees the person any more; the rest waits for the investigation.
      if (isHeld && name !== FIRST) return false;
      const stepped = await steps[name]?.(env, deps, work, budget);
      if (stepped === "blocked") return false;
      if (stepped === "more") continue;
      const next = names[names.indexOf(name) + 1];
      if (next === undefined) return true;
      await env.DB.prepare("UPDATE account_erasures SET step = ?3 WHERE id = ?1 AND step = ?2")
        .bind(erasureId, name, next)
        .run();
      name = next;
    }
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
  return false;
}

/** Calls that the request which confirms an erasure may make for it: a heavy account goes in one, and D1's limit of 1,000 is far. */
const REQUEST_CALLS = 800;

/** Deletes an account in one go as far as that gets. `false`: something was left; cron or the next call goes on. */
export async function eraseAccount(env: Env, deps: Deps, accountId: string, cause: Cause): Promise<boolean> {
  const bounded = withRequestBudget(env, deps, REQUEST_CALLS);
  const erasureId = await startErasure(bounded.env, bounded.deps, accountId, cause);
  return await continueAccountErasure(bounded.env, bounded.deps, erasureId, bounded.budget);
}

/** Erasures that one run of cron carries on, how many entries of the log it looks at, and how many forgotten ones it writes down again. */
const ERASURES = 10;
const LOGGED = 1_000;
const REPLAYED = 5;
/** Calls of one that is written down again: its batch, and the entry that was read. */
const REPLAY_CALLS = 25;
/** Enough to see that the newest erasures are missing. */
const LOOKED_AT = 20;

const Open = z.object({ id: z.string(), confirmedAtMs: z.number() });

/** The jobs of cron: first what a restored database has forgotten, then what requests have left. */
export async function continueErasures(env: Env, deps: Deps, budget: CallBudget) {
  const isReplayed = await replayErasures(env, deps, budget);
  await forgetErasures(env, deps);
  const { results, meta } = await allRows(
    Open,
    env.DB.prepare(
      `SELECT id, confirmed_at_ms AS confirmedAtMs FROM account_erasures WHERE finished_at_ms IS NULL AND next_try_at_ms <= ?3
         AND (step = ?2 OR account_id NOT IN (SELECT account_id FROM holds WHERE released_at_ms IS NULL AND account_id IS NOT NULL))
       ORDER BY next_try_at_ms LIMIT ?1`,
    ).bind(ERASURES, FIRST, deps.now()),
  );
  let done = 0;
  let left: number | undefined;
  for (const { id, confirmedAtMs } of results) {
    if (!budget.allows(STEP_CALLS_MAX + 5)) break;
    // One that is large leaves something for the others.
    const share = new CallBudget(Math.max(STEP_CALLS_MAX + 2, Math.floor(budget.left / 2)));
    const bound = metered(env, deps, share);
    if (await continueAccountErasure(bound.env, bound.deps, id, share)) done++;
    else {
      left = Math.min(left ?? confirmedAtMs, confirmedAtMs);
      await env.DB.prepare("UPDATE account_erasures SET next_try_at_ms = ?2 WHERE id = ?1 AND finished_at_ms IS NULL")
        .bind(id, nextTryAtMs(deps.now(), confirmedAtMs))
        .run();
    }
  }
  const oldest = left === undefined ? {} : { oldestDueAtMs: left };
  const finished = isReplayed && done === results.length && results.length < ERASURES;
  return { done, rowsRead: meta.rows_read, finished, ...oldest };
}

/**
 * Writes erasures down again that the database has forgotten, and closes the doors of those accounts; what is theirs goes as that of every
 * other erasure does. `true`: there are no more.
 */
async function replayErasures(env: Env, deps: Deps, budget: CallBudget): Promise<boolean> {
  for (;;) {
    if (!budget.allows(REPLAY_CALLS * REPLAYED)) return false;
    const missing = await missingErasures(env, deps, LOGGED, REPLAYED);
    let isNew = false;
    for (const logged of missing) isNew = (await record(env.DB, logged, "operator")) || isNew;
    if (!isNew || missing.length < REPLAYED) return true;
  }
}

/** Fault X21: whether the database knows every recent erasure; if not, it is told of them before anybody is served. */
export async function isUpToDate(env: Env, deps: Deps): Promise<boolean> {
  if ((await missingErasures(env, deps, LOOKED_AT, 1)).length === 0) return true;
  const bounded = withRequestBudget(env, deps);
  if (!(await replayErasures(bounded.env, bounded.deps, bounded.budget))) return false;
  await continueErasures(bounded.env, bounded.deps, bounded.budget);
  return true;
}
