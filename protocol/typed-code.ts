/** Decimal digits of a script begin where a row of sixteen does, or six further on (Unicode, general category Nd). */
function digitOf(sign: string): string {
  const point = sign.codePointAt(0) ?? 0;
  const row = point - (point % 16);
  return String((point - row - (/\p{Nd}/u.test(String.fromCodePoint(row)) ? 0 : 6)) % 10);
}

/**
 * A code as people type or paste it: the letters and digits of it, as ASCII where they are full-width or another script's digits. Everything between
 * and around them, blanks, dashes, brackets, invisible signs, is what a keyboard or a mail program made of ours.
 */
export const typedCode = (text: string): string =>
  text
    .normalize("NFKC")
    .replaceAll(/(?![0-9])\p{Nd}/gu, digitOf)
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
