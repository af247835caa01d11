/** Whether a decision keeps an account's profile off the Hub; workers/privacy/decisions.ts says how it comes and goes. */
export async function isKeptOffHub(db: D1Database, accountId: string): Promise<boolean> {
  const row = await db
    .prepare(
      "SELECT 1 FROM decisions WHERE account_id = ? AND measure = 'profile-unpublished' AND reversed_at_ms IS NULL",
    )
    .bind(accountId)
    .first();
  return row !== null;
}
