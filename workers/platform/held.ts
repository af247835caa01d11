import { z } from "zod";
import { firstValue } from "./rows.ts";

/** When the hold on an account's data is looked at again; `null`: nobody holds it (workers/privacy/holds.ts). */
export const heldUntilReview = (db: D1Database, accountId: string): Promise<number | null> =>
  firstValue(
    z.number(),
    db
      .prepare("SELECT min(review_at_ms) AS reviewAtMs FROM holds WHERE account_id = ? AND released_at_ms IS NULL")
      .bind(accountId),
    "reviewAtMs",
  );

/** SQL: nobody holds the account that a column names. */
export const notHeld = (column: string): string =>
  `(${column} IS NULL OR ${column} NOT IN (SELECT account_id FROM holds WHERE released_at_ms IS NULL AND account_id IS NOT NULL))`;

/** Whether anybody's data is held at all: as a rule not, and then a sweep need not ask for each row. */
export const isAnyoneHeld = async (db: D1Database): Promise<boolean> =>
  (await db.prepare("SELECT 1 FROM holds WHERE released_at_ms IS NULL AND account_id IS NOT NULL LIMIT 1").first()) !==
  null;
