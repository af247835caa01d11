/** Whether somebody has had their data restricted (G2): it is stored, and not otherwise used. workers/privacy/restriction.ts says what that means. */
export async function isRestricted(db: D1Database, accountId: string): Promise<boolean> {
  return (await db.prepare("SELECT 1 FROM restrictions WHERE account_id = ?").bind(accountId).first()) !== null;
}
