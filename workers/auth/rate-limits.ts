import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { toHex } from "../platform/hash.ts";

/**
 * Buckets of tries. `burst` may come at once; then one each `refillMs`. An address stands for a household or a school, so it has room;
 * an account together with an address has what a person needs who has forgotten which password it was; an account alone is guarded
 * against many addresses, with so much room that nobody is locked out by a stranger.
 */
const buckets = {
  "sign-in-address": { burst: 60, refillMs: 5_000 },
  "sign-in-account-address": { burst: 8, refillMs: 30_000 },
  "sign-in-account": { burst: 100, refillMs: 20_000 },
  "second-factor": { burst: 6, refillMs: 60_000 },
  "mail-address": { burst: 20, refillMs: 60_000 },
  "mail-to": { burst: 3, refillMs: 10 * 60_000 },
  device: { burst: 30, refillMs: 10_000 },
  contact: { burst: 5, refillMs: 30 * 60_000 },
  report: { burst: 10, refillMs: 10 * 60_000 },
  /** Codes hold 50 bits; this is for whoever would try anyhow, and leaves a band behind one address its room. */
  invite: { burst: 40, refillMs: 15_000 },
  waitlist: { burst: 10, refillMs: 60_000 },
} as const;
export type Bucket = keyof typeof buckets;

const DAY_MS = 24 * 3_600_000;

/** Names what is limited without saying it: keyed, and under another key every day. */
async function keysOf(env: Env, subjects: readonly string[], nowMs: number): Promise<string[]> {
  const text = new TextEncoder();
  const secret = text.encode(`${env.TICKET_KEY} tries ${Math.floor(nowMs / DAY_MS)}`);
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const macs = subjects.map((subject) => crypto.subtle.sign("HMAC", key, text.encode(subject)));
  return (await Promise.all(macs)).map((mac) => toHex(mac).slice(0, 32));
}

/**
 * Takes one try out of each bucket, in one batch; `false` where there was none. Each is one statement, so tries at the same moment
 * count each. Tokens are held in thousandths, so that a refill of less than a whole one is not lost.
 */
export async function mayTryAll(env: Env, deps: Deps, tries: readonly [Bucket, string][]): Promise<boolean[]> {
  const nowMs = deps.now();
  const keys = await keysOf(
    env,
    tries.map((tried) => tried.join(" ")),
    nowMs,
  );
  const statement = env.DB.prepare(
    `INSERT INTO rate_limits (key, tokens, updated_at_ms, expires_at_ms) VALUES (?1, ?2 - 1000, ?3, ?3 + ?4)
     ON CONFLICT (key) DO UPDATE SET
       tokens = max(-1000, min(?2, tokens + (?3 - updated_at_ms) * 1000 / ?5) - 1000), updated_at_ms = ?3, expires_at_ms = ?3 + ?4
     RETURNING tokens`,
  );
  const taken = await env.DB.batch<{ tokens: number }>(
    tries.map(([bucket], at) => {
      const { burst, refillMs } = buckets[bucket];
      return statement.bind(keys[at] ?? "", burst * 1000, nowMs, DAY_MS, refillMs);
    }),
  );
  return taken.map(({ results }, at) => {
    const tokens = results[0]?.tokens ?? 0;
    const { refillMs } = buckets[tries[at]?.[0] ?? "sign-in-address"];
    if (tokens < 0) deps.noteWait?.(((1000 - tokens) * refillMs) / 1000);
    return tokens >= 0;
  });
}

/** One try out of one bucket. */
export async function mayTry(env: Env, deps: Deps, bucket: Bucket, subject: string): Promise<boolean> {
  const [may] = await mayTryAll(env, deps, [[bucket, subject]]);
  return may === true;
}

/** Whoever asks, as far as limits go: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOf(header: string | undefined): string {
  const address = header ?? "local";
  return address.includes(":") ? address.split(":").slice(0, 4).join(":") : address;
}
