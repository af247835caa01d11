import { describe, expect, test } from "vitest";
import type { MemberId } from "../protocol/ids.ts";
import { LOG_RESERVE_EVENTS, LOG_SHARES, SESSION_EVENTS_MAX } from "../protocol/limits.ts";
import { LogShares } from "./log-shares.ts";
import { nodeSql } from "./testing/node-sql.ts";

const member = (at: number) => `mem_${String(at).padStart(26, "0")}` as MemberId;

/** Everything that everybody may write of one kind. */
function fill(shares: LogShares, kind: keyof typeof LOG_SHARES, headSeq: number): number {
  let seq = headSeq;
  for (let at = 0; at < 64; at++) {
    while (shares.allows(member(at), kind, seq)) {
      shares.count(member(at), kind, 100);
      seq++;
    }
  }
  return seq;
}

describe("shares of the log", () => {
  test("P16: an observer, and all of them together, leave the others their room", () => {
    const shares = new LogShares(nodeSql());
    const alone = member(1);
    let written = 0;
    for (; shares.allows(alone, "chat", written); written++) shares.count(alone, "chat", 20);
    expect(written).toBe(LOG_SHARES.chat.memberEvents);
    expect(shares.allows(member(2), "chat", written)).toBe(true);
    expect(shares.allows(alone, "transport", written)).toBe(true);
    const all = fill(shares, "presence", fill(shares, "note", fill(shares, "chat", written)));
    expect(all).toBeLessThan(SESSION_EVENTS_MAX * 0.7);
    expect(shares.allows(alone, "transport", all)).toBe(true);
    expect(fill(shares, "transport", all)).toBe(SESSION_EVENTS_MAX - LOG_RESERVE_EVENTS);
  });

  test("P16: what is long counts by its length, and all of it is known after the process", () => {
    const sql = nodeSql();
    const shares = new LogShares(sql);
    let written = 0;
    for (; shares.allows(member(1), "transport", written); written++) shares.count(member(1), "transport", 60_000);
    expect(written * 60_000).toBeLessThan(LOG_SHARES.transport.memberChars + 60_000);
    expect(new LogShares(sql).allows(member(1), "transport", written)).toBe(false);
    expect(new LogShares(sql).allows(member(2), "transport", written)).toBe(true);
  });
});
