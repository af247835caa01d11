/**
 * The way back into a room. A network that comes back is found soon, however long it was gone: attempts never lie further apart than
 * `COME_BACK_MAX_MS`, and one that waits for its answer gets another beside it, since what was sent into the dark is sent again ever more
 * seldom (RFC 6298, 5.5). Whom the API answers and lets not in asks less and less often.
 */
import type { IceServer } from "../../../protocol/room.ts";
import { sleep } from "../api/sleep.std.ts";

/** What one attempt to enter needs; asked anew for each, because a ticket opens one socket. */
export interface Entry {
  /** `ws:` or `wss:` address of the room. */
  url: string;
  ticket: string;
  iceServers: readonly IceServer[];
}

/** Asks for an entry. Throws `EntryRefused` where the API answered and gave none; anything else is a network that is gone. */
export type Enter = (signal: AbortSignal) => Promise<Entry>;

/** The API was reached, and gave no ticket. */
export class EntryRefused extends Error {}

/** The longest that two attempts lie apart while the network is gone. */
export const COME_BACK_MAX_MS = 1_500;
/** Beside a request that has no answer yet another one leaves after so long. The oldest is given up when there are so many. */
const BESIDE_MS = 1_000;
const BESIDE_MAX = 8;
/** The longest wait after a refusal: exponential, with full jitter (P39). */
const REFUSED_FIRST_MS = 1_000;
const REFUSED_MAX_MS = 15_000;

/** One entry at a time: made when it is first asked for, kept until it is forgotten. */
export class RoomEntry {
  readonly #enter: Enter;
  readonly #random: () => number;
  readonly #closed = new AbortController();
  #entry: Promise<Entry> | undefined;
  #hurried = Promise.withResolvers<null>();
  #refusals = 0;

  /** `random`: a number from 0 to 1. */
  constructor(enter: Enter, random: () => number) {
    this.#enter = enter;
    this.#random = random;
  }

  next(): Promise<Entry> {
    this.#entry ??= this.#make().catch((error: unknown) => {
      this.forget();
      throw error;
    });
    return this.#entry;
  }

  forget(): void {
    this.#entry = undefined;
  }

  /** The network has been heard of: where a request waits for its answer, another leaves now. */
  hurry(): void {
    this.#hurried.resolve(null);
    this.#hurried = Promise.withResolvers<null>();
  }

  close(): void {
    this.#closed.abort(new Error("The room has been left."));
  }

  async #make(): Promise<Entry> {
    if (this.#refusals > 0) {
      const longestMs = Math.min(REFUSED_MAX_MS, REFUSED_FIRST_MS * 2 ** this.#refusals);
      await sleep(longestMs * this.#random(), this.#closed.signal);
    }
    try {
      const entry = await this.#firstOfMany();
      this.#refusals = 0;
      return entry;
    } catch (error) {
      this.#refusals = error instanceof EntryRefused ? this.#refusals + 1 : 0;
      throw error;
    }
  }

  /** The first answer to several requests that leave one after another; fails with the first that fails by itself. */
  async #firstOfMany(): Promise<Entry> {
    const asking: { answer: Promise<Entry>; giveUp: AbortController }[] = [];
    const answered = new AbortController();
    const over = AbortSignal.any([answered.signal, this.#closed.signal]);
    try {
      for (;;) {
        if (asking.length === BESIDE_MAX) asking.shift()?.giveUp.abort();
        const giveUp = new AbortController();
        const answer = this.#enter(AbortSignal.any([giveUp.signal, over]));
        // One that is given up fails, and that is nobody's business any more.
        answer.catch(() => undefined);
        asking.push({ answer, giveUp });
        const beside = [sleep(BESIDE_MS, over).then(() => null), this.#hurried.promise];
        const first = await Promise.race([...asking.map((one) => one.answer), ...beside]);
        if (first !== null) return first;
      }
    } finally {
      answered.abort();
    }
  }
}
