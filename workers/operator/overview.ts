import { z } from "zod";
import { OpenReport, ReportedAccount } from "../../protocol/hub.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openEach, openNamed } from "../platform/personal-keys.ts";
import { allRows, jsonColumn, rowsOf } from "../platform/rows.ts";
import { tableRules } from "../privacy/inventory.ts";
import { overdueRows } from "../privacy/sweep.ts";

/** Accounts shown at once, and reports of each: a person reads them. */
const ACCOUNTS_SHOWN_MAX = 100;
const REPORTS_SHOWN_MAX = 5;
const ReportedRow = ReportedAccount.extend({ shown: jsonColumn(z.array(OpenReport)) });
const Count = z.object({ n: z.number() });

/** Tables that a breach may have reached with somebody in it. */
export const tablesAboutPeople: readonly string[] = tableRules
  .filter(([, { subjects }]) => subjects.length > 0)
  .map(([table]) => table);

/** Reported accounts: those about age before all others, then those that most people report, then the oldest. */
export async function reportedAccounts(env: Env, deps: Deps): Promise<z.output<typeof ReportedAccount>[]> {
  const { results } = await allRows(
    ReportedRow,
    env.DB.prepare(
      `SELECT g.*, a.display_name AS displayName, p.id AS profileId,
         (SELECT json_group_array(json_object('reportId', id, 'reason', reason, 'details', details, 'createdAtMs', created_at_ms,
                   'hasTake', json(iif(EXISTS (SELECT 1 FROM recordings r WHERE r.id = recording_id AND r.state = 'complete'), 'true', 'false'))))
          FROM (SELECT * FROM reports WHERE account_id = g.accountId AND closed_at_ms IS NULL
                ORDER BY reason = 'underage' DESC, created_at_ms LIMIT ?2)) AS shown
       FROM (SELECT account_id AS accountId, COUNT(*) AS reports, MAX(reason = 'underage') AS isAboutAge,
               COUNT(DISTINCT ifnull(reporter_account_id, '')) AS reporters,
               MIN(created_at_ms) AS oldestAtMs, MAX(created_at_ms) AS newestAtMs
             FROM reports WHERE closed_at_ms IS NULL GROUP BY account_id) g
       JOIN accounts a ON a.id = g.accountId LEFT JOIN profiles p ON p.account_id = a.id
       ORDER BY g.isAboutAge DESC, g.reporters DESC, g.oldestAtMs LIMIT ?1`,
    ).bind(ACCOUNTS_SHOWN_MAX, REPORTS_SHOWN_MAX),
  );
  const shown = await openEach(
    env,
    deps,
    results.flatMap((row) => row.shown),
    async (report, open) => ({ ...report, details: await open("report", report.details) }),
  );
  const inWords = new Map(shown.map((report) => [report.reportId, report]));
  return await openNamed(env, deps, results, async (row, open) => ({
    ...row,
    displayName: await open("name", row.displayName),
    shown: row.shown.flatMap(({ reportId }) => inWords.get(reportId) ?? []),
  }));
}

/** What waits, by number: mails, deletions, copies, decisions for rooms. Nobody is named in it. */
export async function queues(db: D1Database): Promise<{ name: string; count: number }[]> {
  const asked = {
    mails: "mail_outbox WHERE ended_at_ms IS NULL",
    mailsTriedAgain: "mail_outbox WHERE ended_at_ms IS NULL AND tries > 0",
    accountErasures: "account_erasures WHERE finished_at_ms IS NULL",
    sessionErasures: "session_erasures WHERE finished_at_ms IS NULL",
    exports: "exports WHERE ready_at_ms IS NULL",
    roomCalls: "room_calls",
  };
  const counts = await db.batch(
    Object.values(asked).map((from) => db.prepare(`SELECT COUNT(*) AS n FROM (SELECT 1 FROM ${from} LIMIT 10000)`)),
  );
  return Object.keys(asked).map((name, at) => ({ name, count: rowsOf(Count, counts[at])[0]?.n ?? 0 }));
}

/** Tables in which rows are over their time, and how many: what the next run of the sweep takes. */
export const retentionReport = (env: Env, deps: Deps) => overdueRows(env, deps.now());
