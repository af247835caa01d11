import { expect, test } from "vitest";
import { DisplayName } from "../../protocol/display-name.ts";
import { EmailAddress } from "../../protocol/email-address.ts";
import { fileNameOf } from "../../protocol/file-name.ts";
import { Bio, Daw } from "../../protocol/hub.ts";
import { InviteCode } from "../../protocol/ids.ts";
import { RecordingName } from "../../protocol/recordings.ts";
import { passesForUs } from "../../protocol/reserved-names.ts";
import { indexWords, typedWords } from "../../protocol/search-text.ts";
import { Evening, SessionName } from "../../protocol/sessions.ts";
import { negotiate } from "../../site/i18n/language.ts";
import { networkOf } from "../../workers/auth/network.ts";
import { labelOf } from "../../workers/auth/session-token.ts";
import { fitsRange, matchesNone } from "../../workers/http/preconditions.ts";
import { readRange } from "../../workers/http/range.ts";
import { isPlainPath } from "../../workers/http/request.ts";
import { wayOn } from "../../workers/pages/next.ts";
import { readContentDigest } from "../../workers/recordings/digest.ts";
import { hostileTo, readPattern, stepsOf } from "./backtracking.ts";

declare global {
  interface ImportMeta {
    glob(patterns: string[], options: { query: string; import: string; eager: true }): Record<string, string>;
  }
}
const sources = import.meta.glob(
  [
    "../../workers/**/*.{ts,tsx}",
    "../../durable-objects/**/*.ts",
    "../../protocol/*.ts",
    "../../audio/**/*.ts",
    "../../companion/**/*.{ts,tsx}",
    "../../site/**/*.{ts,tsx}",
    "!**/*.test.*",
    "!**/testing/**",
  ],
  { query: "?raw", import: "default", eager: true },
);

/** Text that makes a backtracking expression try again and again: long runs of what it may take, and an end that never fits. */
const hostile: ((length: number) => string)[] = [
  (length) => " ".repeat(length) + "\u2028x",
  (length) => "a".repeat(length) + "!",
  (length) => "0".repeat(length) + "x",
  (length) => `"${"a".repeat(length)}`,
  (length) => 'W/"a", '.repeat(length / 6) + '"',
  (length) => "a.".repeat(length / 2) + "@",
  (length) => "a@".repeat(length / 2),
  (length) => "%2".repeat(length / 2),
  (length) => "-".repeat(length) + "\n",
  (length) => ":".repeat(length) + "g",
  (length) => ";q=".repeat(length / 3),
  (length) => "\u0301".repeat(length),
  // Words of our own, of which one is two others.
  (length) => `${"helpdesk".repeat(length / 8)}x`,
  (length) => `${"Support service".repeat(length / 16)}x`,
  (length) => "🎵\u200d".repeat(length / 3),
  (length) => "東京ジャズ".repeat(length / 5),
];

/** Everything that reads a stranger's text by an expression, as it is called. */
const readers: Record<string, (text: string) => unknown> = {
  "an e-mail address": (text) => EmailAddress.safeParse(text),
  "a display name": (text) => [DisplayName.safeParse(text), passesForUs(text)],
  "a text about oneself": (text) => Bio.safeParse(text),
  "the name of a DAW": (text) => Daw.safeParse(text),
  "words for the index": (text) => indexWords(text),
  "a search": (text) => typedWords(text),
  "a session's name": (text) => SessionName.safeParse(text),
  "a stem's name": (text) => RecordingName.safeParse(text),
  "an evening": (text) => Evening.safeParse({ startsAt: text, zone: text, minutes: 60 }),
  "an invite code": (text) => InviteCode.safeParse(text),
  "a file's name": (text) => fileNameOf(text),
  "Accept-Language": (text) => negotiate(undefined, text),
  "User-Agent": (text) => labelOf(text),
  "an address of the network": (text) => networkOf(text),
  "If-None-Match": (text) => matchesNone(text, '"tag"'),
  "If-Range": (text) => fitsRange(text, '"tag"'),
  Range: (text) => readRange(text, 1_000),
  "a path": (text) => isPlainPath(text),
  "where to go on": (text) => wayOn(text, "https://sessionlinked.test"),
  "Content-Digest": (text) => readContentDigest(text),
};

/** Every expression that stands in the code, with its flags. */
const expressions = Object.entries(sources).flatMap(([path, source]) => {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:"'`/\\])\/\/.*$/gm, "");
  const literals = code.matchAll(
    /(?<=[(=,:?&|![{]\s*|return |=> )\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)(?=[\s.,;)\]}])/g,
  );
  return [...literals].map(([, pattern = "", flags = ""]) => ({ path, pattern, flags }));
});

/** The most that twice the text may cost: linear work is 2, quadratic 4. */
const RATIO_MAX = 2.5;

/** The worst that a doubling costs, among all the text that is made to be hostile to an expression, or the first that costs too much. */
function worstRatio(pattern: string, flags: string): number {
  const node = readPattern(pattern, flags);
  let worst = 1;
  for (const make of hostileTo(node)) {
    const [once = 0, twice = 0, again = 0] = [150, 300, 600].map((chars) => stepsOf(node, make(chars)));
    // Where a bound is crossed one of the two leaps; what is not linear leaps each time.
    worst = Math.max(worst, Math.min(twice / once, again / twice));
    if (worst > RATIO_MAX) return worst;
  }
  return worst;
}

test("X26: twice the text takes twice the steps, of every expression that there is", () => {
  expect(expressions.length).toBeGreaterThan(140);
  const wrong = expressions.filter(({ pattern, flags }) => worstRatio(pattern, flags) > RATIO_MAX);
  expect(wrong.map(({ path, pattern }) => `${path}: /${pattern}/`)).toEqual([]);
});

test("X26: no expression is put together while a request runs, and those that are of parts are made of our own", () => {
  const made = Object.entries(sources).flatMap(([path, source]) =>
    [...source.matchAll(/^.*\bRegExp\(.*$/gm)].map(([line]) => `${path.replace("../../", "")}: ${line.trim()}`),
  );
  expect(made.map((line) => line.split(":")[0]).sort()).toEqual([
    "protocol/display-name.ts",
    "protocol/ids.ts",
    "protocol/reader.ts",
  ]);
});

test("X26: the count tells the shapes that are not linear from those that are", () => {
  for (const pattern of [
    "\\s*\\s*x",
    "[a-z]+[a-y0-9]*!",
    "^\\s*a\\s*$|\\s+b\\u2028",
    "[. ]+$",
    "(\\w+\\s*)*;",
    "^(\\w*x)*y$",
  ])
    expect(() => expect(worstRatio(pattern, "")).toBeLessThan(RATIO_MAX), pattern).toThrow();
  for (const pattern of ["^a+b+$", "(?:\\.\\w+)*", "^\\d{0,15}-\\d{0,15}$", "^[a-z]+:[a-z]+$"])
    expect(worstRatio(pattern, ""), pattern).toBeLessThan(RATIO_MAX);
});

test.each(Object.entries(readers))("X26: hostile text, doubled again and again, is read at once: %s", (_name, read) => {
  // More characters than any body may hold: what is not linear would not end.
  for (const make of hostile) for (let length = 1_024; length <= 65_536; length *= 4) read(make(length));
});
