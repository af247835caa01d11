import { expect, test } from "vitest";
import { EmailAddress } from "../../protocol/email-address.ts";
import { fileNameOf } from "../../protocol/file-name.ts";
import { InviteCode } from "../../protocol/ids.ts";
import { negotiate } from "../../site/i18n/language.ts";
import { networkOf } from "../../workers/auth/network.ts";
import { labelOf } from "../../workers/auth/session-token.ts";
import { fitsRange, matchesNone } from "../../workers/http/preconditions.ts";
import { readRange } from "../../workers/http/range.ts";
import { isPlainPath } from "../../workers/http/request.ts";
import { wayOn } from "../../workers/pages/next.ts";
import { readContentDigest } from "../../workers/recordings/digest.ts";

declare global {
  interface ImportMeta {
    glob(patterns: string[], options: { query: string; import: string; eager: true }): Record<string, string>;
  }
}
const sources = import.meta.glob(
  ["../../workers/**/*.ts", "../../workers/**/*.tsx", "../../protocol/*.ts", "!**/*.test.*", "!**/testing/**"],
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
];

/** Everything that reads a stranger's text by an expression, as it is called. */
const readers: Record<string, (text: string) => unknown> = {
  "an e-mail address": (text) => EmailAddress.safeParse(text),
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

/**
 * Steps of a backtracking matcher that tries every way before it gives up: what is counted is the work, so a busy machine changes nothing.
 * An expression is taken apart into its atoms and how often each may be taken.
 */
interface Atom {
  fits: RegExp;
  many: boolean;
}

/** What an atom takes. A set taken from another stands for a letter, and is never one of two that share. */
function compile(of: string): RegExp {
  try {
    return new RegExp(`^${of}$`, "u");
  } catch {
    return /(?!)/;
  }
}

/** Runs of one class directly behind one another, where the second may take what the first may: the shape that is not linear. */
function isAmbiguous(pattern: string): boolean {
  const flat = pattern.replaceAll(/\(\?(?::|<\w+>|=|!|<=|<!)/g, "(");
  // A repeated group that ends in a repetition of its own, as in (a+)+.
  if (/\((?:[^()\\]|\\.)*[+*](?:\))[+*]/.test(flat.replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, "x"))) {
    const inner = /\(((?:[^()\\]|\\.)*)\)[+*]/.exec(flat)?.[1] ?? "";
    // Harmless where each round begins with something that the repetition inside cannot take, as in (?:\.\w+)*.
    if (!/^(?:\\[.\-/,;:]|[.,;:/-])/.test(inner)) return true;
  }
  const atoms: Atom[] = [...flat.matchAll(/(\[(?:[^\]\\]|\\.)*\]|\\[wdsWDS]|\.)([+*]|\{\d+,\})?/g)].flatMap(
    ([, of = "", times], at, all) => {
      const before = all[at - 1];
      const isNext = before !== undefined && (before.index ?? 0) + before[0].length === all[at]?.index;
      return [{ fits: compile(of), many: times !== undefined && (at === 0 || isNext) }];
    },
  );
  return atoms.some((atom, at) => {
    const next = atoms[at + 1];
    return (
      atom.many &&
      next?.many === true &&
      ["a", "0", " ", "-", "."].some((char) => atom.fits.test(char) && next.fits.test(char))
    );
  });
}

test("X26: no expression of the service has two repetitions that could share what they take", () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const [path, source] of Object.entries(sources)) {
    const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:"'`/\\])\/\/.*$/gm, "");
    for (const [, pattern = ""] of code.matchAll(
      /(?<=[(=,:?&|![]\s*|return )\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/[dgimsuvy]*(?=[\s.,;)\]])/g,
    )) {
      seen++;
      if (isAmbiguous(pattern)) wrong.push(`${path}: /${pattern}/`);
    }
  }
  expect(seen).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});

test("X26: the check knows the shapes that are not linear", () => {
  for (const pattern of ["(a+)+$", "\\s*\\s*x", "(\\w+\\s*)*;", "[a-z]+[a-y0-9]*!", "^(?:\\d+)*$"])
    expect(isAmbiguous(pattern), pattern).toBe(true);
  for (const pattern of ["^a+b+$", "(?:\\.\\w+)*", "\\d{0,15}-\\d{0,15}", "[a-z]+:[a-z]+"])
    expect(isAmbiguous(pattern), pattern).toBe(false);
});

test.each(Object.entries(readers))("X26: hostile text, doubled again and again, is read at once: %s", (_name, read) => {
  // A million characters: quadratic work would be a million million steps, and this test would not end.
  for (const make of hostile) for (let length = 1_024; length <= 1_048_576; length *= 4) read(make(length));
});
