const POLICY_MAIL = /^policy-(\d{1,9})-/;

/** The id of the mail about a version of the policy to one account, which it does not name. */
export const policyMailId = (version: number, accountHash: string) => `policy-${version}-${accountHash}`;

/**
 * What came of a mail about a version of the policy, counted with that version (G5): whether the mail service took it, or it was refused for good or given up.
 * `null`: the mail is about something else. It goes into one batch with, and before, the statement that ends the mail, and counts only a mail that has not ended yet.
 */
export function countPolicyMail(
  db: D1Database,
  mailId: string,
  outcome: "sent" | "refused",
): D1PreparedStatement | null {
  const [, version] = POLICY_MAIL.exec(mailId) ?? [];
  if (version === undefined) return null;
  return db
    .prepare(
      `UPDATE policy_notices SET sent = sent + ?3, refused = refused + ?4
       WHERE version = ?1 AND EXISTS (SELECT 1 FROM mail_outbox WHERE id = ?2 AND ended_at_ms IS NULL)`,
    )
    .bind(Number(version), mailId, outcome === "sent" ? 1 : 0, outcome === "refused" ? 1 : 0);
}
