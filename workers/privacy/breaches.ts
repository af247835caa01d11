import { z } from "zod";
import { Language } from "../../protocol/accounts.ts";
import { Breach, BreachScope, type HandleBreach, type RegisterBreach } from "../../protocol/breaches.ts";
import { assertNever } from "../../protocol/errors.ts";
import { newId } from "../../protocol/ids.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import { operators, queueMail, Recipient } from "../mail/outbox.ts";
import type { CallBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { allRows, firstRow, jsonColumn } from "../platform/rows.ts";
import { clockOf, dueNotices } from "./breach-clocks.ts";
import { draftOf, type Known, peopleDraft } from "./breach-drafts.ts";
import { COUNT_CALLS_MAX, countPeople, fits } from "./breach-people.ts";

/**
 * The life of a breach (G4): registered, with a clock for each notice that a law asks for; the people it affects are computed from the tables
 * it reached; the notices are drafted from what is known; an operator notes what was sent, and lets the people be written to, in paced
 * steps, each once; a day before a clock ends an operator is reminded. Closed, it stays in the register for three years.
 */
const REMINDED_BEFORE_MS = 24 * 3_600_000;
const SHOWN_MAX = 100;
/** People written to in one run of cron, a call each, and the calls beside them: who they are, that they were told, that all were. */
const TOLD_PER_RUN = 100;
const TELL_CALLS = 3;
/** Rounds of counting in one call. */
const ROUNDS = 5;

/** `null`: the scope names what is not there, or what does not say whose session it is. */
export async function registerBreach(env: Env, deps: Deps, breach: RegisterBreach): Promise<string | null> {
  if (!fits(breach.scope) || breach.awareAtMs > deps.now()) return null;
  const id = newId("bre", deps.random);
  const { kind, whatHappened, consequences, measures, scope, awareAtMs } = breach;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO breaches (id, kind, what_happened, consequences, measures, scope, aware_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).bind(id, kind, whatHappened, consequences, measures, JSON.stringify(scope), awareAtMs),
    ...dueNotices(kind, awareAtMs).map(({ notice, dueAtMs }) =>
      env.DB.prepare("INSERT INTO breach_notices (breach_id, notice, due_at_ms) VALUES (?, ?, ?)").bind(
        id,
        notice,
        dueAtMs,
      ),
    ),
  ]);
  for (let round = 0; round < ROUNDS; round++) if (await countPeople(env, deps, id)) break;
  return id;
}

const Words = z.record(Language, z.string());
const Row = Breach.omit({ notices: true }).extend({
  scope: jsonColumn(BreachScope),
  words: jsonColumn(Words).nullable(),
});
type Row = z.infer<typeof Row>;
const NoticeRow = Breach.shape.notices.element.omit({ law: true, draft: true }).extend({ breachId: z.string() });

const columns = `id AS breachId, kind, what_happened AS whatHappened, consequences, measures, scope, aware_at_ms AS awareAtMs,
  fixed_at_ms AS fixedAtMs, affected, counted_at_ms AS countedAtMs, words, closed_at_ms AS closedAtMs,
  (SELECT COUNT(*) FROM breach_people p WHERE p.breach_id = b.id AND told_at_ms IS NOT NULL) AS told`;

const knownOf = (row: Row): Known => ({ ...row, tables: row.scope.tables });

