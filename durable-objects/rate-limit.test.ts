import { describe, expect, test } from "vitest";
import { MEMBER_MESSAGES_BURST, MEMBER_MESSAGES_PER_SECOND, MEMBER_RATE_STRIKES_MAX } from "../protocol/limits.ts";
import { consume, fullBucket } from "./rate-limit.ts";

describe("rate limit", () => {
  test("P35: a burst passes, and what is sustained", () => {
    const bucket = fullBucket(0);
    for (let sent = 0; sent < MEMBER_MESSAGES_BURST; sent++) expect(consume(bucket, 0)).toBe("pass");
    expect(consume(bucket, 0)).toBe("limited-first");
    expect(consume(bucket, 0)).toBe("limited");
    for (let sent = 1; sent <= 500; sent++) {
      expect(consume(bucket, (sent * 1000) / MEMBER_MESSAGES_PER_SECOND)).toBe("pass");
    }
  });

  test("P35, X15: a flood is closed, also one of which some drops pass", () => {
    for (const perSecond of [150, 1_000, 10_000]) {
      const bucket = fullBucket(0);
      let verdict = "pass";
      let sent = 0;
      for (; verdict !== "close" && sent < 100_000; sent++) verdict = consume(bucket, (sent * 1000) / perSecond);
      expect(verdict).toBe("close");
      expect(sent).toBeLessThanOrEqual(MEMBER_RATE_STRIKES_MAX * 4 + MEMBER_MESSAGES_BURST * 4);
    }
  });

  test("P35: a clock that steps back fills nothing", () => {
    const bucket = fullBucket(60_000);
    for (let sent = 0; sent < MEMBER_MESSAGES_BURST; sent++) consume(bucket, 60_000);
    expect(consume(bucket, 0)).toBe("limited-first");
    expect(consume(bucket, 60_000)).toBe("limited");
  });
});
