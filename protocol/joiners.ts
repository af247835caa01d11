/**
 * Joiners (UAX #31, 2.3): two invisible characters without which Persian, Sinhala, Malayalam and many emoji are not what was written: می‌خواهم,
 * 👩‍🎤. One alone behind something that shows belongs to it; leading, doubled or between blanks it is hidden text.
 */
const emoji = /(\p{RGI_Emoji})/v;
/** Some of it is in every emoji. To look for all of them takes an engine tens of milliseconds before the first text, in which a page stands. */
const mayBeEmoji = /[\u00a9\u00ae\u203c-\u{10ffff}]/u;
const joined = /(?<=[^\s\p{C}])[\u200c\u200d]/gu;

/** A text in pieces, of which every other one, from the second on, is an emoji. */
export const aroundEmoji = (text: string): string[] => (mayBeEmoji.test(text) ? text.split(emoji) : [text]);

/**
 * What a name on one line has none of: control and format characters, a second line, and letters that show nothing (the fillers of Hangul,
 * Braille's blank). Of the invisible, joiners are looked at before.
 */
export const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;

/** A text in which each emoji and each joiner that belongs somewhere stands as one sign that shows: what is invisible now should not be there. */
export const withoutJoiners = (text: string): string =>
  aroundEmoji(text)
    .map((piece, at) => (at % 2 === 1 ? "_" : piece.replaceAll(joined, "_")))
    .join("");

/** The text with `unsafe` characters replaced, of which emoji and joiners that belong somewhere are none. */
export const replaceUnsafe = (text: string, unsafe: RegExp, by: string): string =>
  aroundEmoji(text)
    .map((piece, at) => {
      if (at % 2 === 1) return piece;
      const belongs = new Set([...piece.matchAll(joined)].map(({ index }) => index));
      return piece.replaceAll(unsafe, (char, place: number) => (belongs.has(place) ? char : by));
    })
    .join("");
