/**
 * Full-text search: how a text becomes the words that the Hub's index knows, the same way from a profile and from a search. Lower case;
 * without accents where an accent leaves a letter what it is; in scripts without spaces, every two neighbouring letters (bigrams).
 */
const letters: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", þ: "th", ı: "i" };

/** In these scripts a mark is an accent, or a vowel that may be left out. Elsewhere (ि, ゙, ่) it makes another letter, and stays. */
const accented = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}]/u;
/** Scripts without spaces; and Hangul, which writes particles onto its words: 기타를 is 기타 with one. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Javanese}\p{Script=Balinese}\p{Script=Hangul}]/u;
const isMark = (char: string) => /\p{M}/u.test(char);

/** `german`: a diaeresis is written as an e behind its letter, as in "Mueller". */
function plain(text: string, german: boolean): string {
  let [kept, base] = ["", ""];
  for (const char of text.normalize("NFKD").toLowerCase()) {
    if (char === "\u200c" || char === "\u200d") continue;
    if (!isMark(char)) {
      base = char;
      kept += letters[char] ?? char;
    } else if (german && char === "\u0308" && /[aou]/.test(base)) kept += "e";
    // Russian writes ё as е, and a stress only in dictionaries; й is a letter of its own.
    else if (char === "\u0301" || (char === "\u0308" && base === "е")) continue;
    else if (!accented.test(base)) kept += char;
  }
  return kept.normalize("NFC");
}

/** A word as the index holds it: itself, or its bigrams and, for whoever looks for one letter, its last. */
function tokensOf(word: string): { indexed: string[]; sought: string[] } {
  const indexed: string[] = [];
  const sought: string[] = [];
  const take = (run: readonly string[]) => {
    if (!unspaced.test(run[0] ?? "")) {
      indexed.push(run.join(""));
      sought.push(run.join(""));
      return;
    }
    const pairs = run.slice(1).map((unit, at) => `${run[at]}${unit}`);
    indexed.push(...pairs, run.at(-1) ?? "");
    sought.push(...(pairs.length === 0 ? run : pairs));
  };
  let run: string[] = [];
  for (const char of word) {
    if (isMark(char) && run.length > 0) run[run.length - 1] += char;
    else if (run.length > 0 && unspaced.test(run[0] ?? "") !== unspaced.test(char)) {
      take(run);
      run = [char];
    } else run.push(char);
  }
  if (run.length > 0) take(run);
  return { indexed, sought };
}

const wordsIn = (text: string) => text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];

/** A word of a search. Each form is a list of the index's words that stand for it together; one form is enough. */
export interface TypedWord {
  word: string;
  forms: string[][];
}

export function typedWords(text: string): TypedWord[] {
  const german = wordsIn(plain(text, true));
  return wordsIn(plain(text, false)).map((word, at) => {
    const other = german[at];
    const forms = [word, ...(other === undefined || other === word ? [] : [other])];
    return { word, forms: forms.map((form) => tokensOf(form).sought) };
  });
}

/** The words of a text as the index holds them. */
export function indexWords(text: string): string[] {
  const words = wordsIn(plain(text, false));
  const german = wordsIn(plain(text, true));
  return words.flatMap((word, at) => {
    const other = german[at];
    const both = other === undefined || other === word ? [word] : [word, other];
    return both.flatMap((form) => tokensOf(form).indexed);
  });
}

/** Two names are the same when they fold to the same. */
export const fold = (text: string): string => wordsIn(plain(text, false)).join("·");
