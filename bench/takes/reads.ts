import { randomBytes, randomUUID } from "node:crypto";
import type { Platform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";

/** Rows that the sweep has in front of it, and how many of them have ended. */
const TOTAL = 1_000_000;
const EXPIRED = 100_000;
const CHUNK = 50_000;
const FAR_MS = 4_000_000_000_000;

const columns = `id, session_id, member_id, account_id, take_id, name, state, sample_rate_hz, channels, encoding, timeline_frames,
  started_at_ms, bpm, part_bytes, created_at_ms, completed_at_ms, expires_at_ms, notices_sent`;

/** Retention: a million recordings of which every tenth has ended, and cron until nothing is left to do. */
export async function sweepMillion({ db, runCron }: Platform, accountId: string, log: string[]) {
  const sessionId = `ses_${randomBytes(8).toString("hex")}`;
  await db
    .prepare("INSERT INTO sessions (id, name, recording_permitted, created_at_ms) VALUES (?, '', 1, 0)")
    .bind(sessionId)
    .run();
  for (let from = 0; from < TOTAL; from += CHUNK) {
    await db
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1 + ${CHUNK})
         INSERT INTO recordings (${columns})
         SELECT 'rec_' || printf('%026d', i), ?2, 'mem', ?3, 't', 'zq:AAAA', 'complete', 48000, 1, 'pcm24', 0, 0, 120, 5242880, i, 0,
           CASE WHEN i % ${TOTAL / EXPIRED} = 0 THEN 1000 + i ELSE ${FAR_MS} + i END, 2 FROM n`,
      )
      .bind(from, sessionId, accountId)
      .run();
  }
  let worstSeconds = 0;
  for (let run = 0; run < 200; run++) {
    const startedAtMs = performance.now();
    await runCron();
    worstSeconds = Math.max(worstSeconds, (performance.now() - startedAtMs) / 1000);
    const left = await db.prepare(`SELECT 1 FROM recordings WHERE expires_at_ms < ${FAR_MS} LIMIT 1`).first();
    if (left === null) break;
  }
  const swept = log.flatMap((line) => {
    const entry = /\{.*"sweep":"recordings".*\}/.exec(line)?.[0];
    return entry === undefined ? [] : [JSON.parse(entry) as { done: number; rowsRead: number }];
  });
  const done = swept.reduce((sum, entry) => sum + entry.done, 0);
  const rowsRead = swept.reduce((sum, entry) => sum + entry.rowsRead, 0);
  if (done !== EXPIRED) throw new Error(`${done} recordings were swept, not ${EXPIRED}.`);
  const kept = await db.prepare("SELECT COUNT(*) AS n FROM recordings WHERE session_id = ?").bind(sessionId).first("n");
  if (kept !== TOTAL - EXPIRED) throw new Error(`${kept} recordings are left, not ${TOTAL - EXPIRED}.`);
  return { perRow: rowsRead / done, runs: swept.length, worstSeconds };
}

/** D1 that counts the rows it reads. What has no figure of its own for them goes by way of `all`, which has. */
function counting(db: Platform["db"]) {
  const count = { rowsRead: 0 };
  const wrap = (statement: ReturnType<Platform["db"]["prepare"]>): unknown => {
    const all = async () => {
      const answer = await statement.all<Record<string, unknown>>();
      count.rowsRead += answer.meta.rows_read;
      return answer;
    };
    return {
      all,
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      first: async () => (await all()).results[0] ?? null,
      raw: async () => (await all()).results.map((row) => Object.values(row)),
    };
  };
  return { count, db: { prepare: (sql: string) => wrap(db.prepare(sql)) } };
}

export const lists = ["sessions", "recordings", "invites", "members"] as const;

/** Rows read for a page of 50 of each list, with so many rows about. A session's members are bounded: those of others are what grows. */
export async function listReads(platform: Platform, rows: number): Promise<Record<(typeof lists)[number], number>> {
  const person = { displayName: "L", email: `${randomUUID()}@example.org`, tier: "studio" as const };
  const { accountId } = await seedAccount(platform, person);
  const { db } = platform;
  const prefix = randomBytes(6).toString("hex");
  const sessionId = `ses_${prefix}`;
  const many = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${rows})`;
  await db.batch([
    db
      .prepare("INSERT INTO sessions (id, name, recording_permitted, created_at_ms) VALUES (?, '', 1, 0)")
      .bind(sessionId),
    db
      .prepare(
        "INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) VALUES (?1, ?2, ?3, 'host', 0)",
      )
      .bind(sessionId, accountId, `mem_${prefix}`),
    db
      .prepare(
        `${many} INSERT INTO recordings (${columns})
         SELECT 'rec_${prefix}' || i, ?1, 'm', ?2, 't', 'zq:AAAA', 'complete', 48000, 1, 'pcm24', 0, 0, 120, 5242880, i, 0, NULL, 0 FROM n`,
      )
      .bind(sessionId, accountId),
    db.prepare(
      `${many} INSERT INTO sessions (id, name, recording_permitted, created_at_ms) SELECT 'ses_${prefix}' || i, '', 1, 0 FROM n`,
    ),
    db
      .prepare(
        `${many} INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) SELECT 'ses_${prefix}' || i, ?1, 'mem_${prefix}' || i, 'host', i FROM n`,
      )
      .bind(accountId),
    db
      .prepare(
        `${many} INSERT INTO invites (id, session_id, code_hash, role, uses_left, created_at_ms, expires_at_ms) SELECT 'inv_${prefix}' || i, ?1, '${prefix}' || i, 'observer', 1, i, ${FAR_MS} FROM n`,
      )
      .bind(sessionId),
  ]);
  const top: [number, string] = [Number.MAX_SAFE_INTEGER, ""];
  // The Worker's own queries; its types are another runtime's, and so is the base64 that this one has behind a flag (package.json).
  type Query = (db: unknown, ...rest: unknown[]) => Promise<unknown>;
  const own = async (path: string, name: string) => {
    const module = (await import(new URL(path, import.meta.url).href)) as Record<string, Query>;
    const query = module[name];
    if (query === undefined) throw new Error(`${path} has no ${name} any more.`);
    return query;
  };
  const reads = async (path: string, name: string, ...rest: unknown[]) => {
    const counted = counting(db);
    await (await own(path, name))({ ...stores, DB: counted.db }, ...rest);
    return counted.count.rowsRead;
  };
  const stores = { RECORDINGS: platform.recordings, STORE_KEY: platform.storeKey };
  const deps = { now: () => 1, random: randomBytes };
  const sessionStore = "../../workers/sessions/store.ts";
  return {
    sessions: await reads(sessionStore, "listSessions", deps, accountId, 50, top),
    recordings: await reads("../../workers/recordings/store.ts", "listRecordings", deps, sessionId, accountId, 50, top),
    invites: await reads(sessionStore, "listInvites", deps, sessionId, 50, top),
    members: await reads(sessionStore, "sessionDetail", deps, { sessionId, sealedName: "" }),
  };
}
