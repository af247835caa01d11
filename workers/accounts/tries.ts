import type { Deps } from "../deps.ts";
import type { Env } from "../env.ts";
import { toHex } from "../hash.ts";

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
async function keyOf(env: Env, bucket: Bucket, subject: string, nowMs: number): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(`${env.TICKET_KEY} tries ${Math.floor(nowMs / DAY_MS)}`),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${bucket} ${subject}`));
  return toHex(mac).slice(0, 32);
}

/** Takes one try out of a bucket; `false` if there was none. One statement, so tries at the same moment count each. */
export async function mayTry(env: Env, deps: Deps, bucket: Bucket, subject: string): Promise<boolean> {
  const nowMs = deps.now();
  const { burst, refillMs } = buckets[bucket];
  // Tokens are held in thousandths, so that a refill of less than a whole one is not lost.
  const row = await env.DB.prepare(
    `INSERT INTO rate_limits (key, tokens, updated_at_ms, expires_at_ms) VALUES (?1, ?2 - 1000, ?3, ?3 + ?4)
     ON CONFLICT (key) DO UPDATE SET
       tokens = max(-1000, min(?2, tokens + (?3 - updated_at_ms) * 1000 / ?5) - 1000), updated_at_ms = ?3, expires_at_ms = ?3 + ?4
     RETURNING tokens`,
  )
    .bind(await keyOf(env, bucket, subject, nowMs), burst * 1000, nowMs, DAY_MS, refillMs)
    .first<{ tokens: number }>();
  const tokens = row?.tokens ?? 0;
  if (tokens < 0) deps.noteWait?.(((1000 - tokens) * refillMs) / 1000);
  return tokens >= 0;
}

/** Whoever asks, as far as limits go: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOf(header: string | undefined): string {
  const address = header ?? "local";
  return address.includes(":") ? address.split(":").slice(0, 4).join(":") : address;
}
