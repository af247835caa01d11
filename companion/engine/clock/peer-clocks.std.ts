import type { SessionReading } from "../../../audio/lane-report.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { CLOCK_REFERENCES_MAX } from "../../../protocol/limits.ts";
import { may } from "../../../protocol/roles.ts";
import type { Member } from "../../../protocol/room.ts";
import { SessionClock } from "./session-clock.std.ts";

/** What a report over a lane tells of the clock at its other end: as if that had answered at once what left here at `sentLocalMs`. */
export interface PeerReading {
  sentLocalMs: number;
  receivedLocalMs: number;
  /** The other end's own clock between the two. */
  peerMs: number;
  /** Session time at `peerMs` as the other end has it from the room alone; `null` while it has none. */
  session: SessionReading | null;
}

/** Machines show fractions of a microsecond. */
const PEER_STEP_MS = 0;
/** A clock is known well enough to be believed after so many readings. */
const READINGS_MIN = 8;
/** A lane may be so much noisier than the way to the room, for several are averaged; a steady room has no use for a lane that is not. */
const NOISIER = 3;
/** Whoever has not told anything for so long has no say. */
const STALE_MS = 10_000;
/** A way between two players may be longer than to the room by this share, and no more: its bound would say less. */
const WIDER = 1.25;
/** Nobody's certainty counts as better than this. */
const LEAST_ERROR_MS = 0.1;

interface PeerClock {
  /** The other machine's clock from here; its drift is as steady as a quartz is, whatever that machine thinks of session time. */
  readonly clock: SessionClock;
  told: { atLocalMs: number; sessionMs: number; errorMs: number } | undefined;
}

/**
 * What the players' session times have in common. Each is known from the room within half a round trip, and is off by what that way happened
 * to do to it. Over the lanes everybody hears what the others make of it, and all take the same mean: what is left between two of them is
 * what the lanes do, many times less. Only what each has from the room alone is told, so that nothing is told back. The mean is of the same few
 * members for all (`references`), and of those whose way is neither longer than the one to the room nor much less steady.
 */
export class PeerClocks {
  readonly #peers = new Map<MemberId, PeerClock>();
  #references: readonly MemberId[] = [];
  #self: MemberId | undefined;

  /** Everybody of the session, as the room says it: the first few by their ids who are here and may play are all's references. */
  setMembers(self: MemberId, members: readonly Pick<Member, "memberId" | "connected" | "role" | "phoneOf">[]): void {
    this.#self = self;
    // A phone's clock is nobody's who plays.
    const playing = members.filter(
      ({ connected, role, phoneOf }) => connected && phoneOf === undefined && may(role, "audio.send"),
    );
    this.#references = playing
      .map(({ memberId }) => memberId)
      .toSorted()
      .slice(0, CLOCK_REFERENCES_MAX);
    for (const memberId of this.#peers.keys()) if (!this.#references.includes(memberId)) this.#peers.delete(memberId);
  }

  hear(memberId: MemberId, { sentLocalMs, receivedLocalMs, peerMs, session }: PeerReading): void {
    if (memberId === this.#self || !this.#references.includes(memberId)) return;
    const peer = this.#peers.get(memberId) ?? { clock: new SessionClock(PEER_STEP_MS), told: undefined };
    this.#peers.set(memberId, peer);
    peer.clock.addSample({ sentLocalMs, receivedLocalMs, roomTimeMs: peerMs });
    const isKnown = (peer.clock.estimate?.samples ?? 0) >= READINGS_MIN;
    peer.told =
      session === null || !isKnown
        ? undefined
        : { atLocalMs: peer.clock.toLocalMs(peerMs), sessionMs: session.atMs, errorMs: session.errorMs };
  }

  /** By how much the mean of all is ahead of what `room` says here, at an instant of the local clock. 0 where nobody is heard. */
  aheadMs(room: SessionClock, localMs: number): number {
    const own = room.estimate;
    if (own === undefined) return 0;
    const { noiseMs } = room;
    let weights = this.#references.some((memberId) => memberId === this.#self) ? weightOf(own.errorMs) : 0;
    let sumMs = 0;
    for (const { clock, told } of this.#peers.values()) {
      if (told === undefined || localMs - told.atLocalMs > STALE_MS) continue;
      if ((clock.estimate?.errorMs ?? Number.POSITIVE_INFINITY) > own.errorMs * WIDER) continue;
      if (clock.noiseMs > noiseMs * NOISIER) continue;
      const thereMs = told.sessionMs + (localMs - told.atLocalMs) * (1 + own.driftPpm / 1e6);
      const aheadMs = thereMs - room.toSessionMs(localMs);
      // Further apart than both bounds allow: one of the two is wrong, and it may be that one.
      if (Math.abs(aheadMs) > own.errorMs + told.errorMs) continue;
      const weight = weightOf(told.errorMs);
      weights += weight;
      sumMs += aheadMs * weight;
    }
    return weights === 0 ? 0 : Math.max(-own.errorMs, Math.min(own.errorMs, sumMs / weights));
  }
}

const weightOf = (errorMs: number): number => 1 / Math.max(LEAST_ERROR_MS, errorMs) ** 2;
