import { and, eq, isNotNull, isNull, min } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { holds } from "../../migrations/schema.ts";

/** When the hold on an account's data is looked at again; `null`: nobody holds it (workers/privacy/holds.ts). */
export async function heldUntilReview(db: D1Database, accountId: string): Promise<number | null> {
  const found = await drizzle(db)
    .select({ reviewAtMs: min(holds.reviewAtMs) })
    .from(holds)
    .where(and(eq(holds.accountId, accountId), isNull(holds.releasedAtMs)))
    .get();
  return found?.reviewAtMs ?? null;
}

/** SQL: nobody holds the account that a column names. */
export const notHeld = (column: string): string =>
  `(${column} IS NULL OR ${column} NOT IN (SELECT account_id FROM holds WHERE released_at_ms IS NULL AND account_id IS NOT NULL))`;

/** Whether anybody's data is held at all: as a rule not, and then a sweep need not ask for each row. */
export async function isAnyoneHeld(db: D1Database): Promise<boolean> {
  const { id, accountId, releasedAtMs } = holds;
  const held = and(isNull(releasedAtMs), isNotNull(accountId));
  return (await drizzle(db).select({ id }).from(holds).where(held).limit(1).get()) !== undefined;
}
