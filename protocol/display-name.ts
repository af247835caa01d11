import * as z from "zod";
import { aroundEmoji } from "./joiners.ts";
import { DISPLAY_NAME_MAX_GRAPHEMES, DISPLAY_NAME_MIN_GRAPHEMES } from "./limits.ts";
import { passesForUs } from "./reserved-names.ts";
import { graphemeCount } from "./sessions.ts";

/** Scripts whose letters pass for Latin ones; a name keeps to one of them (UTS #39, single-script names). */
const lookalikes = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
/** A letter of a script in which one sign may be a whole name: 嵐, 李, ശ്രീ. */
const wholeByItself = /[[\p{L}--[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Common}]]]/v;

/** Marks after which a consonant stands without its vowel, in the scripts of South Asia (their general category is Mn or Mc). */
const virama =
  "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u1039\u17d2\u1a60\ua8c4\ua953\ua9c0\uaaf6";
/** Invisible characters where writing needs them (UAX #31, 2.3): after or before a virama, between Arabic letters, choosing a form of a sign. */
const belonging = new RegExp(
  [
    `(?<=[${virama}])[\u200c\u200d]`,
    `(?<=\\p{L})\u200d(?=[${virama}])`,
    "(?<=\\p{Script=Arabic})[\u200c\u200d](?=\\p{Script=Arabic})",
    "(?<=\\p{Script=Han})[\u{e0100}-\u{e01ef}]",
    "(?<=\\p{Script=Mongolian})[\u180b-\u180d]",
  ].join("|"),
  "gu",
);

/** NFKC, but an emoji stays the emoji that it is: ™️ is not "TM" with something invisible behind it. */
const normal = (name: string) =>
  aroundEmoji(name)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]/gu, "")))
    .map((part, at) => (at % 2 === 1 ? part : part.normalize("NFKC")))
    .join("");

/** What shows nothing: a blank of Braille and a note without a head are letters and symbols to Unicode. */
const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;
/** More marks on one letter than any writing has, and they run over the lines beside it. */
const heaped = /\p{M}{9}/u;

const visible = (name: string) =>
  aroundEmoji(name)
    .filter((_, at) => at % 2 === 0)
    .join("")
    .replace(belonging, "");

/** What may be wrong with a name, in the API's words; a page says it in the reader's. */
export const nameProblems = {
  invisible: "A name cannot hold invisible or control characters.",
  short: `A name has at least ${DISPLAY_NAME_MIN_GRAPHEMES} characters.`,
  long: `A name has at most ${DISPLAY_NAME_MAX_GRAPHEMES} characters.`,
  heaped: "A name cannot heap marks on one letter.",
  letterless: "A name needs a letter or a digit.",
  mixed: "A name keeps to one alphabet, so that nobody can pass for somebody else.",
  ours: "This name is kept for us.",
} as const;

/**
 * What collaborators see of a person. Normalised, one line, no control or invisible characters but where writing needs them, no mixture of
 * alphabets that imitate each other, and nothing that passes for the house itself.
 */
export const DisplayName = z
  .string()
  .max(DISPLAY_NAME_MAX_GRAPHEMES * 16, nameProblems.long)
  .transform((name) => normal(name).trim().replaceAll(/\s+/g, " "))
  .refine((name) => !invisible.test(visible(name)), { error: nameProblems.invisible })
  .refine((name) => graphemeCount(name) >= (wholeByItself.test(name) ? 1 : DISPLAY_NAME_MIN_GRAPHEMES), {
    error: nameProblems.short,
  })
  .refine((name) => graphemeCount(name) <= DISPLAY_NAME_MAX_GRAPHEMES, { error: nameProblems.long })
  .refine((name) => !heaped.test(name.normalize("NFD")), { error: nameProblems.heaped })
  .refine((name) => /[\p{L}\p{N}]/u.test(name), { error: nameProblems.letterless })
  .refine((name) => lookalikes.filter((script) => script.test(name)).length <= 1, { error: nameProblems.mixed })
  .refine((name) => !passesForUs(name), { error: nameProblems.ours });
