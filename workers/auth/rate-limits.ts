import { z } from "zod";
import { ok, type Result } from "../../protocol/result.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { toHex } from "../platform/hash.ts";
import { mac } from "../platform/keys.ts";
import { rowsOf } from "../platform/rows.ts";

/**
 * Rate limits: token buckets. `burst` may come at once, then one each `refillMs`. An address stands for a household or a school, so it has
 * room; an account together with a network has what a person needs who has forgotten which password it was; an account alone is guarded
 * against many networks. Only a proof that failed costs an account something, and where its owner has signed in before, its own bucket is
 * not asked: so nobody can lock anybody out (X27).
 */
const buckets = {
  "sign-in-network": { burst: 60, refillMs: 5_000 },
  /** A provider gives one customer many networks of 64 bits; this is the /48 round them. */
  "sign-in-wide-network": { burst: 480, refillMs: 625 },
  "sign-in-account-network": { burst: 8, refillMs: 30_000 },
  "sign-in-account": { burst: 100, refillMs: 20_000 },
  "second-factor-network": { burst: 6, refillMs: 60_000 },
  "second-factor": { burst: 20, refillMs: 10 * 60_000 },
  /** They hold 80 bits, so nobody guesses one, and nobody can use an owner's tries up for them. */
  "recovery-code-network": { burst: 6, refillMs: 60_000 },
  /** Asked of whoever shows an operator's key, which nobody guesses: so nobody but its holder can use its tries up. */
  "operator-code": { burst: 6, refillMs: 60_000 },
  "mail-network": { burst: 20, refillMs: 60_000 },
  "mail-wide-network": { burst: 160, refillMs: 7_500 },
  /** One asker's mails to one address come slower than the address's own bucket fills, so that one asker never empties it. */
  "mail-asker": { burst: 3, refillMs: 20 * 60_000 },
  "mail-to": { burst: 8, refillMs: 15 * 60_000 },
  device: { burst: 30, refillMs: 10_000 },
  /** Devices ask at the interval they are told, several behind one address; what they ask with holds 256 bits (RFC 8628 section 3.5). */
  token: { burst: 240, refillMs: 500 },
  contact: { burst: 5, refillMs: 30 * 60_000 },
  /** To somebody who has answered: a conversation, and no post to strangers. */
  message: { burst: 40, refillMs: 30_000 },
  report: { burst: 10, refillMs: 10 * 60_000 },
  /** Sessions that an account begins, and those that it deletes: each is work for the room, R2 and cron. */
  session: { burst: 60, refillMs: 60_000 },
  "session-end": { burst: 60, refillMs: 60_000 },
  /** Everybody comes back after a deploy, and a line that breaks off asks for one each time: several machines, every few seconds. */
  ticket: { burst: 60, refillMs: 5_000 },
  /** Codes hold 50 bits; this is for whoever would try anyhow, and leaves a band behind one address its room. */
  invite: { burst: 40, refillMs: 15_000 },
  waitlist: { burst: 10, refillMs: 60_000 },
} as const;
export type Bucket = keyof typeof buckets;
export type Try = readonly [bucket: Bucket, subject: string];
/** What was taken, so that it can be given back; it names nobody. */
export const Taken = z.array(z.object({ key: z.string(), full: z.int() }));
type Taken = z.infer<typeof Taken>;
/** Refused by the first bucket that is empty. */
type Consumed = Result<Taken, Bucket, { retryAfterMs: number }>;

/** The first bucket that held less than a try. */
const Empty = z.object({ place: z.int(), tokens: z.number() });

const DAY_MS = 24 * 3_600_000;

/** Names what is limited without saying it: keyed, and another name every day. */
async function keysOf(env: Env, tries: readonly Try[], nowMs: number): Promise<string[]> {
  const day = Math.floor(nowMs / DAY_MS);
  const macs = tries.map((each) => mac(env, "limits", `${day} ${each.join(" ")}`));
  return (await Promise.all(macs)).map((name) => toHex(name).slice(0, 32));
}

/** What each bucket holds now, in thousandths of a try, so that a refill of less than a whole one is not lost. */
const HELD = `SELECT a.value ->> 'key' AS key, a.key AS place, a.value ->> 'refillMs' AS refillMs,
    min(a.value ->> 'full', ifnull(r.tokens + (?2 - r.updated_at_ms) * 1000 / (a.value ->> 'refillMs'), a.value ->> 'full')) AS tokens
  FROM json_each(?1) a LEFT JOIN rate_limits r ON r.key = a.value ->> 'key'`;

/**
 * Takes one try out of each bucket, or out of none: where one is empty, the first of them in order refuses and nothing is written, so a
 * refused try costs nobody anything. One statement does it, so tries at the same moment count each.
 */
export async function consume(env: Env, deps: Deps, ...tries: Try[]): Promise<Consumed> {
  const nowMs = deps.now();
  const keys = await keysOf(env, tries, nowMs);
  const wanted = tries.map(([bucket], place) => ({
    key: keys[place] ?? "",
    full: buckets[bucket].burst * 1000,
    refillMs: buckets[bucket].refillMs,
  }));
  const asked = JSON.stringify(wanted);
  const [refused] = await env.DB.batch([
    env.DB.prepare(`SELECT place, tokens FROM (${HELD}) WHERE tokens < 1000 ORDER BY place LIMIT 1`).bind(asked, nowMs),
    env.DB.prepare(
      `INSERT INTO rate_limits (key, tokens, updated_at_ms, expires_at_ms)
       SELECT key, tokens - 1000, ?2, ?2 + ?3 FROM (${HELD})
       WHERE NOT EXISTS (SELECT 1 FROM (${HELD}) WHERE tokens < 1000)
       ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, updated_at_ms = ?2, expires_at_ms = ?2 + ?3`,
    ).bind(asked, nowMs, DAY_MS),
  ]);
  const [first] = rowsOf(Empty, refused);
  if (first === undefined) return ok(wanted);
  const [bucket] = tries[first.place] ?? tries[0] ?? ["device"];
  const retryAfterMs = Math.ceil(((1000 - first.tokens) * buckets[bucket].refillMs) / 1000);
  deps.noteWait(retryAfterMs);
  return { ok: false, reason: bucket, retryAfterMs };
}

/** Puts back what was taken for a proof that turned out to be right. */
export async function giveBack(db: D1Database, taken: Taken): Promise<void> {
  if (taken.length === 0) return;
  await db.batch(
    taken.map(({ key, full }) =>
      db.prepare("UPDATE rate_limits SET tokens = min(?2, tokens + 1000) WHERE key = ?1").bind(key, full),
    ),
  );
}
