import { describe, expect, test } from "vitest";
import type { MemberId } from "../../../protocol/ids.ts";
import { CLOCK_REFERENCES_MAX } from "../../../protocol/limits.ts";
import type { Role } from "../../../protocol/roles.ts";
import { PeerClocks } from "./peer-clocks.std.ts";
import { SessionClock } from "./session-clock.std.ts";

const memberId = (at: number) => `mem_${String(at).padStart(26, "0")}` as MemberId;
const here = (at: number, role: Role = "participant", connected = true) => ({
  memberId: memberId(at),
  role,
  connected,
});
const EPOCH_MS = 1.8e12;

/** The room as one companion sees it: 20 ms away and back, and off by `wrongMs`, because its ways differ. */
function roomOff(wrongMs: number): SessionClock {
  const room = new SessionClock();
  for (let ping = 0; ping < 60; ping++) {
    const sentLocalMs = ping * 500;
    // Half a millisecond is what the room's own steps are.
    const roomTimeMs = EPOCH_MS + sentLocalMs + 10 + wrongMs - 0.5;
    room.addSample({ sentLocalMs, receivedLocalMs: sentLocalMs + 20, roomTimeMs });
  }
  return room;
}

/** How sure everybody is. */
const ERROR_MS = roomOff(0).estimate?.errorMs ?? Number.NaN;

/** Half a minute of reports of somebody 10 ms away whose clock began elsewhere and who has session time off by `wrongMs`. */
function tell(
  peers: PeerClocks,
  from: MemberId,
  wrongMs: number,
  { errorMs = ERROR_MS, wayMs = 10, untilMs = 30_000, jitterMs = 0 } = {},
) {
  for (let sentLocalMs = 0; sentLocalMs < untilMs; sentLocalMs += 1_000) {
    const trueMs = sentLocalMs + wayMs;
    peers.hear(from, {
      sentLocalMs,
      receivedLocalMs: sentLocalMs + 2 * wayMs + ((sentLocalMs * 0.618) % 1_000) * (jitterMs / 1_000),
      peerMs: 5e6 + trueMs,
      session: { atMs: EPOCH_MS + trueMs + wrongMs, errorMs },
    });
  }
}

describe("session time, agreed on by those who play", () => {
  test("P78: everybody takes the mean of what each has from the room, an observer too, who has no say", () => {
    const wrong = [0.9, -0.3, 0.6];
    for (const [self, wrongMs] of [...wrong, 5].entries()) {
      const peers = new PeerClocks();
      peers.setMembers(memberId(self), [here(0), here(1), here(2), here(3, "observer")]);
      for (const [other, otherMs] of [...wrong, 5].entries()) if (other !== self) tell(peers, memberId(other), otherMs);
      expect(wrongMs + peers.aheadMs(roomOff(wrongMs), 30_000)).toBeCloseTo(0.4, 2);
    }
  });

  test("P78: the same few are everybody's references, however many play", () => {
    const all = Array.from({ length: 12 }, (_, at) => here(at));
    const shares = [0, 11].map((self) => {
      const peers = new PeerClocks();
      peers.setMembers(memberId(self), all.toReversed());
      for (const { memberId: other } of all)
        if (other !== memberId(self)) tell(peers, other, other === memberId(3) ? 6 : 0);
      return peers.aheadMs(roomOff(0), 30_000);
    });
    for (const aheadMs of shares) expect(aheadMs).toBeCloseTo(6 / CLOCK_REFERENCES_MAX, 2);
  });

  test("P78, X16: whoever lies moves nobody beyond what the room itself leaves open, and beyond both bounds nothing at all", () => {
    const room = roomOff(0);
    for (const [lieMs, mostMs] of [
      [9, ERROR_MS],
      [21, 0],
      [1e9, 0],
      [-1e9, 0],
    ] as const) {
      const peers = new PeerClocks();
      peers.setMembers(memberId(0), [here(0), here(1)]);
      // Never as wrong as it is sure.
      tell(peers, memberId(1), lieMs, { errorMs: 0 });
      expect(Math.abs(peers.aheadMs(room, 30_000))).toBeLessThanOrEqual(mostMs);
    }
  });

  test("P78: who has gone, is silent, or is further away than the room, has no say; nor has a clock of which little is known", () => {
    const room = roomOff(0);
    const peers = new PeerClocks();
    peers.setMembers(memberId(0), [here(0), here(1)]);
    tell(peers, memberId(1), 2, { untilMs: 4_000 });
    expect(peers.aheadMs(room, 5_000)).toBe(0);
    tell(peers, memberId(1), 2);
    expect(peers.aheadMs(room, 30_000)).toBeCloseTo(1, 2);
    expect(peers.aheadMs(room, 45_000)).toBe(0);
    peers.setMembers(memberId(0), [here(0), here(1, "participant", false)]);
    expect(peers.aheadMs(room, 30_000)).toBe(0);
    const far = new PeerClocks();
    far.setMembers(memberId(0), [here(0), here(1)]);
    tell(far, memberId(1), 2, { wayMs: 40 });
    expect(far.aheadMs(room, 30_000)).toBe(0);
    expect(peers.aheadMs(new SessionClock(), 30_000)).toBe(0);
  });

  test("P78: a room whose ways are steady is not given up for a lane whose are not", () => {
    const room = roomOff(0);
    for (const [jitterMs, aheadMs] of [
      [0, 1],
      [60, 0],
    ] as const) {
      const peers = new PeerClocks();
      peers.setMembers(memberId(0), [here(0), here(1)]);
      tell(peers, memberId(1), 2, { jitterMs });
      expect(peers.aheadMs(room, 30_000)).toBeCloseTo(aheadMs, 2);
    }
  });
});
