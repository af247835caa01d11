import type { z } from "zod";
import { Block } from "../../protocol/hub.ts";
import { newId } from "../../protocol/ids.ts";
import { BLOCKS_PER_ACCOUNT_MAX } from "../../protocol/limits.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { type Open, openNamed } from "../platform/personal-keys.ts";
import { allRows, StoredId } from "../platform/rows.ts";

type Listed = z.infer<typeof Block>;

const BlockRow = Block.extend({ blockId: StoredId.block });

const columns = "b.id AS blockId, a.display_name AS displayName, b.created_at_ms AS createdAtMs";

/** Keeps somebody from writing to an account; again is harmless. `null`: there are as many as there may be. */
export async function block(env: Env, deps: Deps, accountId: string, blocked: string): Promise<Listed | null> {
  const db = env.DB;
  await db
    .prepare(
      `INSERT INTO blocks (id, account_id, blocked_account_id, created_at_ms) SELECT ?1, ?2, id, ?4 FROM accounts
       WHERE id = ?3 AND (SELECT COUNT(*) FROM blocks WHERE account_id = ?2) < ?5 ON CONFLICT DO NOTHING`,
    )
    .bind(newId("blk", deps.random), accountId, blocked, deps.now(), BLOCKS_PER_ACCOUNT_MAX)
    .run();
  const { results } = await allRows(
    BlockRow,
    db
      .prepare(
        `SELECT ${columns} FROM blocks b JOIN accounts a ON a.id = b.blocked_account_id
       WHERE b.account_id = ? AND b.blocked_account_id = ?`,
      )
      .bind(accountId, blocked),
  );
  const [made = null] = await openNamed(env, deps, results, named);
  return made;
}

const named = async (row: Listed, open: Open): Promise<Listed> => ({
  ...row,
  displayName: await open("name", row.displayName),
});

/** Whom an account has blocked, by the names they show now. */
export async function listBlocks(env: Env, deps: Deps, accountId: string): Promise<Listed[]> {
  const { results } = await allRows(
    BlockRow,
    env.DB.prepare(
      `SELECT ${columns} FROM blocks b JOIN accounts a ON a.id = b.blocked_account_id
       WHERE b.account_id = ?1 ORDER BY b.created_at_ms DESC, b.id LIMIT ?2`,
    ).bind(accountId, BLOCKS_PER_ACCOUNT_MAX),
  );
  return await openNamed(env, deps, results, named);
}

export async function unblock(db: D1Database, accountId: string, blockId: string): Promise<boolean> {
  const { meta } = await db
    .prepare("DELETE FROM blocks WHERE id = ? AND account_id = ?")
    .bind(blockId, accountId)
    .run();
  return meta.changes === 1;
}
