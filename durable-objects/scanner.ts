/**
 * Scanner: reads text that a stranger wrote, one character at a time and never back, so that its work grows with the text and no
 * faster (fault X26). It counts the characters that it looks at; a test doubles hostile input and compares.
 */
export class Scanner {
  steps = 0;

  /** The lines of a text, however they end. `null`: there are more than `linesMax`. What is longer than `charsMax` is left out. */
  lines(text: string, linesMax: number, charsMax: number): string[] | null {
    const lines: string[] = [];
    let from = 0;
    for (let at = 0; at <= text.length; at++) {
      this.steps++;
      const code = text.charCodeAt(at);
      if (at < text.length && code !== CR && code !== LF) continue;
      if (at > from && at - from <= charsMax) lines.push(text.slice(from, at));
      if (lines.length > linesMax) return null;
      from = at + 1;
    }
    return lines;
  }

  /** The words of a line, parted by blanks and tabs. */
  words(text: string): string[] {
    const words: string[] = [];
    let from = -1;
    for (let at = 0; at <= text.length; at++) {
      this.steps++;
      const isWord = at < text.length && !isBlank(text.charCodeAt(at));
      if (isWord && from < 0) from = at;
      if (isWord || from < 0) continue;
      words.push(text.slice(from, at));
      from = -1;
    }
    return words;
  }

  /** What stands before and after the first `mark`; `null`: it is not there. */
  cut(text: string, mark: string): [before: string, after: string] | null {
    for (let at = 0; at < text.length; at++) {
      this.steps++;
      if (text[at] === mark) return [this.trim(text.slice(0, at)), this.trim(text.slice(at + 1))];
    }
    return null;
  }

  trim(text: string): string {
    let [from, to] = [0, text.length];
    while (from < to && isBlank(text.charCodeAt(from))) from++;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
    this.steps += from + text.length - to;
    return text.slice(from, to);
  }

  /** Whether a text has so many characters, each of which fits. */
  isAll(text: string, fits: (code: number) => boolean, charsMin: number, charsMax: number): boolean {
    if (text.length < charsMin || text.length > charsMax) return false;
    for (let at = 0; at < text.length; at++) {
      this.steps++;
      if (!fits(text.charCodeAt(at))) return false;
    }
    return true;
  }

  isNumber(text: string, max: number): boolean {
    return this.isAll(text, isDigit, 1, 20) && Number(text) <= max;
  }
}

const [CR, LF, TAB, BLANK] = [13, 10, 9, 32];
const isBlank = (code: number) => code === BLANK || code === TAB;
const between = (first: string, last: string) => {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return (code: number) => code >= from && code <= to;
};
const isLower = between("a", "z");
const isUpper = between("A", "Z");
const oneOf = (text: string) => {
  const codes = new Set(Array.from(text, (char) => char.charCodeAt(0)));
  return (code: number) => codes.has(code);
};
export const isDigit = between("0", "9");
export const isHex = oneOf("0123456789abcdefABCDEF");
export const isLetter = (code: number) => isLower(code) || isUpper(code);
const isAlphanumeric = (code: number) => isDigit(code) || isLetter(code);
const isPlusOrSlash = oneOf("+/");
const isUnderscoreOrDash = oneOf("_-");
/** RFC 8839's ice-char. */
export const isIceChar = (code: number) => isAlphanumeric(code) || isPlusOrSlash(code);
export const isNameChar = (code: number) => isAlphanumeric(code) || isUnderscoreOrDash(code);
export const isProtocolChar = (code: number) => isAlphanumeric(code) || code === "/".charCodeAt(0);
/** ASCII that shows, and blanks. */
export const isPrintable = between(" ", "~");
