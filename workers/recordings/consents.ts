import { sharingWording } from "../../protocol/consent.ts";

/** SQL for one of two wordings, by the language that the account reads in: `?1` is the account. */
const inTheirLanguage = (en: string, de: string) =>
  `CASE (SELECT language FROM mail_preferences WHERE account_id = ?1) WHEN 'de' THEN ${de} ELSE ${en} END`;

/**
 * Keeps the receipt of a consent to share in a session, for the batch that opens the first upload there; none without an upload. One that was
 * taken back is given anew.
 */
export const keepRecordingConsent = (db: D1Database, accountId: string, sessionId: string, nowMs: number) =>
  db
    .prepare(
      `INSERT INTO recording_consents (account_id, session_id, wording, given_at_ms)
       SELECT ?1, ?2, ${inTheirLanguage("?4", "?5")}, ?3
       WHERE EXISTS (SELECT 1 FROM recordings WHERE account_id = ?1 AND session_id = ?2 AND created_at_ms = ?3)
       ON CONFLICT DO UPDATE SET wording = excluded.wording, given_at_ms = ?3, withdrawn_at_ms = NULL WHERE withdrawn_at_ms IS NOT NULL`,
    )
    .bind(accountId, sessionId, nowMs, sharingWording.en, sharingWording.de);
