import { and, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { decisions } from "../../migrations/schema.ts";

/** Whether a decision keeps an account's profile off the Hub; workers/privacy/decisions.ts says how it comes and goes. */
export async function isKeptOffHub(db: D1Database, accountId: string): Promise<boolean> {
  const { id, accountId: whose, measure, reversedAtMs } = decisions;
  const stands = and(eq(whose, accountId), eq(measure, "profile-unpublished"), isNull(reversedAtMs));
  return (await drizzle(db).select({ id }).from(decisions).where(stands).limit(1).get()) !== undefined;
}
