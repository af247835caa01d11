import { MEMBER_MESSAGES_BURST, MEMBER_MESSAGES_PER_SECOND, MEMBER_RATE_STRIKES_MAX } from "../protocol/limits.ts";

/** A member's token bucket: what is left of the burst at `atMs`, and how many messages in a row found it empty. */
export interface Bucket {
  tokens: number;
  atMs: number;
  strikes: number;
}

export const fullBucket = (nowMs: number): Bucket => ({ tokens: MEMBER_MESSAGES_BURST, atMs: nowMs, strikes: 0 });

export type RateVerdict = "pass" | "limited" | "limited-first" | "close";

/** Takes one message out of the bucket, in place. A clock that steps back fills nothing. */
export function consume(bucket: Bucket, nowMs: number): RateVerdict {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  bucket.atMs = Math.max(bucket.atMs, nowMs);
  bucket.tokens = Math.min(MEMBER_MESSAGES_BURST, bucket.tokens + (elapsedMs * MEMBER_MESSAGES_PER_SECOND) / 1000);
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    // One good message takes back one bad one: a flood of which some drops pass is still a flood.
    bucket.strikes = Math.max(0, bucket.strikes - 1);
    return "pass";
  }
  bucket.strikes += 1;
  if (bucket.strikes > MEMBER_RATE_STRIKES_MAX) return "close";
  return bucket.strikes === 1 ? "limited-first" : "limited";
}
