import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { reports } from "../../migrations/schema.ts";
import {
  type AnswerAppeal,
  type DecideReport,
  Decision,
  type DeleteReported,
  grounds,
  measures,
  OpenAppeal,
} from "../../protocol/decisions.ts";
import { newId } from "../../protocol/ids.ts";
import { APPEAL_WITHIN_MS } from "../../protocol/limits.ts";
import { done, ok, type Result, refused } from "../../protocol/result.ts";
import { unpublish } from "../hub/store.ts";
import { addressOf, queueMail, type Recipient, stranger } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openEach, openSealed, sealFor } from "../platform/personal-keys.ts";
import { allRows, firstRow, readAll, SqlBoolean } from "../platform/rows.ts";

/**
 * The life of a report after it has come (DSA, Articles 16, 17 and 20): a person of ours decides, with a statement of reasons that goes to both
 * sides; either may appeal once; whoever looks anew lets it stand or takes it back. Neither side learns who the other is.
 */
const SHOWN_MAX = 100;
/** Reporters of one account who are written to; a hundred reports of one person are one thing to decide. */
const TOLD_MAX = 100;

const Reported = z.object({ accountId: z.string(), recordingId: z.string().nullable() });
const Reporter = z.object({ accountId: z.string() });

async function reportersOf(db: D1Database, decisionId: string): Promise<string[]> {
  const { reporterAccountId: accountId, decisionId: decidedBy } = reports;
  const named = and(eq(decidedBy, decisionId), isNotNull(accountId));
  const found = await drizzle(db).selectDistinct({ accountId }).from(reports).where(named).limit(TOLD_MAX);
  return readAll(Reporter, found).map((reporter) => reporter.accountId);
}

/** The statements that queue one mail for each of these accounts. */
async function tell(
  env: Env,
  deps: Deps,
  accountIds: readonly string[],
  make: (to: Recipient, accountId: string) => Parameters<typeof queueMail>[2],
): Promise<D1PreparedStatement[]> {
  const mails: D1PreparedStatement[] = [];
  for (const accountId of new Set(accountIds)) {
    const to = await addressOf(env.DB, accountId);
    if (to !== null) mails.push(await queueMail(env, deps, make(to, accountId)));
  }
  return mails;
}

const linkTo = (env: Env, decisionId: string) => `${env.PUBLIC_ORIGIN}/account/decisions#${decisionId}`;

/**
 * Decides a report, and with it all others about the same account that came up to `throughMs`. `no-take`: it is not about a take that is still
 * there. `not-found`: somebody else has decided it meanwhile.
 */
export async function decideReport(
  env: Env,
  deps: Deps,
  reportId: string,
  throughMs: number,
  { measure, ground, facts }: DecideReport,
): Promise<Result<{ decisionId: string; accountId: string }, "not-found" | "no-take">> {
  const db = env.DB;
  const report = await firstRow(
    Reported,
    db
      .prepare(
        `SELECT account_id AS accountId, (SELECT id FROM recordings r WHERE r.id = reports.recording_id) AS recordingId
         FROM reports WHERE id = ? AND closed_at_ms IS NULL`,
      )
      .bind(reportId),
  );
  if (report === null) return refused("not-found");
  const { accountId, recordingId } = report;
  if (measure === "take-withheld" && recordingId === null) return refused("no-take");
  const decisionId = newId("dec", deps.random);
  const nowMs = deps.now();
  const sealed = await sealFor(env, deps, accountId, "decision", facts);
  const [decided] = await db.batch([
    db
      .prepare(
        `INSERT INTO decisions (id, account_id, recording_id, measure, ground, facts, decided_at_ms)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM reports WHERE id = ?8 AND closed_at_ms IS NULL)`,
      )
      .bind(decisionId, accountId, recordingId, measure, ground, sealed, nowMs, reportId),
    db
      .prepare(
        `UPDATE reports SET closed_at_ms = ?2, decision_id = ?3 WHERE closed_at_ms IS NULL
           AND EXISTS (SELECT 1 FROM decisions WHERE id = ?3) AND (id = ?1 OR (created_at_ms <= ?4 AND account_id = ?5))`,
      )
      .bind(reportId, nowMs, decisionId, throughMs, accountId),
    ...(measure === "take-withheld"
      ? [
          db
            .prepare(
              "UPDATE recordings SET withheld_at_ms = ?2 WHERE id = (SELECT recording_id FROM decisions WHERE id = ?1)",
            )
            .bind(decisionId, nowMs),
        ]
      : []),
  ]);
  if (decided?.meta.changes !== 1) return refused("not-found");
  if (measure === "profile-unpublished") await unpublish(env, deps, accountId);
  // Whom nothing is done to is not told that somebody reported them.
  const about = measure === "none" ? [] : [accountId];
  const values = { measure, ground, facts, link: linkTo(env, decisionId) };
  const mails = await tell(env, deps, [...about, ...(await reportersOf(db, decisionId))], (to, who) => ({
    id: `decision-${decisionId}-${who}`,
    to,
    template: "decision",
    values: { ...values, side: who === accountId ? ("about" as const) : ("reporter" as const) },
  }));
  if (mails.length > 0) await db.batch(mails);
  return ok({ decisionId, accountId });
}