/** The register: open ones first, the newest before all others. */
export async function listBreaches(db: D1Database): Promise<Breach[]> {
  const { results } = await allRows(
    Row,
    db
      .prepare(`SELECT ${columns} FROM breaches b ORDER BY closed_at_ms IS NOT NULL, aware_at_ms DESC LIMIT ?`)
      .bind(SHOWN_MAX),
  );
  const notices = await allRows(
    NoticeRow,
    db
      .prepare(
        `SELECT breach_id AS breachId, notice, due_at_ms AS dueAtMs, sent_at_ms AS sentAtMs, proof FROM breach_notices
       WHERE breach_id IN (SELECT value FROM json_each(?)) ORDER BY due_at_ms IS NULL, due_at_ms`,
      )
      .bind(JSON.stringify(results.map(({ breachId }) => breachId))),
  );
  return results.map((row) => {
    const { words: _words, ...rest } = row;
    return {
      ...rest,
      notices: notices.results
        .filter(({ breachId }) => breachId === row.breachId)
        .map(({ breachId: _breach, ...notice }) => ({
          ...notice,
          law: clockOf(notice.notice).law,
          draft: draftOf(notice.notice, knownOf(row)),
        })),
    };
  });
}

/** `untold`: while somebody has not been written to, or a notice is open, it cannot be closed. */
export async function handleBreach(
  env: Env,
  deps: Deps,
  breachId: string,
  step: HandleBreach,
): Promise<Result<void, "not-found" | "untold">> {
  const row = await firstRow(
    Row,
    env.DB.prepare(`SELECT ${columns} FROM breaches b WHERE id = ? AND closed_at_ms IS NULL`).bind(breachId),
  );
  if (row === null) return refused("not-found");
  const nowMs = deps.now();
  switch (step.do) {
    case "tell-people": {
      const words = step.words ?? { en: peopleDraft(knownOf(row), "en"), de: peopleDraft(knownOf(row), "de") };
      await env.DB.prepare("UPDATE breaches SET words = ifnull(words, ?2) WHERE id = ?1")
        .bind(breachId, JSON.stringify(words))
        .run();
      return done;
    }
    case "note-sent": {
      const { meta } = await env.DB.prepare(
        "UPDATE breach_notices SET sent_at_ms = ifnull(sent_at_ms, ?3), proof = ifnull(proof, ?4) WHERE breach_id = ?1 AND notice = ?2",
      )
        .bind(breachId, step.notice, nowMs, step.proof)
        .run();
      return meta.changes === 0 ? refused("not-found") : done;
    }
    case "fixed": {
      const { withinMs } = clockOf("cra-final-report");
      await env.DB.batch([
        env.DB.prepare("UPDATE breaches SET fixed_at_ms = ifnull(fixed_at_ms, ?2), measures = ?3 WHERE id = ?1").bind(
          breachId,
          nowMs,
          step.measures,
        ),
        env.DB.prepare(
          "UPDATE breach_notices SET due_at_ms = ifnull(due_at_ms, ?2) WHERE breach_id = ?1 AND notice = 'cra-final-report'",
        ).bind(breachId, nowMs + withinMs),
      ]);
      return done;
    }
    case "close": {
      const { meta } = await env.DB.prepare(
        `UPDATE breaches SET closed_at_ms = ?2 WHERE id = ?1 AND counted_at_ms IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM breach_notices WHERE breach_id = ?1 AND sent_at_ms IS NULL)`,
      )
        .bind(breachId, nowMs)
        .run();
      return meta.changes === 0 ? refused("untold") : done;
    }
    default:
      return assertNever(step);
  }
}

const Open = z.object({ id: z.string(), words: jsonColumn(Words).nullable(), countedAtMs: z.number().nullable() });

/** The job of cron: counts on, writes to people who wait, and reminds of clocks that end. */
export async function continueBreaches(env: Env, deps: Deps, budget: CallBudget) {
  await remind(env, deps);
  const open = await allRows(
    Open,
    env.DB.prepare(
      `SELECT id, words, counted_at_ms AS countedAtMs FROM breaches WHERE closed_at_ms IS NULL ORDER BY aware_at_ms LIMIT ?`,
    ).bind(SHOWN_MAX),
  );
  let written = 0;
  let finished = true;
  for (const { id, words, countedAtMs } of open.results) {
    if (!budget.allows(COUNT_CALLS_MAX + TELL_CALLS))
      return { done: written, rowsRead: open.meta.rows_read, finished: false };
    if (countedAtMs === null) finished = (await countPeople(env, deps, id)) && finished;
    if (words === null) continue;
    const atMost = Math.min(TOLD_PER_RUN - written, budget.left - TELL_CALLS);
    const told = await tellPeople(env, deps, id, words, Math.max(0, atMost));
    written += told.done;
    finished &&= told.finished;
  }
  return { done: written, rowsRead: open.meta.rows_read, finished };
}

