import { desc, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { runRecords } from "../../migrations/schema.ts";
import { RUN_PAGE_SIZE } from "../../protocol/limits.ts";
import { countsText, FIRST_HASH, RunRecord, textOfRun } from "../../protocol/runs.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { firstRow, jsonColumn, readAll } from "../platform/rows.ts";

/**
 * The public chain of what the retention and erasure runs took away. Each record holds the hash of the one before, so whoever remembers one
 * hash can tell whether anything up to it was rewritten. A day without a record is a day without a run.
 */
const QUIET_MS = 24 * 60 * 60 * 1000;
/** Two runs at once find the same end; one of them asks again. */
const TRIES = 5;

const Row = RunRecord.extend({ counts: jsonColumn(z.record(z.string(), z.int())) });
const { number, atMs: ranAtMs, counts: taken, previousHash, hash } = runRecords;
const selectRuns = (db: D1Database) =>
  drizzle(db).select({ number, atMs: ranAtMs, counts: taken, previousHash, hash }).from(runRecords);

const last = async (db: D1Database) => (await newestRuns(db, 1))[0] ?? null;

const Ended = z.object({ accounts: z.int(), sessions: z.int() });

/** Erasures that have finished since, whoever carried them to their end: cron, or the press that confirmed them. */
const endedBetween = (db: D1Database, fromMs: number, toMs: number) =>
  firstRow(
    Ended,
    db
      .prepare(
        `SELECT (SELECT COUNT(*) FROM account_erasures WHERE finished_at_ms > ?1 AND finished_at_ms <= ?2) AS accounts,
           (SELECT COUNT(*) FROM session_erasures WHERE finished_at_ms > ?1 AND finished_at_ms <= ?2) AS sessions`,
      )
      .bind(fromMs, toMs),
  );

/** Adds the record of a run; none where nothing was taken away and there was one within the day. */
export async function recordRun(env: Env, deps: Deps, taken: Record<string, number>): Promise<void> {
  const db = env.DB;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const atMs = deps.now();
    const before = await last(db);
    const ended = await endedBetween(db, before?.atMs ?? 0, atMs);
    const counts = Object.fromEntries(
      Object.entries({ ...taken, accounts: ended?.accounts ?? 0, sessions: ended?.sessions ?? 0 }).filter(
        ([, count]) => count > 0,
      ),
    );
    if (Object.keys(counts).length === 0 && before !== null && atMs - before.atMs < QUIET_MS) return;
    const record = { number: (before?.number ?? 0) + 1, atMs, counts, previousHash: before?.hash ?? FIRST_HASH };
    const { meta } = await db
      .prepare(
        "INSERT INTO run_records (number, at_ms, counts, previous_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
      )
      .bind(record.number, atMs, countsText(counts), record.previousHash, await sha256Hex(textOfRun(record)))
      .run();
    if (meta.changes === 1) return;
  }
}

/** A page of the chain after a number, oldest first. */
export async function listRuns(db: D1Database, after: number): Promise<{ items: RunRecord[]; next: number | null }> {
  const rows = await selectRuns(db).where(gt(number, after)).orderBy(number).limit(RUN_PAGE_SIZE);
  return { items: readAll(Row, rows), next: rows.length < RUN_PAGE_SIZE ? null : (rows.at(-1)?.number ?? null) };
}

/** The newest of them, newest first. */
export async function newestRuns(db: D1Database, limit: number): Promise<RunRecord[]> {
  return readAll(Row, await selectRuns(db).orderBy(desc(number)).limit(limit));
}