/**
 * Tells of an account that is about to be deleted: whom it is about, and who reported it. The first address is sealed anew, as what reaches
 * nobody with an account: it is to outlive the account's key by the days in which a mail may go.
 */
export async function tellOfDeletion(
  env: Env,
  deps: Deps,
  reportId: string,
  accountId: string,
  { ground, facts }: DeleteReported,
): Promise<void> {
  const about = await addressOf(env.DB, accountId);
  const address = about === null ? null : await openSealed(env, deps, "address", about.address);
  const mails: D1PreparedStatement[] = [];
  if (about !== null && address !== null) {
    const to = { ...(await stranger(env, deps, address, about.language)), addressIndex: "" };
    const values = { side: "about" as const, ground, facts };
    mails.push(
      await queueMail(env, deps, { id: `account-deleted-${reportId}`, to, template: "account-deleted", values }),
    );
  }
  const { reporterAccountId, accountId: whose, closedAtMs } = reports;
  const open = and(eq(whose, accountId), isNull(closedAtMs), isNotNull(reporterAccountId));
  const found = await drizzle(env.DB)
    .selectDistinct({ accountId: reporterAccountId })
    .from(reports)
    .where(open)
    .limit(TOLD_MAX);
  const reporters = readAll(Reporter, found).map((reporter) => reporter.accountId);
  mails.push(
    ...(await tell(env, deps, reporters, (to, who) => ({
      id: `account-deleted-${reportId}-${who}`,
      to,
      template: "account-deleted",
      values: { side: "reporter" as const, ground, facts },
    }))),
  );
  if (mails.length > 0) await env.DB.batch(mails);
}

const DecisionRow = Decision.omit({ appeal: true, appealUntilMs: true }).extend({
  measure: z.enum(measures),
  ground: z.enum(grounds),
  appealText: z.string().nullable(),
  appealedAtMs: z.int().nullable(),
  answer: z.string().nullable(),
  answeredAtMs: z.int().nullable(),
});

/** SQL for "?1 reported what this decision, `d`, is about, or has appealed against it as one who did". */
const IS_REPORTER = `(EXISTS (SELECT 1 FROM reports r WHERE r.decision_id = d.id AND r.reporter_account_id = ?1)
  OR EXISTS (SELECT 1 FROM appeals p WHERE p.decision_id = d.id AND p.account_id = ?1))`;

/** The decisions that concern an account, newest first, each from its side. */
export async function listDecisions(env: Env, deps: Deps, accountId: string): Promise<Decision[]> {
  const { results } = await allRows(
    DecisionRow,
    env.DB.prepare(
      `SELECT d.id AS decisionId, iif(d.account_id = ?1, 'about', 'reporter') AS side, d.measure, d.ground, d.facts,
           (SELECT name FROM recordings r WHERE r.id = d.recording_id) AS takeName, d.decided_at_ms AS decidedAtMs,
           d.reversed_at_ms AS reversedAtMs, a.text AS appealText, a.created_at_ms AS appealedAtMs, a.answer,
           a.answered_at_ms AS answeredAtMs
         FROM decisions d LEFT JOIN appeals a ON a.decision_id = d.id AND a.account_id = ?1
         WHERE (d.account_id = ?1 AND d.measure <> 'none') OR (d.account_id <> ?1 AND ${IS_REPORTER})
         ORDER BY d.decided_at_ms DESC LIMIT ?2`,
    ).bind(accountId, SHOWN_MAX),
  );
  return openEach(env, deps, results, async ({ appealText, appealedAtMs, answer, answeredAtMs, ...row }, open) => ({
    ...row,
    facts: await open("decision", row.facts),
    takeName: await open("take", row.takeName),
    appealUntilMs: row.decidedAtMs + APPEAL_WITHIN_MS,
    appeal:
      appealText === null || appealedAtMs === null
        ? null
        : {
            text: await open("appeal", appealText),
            createdAtMs: appealedAtMs,
            answer: await open("appeal", answer),
            answeredAtMs,
          },
  }));
}