const Untold = Recipient.extend({ id: z.string() });

async function tellPeople(env: Env, deps: Deps, breachId: string, words: Record<Language, string>, limit: number) {
  const { results: people } = await allRows(
    Untold,
    env.DB.prepare(
      `SELECT p.id, a.id AS accountId, ifnull(a.email, p.email) AS address, ifnull(a.email_index, p.email_index) AS addressIndex, ifnull(m.language, 'en') AS language FROM breach_people p
       LEFT JOIN accounts a ON a.id = p.account_id LEFT JOIN mail_preferences m ON m.account_id = a.id
       WHERE p.breach_id = ?1 AND p.told_at_ms IS NULL LIMIT ?2`,
    ).bind(breachId, limit),
  );
  const nowMs = deps.now();
  const link = `${env.PUBLIC_ORIGIN}/account/privacy`;
  const mails: D1PreparedStatement[] = [];
  for (const { id, ...to } of people) {
    const values = { text: words[to.language], link };
    // The row's own random id: the mail's id says of nobody whose it is, and goes out once.
    mails.push(await queueMail(env, deps, { id: `breach-${id}`, to, template: "breach", values }));
  }
  if (people.length > 0)
    await env.DB.batch([
      ...mails,
      env.DB.prepare("UPDATE breach_people SET told_at_ms = ?2 WHERE id IN (SELECT value FROM json_each(?1))").bind(
        JSON.stringify(people.map(({ id }) => id)),
        nowMs,
      ),
    ]);
  const finished = people.length < limit;
  // Everybody who was found has been written to: that notice is done, and this is its proof.
  if (finished)
    await env.DB.prepare(
      `UPDATE breach_notices SET sent_at_ms = ?2, proof = (SELECT COUNT(*) || ' people' FROM breach_people WHERE breach_id = ?1)
       WHERE breach_id = ?1 AND notice = 'gdpr-people' AND sent_at_ms IS NULL
         AND EXISTS (SELECT 1 FROM breaches WHERE id = ?1 AND counted_at_ms IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM breach_people WHERE breach_id = ?1 AND told_at_ms IS NULL)`,
    )
      .bind(breachId, nowMs)
      .run();
  return { done: people.length, finished };
}

const Due = z.object({ breachId: z.string(), notice: z.string(), dueAtMs: z.number() });

/** One mail to whoever runs this about all clocks that end within a day. */
async function remind(env: Env, deps: Deps): Promise<void> {
  const nowMs = deps.now();
  const due = await allRows(
    Due,
    env.DB.prepare(
      `SELECT breach_id AS breachId, notice, due_at_ms AS dueAtMs FROM breach_notices
     WHERE sent_at_ms IS NULL AND due_at_ms <= ?1 AND reminded_at_ms IS NULL ORDER BY due_at_ms LIMIT ?2`,
    ).bind(nowMs + REMINDED_BEFORE_MS, SHOWN_MAX),
  );
  const [first] = due.results;
  if (first === undefined) return;
  const values = { count: due.results.length, firstDueAtMs: first.dueAtMs, link: env.PUBLIC_ORIGIN };
  const id = `notices-${first.breachId}-${first.notice}`;
  await env.DB.batch([
    await queueMail(env, deps, { id, to: operators, template: "notices-due", values }),
    env.DB.prepare(
      "UPDATE breach_notices SET reminded_at_ms = ?2 WHERE (breach_id, notice) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
    ).bind(JSON.stringify(due.results.map(({ breachId, notice }) => [breachId, notice])), nowMs),
  ]);
}
