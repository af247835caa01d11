/**
 * Joiners (UAX #31, 2.3): two invisible characters without which Persian, Sinhala, Malayalam and many emoji are not what was written: می‌خواهم,
 * 👩‍🎤. One alone behind something that shows belongs to it; leading, doubled or between blanks it is hidden text.
 */
const part = /(\p{RGI_Emoji})/v;
const joined = /(?<=[^\s\p{C}])[\u200c\u200d]/gu;

/**
 * What a name on one line has none of: control and format characters, a second line, and letters that show nothing (the fillers of Hangul,
 * Braille's blank). Of the invisible, joiners are looked at before.
 */
export const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;

/** A text in which each emoji and each joiner that belongs somewhere stands as one sign that shows: what is invisible now should not be there. */
export const withoutJoiners = (text: string): string =>
  text
    .split(part)
    .map((piece, at) => (at % 2 === 1 ? "_" : piece.replaceAll(joined, "_")))
    .join("");

/** The text with `unsafe` characters replaced, of which emoji and joiners that belong somewhere are none. */
export const replaceUnsafe = (text: string, unsafe: RegExp, by: string): string =>
  text
    .split(part)
    .map((piece, at) => {
      if (at % 2 === 1) return piece;
      const belongs = new Set([...piece.matchAll(joined)].map(({ index }) => index));
      return piece.replaceAll(unsafe, (char, place: number) => (belongs.has(place) ? char : by));
    })
    .join("");
