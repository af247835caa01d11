import type { z } from "zod";
import type { CreateReport } from "../../protocol/hub.ts";
import { newId } from "../../protocol/ids.ts";
import type { Deps } from "../platform/deps.ts";

/** Writes a report down, unless the same one is open already. */
export async function addReport(
  db: D1Database,
  deps: Deps,
  report: z.infer<typeof CreateReport> & { from: string | null; about: string; recordingId: string | null },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO reports (id, reporter_account_id, account_id, reason, details, created_at_ms, recording_id)
       SELECT ?1, ?2, id, ?4, ?5, ?6, ?7 FROM accounts WHERE id = ?3 AND NOT EXISTS
         (SELECT 1 FROM reports WHERE account_id = ?3 AND reporter_account_id = ?2 AND reason = ?4 AND details = ?5
            AND recording_id IS ?7 AND closed_at_ms IS NULL)`,
    )
    .bind(
      newId("rep", deps.random),
      report.from,
      report.about,
      report.reason,
      report.details,
      deps.now(),
      report.recordingId,
    )
    .run();
}
