import { and, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { z } from "zod";
import { accountErasures, reports } from "../../migrations/schema.ts";
import type { CreateReport, CreateTakeReport } from "../../protocol/hub.ts";
import { newId } from "../../protocol/ids.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openEach, sealWords } from "../platform/personal-keys.ts";

type Report = z.infer<typeof CreateReport | typeof CreateTakeReport> & {
  from: string | null;
  about: string;
  recordingId: string | null;
};

/** Open reports of one person about another that are looked through for the same words. */
const COMPARED_MAX = 50;

/** Whether the reporter has said this before, and nobody has looked at it yet. */
async function isKnown(env: Env, deps: Deps, { from, about, recordingId, reason, details }: Report): Promise<boolean> {
  if (from === null) return false;
  const found = await drizzle(env.DB)
    .select({ details: reports.details })
    .from(reports)
    .where(
      and(
        eq(reports.accountId, about),
        eq(reports.reporterAccountId, from),
        eq(reports.reason, reason),
        recordingId === null ? isNull(reports.recordingId) : eq(reports.recordingId, recordingId),
        isNull(reports.closedAtMs),
      ),
    )
    .limit(COMPARED_MAX);
  const said = await openEach(env, deps, found, (row, open) => open("report", row.details));
  return said.includes(details);
}

/**
 * Writes a report down, unless the same one is open already, or the account goes just now: then nobody is left to look at. Who reported with an
 * account has it in writing at once that the report is here (DSA, Article 16 (4)).
 */
export async function addReport(env: Env, deps: Deps, report: Report): Promise<void> {
  const { from, about, recordingId, reason, details } = report;
  if ((await drizzle(env.DB).$count(accountErasures, eq(accountErasures.accountId, about))) > 0) return;
  if (await isKnown(env, deps, report)) return;
  const id = newId("rep", deps.random);
  const sealed = await sealWords(env, deps, about, "report", details);
  const to = from === null ? null : await addressOf(env.DB, from);
  const values = { link: `${env.PUBLIC_ORIGIN}/account/decisions` };
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO reports (id, reporter_account_id, account_id, reason, details, created_at_ms, recording_id)
       SELECT ?1, ?2, id, ?4, ?5, ?6, ?7 FROM accounts WHERE id = ?3`,
    ).bind(id, from, about, reason, sealed, deps.now(), recordingId),
    ...(to === null ? [] : [await queueMail(env, deps, { id: `${id}-here`, to, template: "report-here", values })]),
  ]);
}