/** Takes an appeal, one of each side. `conflict`: there is one already. `gone`: its time is over. */
export async function appeal(
  env: Env,
  deps: Deps,
  accountId: string,
  decisionId: string,
  text: string,
): Promise<Result<void, "not-found" | "conflict" | "gone">> {
  const found = (await listDecisions(env, deps, accountId)).find((decision) => decision.decisionId === decisionId);
  if (found === undefined) return refused("not-found");
  if (found.appealUntilMs <= deps.now()) return refused("gone");
  const sealed = await sealFor(env, deps, accountId, "appeal", text);
  const { meta } = await env.DB.prepare(
    `INSERT INTO appeals (id, decision_id, account_id, text, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT DO NOTHING`,
  )
    .bind(newId("apl", deps.random), decisionId, accountId, sealed, deps.now())
    .run();
  return meta.changes === 1 ? done : refused("conflict");
}

/** Appeals that wait for a person of ours, the oldest first. */
export async function openAppeals(env: Env, deps: Deps): Promise<OpenAppeal[]> {
  const { results } = await allRows(
    OpenAppeal.extend({ hasTake: SqlBoolean }),
    env.DB.prepare(
      `SELECT a.id AS appealId, d.id AS decisionId, a.account_id AS accountId, iif(d.account_id = a.account_id, 'about', 'reporter') AS side,
           d.measure, d.facts, a.text, a.created_at_ms AS createdAtMs,
           EXISTS (SELECT 1 FROM recordings r WHERE r.id = d.recording_id AND r.state = 'complete') AS hasTake
         FROM appeals a JOIN decisions d ON d.id = a.decision_id WHERE a.answered_at_ms IS NULL
         ORDER BY a.created_at_ms LIMIT ?`,
    ).bind(SHOWN_MAX),
  );
  return openEach(env, deps, results, async (row, open) => ({
    ...row,
    facts: await open("decision", row.facts),
    text: await open("appeal", row.text),
  }));
}

/**
 * Answers an appeal. Taken back by whom it is about, the measure ends; by somebody who reported, their report is open again and is decided
 * anew. Both sides are told of what changed, and whoever appealed of an answer that changes nothing.
 */
export async function answerAppeal(
  env: Env,
  deps: Deps,
  appealId: string,
  step: AnswerAppeal,
): Promise<Result<{ accountId: string }, "not-found">> {
  const db = env.DB;
  const open = (await openAppeals(env, deps)).find((one) => one.appealId === appealId);
  if (open === undefined) return refused("not-found");
  const nowMs = deps.now();
  const { decisionId, accountId, side } = open;
  const reverses = step.do === "reverse";
  const reporters = await reportersOf(db, decisionId);
  const answer = await sealFor(env, deps, accountId, "appeal", step.answer);
  // Of two who answer at once, the first one's answer is carried out and no other.
  const [answered] = await db.batch([
    db
      .prepare("UPDATE appeals SET answer = ?2, answered_at_ms = ?3 WHERE id = ?1 AND answered_at_ms IS NULL")
      .bind(appealId, answer, nowMs),
    ...(reverses && side === "about"
      ? [
          db
            .prepare(
              `UPDATE decisions SET reversed_at_ms = ?2 WHERE id = ?1 AND reversed_at_ms IS NULL
                 AND EXISTS (SELECT 1 FROM appeals WHERE id = ?3 AND answered_at_ms = ?2)`,
            )
            .bind(decisionId, nowMs, appealId),
          db
            .prepare(
              `UPDATE recordings SET withheld_at_ms = NULL
               WHERE id = (SELECT recording_id FROM decisions WHERE id = ?1 AND reversed_at_ms = ?2)`,
            )
            .bind(decisionId, nowMs),
        ]
      : []),
    ...(reverses && side === "reporter"
      ? [
          db
            .prepare(
              `UPDATE reports SET closed_at_ms = NULL, decision_id = NULL WHERE decision_id = ?1 AND reporter_account_id = ?2
                 AND EXISTS (SELECT 1 FROM appeals WHERE id = ?3 AND answered_at_ms = ?4)`,
            )
            .bind(decisionId, accountId, appealId, nowMs),
        ]
      : []),
  ]);
  if (answered?.meta.changes !== 1) return refused("not-found");
  const told = reverses && side === "about" ? [accountId, ...reporters] : [accountId];
  const mails = await tell(env, deps, told, (to, who) => ({
    id: `appeal-${appealId}-${who}`,
    to,
    template: "appeal-decided",
    values: { isReversed: reverses, answer: who === accountId ? step.answer : "", link: linkTo(env, decisionId) },
  }));
  if (mails.length > 0) await db.batch(mails);
  return ok({ accountId });
}
