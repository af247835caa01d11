import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { restrictions } from "../../migrations/schema.ts";

/** Whether somebody has had their data restricted (G2): it is stored, and not otherwise used. workers/privacy/restriction.ts says what that means. */
export async function isRestricted(db: D1Database, accountId: string): Promise<boolean> {
  return (await drizzle(db).$count(restrictions, eq(restrictions.accountId, accountId))) > 0;
}
