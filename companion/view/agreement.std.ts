import type { MemberId } from "../../protocol/ids.ts";
import type { WordsState } from "../engine/links/room-words.std.ts";

/** What people have made of the four words of the room (docs/PROTOCOL.md P65). */
export interface Agreement {
  state: WordsState["state"];
  /** The words of now, or none. */
  words: readonly string[];
  /** Whether this person has said that they are the same at everybody. It holds for these words and no others. */
  isCompared: boolean;
  /** Why there are other words than before: somebody came or went, or the same people are linked by other keys. */
  changed: "people" | "keys" | null;
  /** The last words there were, whose they were, and whether they had been compared. */
  before: { words: string; linked: string; isCompared: boolean } | null;
}

export const noAgreement: Agreement = { state: "alone", words: [], isCompared: false, changed: null, before: null };

const keyOf = (linked: Iterable<MemberId>) => [...linked].sort().join(" ");

/** The words are these now, with these people linked. */
export function followWords(last: Agreement, state: WordsState, linked: Iterable<MemberId>): Agreement {
  if (state.state !== "agreed") return { ...last, state: state.state, words: [], isCompared: false };
  const { before } = last;
  const [words, people] = [state.words.join(" "), keyOf(linked)];
  const isSame = before?.words === words;
  const isCompared = isSame && before.isCompared;
  const changed = before === null ? null : isSame ? last.changed : before.linked === people ? "keys" : "people";
  return {
    state: "agreed",
    words: state.words,
    isCompared,
    changed,
    before: { words, linked: people, isCompared },
  };
}

/** The person has compared them, and they are the same at everybody. */
export function compared(last: Agreement): Agreement {
  if (last.state !== "agreed" || last.before === null) return last;
  return { ...last, isCompared: true, changed: null, before: { ...last.before, isCompared: true } };
}

/** What a person is told at once: that somebody may be between, or that what they had compared holds no more. */
export function tellingOf(last: Agreement, now: Agreement): "words-broken" | "words-keys" | "words-people" | null {
  if (now.state === "broken") return last.state === "broken" ? null : "words-broken";
  if (now.state !== "agreed" || now.words.join(" ") === last.before?.words || now.changed === null) return null;
  if (now.changed === "keys") return "words-keys";
  return last.before?.isCompared === true ? "words-people" : null;
}
