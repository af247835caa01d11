import type { MemberId } from "../../../protocol/ids.ts";
import type { Member } from "../../../protocol/room.ts";

/** A way that was not measured for so long is not known. */
const AGE_MAX_MS = 5_000;
/** About half a minute of measurements. */
const KEPT = 16;

/**
 * How long each of the others takes to be told something, one way: the worst of what was measured lately. Who is told a little later than
 * need be loses nothing; who hears of a command when it is over has to be put right.
 */
export class RecentWays {
  readonly #ways = new Map<MemberId, { waysMs: number[]; atMs: number }>();

  note(memberId: MemberId, wayMs: number, atMs: number): void {
    const before = this.#ways.get(memberId)?.waysMs ?? [];
    this.#ways.set(memberId, { waysMs: [...before.slice(1 - KEPT), wayMs], atMs });
  }

  /** `null`: it was not measured lately. */
  worstMs(memberId: MemberId, nowMs: number): number | null {
    const way = this.#ways.get(memberId);
    return way === undefined || nowMs - way.atMs > AGE_MAX_MS ? null : Math.max(...way.waysMs);
  }

  /**
   * How long before an instant the last of those who are here has to be told of it (P77): the way, and what they need; `null` where somebody cannot
   * be told so.
   */
  farthestMs(
    self: MemberId | null,
    members: readonly Pick<Member, "memberId" | "connected" | "status">[],
    nowMs: number,
  ) {
    let farthestMs = 0;
    for (const { memberId, connected, status } of members) {
      if (memberId === self || !connected) continue;
      const wayMs = this.worstMs(memberId, nowMs);
      if (wayMs === null || status.hearsAnnounced !== true) return null;
      farthestMs = Math.max(farthestMs, wayMs + (status.announcedLeadMs ?? 0));
    }
    return farthestMs;
  }
}
