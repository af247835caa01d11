import type { MemberId } from "../../../protocol/ids.ts";
import { LINKS_MAX } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";

/** A signal, and whose it is. */
export interface HeardSignal {
  from: MemberId;
  signal: Signal;
}

/** Of one offer: relays and what stands beside them. */
const CANDIDATES_MAX = 64;

/**
 * What the others have signalled to somebody whose sound is not on yet: of each the newest offer for a lane, and its candidates. It waits at the other
 * end until the next one, so who answers it when their sound comes on has not to ask for another.
 */
export class EarlySignals {
  readonly #offers = new Map<MemberId, Signal[]>();

  hear(from: MemberId, signal: Signal): void {
    if (signal.connection !== undefined && signal.connection !== "lane") return;
    const offer = this.#offers.get(from);
    if (signal.kind === "offer") {
      // Whoever was heard of last is here most likely.
      this.#offers.delete(from);
      if (this.#offers.size >= LINKS_MAX) this.#offers.delete(this.#offers.keys().next().value ?? from);
      this.#offers.set(from, [signal]);
    } else if (signal.kind === "candidate" && offer !== undefined && offer.length <= CANDIDATES_MAX) offer.push(signal);
  }

  /** Those of whoever is here, in the order in which they came, and from now on none. */
  take(isHere: (memberId: MemberId) => boolean): HeardSignal[] {
    const all = [...this.#offers].flatMap(([from, signals]) =>
      isHere(from) ? signals.map((signal) => ({ from, signal })) : [],
    );
    this.#offers.clear();
    return all;
  }
}
