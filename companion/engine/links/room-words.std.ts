import type { MemberId } from "../../../protocol/ids.ts";
import type { Fingerprints } from "./peer.std.ts";
import { sha256 } from "./sha256.std.ts";

/**
 * What all are linked by. `agreed`: read the words to each other; where they are the same at all of you, nobody is between you. `broken`: somebody
 * is, or lies. `agreeing`: not everybody has answered yet.
 */
export type WordsState = { state: "alone" | "agreeing" | "broken" } | { state: "agreed"; words: string[] };

/**
 * A packet's body, of one round (docs/PROTOCOL.md P65), numbers little-endian:
 *
 *      0  u32  round
 *      4  8 B  who takes part: the hash of all ids
 *     12  32 B commitment: the hash of what is shown below
 *     44  16 B nonce, or zeros before it is shown
 *     60  32 B all own pairs' hashes, XORed; or zeros
 */
export const WORDS_BYTES = 92;
export const NONCE_BYTES = 16;
const [MEMBERS_AT, COMMITMENT_AT, NONCE_AT, PAIRS_AT] = [4, 12, 44, 60] as const;
const ROUND_MAX = 2 ** 32 - 1;
/** Sounds that are the same in every language of ours: 60 syllables, so that four words of two are 47 bits. */
const CONSONANTS = "bdfgklmnprst";
const VOWELS = "aeiou";
const SYLLABLES = CONSONANTS.length * VOWELS.length;
const WORDS = 4;

interface Shown {
  commitment: Uint8Array;
  /** Once it has been shown and is what was committed to. */
  nonce: Uint8Array | null;
  pairs: Uint8Array | null;
}

const text = new TextEncoder();
const isSame = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);
const isZero = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

/**
 * Four words for a whole room, made of everybody's fingerprints and of a nonce from each, to which each commits before any is shown: whoever sits
 * between two people can make keys until words agree, but has to choose before they know what to agree with. Each end adds up what it sees of its
 * own links; where two ends of one link have seen the same, it counts twice and is gone from the sum of all. Life: a round for each state of
 * who is linked to whom by which keys; another state is another round, with other words.
 */
export class RoomWords {
  readonly #self: MemberId;
  readonly #newNonce: () => Uint8Array;
  readonly #onChange: (state: WordsState) => void;
  #links = new Map<MemberId, Fingerprints>();
  #round = 0;
  #members = new Uint8Array(8);
  #own: Shown & { nonce: Uint8Array; pairs: Uint8Array };
  readonly #shown = new Map<MemberId, Shown>();
  #state: WordsState = { state: "alone" };

  constructor(self: MemberId, newNonce: () => Uint8Array, onChange: (state: WordsState) => void) {
    this.#self = self;
    this.#newNonce = newNonce;
    this.#onChange = onChange;
    this.#own = this.#commit();
  }

  get state(): WordsState {
    return this.#state;
  }

