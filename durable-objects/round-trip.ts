import type { MemberId } from "../protocol/ids.ts";
import type { ClientMessage } from "../protocol/room.ts";

type Pong = NonNullable<Extract<ClientMessage, { type: "ping" }>["pong"]>;

/** Round trips that are remembered of each member: half a second apart, so the last few seconds. */
const SAMPLES = 8;
/** What is longer is no round trip: the client slept, or says so. */
const ROUND_TRIP_MAX_MS = 10_000;

/**
 * Round trips as the room measures them: a ping brings back the room's own stamp of the pong before it and says how long it was held. The
 * shortest of the last few counts, because a way is never shorter than it is and a busy machine makes it seem longer. In memory only:
 * whoever is connected is measured anew within a second.
 */
export class RoundTrips {
  readonly #samples = new Map<MemberId, number[]>();

  measure(memberId: MemberId, { roomTimeMs, heldMs }: Pong, nowMs: number): void {
    const roundTripMs = nowMs - roomTimeMs - heldMs;
    // The room's clock stands still between two arrivals, so a short way can look like less than none.
    if (!(roundTripMs > -5 && roundTripMs <= ROUND_TRIP_MAX_MS)) return;
    const samples = this.#samples.get(memberId) ?? [];
    samples.push(Math.max(0, roundTripMs));
    if (samples.length > SAMPLES) samples.shift();
    this.#samples.set(memberId, samples);
  }

  of(memberId: MemberId): number | undefined {
    const samples = this.#samples.get(memberId);
    return samples === undefined ? undefined : Math.round(Math.min(...samples));
  }

  forget(memberId: MemberId): void {
    this.#samples.delete(memberId);
  }
}