  /** Everybody that this end is linked to, and by which keys. */
  setLinks(links: ReadonlyMap<MemberId, Fingerprints>): void {
    const isAsBefore = [...links].every(([memberId, { own, theirs }]) => {
      const before = this.#links.get(memberId);
      return before?.own === own && before.theirs === theirs;
    });
    if (isAsBefore && links.size === this.#links.size) return;
    this.#links = new Map(links);
    this.#begin(this.#round + 1);
  }

  /** What everybody is told, again and again: packets are lost. */
  message(): Uint8Array {
    const body = new Uint8Array(WORDS_BYTES);
    new DataView(body.buffer).setUint32(0, this.#round, true);
    body.set(this.#members, MEMBERS_AT);
    body.set(this.#own.commitment, COMMITMENT_AT);
    if (this.#mayShow) {
      body.set(this.#own.nonce, NONCE_AT);
      body.set(this.#own.pairs, PAIRS_AT);
    }
    return body;
  }

  hear(from: MemberId, body: Uint8Array): void {
    if (body.length !== WORDS_BYTES || !this.#links.has(from)) return;
    const round = new DataView(body.buffer, body.byteOffset).getUint32(0, true);
    if (round > this.#round && round < ROUND_MAX) this.#begin(round);
    if (round !== this.#round || !isSame(body.subarray(MEMBERS_AT, COMMITMENT_AT), this.#members)) return;
    const commitment = body.slice(COMMITMENT_AT, NONCE_AT);
    const shown = this.#shown.get(from) ?? { commitment, nonce: null, pairs: null };
    this.#shown.set(from, shown);
    const [nonce, pairs] = [body.slice(NONCE_AT, PAIRS_AT), body.slice(PAIRS_AT)];
    if (!isSame(shown.commitment, commitment)) this.#say({ state: "broken" });
    else if (shown.nonce === null && !isZero(nonce)) {
      if (!isSame(commitment, this.#commitmentOf(from, nonce, pairs))) this.#say({ state: "broken" });
      [shown.nonce, shown.pairs] = [nonce, pairs];
    }
    this.#conclude();
  }

  /** Not before everybody is bound to theirs. */
  get #mayShow(): boolean {
    return this.#links.size > 0 && [...this.#links.keys()].every((memberId) => this.#shown.has(memberId));
  }

  #begin(round: number): void {
    this.#round = round;
    this.#shown.clear();
    const ids = [this.#self, ...this.#links.keys()].sort();
    this.#members = sha256(text.encode(ids.join(" "))).slice(0, 8);
    this.#own = this.#commit();
    this.#say({ state: this.#links.size === 0 ? "alone" : "agreeing" });
  }

  #commit(): Shown & { nonce: Uint8Array; pairs: Uint8Array } {
    const nonce = this.#newNonce();
    const pairs = new Uint8Array(32);
    for (const [memberId, { own, theirs }] of this.#links) {
      const ends = [`${this.#self} ${own}`, `${memberId} ${theirs}`].sort();
      for (const [at, byte] of sha256(text.encode(ends.join("\n"))).entries()) pairs[at] = (pairs[at] ?? 0) ^ byte;
    }
    return { commitment: this.#commitmentOf(this.#self, nonce, pairs), nonce, pairs };
  }

  #commitmentOf(memberId: MemberId, nonce: Uint8Array, pairs: Uint8Array): Uint8Array {
    const head = text.encode(`SessionLinked words ${this.#round} ${memberId} `);
    return sha256(head, this.#members, nonce, pairs);
  }

  #conclude(): void {
    if (this.#state.state !== "agreeing") return;
    const all = new Map<MemberId, Shown>([...this.#shown, [this.#self, this.#own]]);
    const sum = new Uint8Array(32);
    const parts: Uint8Array[] = [];
    for (const memberId of [this.#self, ...this.#links.keys()].sort()) {
      const { nonce, pairs } = all.get(memberId) ?? { nonce: null, pairs: null };
      if (nonce === null || pairs === null) return;
      parts.push(text.encode(memberId), nonce, pairs);
      for (const [at, byte] of pairs.entries()) sum[at] = (sum[at] ?? 0) ^ byte;
    }
    if (isZero(sum)) this.#say({ state: "agreed", words: wordsOf(sha256(...parts)) });
    else this.#say({ state: "broken" });
  }

  #say(state: WordsState): void {
    if (state.state === this.#state.state && state.state !== "agreed") return;
    this.#state = state;
    this.#onChange(state);
  }
}

function wordsOf(digest: Uint8Array): string[] {
  const view = new DataView(digest.buffer);
  const syllable = (n: number) => `${CONSONANTS[Math.floor(n / VOWELS.length)]}${VOWELS[n % VOWELS.length]}`;
  return Array.from({ length: WORDS }, (_, word) => {
    const n = view.getUint32(word * 4);
    return syllable(Math.floor(n / SYLLABLES) % SYLLABLES) + syllable(n % SYLLABLES);
  });
}
